"""Exports as Strava makes them, as a zip or a folder, for tests of the import.

* ``sandbox_export``   the sandbox's athlete, activity for activity
* ``bulk_export``      as many short activities as wanted, and what was written of each
* ``maker_csv``, ``maker_fit``, ``maker_xml``, ``maker_tables`` write the files
* ``maker_sandbox``, ``maker_bulk`` say what is in them; ``maker_harm`` damages an export

The same arguments make the same bytes.
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
#: The streams that each format holds; FIT tells movement by its timer.
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
Made = Iterable[tuple[Entry, Recording | None]]


@dataclass(frozen=True)
class Truth:
    """What was written of an activity: times in s, distance in m, the start in UTC.

    ``streams``: those that the format of ``file`` holds; none of a manual entry.
    ``offset_s``: local time minus UTC where it was, None for a manual entry.
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
    """Export an athlete of the sandbox as of the evening of ``today``; its entries, oldest first.

    ``path``: a zip where it ends in .zip, else a folder. ``most``: the newest activities alone.
    ``every_s``: seconds between samples, at least; three years at 1 take minutes.
    """
    first = today - timedelta(days=DAYS)
    chosen = [plan for plan in plans(today, athlete) if plan.start_local.date() > first]
    chosen = chosen[-most:] if most else chosen
    made = (
        (
            maker_sandbox.entry_of(plan),
            maker_sandbox.recording_of(plan, every_s) if plan.is_recorded else None,
        )
        for plan in chosen
    )
    return _export(path, made, athlete, wording, units)


def bulk_export(
    path: Path,
    count: int,
    wording: Wording = "english",
    units: Units = "kilometres",
    seed: str = "bulk",
    samples: int | None = None,
) -> list[Truth]:
    """Export ``count`` short activities; what was written of each, oldest first.

    ``samples``: how many each recording has, at least 10; None: 20 to 60.
    """
    truths: list[Truth] = []

    def noted() -> Iterator[tuple[Entry, Recording | None]]:
        for entry, recording in maker_bulk.made(count, seed, samples):
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
    path: Path, made: Made, athlete: Athlete, wording: Wording, units: Units
) -> list[Entry]:
    """Write an export, one recording at a time. The newest activity has a picture."""
    entries: list[Entry] = []
    with destination(path) as add:
        for entry, recording in made:
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
    """fit, gpx or tcx, by the name of a file that may be gzipped."""
    return name.removesuffix(".gz").rpartition(".")[2]


def encoded(recording: Recording, name: str) -> bytes:
    """A recording in the format that the name of its file tells."""
    data = WRITERS[format_of(name)](recording)
    return gzip.compress(data, 6, mtime=0) if name.endswith(".gz") else data


@contextmanager
def destination(path: Path) -> Iterator[Callable[[str, bytes], None]]:
    """What takes the files of an export, by name: a new zip, or a folder."""
    if path.suffix != ".zip":
        yield lambda name, data: _put(path / name, data)
        return
    with ZipFile(path, "w") as archive:
        yield lambda name, data: archive.writestr(member(name), data)


def member(name: str) -> ZipInfo:
    """The head of a zip's member, the same whenever it is written."""
    info = ZipInfo(name, (2026, 6, 15, 12, 0, 0))
    info.compress_type = ZIP_STORED if name.endswith((".gz", ".jpg")) else ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
