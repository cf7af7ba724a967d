"""The kind of a file is detected by its content, gzipped or not."""

import gzip
import random
import zlib

import pytest

from strava_mcp.recordings import gzipped, read
from strava_mcp.recordings.recording import CorruptFile
from tests.recordings.fit_maker import activity, fit, ride
from tests.recordings.test_gpx import WALK, gpx
from tests.recordings.test_tcx import RUN

FILES = {"fit": fit(activity(*ride(59))), "gpx": gpx(WALK).encode(), "tcx": RUN.encode()}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_nested_gzip(kind: str, layers: int) -> None:
    data = FILES[kind]
    for _ in range(layers):
        data = gzip.compress(data)
    (recording,) = read(data)
    assert len(recording.streams["time"]) in (60, 61)


def test_multiple_gzip_members() -> None:
    data = FILES["gpx"]
    assert read(gzip.compress(data[:900]) + gzip.compress(data[900:])) == read(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "a web page"),
        (b"<html lang='en'>", "a web page"),
        (b'{"activities": []}', "a JSON file"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"<?xml version='1.0'?><kml/>", "a KML file"),
        (b"<?xml version='1.0'?><osm/>", "another kind"),
        (random.Random(1).randbytes(5000), "neither FIT nor GPX nor TCX"),
        (bytes(5000), "neither FIT nor GPX nor TCX"),
        (gzip.compress(FILES["fit"], mtime=0)[:12], "gzip ends early"),
        (gzip.compress(FILES["fit"], mtime=0)[:12] + bytes(80), "gzip is damaged"),
        (b"\x0e\x10\x00\x00", "neither"),
        (b"\x0e\x10\0\0\0\0\0\0.FIT", "no sample is left"),
    ],
)
def test_other_files_are_rejected_by_kind(data: bytes, reason: str) -> None:
    with pytest.raises(CorruptFile, match=reason):
        read(data)


def test_too_many_gzip_layers() -> None:
    data = FILES["gpx"]
    for _ in range(4):
        data = gzip.compress(data)
    with pytest.raises(CorruptFile, match="more than 3 times"):
        read(data)


@pytest.mark.parametrize("members", [1, 2])
def test_gzip_bomb_is_rejected(members: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    size = gzipped.MAX_BYTES // members + (1 << 20)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    with pytest.raises(CorruptFile, match="64 MB when expanded"):
        read(bomb * members)
