"""Exports that are made to take memory or time are read within bounds, or refused in one line."""

import csv
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.recordings.memory_limit import run
from tests.sources.archive.maker import bulk_export
from tests.sources.archive.maker_csv import HEADERS
from tests.sources.archive.maker_harm import with_member_replaced

pytestmark = pytest.mark.no_cover

#: Imports an export as ``flask archive import`` does, and prints what became of it.
IMPORT = """
import sys
from pathlib import Path
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive.catalog import UnreadableTable
from strava_mcp.sources.archive.export import NotAnExport, open_export
from strava_mcp.sources.archive.importing import import_export
from strava_mcp.sources.archive.library import FILE, Library

if __name__ == "__main__":
    library = Library(Path(sys.argv[2]) / FILE, create=True)
    try:
        with open_export(Path(sys.argv[1])) as export:
            done = import_export(export, library, int(sys.argv[3]), lambda _: None)
        print(done.imported, done.damaged, len(done.problems), done.more_problems, sep="; ")
        print(*(problem.reason for problem in done.problems[:5]), sep="; ")
    except (CorruptFile, NotAnExport, UnreadableTable) as exc:
        print(type(exc).__name__, exc)
"""
COUNT = 10
BLOCK = 1 << 20
ROW = '1,"Jan 5, 2024, 10:00:00 AM",'
Write = Callable[[IO[bytes]], object]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    bulk_export(tmp_path / "export.zip", COUNT)
    return tmp_path / "export.zip"


def imported(path: Path, tmp_path: Path, jobs: int = 1, mb: int = 700) -> str:
    """Import an export in a process with limits; return what became of it."""
    (tmp_path / "home").mkdir(exist_ok=True)
    script = tmp_path / "script.py"
    script.write_text(IMPORT)
    code = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    return run(code, [path, tmp_path / "home", str(jobs)], mb)


def with_member(path: Path, name: str, parts: Iterator[bytes]) -> Path:
    """Replace a member by one that is written in parts."""
    copy = with_member_replaced(path, name, b"")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        with new.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
            file._zinfo.compress_type = zipfile.ZIP_STORED  # type: ignore[attr-defined]
            for part in parts:
                file.write(part)
    return copy


def header() -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(HEADERS["english"])
    return text.getvalue()


def repeated(head: str, unit: str, size: int) -> Iterator[bytes]:
    yield head.encode()
    block = (unit * (BLOCK // len(unit))).encode()
    for _ in range(size // BLOCK):
        yield block


CATALOGS: dict[str, tuple[Callable[[], Iterator[bytes]], str]] = {
    "one quoted row of 250 MB": (
        lambda: repeated(header() + ROW + '"', '\n","', 250 << 20),
        "more than 64 MB",
    ),
    "one quoted row of 30 MB": (
        lambda: repeated(header() + ROW + '"', '\n","', 30 << 20),
        "more than 200,000 rows",
    ),
    "one row without a quote": (lambda: repeated(header() + ROW, "ab,", 30 << 20), "0; 0; "),
    "one cell": (lambda: repeated(header() + ROW, "x", 30 << 20), "0; 0; "),
    "100,000 columns": (
        lambda: iter([",".join(["Distance"] * 100_000).encode() + b"\n" * 2]),
        "100,000 columns, more than 1,000",
    ),
    "blank lines": (lambda: repeated(header(), "\n", 30 << 20), "more than 2,000,000 lines"),
    "rows": (lambda: repeated(header(), "a\n", 10 << 20), "more than 200,000 rows"),
    "invalid cells": (
        lambda: repeated(header(), ROW + "a,b," + ",".join("x" for _ in range(90)) + "\n", 3 << 20),
        "1; 1; 10000; ",
    ),
}


@pytest.mark.parametrize("name", CATALOGS)
def test_catalog(export: Path, tmp_path: Path, name: str) -> None:
    parts, expected = CATALOGS[name]
    assert expected in imported(with_member(export, "activities.csv", parts()), tmp_path)


TABLES = ("profile", "bikes", "shoes", "clubs", "memberships", "starred_segments", "routes")


@pytest.mark.parametrize(
    "unit, size",
    [(unit, 2 << 20) for unit in ('\n","', "ab,", "@", "/segments/1", "a\n")] + [("@", 10 << 20)],
)
def test_profile_tables(export: Path, tmp_path: Path, unit: str, size: int) -> None:
    """A table that is too large is left out, and a smaller one takes no time."""
    for table in TABLES:
        head = '"' if '"' in unit else "a,b,c\n"
        export = with_member(export, f"{table}.csv", repeated(head, unit, size))
    assert f"{COUNT}; 0; " in imported(export, tmp_path)


def test_compression_that_cannot_be_read_in_steps(export: Path, tmp_path: Path) -> None:
    """A few kilobytes of bzip2 or LZMA expand to gigabytes at once."""
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(export) as old:
            name = next(name for name in old.namelist() if name.startswith("activities/"))
        copy = with_member_replaced(export, name, b"")
        with zipfile.ZipFile(export) as old, zipfile.ZipFile(copy, "w") as new:
            for info in old.infolist():
                if info.filename == name:
                    new.writestr(name, bytes(60 << 20), compress_type=method)
                else:
                    new.writestr(info, old.read(info))
        result = imported(copy, tmp_path)
        assert f"{COUNT}; 1; 1; 0" in result and "in a way that Strava does not use" in result
        (tmp_path / "home" / "library.db").unlink()


def test_a_long_list_of_files(tmp_path: Path) -> None:
    """The list is not read: each of its entries takes more memory than on the disk."""
    name = b"a"
    listed = struct.pack(
        "<4s4B4H3L5H2L", b"PK\1\2", *[20, 0, 20, 0], *[0] * 4, *[0] * 3, 1, *[0] * 6
    )
    count = 3_000_000
    path = tmp_path / "list.zip"
    with path.open("wb") as file:
        for _ in range(100):
            file.write((listed + name) * (count // 100))
        size = file.tell()
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, size, 0, 0))
    assert "NotAnExport list.zip lists more files than any export" in imported(path, tmp_path)


def test_a_recording_that_takes_more_memory_than_there_is(export: Path, tmp_path: Path) -> None:
    """It costs its activity, in the importing process as in a worker; the next import retries."""
    with zipfile.ZipFile(export) as old:
        name = next(name for name in old.namelist() if name.endswith(".gpx"))
    point = '<trkpt lat="47.1" lon="8.1"><ele>400.5</ele><time>2024-01-01T00:00:00Z</time></trkpt>'
    gpx = f"<gpx><trk><trkseg>{point * 250_000}</trkseg></trk></gpx>".encode()
    large = with_member_replaced(export, name, gpx if name.endswith("x") else gzip.compress(gpx))
    for jobs in (1, 2):
        result = imported(large, tmp_path, jobs, mb=260)
        assert result.startswith(f"{COUNT}; 1; 1; 0") and "the next import tries again" in result
        (tmp_path / "home" / "library.db").rename(tmp_path / "home" / f"library{jobs}.db")
    (tmp_path / "home" / "library2.db").rename(tmp_path / "home" / "library.db")
    assert imported(large, tmp_path).startswith("0; 1; 1; ")
