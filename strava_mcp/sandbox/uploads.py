"""Reads an uploaded recording: when it started, how long and how far it went, in which sport."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from strava_mcp import recordings
from strava_mcp.recordings.recording import CorruptFile, Recording, memory_errors
from strava_mcp.sandbox import uploaded

DATA_TYPES = ("fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz")
#: Bytes that the head of a file of each type contains.
MARKS = {"fit": b".FIT", "tcx": b"TrainingCenterDatabase", "gpx": b"gpx"}
HEAD_BYTES = 4096
GZIP = b"\x1f\x8b"
#: Used for recordings that name no sport, as Strava uses the athlete's default.
DEFAULT_SPORT = "Run"
#: Reading a long recording takes hundreds of megabytes: one is read at a time, and others wait.
MAX_WAIT_S = 20.0
_reading = threading.Lock()


class Busy(Exception):
    """Other recordings are being read; the message says what to do."""


@dataclass(frozen=True)
class UploadedRecording:
    """An upload. ``start`` is in UTC, without a zone attached."""

    start: datetime
    elapsed_s: int
    distance_m: float
    sport: str
    recording: Recording


def read(file: bytes, data_type: str) -> UploadedRecording:
    """Read the first session of a recording.

    Raises CorruptFile if the file is not of its ``data_type``, is damaged, or has no times. The
    archive keeps the intact part of a damaged file; like Strava, the sandbox refuses it. Raises
    Busy, and ImportError where the readers' libraries are not installed, as on Lambda.
    """
    with _one_at_a_time(), memory_errors():
        return _read(file, data_type)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _reading.acquire(timeout=MAX_WAIT_S):
        raise Busy("the server is reading other recordings: upload it again in a minute")
    try:
        yield
    finally:
        _reading.release()


def _read(file: bytes, data_type: str) -> UploadedRecording:
    """Read the first session of a recording."""
    content = _content(file, data_type)
    session = recordings.read(content)[0]
    if session.start and session.streams and "time" not in session.streams:
        raise CorruptFile("all of its points have the same time, or most have none")
    problem = _problem(content, data_type, session.problems)
    if problem:
        raise CorruptFile(problem)
    if session.start is None:
        raise CorruptFile("it has no points with a time")
    return UploadedRecording(
        start=session.start.replace(tzinfo=None, microsecond=0),
        elapsed_s=max(1, int(_total(session, "elapsed_time", "time"))),
        distance_m=round(_total(session, "distance", "distance"), 1),
        sport=session.sport or DEFAULT_SPORT,
        recording=uploaded.bounded(session),
    )


def _total(session: Recording, total: str, stream: str) -> float:
    """A total as the device has it, otherwise the last value of its stream."""
    values = [value for value in session.streams.get(stream, ()) if value is not None]
    return float(session.totals.get(total, values[-1] if values else 0))


def _content(file: bytes, data_type: str) -> bytes:
    """The file without gzip. Raises CorruptFile if it is of another type than it was sent as."""
    from strava_mcp.recordings.gzipped import decompress

    kind, _, packing = data_type.partition(".")
    if file.startswith(GZIP) != bool(packing):
        raise CorruptFile("it is not gzipped" if packing else "it is gzipped")
    content, damage = decompress(file)
    if damage:
        raise CorruptFile(damage)
    head = content[:HEAD_BYTES].replace(b"\0", b"")  # XML may be in UTF-16
    if MARKS[kind] not in head:
        raise CorruptFile(f"it is not a {kind.upper()} file")
    return content


def _problem(content: bytes, data_type: str, problems: tuple[str, ...]) -> str | None:
    """The first damage, or None. For FIT, only damage of the file's frame counts: ``problems`` also
    lists a triathlon's transitions, which are left out.
    """
    from strava_mcp.recordings import fit_chain

    if data_type.startswith("fit"):
        problems = tuple(part.problem for part in fit_chain.parts(content) if part.problem)
    return problems[0] if problems else None
