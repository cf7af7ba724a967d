"""A recording cut into pieces: laps, splits, best efforts, and seconds in each zone."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.athlete import Athlete, ranges
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sports import ON_FOOT
from strava_mcp.units import BEST_EFFORTS_M, METRES_PER_KM

#: Where a watch makes a lap by itself; on a bike the whole ride is one.
LAP_M = {
    "Run": METRES_PER_KM,
    "TrailRun": METRES_PER_KM,
    "Walk": METRES_PER_KM,
    "Hike": METRES_PER_KM,
    "Swim": 100.0,
}


def laps(plan: Plan) -> list[JSON]:
    """Laps (Lap); they add up to the activity. None for a manual entry."""
    size_m = LAP_M.get(plan.sport, max(plan.distance_m, 1.0))
    return [
        {
            "id": plan.id * 100 + number,
            "resource_state": 2,
            "name": f"Lap {number}",
            "activity": {"id": plan.id, "resource_state": 1},
            "athlete": {"id": plan.athlete.id, "resource_state": 1},
            **starts(plan, part["begins"]),
            **{k: v for k, v in part.items() if k not in ("begins", "elevation_difference")},
            "lap_index": number,
            "split": number,
            "pace_zone": 0,
        }
        for number, part in enumerate(_parts(plan, size_m), 1)
    ]


def splits(plan: Plan, size_m: float) -> list[JSON]:
    """Splits (Split) of a kilometre or a mile, for activities on foot."""
    if plan.sport not in ON_FOOT:
        return []
    kept = (
        *("distance", "moving_time", "elapsed_time", "elevation_difference", "average_speed"),
        "average_heartrate",
    )
    return [
        {
            **{k: part[k] for k in kept if k in part},
            "average_grade_adjusted_speed": None,
            "pace_zone": 0,
            "split": number,
        }
        for number, part in enumerate(_parts(plan, size_m), 1)
    ]


def best_efforts(plan: Plan) -> list[JSON]:
    """The fastest stretch of each usual distance of a run (DetailedSegmentEffort)."""
    if plan.sport != "Run" or not plan.has_track:
        return []
    found = []
    for number, (name, metres) in enumerate(BEST_EFFORTS_M.items()):
        stretch = _fastest(plan, metres)
        if stretch:
            first, last = stretch
            found.append(
                {
                    "id": plan.id * 100 + number,
                    "resource_state": 2,
                    "name": name,
                    "distance": round(metres),
                    "pr_rank": None,
                    "achievements": [],
                    **between(plan, first, last),
                }
            )
    return found


def between(plan: Plan, first: int, last: int) -> JSON:
    """What an effort from one sample to another has in common with every other."""
    streams = recording.streams(plan)
    begins, ends = streams["time"][first], streams["time"][last]
    return {
        "activity": {"id": plan.id, "resource_state": 1},
        "athlete": {"id": plan.athlete.id, "resource_state": 1},
        "elapsed_time": ends - begins,
        "moving_time": _moving_s(streams, first + 1, last),
        "start_index": first,
        "end_index": last,
        **starts(plan, begins),
    }


def starts(plan: Plan, after_s: int) -> JSON:
    """Both start dates of something that begins so many seconds into the activity."""
    utc, local = (at + timedelta(seconds=after_s) for at in (plan.start_utc, plan.start_local))
    return {"start_date": f"{utc.isoformat()}Z", "start_date_local": f"{local.isoformat()}Z"}


def zone_types(plan: Plan) -> list[str]:
    """Which zones the activity has time in."""
    return ["heartrate"] * plan.has_heart_rate + ["power"] * plan.has_meter


def zones(plan: Plan) -> list[JSON]:
    """Seconds in each zone (ActivityZone), counted from the recording."""
    streams = recording.streams(plan)
    found = []
    for kind in zone_types(plan):
        stream, bounds = _bounds(plan.athlete, kind)
        steps = [b - a for a, b in zip(streams["time"], streams["time"][1:], strict=False)]
        values = list(zip(streams[stream][1:], steps, strict=True))
        found.append(
            {
                "type": kind,
                "resource_state": 3,
                "sensor_based": True,
                "points": 0,
                "score": plan.suffer_score if kind == "heartrate" else 0,
                "custom_zones": kind == "heartrate",
                "distribution_buckets": [
                    zone | {"time": _seconds(values, zone["min"], zone["max"])}
                    for zone in ranges(bounds)
                ],
            }
        )
    return found


def _bounds(athlete: Athlete, kind: str) -> tuple[str, tuple[int, ...]]:
    """The stream that a kind of zone is counted in, and the zones' lower bounds."""
    if kind == "power":
        return "watts", athlete.power_zones
    return "heartrate", athlete.heart_rate_zones


def _seconds(values: Sequence[tuple[float, int]], low: float, high: float) -> int:
    return sum(step for value, step in values if low <= value and (high == -1 or value < high))


def _parts(plan: Plan, size_m: float) -> Iterator[JSON]:
    """The recording cut every ``size_m`` metres; the parts add up to the whole."""
    streams = recording.streams(plan)
    if not streams:
        return
    distance = streams.get("distance", [0.0] * len(streams["time"]))
    first, end = 1, len(distance) - 1
    while first <= end:
        mark = size_m * (distance[first - 1] // size_m + 1)
        last = min(end, max(first, bisect_left(distance, mark, first)))
        if distance[end] - distance[last] < 1.0:  # no lap of its own for the last step
            last = end
        yield _part(streams, distance, first, last)
        first = last + 1


def _part(streams: recording.Streams, distance: Sequence[float], first: int, last: int) -> JSON:
    """Totals of the samples from ``first`` to ``last``, both counted."""
    begins = streams["time"][first - 1]
    metres = round(distance[last] - distance[first - 1], 1)
    moving_s = _moving_s(streams, first, last)
    heights = streams.get("altitude", [0.0] * (last + 1))[first - 1 : last + 1]
    inside = slice(first, last + 1)
    found: JSON = {
        "begins": begins,
        "start_index": first - 1,
        "end_index": last,
        "distance": metres,
        "moving_time": moving_s,
        "elapsed_time": streams["time"][last] - begins,
        "average_speed": round(metres / moving_s, 3) if moving_s else 0.0,
        "max_speed": max(streams.get("velocity_smooth", [0.0] * (last + 1))[inside]),
        "total_elevation_gain": round(
            sum(max(0.0, b - a) for a, b in zip(heights, heights[1:], strict=False)), 1
        ),
        "elevation_difference": round(heights[-1] - heights[0], 1),
    }
    for name in ("heartrate", "cadence", "watts"):
        if name in streams:
            values = streams[name][inside]
            found[f"average_{name}"] = round(sum(values) / len(values), 1)
    if "heartrate" in streams:
        found["max_heartrate"] = float(max(streams["heartrate"][inside]))
    return found


def _moving_s(streams: recording.Streams, first: int, last: int) -> int:
    time, moving = streams["time"], streams["moving"]
    return sum(time[i] - time[i - 1] for i in range(first, last + 1) if moving[i])


@lru_cache(maxsize=4096)
def _fastest(plan: Plan, metres: float) -> tuple[int, int] | None:
    """The samples between which ``metres`` took the least time, or None where it is too short."""
    streams = recording.streams(plan)
    distance, time = streams["distance"], streams["time"]
    best: tuple[int, int] | None = None
    first = 0
    for last, covered in enumerate(distance):
        while covered - distance[first + 1] >= metres:
            first += 1
        if covered - distance[first] >= metres and (
            best is None or time[last] - time[first] < time[best[1]] - time[best[0]]
        ):
            best = first, last
    return best
