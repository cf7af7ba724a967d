"""What the library is for: a recording comes out of it many times sooner than out of its file."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from strava_mcp.strava.archive import files
from strava_mcp.strava.archive.library import FILE, Library
from strava_mcp.strava.archive.matching import import_file
from tests.strava.archive import maker_long
from tests.strava.archive.imported import archive_of
from tests.strava.archive.maker import encoded

pytestmark = pytest.mark.no_cover

LEAST_TIMES = 20
ROUNDS = 5


def seconds(question: Callable[[], Any]) -> float:
    """How long an answer takes."""
    began = time.perf_counter()
    question()
    return time.perf_counter() - began


def test_streams_are_twenty_times_as_fast_as_reading_the_file(tmp_path: Path) -> None:
    entry, recording = maker_long.made(3600, 1, "fit")
    data = encoded(recording, entry.file or "")
    library = Library(tmp_path / FILE, create=True)
    ((_, number),) = import_file(library, "ride.fit", data)
    library.close()
    archive = archive_of(tmp_path)
    (session,) = files.read(data)
    keys = list(session.streams)
    assert {key: len(one["data"]) for key, one in archive.streams(number, keys).items()} == {
        key: 3601 for key in keys
    }
    # Side by side, so that a machine that is busy is so for both.
    rounds = [
        (seconds(lambda: files.read(data)), seconds(lambda: archive.streams(number, keys)))
        for _ in range(ROUNDS)
    ]
    from_file, from_library = (median(times) for times in zip(*rounds, strict=True))
    assert from_file >= LEAST_TIMES * from_library
