"""Benchmark of the archive: response times from the library and from S3, and of parsing the files.

``python -m tests.benchmarks.archive`` prints a table of medians; all runs in one process. The
recordings are generated FIT files at one sample per second.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from strava_mcp import recordings
from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.matching import import_file
from strava_mcp.sources.archive.publishing import publish
from strava_mcp.sources.archive.source import Archive
from strava_mcp.tools import load_tools
from tests.sources.archive import maker_bulk
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import bulk_export, encoded

READER = Principal("benchmark", frozenset({READ}))
COUNT = 3000
HOURS = (1, 5)
URL = "s3://benchmark/strava"
#: What is asked of the list of activities: title, tool, arguments.
QUESTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("the newest 30", "get_activities", {}),
    (
        "filtered and sorted",
        "get_activities",
        {"sport_type": "runs, rides", "min_distance": "100 m", "sort": "speed"},
    ),
    ("words in names and notes", "get_activities", {"words": "windy loop", "sort": "distance"}),
    ("200 rows", "get_activities", {"per_page": 200}),
    ("search", "search", {"query": "cafe rides 2015"}),
)
KEYS = (
    *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
    *("watts", "temp", "moving", "grade_smooth"),
)


def ride(hours: float) -> bytes:
    """Make the FIT file of a ride."""
    for _, recording in maker_bulk.generate(200, f"ride of {hours} hours", round(3600 * hours)):
        if recording and {"latlng", "heartrate", "watts"} <= recording.streams.keys():
            return encoded(recording, "ride.fit")
    raise AssertionError("no ride has all the streams")


def seconds(question: Callable[[], Any], times: int) -> float:
    """Return the median of several measurements in seconds."""
    measured_s = []
    for _ in range(times):
        begin = time.perf_counter()
        question()
        measured_s.append(time.perf_counter() - begin)
    return median(measured_s)


def decoded(data: bytes) -> Any:
    """Decode a FIT file with garmin-fit-sdk alone."""
    from garmin_fit_sdk import Decoder, Stream

    return Decoder(Stream.from_byte_array(bytearray(data))).read()


def with_recordings(home: Path, rides: dict[float, bytes]) -> dict[float, int]:
    """Import the rides as single files; return their activity ids by hours."""
    library = Library(home / FILE, create=True)
    ids = {}
    for hours, data in rides.items():
        ((_, ids[hours]),) = import_file(library, f"{hours} hours.fit", data)
    library.close()
    return ids


def ask(archive: Archive, name: str, **arguments: Any) -> Any:
    """Call a tool."""
    tool = load_tools()[name]
    return tool.function(Context(READER, optional_source=archive), tool.load(arguments))


def rows(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each measurement and its result."""
    home, rides = folder / "home", {hours: ride(hours) for hours in HOURS}
    bulk_export(folder / "export.zip", COUNT)
    duration_s = seconds(lambda: import_into(home, folder / "export.zip", jobs=2, fsync=True), 1)
    rate = f"{duration_s:.1f} s, {COUNT / duration_s:.0f} per second"
    yield f"import of {COUNT:,} short activities", rate
    numbers = with_recordings(home, rides)
    yield "library", f"{(home / FILE).stat().st_size / 1e6:.1f} MB"
    archive = archive_of(home)
    for title, name, arguments in QUESTIONS:
        duration_s = seconds(lambda name=name, given=arguments: ask(archive, name, **given), 101)
        yield f"{title}, of {COUNT:,}", f"{duration_s * 1000:.2f} ms"
    for hours, number in numbers.items():
        duration_s = seconds(lambda number=number: archive.streams(number, KEYS), 31)
        yield f"full streams of {3600 * hours:,} samples", f"{duration_s * 1000:.2f} ms"
        for name, read in (
            ("its FIT file, read", recordings.read),
            ("garmin-fit-sdk alone", decoded),
        ):
            file_s = seconds(lambda read=read, hours=hours: read(rides[hours]), 3)
            yield f"… {name}", f"{file_s * 1000:.0f} ms, {file_s / duration_s:.0f} times as long"
    yield from rows_of_s3(home, folder, numbers[HOURS[0]])


def rows_of_s3(home: Path, folder: Path, number: int) -> Iterator[tuple[str, str]]:
    """Measure the same library on S3, from an instance without a local copy."""
    with bucket():
        library = Library(home / FILE)
        sent = seconds(lambda: publish(library, URL, None, lambda *_: None), 1)
        yield "publish to S3", f"{sent:.1f} s"
        served = archive_of(folder / "instance", archive_url=URL)
        begin = time.perf_counter()
        ask(served, "get_activities")
        yield "S3, an instance's first get_activities", f"{time.perf_counter() - begin:.2f} s"
        yield "S3, the next", f"{seconds(lambda: ask(served, 'get_activities'), 31) * 1000:.2f} ms"
        duration_s = seconds(lambda: served.streams(number, KEYS), 1)
        yield "S3, full streams of 3,600 samples, first", f"{duration_s * 1000:.1f} ms"
        duration_s = seconds(lambda: served.streams(number, KEYS), 31)
        yield "S3, the same again", f"{duration_s * 1000:.2f} ms"


@contextmanager
def bucket() -> Iterator[None]:
    """Run moto's S3 in a process of its own, with an empty bucket."""
    import boto3

    from tests.aws.cloud import cloud

    with cloud() as (endpoint, _):
        environment = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        with patch.dict("os.environ", environment):
            boto3.client("s3").create_bucket(Bucket="benchmark")
            yield


if __name__ == "__main__":
    logging.disable(logging.INFO)
    with TemporaryDirectory() as folder:
        print("| Archive | |\n|---|---|")
        for name, value in rows(Path(folder)):
            print(f"| {name} | {value} |", flush=True)
