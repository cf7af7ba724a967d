"""Generates exports like Strava's, as a zip or a folder, for tests of the import.

* ``sandbox_export``   the sandbox's athlete, activity for activity
* ``bulk_export``      any number of short activities, and what was written of each
* ``maker_csv``, ``maker_fit``, ``maker_xml``, ``maker_tables`` write the files
* ``maker_sandbox``, ``maker_bulk`` generate their content; ``maker_harm`` damages an export

The same arguments give the same bytes.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from strava_mcp.recordings.recording import Recording, Streams
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.calendar import DAYS, plans
from strava_mcp.sources.archive.catalog.entry import Entry
from tests.sources.archive import maker_bulk, maker_sandbox
from tests.sources.archive.maker_csv import Units, Wording, activities_csv
from tests.sources.archive.maker_fit import fit
from tests.sources.archive.maker_tables import PICTURE, tables
from tests.sources.archive.maker_xml import gpx, tcx

TODAY = date(2026, 6, 15)
WRITERS = {"fit": fit, "gpx": gpx, "tcx": tcx}
#: The streams that each format contains; in FIT, movement is given by the timer.
HELD = {
    "fit": (
        *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
        *("watts", "temp", "moving"),
    ),
    "gpx": ("time", "latlng", "altitude", "heartrate", "cadence", "watts", "temp"),
    "tcx": (
        *("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence"),
        "watts",
    ),
}
Activities = Iterable[tuple[Entry, Recording | None]]


@dataclass(frozen=True)
class Truth:
    """What was written of an activity: times in s, distance in m, the start in UTC.

    ``streams``: those that the format of ``file`` contains; empty for a manual entry.
    ``offset_s``: local time minus UTC at its position, None for a manual entry.
    """

    id: int
    name: str
    sport_type: str
    start_date: str
    elapsed_time: int
    moving_time: int
    distance: float
    file: str | None
    streams: Streams
    offset_s: int | None


def sandbox_export(
    path: Path,
    athlete: Athlete = MIRA,
    today: date = TODAY,
    wording: Wording = "english",
    units: Units = "kilometres",
    most: int | None = None,
    every_s: int = 1,
) -> list[Entry]:
    """Export an athlete of the sandbox as of the evening of ``today``; return the entries.

    ``path``: a zip if it ends in .zip, else a folder. ``most``: only so many of the newest
    activities. ``every_s``: minimum seconds between samples; three years at 1 take minutes.
    Entries are oldest first.
    """
    first = today - timedelta(days=DAYS)
    chosen = [plan for plan in plans(today, athlete) if plan.start_local.date() > first]
    chosen = chosen[-most:] if most else chosen
    activities = (
        (
            maker_sandbox.entry_of(plan),
            maker_sandbox.recording_of(plan, every_s) if plan.is_recorded else None,
        )
        for plan in chosen
    )
    return _export(path, activities, athlete, wording, units)


def bulk_export(
    path: Path,
    count: int,
    wording: Wording = "english",
    units: Units = "kilometres",
    seed: str = "bulk",
    samples: int | None = None,
) -> list[Truth]:
    """Export ``count`` short activities; return what was written of each, oldest first.

    ``samples``: per recording, at least 10; None for 20 to 60.
    """
    truths: list[Truth] = []

    def noted() -> Iterator[tuple[Entry, Recording | None]]:
        for entry, recording in maker_bulk.generate(count, seed, samples):
            truths.append(_truth(entry, recording))
            yield entry, recording

    _export(path, noted(), MIRA, wording, units)
    return truths


def _truth(entry: Entry, recording: Recording | None) -> Truth:
    facts, streams = entry.fields, recording.streams if recording else {}
    held = HELD[format_of(entry.file)] if entry.file else ()
    return Truth(
        id=entry.id,
        name=facts["name"],
        sport_type=facts["sport_type"],
        start_date=facts["start_date"],
        elapsed_time=facts["elapsed_time"],
        moving_time=facts["moving_time"],
        distance=facts["distance"],
        file=entry.file,
        streams={key: streams[key] for key in held if key in streams},
        offset_s=recording.offset_s if recording else None,
    )


def _export(
    path: Path, activities: Activities, athlete: Athlete, wording: Wording, units: Units
) -> list[Entry]:
    """Write an export recording by recording. The newest activity has a picture."""
    entries: list[Entry] = []
    with destination(path) as add:
        for entry, recording in activities:
            entries.append(entry)
            if entry.file and recording:
                add(entry.file, encoded(recording, entry.file))
        if entries:
            newest = entries[-1]
            entries[-1] = replace(newest, fields=newest.fields | {"media": [PICTURE]})
        add("activities.csv", activities_csv(entries, wording, units))
        for name, data in tables(athlete, wording):
            add(name, data)
    return entries


def format_of(name: str) -> str:
    """Return fit, gpx or tcx for the name of a file, gzipped or not."""
    return name.removesuffix(".gz").rpartition(".")[2]


def encoded(recording: Recording, name: str) -> bytes:
    """Encode a recording in the format of its file name."""
    data = WRITERS[format_of(name)](recording)
    return gzip.compress(data, 6, mtime=0) if name.endswith(".gz") else data


@contextmanager
def destination(path: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Yield a function that adds a file to a new zip or a folder."""
    if path.suffix != ".zip":
        yield lambda name, data: _put(path / name, data)
        return
    with ZipFile(path, "w") as archive:
        yield lambda name, data: archive.writestr(member(name), data)


def member(name: str) -> ZipInfo:
    """Return the header of a zip member, independent of the current time."""
    info = ZipInfo(name, (2026, 6, 15, 12, 0, 0))
    info.compress_type = ZIP_STORED if name.endswith((".gz", ".jpg")) else ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
