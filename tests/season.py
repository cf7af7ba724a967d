"""A small season of made-up activities, and three sources that list exactly these.

Starts, distances and climbs repeat, so that orders have ties; some values are missing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sandbox import calendar, creations
from strava_mcp.sandbox.adapter import WSGIAdapter
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.state import State
from strava_mcp.sources.api.client import SandboxAPI, StravaAPI, open_sandbox
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.stored_activity import StoredActivity
from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from tests.sources.archive.imported import archive_of

FIRST_START = datetime(2026, 2, 3, 5, 0, tzinfo=UTC)
COUNT = 33
#: Activities per second of start.
SAME_START = 3
SPORTS = ("Run", "TrailRun", "Ride", "GravelRide", "VirtualRide", "Swim", "Hike", "Yoga")
NAMES = ("Morgenlauf", "Aïcha's loop", "Evening intervals", "Über den Berg", "朝ラン", "Long one")
#: Strava's field of each fact that lists are sorted by.
FIELDS = {
    "distance": "distance",
    "moving_time": "moving_time",
    "elapsed_time": "elapsed_time",
    "elevation_gain": "total_elevation_gain",
    "max_speed": "max_speed",
    "average_heartrate": "average_heartrate",
    "max_heartrate": "max_heartrate",
    "average_watts": "average_watts",
    "weighted_watts": "weighted_average_watts",
    "kilojoules": "kilojoules",
    "relative_effort": "suffer_score",
    "kudos": "kudos_count",
    "temperature": "average_temp",
}
SOURCES = ("archive", "sandbox", "api")


def season(count: int = COUNT) -> list[JSON]:
    """Make the activities (SummaryActivity), in no particular order."""
    activities = [_activity(number) for number in range(count)]
    Random("shuffled").shuffle(activities)
    return activities


def _activity(number: int) -> JSON:
    rng = Random(f"season:{number}")
    sport = rng.choice(SPORTS)
    start = FIRST_START + timedelta(hours=17 * (number // SAME_START))
    offset_s = rng.choice((3600, 32400, -25200))
    local = start + timedelta(seconds=offset_s)
    moving_s = rng.choice((1800, 3600, 3601, 5400))
    new = creations.NewActivity(
        name=rng.choice(NAMES),
        sport=sport,
        start_local=local.replace(tzinfo=None),
        elapsed_s=moving_s + rng.choice((0, 60)),
        distance_m=0.0 if sport == "Yoga" else rng.choice((5000.0, 9999.5, 10_000.0, 42_195.0)),
        description=None,
        trainer=sport == "VirtualRide" or number % 11 == 0,
        commute=number % 5 == 0,
    )
    activity = creations.manual_activity(MIRA, 900 + number * 7 % COUNT, new) | {
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "utc_offset": float(offset_s),
        "moving_time": moving_s,
        "total_elevation_gain": rng.choice((0.0, 12.5, 300.0)),
        "max_speed": rng.choice((3.5, 12.25)),
        "kudos_count": rng.randrange(4),
        "workout_type": rng.choice((None, 0, 1, 2, 3, 11, 12)),
        "gear_id": rng.choice((None, "b11570001", "g21572025")),
        "manual": False,
    }
    if number % 2:
        beats = {"average_heartrate": 140.0 + rng.randrange(9), "max_heartrate": 180.0}
        activity |= beats | {"suffer_score": float(rng.randrange(50))}
    if "Ride" in sport:
        activity |= {"average_watts": 200.5, "weighted_average_watts": rng.randrange(200, 220)}
        activity |= {"kilojoules": 700.0 + rng.randrange(3), "device_watts": True}
    if number % 3:
        activity["average_temp"] = rng.choice((-4, 0, 21))
    return creations.summary(activity)


@contextmanager
def source_of(name: str, activities: list[JSON], folder: Path) -> Iterator[Source]:
    """Open a source of ``SOURCES`` that lists these activities; ``api`` simulates the live API."""
    if name == "archive":
        yield _archive(activities, folder)
        return
    store = open_store("sqlite://:memory:")
    app = create_app(store)
    for activity in activities:
        State(store, MIRA.id).add_activity(activity)
    opened: type[StravaAPI] = SandboxAPI if name == "sandbox" else StravaAPI
    with (
        patch.object(calendar, "plans", lambda *_: []),
        patch("strava_mcp.sources.api.client.SandboxAPI", opened),
    ):
        yield open_sandbox(Config(), store, WSGIAdapter(app))
    store.close()


def stored(activity: JSON) -> StoredActivity:
    """An activity as a library stores it."""
    return StoredActivity(
        id=activity["id"],
        started=int(datetime.fromisoformat(activity["start_date"]).timestamp()),
        elapsed_s=activity["elapsed_time"],
        summary=activity,
        detail={},
        source_hash=str(activity["id"]),
        origin="export",
    )


def _archive(activities: list[JSON], folder: Path) -> Source:
    library = Library(folder / FILE, create=True)
    for activity in activities:
        library.put(stored(activity))
    library.close()
    return archive_of(folder)
