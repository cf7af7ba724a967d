"""Uploads that are made to take memory are refused within bounds, also several at once."""

import json
import threading

import pytest

from strava_mcp.sandbox import uploads
from tests.recordings.memory_limit import run
from tests.sandbox.test_uploads import GPX

#: Uploads a file three times at once, then a good one; prints their errors.
UPLOAD = """
import gzip, json, sys, threading
from strava_mcp.sandbox import uploads
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import SCOPES
from tests.recordings.test_fit_bombs import BOMBS as FIT_BOMBS
from tests.recordings.test_xml_bombs import BOMBS as XML_BOMBS
from tests.sandbox.conftest import Caller
from tests.sandbox.test_uploads import GPX, upload

kind, name = sys.argv[1:]
content = FIT_BOMBS[name]() if kind == "fit" else XML_BOMBS[name].encoded()
bomb = gzip.compress(content, 1)
uploads.MAX_WAIT_S = 600  # each waits for those before it
caller = Caller(create_app(), *SCOPES)
errors = []

def attack():
    errors.append(upload(caller, bomb, f"{kind}.gz")["error"])

threads = [threading.Thread(target=attack) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
errors.append(upload(caller, GPX)["error"])
print(json.dumps(errors))
"""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("gpx", "elements"),
        ("tcx", "activities"),
        ("fit", "texts of no bytes"),
    ],
)
def test_bombs_at_once(kind: str, name: str) -> None:
    *attacks, good = json.loads(run(UPLOAD, [kind, name]))
    assert len(attacks) == 3 and all(attacks)
    assert good is None


def test_uploads_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits for too long says when to try again."""
    monkeypatch.setattr(uploads, "MAX_WAIT_S", 0.01)
    inside, leave = threading.Event(), threading.Event()
    read = uploads._read

    def slow(file: bytes, data_type: str) -> uploads.UploadedRecording:
        inside.set()
        leave.wait(60)
        return read(file, data_type)

    monkeypatch.setattr(uploads, "_read", slow)
    thread = threading.Thread(target=uploads.read, args=(GPX, "gpx"))
    thread.start()
    assert inside.wait(60)
    with pytest.raises(uploads.Busy, match="again in a minute"):
        uploads.read(GPX, "gpx")
    leave.set()
    thread.join()
    assert uploads.read(GPX, "gpx").sport == "Hike"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_in_two_bytes_is_refused(encoding: str) -> None:
    text = GPX.decode().replace("<gpx", '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx', 1)
    with pytest.raises(uploads.CorruptFile, match="declares a document type"):
        uploads.read(text.encode(encoding), "gpx")


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_short_memory_costs_the_upload_only(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(content: bytes) -> None:
        raise error

    monkeypatch.setattr("strava_mcp.recordings._read", fail)
    with pytest.raises(uploads.CorruptFile, match="more memory"):
        uploads.read(GPX, "gpx")
