"""Thousands of short activities, fast to generate, with values that every format stores exactly.

Distances are whole centimetres, altitudes multiples of 0.2 m, speeds whole mm/s, positions have six
decimals. Places have no DST, so that the offset from UTC is constant.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Lap, Recording, Streams
from strava_mcp.sources.archive.catalog.entry import Entry
from tests.sources.archive.maker_sandbox import SAID, file_name

FIRST_ID, FIRST_START = 1_000_000_007, datetime(2014, 3, 1, 6, 30, tzinfo=UTC)
METRES_PER_DEGREE = 111_195
#: Sport → metres per second, cadence, gear.
SPORTS = {
    "Run": (3.1, 84, "g21572025"),
    "Ride": (8.4, 86, "b11570001"),
    "Hike": (1.3, 52, None),
    "Walk": (1.5, 57, None),
    "VirtualRide": (9.1, 88, "b11570001"),
    "Swim": (0.9, 28, None),
}
INDOOR = ("VirtualRide", "Swim")
GEAR_NAMES = {"g21572025": "Novablast 2025", "b11570001": "Alpenrose"}
#: Latitude, longitude, local time minus UTC in seconds: Tokyo, Phoenix, Reykjavík, Kathmandu.
PLACES = (
    (35.6852, 139.7528, 32400),
    (33.4484, -112.074, -25200),
    (64.1466, -21.9426, 0),
    (27.7172, 85.324, 20700),
)
NAMES = ("Morning loop", 'Through "the" woods, and back', "Café ride ☕", "朝ラン", "Feierabend")
SAID_OF_IT = ("Windy, wet; fun.", "First line.\nSecond line, with a comma.", "")


def id_of(number: int) -> int:
    """Return the id of the activity at a position, counted from 0."""
    return FIRST_ID + 1009 * number


def generate(
    count: int, seed: str, samples: int | None
) -> Iterator[tuple[Entry, Recording | None]]:
    """Generate ``count`` activities, oldest first, of ``samples`` samples each (None: 20 to 60).

    Every fortieth is a manual entry without a recording.
    """
    for number in range(count):
        rng = Random(f"{seed}:{number}")
        sport = rng.choice(list(SPORTS))
        start = FIRST_START + timedelta(hours=31 * number, seconds=rng.randrange(3600))
        streams, offset_s = _streams(sport, samples or rng.randint(20, 60), rng)
        facts = _facts(sport, start, streams, rng)
        activity_id = id_of(number)
        if number % 40 == 39:
            yield Entry(activity_id, facts), None
            continue
        file = file_name(activity_id, activity_id + 90_000_001, "latlng" in streams)
        yield (
            Entry(activity_id, facts, file),
            Recording(
                start=start,
                streams=streams,
                offset_s=offset_s,
                sport=sport,
                name=facts["name"],
                device="Garmin Forerunner 955",
                totals={key: facts[key] for key in SAID if key in facts},
                laps=_laps(streams),
            ),
        )


def _streams(sport: str, size: int, rng: Random) -> tuple[Streams, int]:
    """Generate streams, every third with a pause, and their local time minus UTC."""
    pace, cadence, _ = SPORTS[sport]
    step_s = rng.randint(2, 9)
    moving = [False] + [True] * (size - 1)
    if rng.random() < 1 / 3:
        at = size // 2
        moving[at : at + 3] = [False] * 3
    mm_s = [round(1000 * pace * rng.uniform(0.8, 1.2)) if moves else 0 for moves in moving]
    fifths = accumulate([rng.randint(500, 5000), *(rng.randint(-4, 4) for _ in moving[1:])])
    streams: Streams = {
        "time": [i * step_s for i in range(size)],
        "moving": moving,
        "distance": [mm / 1000 for mm in accumulate(v // 10 * 10 * step_s for v in mm_s)],
        "velocity_smooth": [v / 1000 for v in mm_s],
        "heartrate": [rng.randint(110, 175) for _ in moving],
        "cadence": [cadence + rng.randint(-4, 4) if moves else 0 for moves in moving],
    }
    lat, lng, offset_s = rng.choice(PLACES)
    if sport not in INDOOR:
        course = rng.uniform(0, 2 * math.pi)
        north = math.cos(course) / METRES_PER_DEGREE
        east = math.sin(course) / METRES_PER_DEGREE / math.cos(math.radians(lat))
        streams["latlng"] = [
            [round(lat + north * d, 6), round(lng + east * d, 6)] for d in streams["distance"]
        ]
        streams["altitude"] = [fifth / 5 for fifth in fifths]
        streams["temp"] = [rng.randint(-5, 30)] * size
    if sport in ("Ride", "VirtualRide"):
        streams["watts"] = [rng.randint(90, 320) if moves else 0 for moves in moving]
    return streams, offset_s


def _facts(sport: str, start: datetime, streams: Streams, rng: Random) -> JSON:
    """Generate the row of the catalog, with the totals of the recording."""
    moving_s = _moving_s(streams, 0, len(streams["time"]) - 1)
    distance, beats = streams["distance"][-1], streams["heartrate"]
    facts: JSON = {
        "name": rng.choice(NAMES),
        "description": rng.choice(SAID_OF_IT),
        "sport_type": sport,
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "elapsed_time": streams["time"][-1],
        "moving_time": moving_s,
        "distance": distance,
        "average_speed": round(distance / moving_s, 3),
        "max_speed": max(streams["velocity_smooth"]),
        "average_heartrate": round(sum(beats) / len(beats), 1),
        "max_heartrate": float(max(beats)),
        "commute": rng.random() < 0.1,
        "flagged": False,
    }
    gear_id = SPORTS[sport][2]
    if gear_id:
        facts |= {"gear_id": gear_id, "gear_name": GEAR_NAMES[gear_id]}
    if "altitude" in streams:
        heights = streams["altitude"]
        climbs = (max(0.0, b - a) for a, b in zip(heights, heights[1:], strict=False))
        facts |= {"elev_low": min(heights), "elev_high": max(heights)}
        facts["total_elevation_gain"] = round(sum(climbs), 1)
    return facts


def _laps(streams: Streams) -> tuple[Lap, ...]:
    """Split the recording into two laps."""
    time, distance = streams["time"], streams["distance"]
    last = len(time) - 1
    bounds = (0, last // 2, last)
    return tuple(
        Lap(
            time[first],
            {
                "elapsed_time": time[end] - time[first],
                "moving_time": _moving_s(streams, first, end),
                "distance": round(distance[end] - distance[first], 2),
            },
        )
        for first, end in zip(bounds, bounds[1:], strict=False)
    )


def _moving_s(streams: Streams, first: int, last: int) -> int:
    """Return the seconds of movement from one sample to another."""
    time, moving = streams["time"], streams["moving"]
    return sum(time[i] - time[i - 1] for i in range(first + 1, last + 1) if moving[i])
