"""Long rides at one sample per second with the noise of real sensors, for benchmarks.

They compress like real ones; a steady ride would compress far too well.
"""

import math
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from random import Random

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Lap, Recording, Streams
from strava_mcp.sources.archive.catalog.entry import Entry
from tests.sources.archive.maker_bulk import FIRST_START, METRES_PER_DEGREE
from tests.sources.archive.maker_sandbox import SAID

FIRST_ID = 2_000_000_011
LAP_S = 1800


def generate(seconds: int, number: int, ending: str) -> tuple[Entry, Recording]:
    """Generate a ride. ``number``: makes it unique; ``ending``: ``fit``, ``gpx.gz`` …

    All start after those of ``maker_bulk``.
    """
    start = FIRST_START + timedelta(days=3650, hours=31 * number)
    streams = _streams(seconds, Random(f"long:{number}"))
    beats, watts = streams["heartrate"], streams["watts"]
    facts: JSON = {
        "name": f"Long ride {number}",
        "sport_type": "Ride",
        "start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "elapsed_time": seconds,
        "moving_time": seconds,
        "distance": streams["distance"][-1],
        "average_speed": round(streams["distance"][-1] / seconds, 3),
        "max_speed": max(streams["velocity_smooth"]),
        "average_heartrate": round(sum(beats) / len(beats), 1),
        "max_heartrate": float(max(beats)),
        "average_watts": round(sum(watts) / len(watts), 1),
        "commute": False,
        "flagged": False,
    }
    activity_id = FIRST_ID + 1009 * number
    recording = Recording(
        start=start,
        streams=streams,
        offset_s=0,
        sport="Ride",
        name=facts["name"],
        device="Garmin Edge 840",
        totals={key: facts[key] for key in SAID if key in facts},
        laps=tuple(_laps(streams, seconds)),
    )
    return Entry(activity_id, facts, f"activities/{activity_id + 90_000_001}.{ending}"), recording


def _streams(seconds: int, rng: Random) -> Streams:
    size = seconds + 1
    mm_s = [_near(8400, 2500, i, rng) for i in range(size)]
    metres = list(accumulate((v // 10 / 100 for v in mm_s[1:]), initial=0.0))
    lat, lng = 47.3769, 8.5417
    track = []
    for i, speed in enumerate(mm_s):
        course = i / 500 + rng.gauss(0, 0.05)
        track.append([round(lat, 6), round(lng, 6)])
        lat += speed / 1000 * math.cos(course) / METRES_PER_DEGREE
        lng += speed / 1000 * math.sin(course) / METRES_PER_DEGREE / math.cos(math.radians(lat))
    return {
        "time": list(range(size)),
        "moving": [True] * size,
        "distance": [round(m, 2) for m in metres],
        "velocity_smooth": [v / 1000 for v in mm_s],
        "latlng": track,
        "altitude": [_near(2600, 700, i, rng, noise=1) / 5 for i in range(size)],
        "heartrate": [_near(140, 20, i, rng, noise=1) for i in range(size)],
        "cadence": [_near(86, 8, i, rng, noise=3) for i in range(size)],
        "watts": [_near(210, 60, i, rng, noise=35) for i in range(size)],
        "temp": [_near(18, 4, i, rng, noise=0) for i in range(size)],
    }


def _near(middle: int, swing: int, i: int, rng: Random, noise: float = 150) -> int:
    """Return a value that oscillates over about twelve minutes, with noise."""
    return max(0, round(middle + swing * math.sin(i / 120 + middle) + rng.gauss(0, noise)))


def _laps(streams: Streams, seconds: int) -> Iterator[Lap]:
    distance = streams["distance"]
    for begin in range(0, seconds, LAP_S):
        end = min(seconds, begin + LAP_S)
        facts = {"elapsed_time": end - begin, "moving_time": end - begin}
        yield Lap(begin, facts | {"distance": round(distance[end] - distance[begin], 2)})
