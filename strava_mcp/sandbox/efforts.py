"""Efforts: the fastest stretches of a run, and what they share with efforts on segments.

``strava_mcp.training`` finds best efforts as well. This code stays independent of it on purpose:
tests compare the two.
"""

from datetime import timedelta
from functools import lru_cache

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.recording import Streams
from strava_mcp.units import BEST_EFFORTS_M


def best_efforts(plan: Plan) -> list[JSON]:
    """The fastest stretch of a run for each of Strava's distances (DetailedSegmentEffort)."""
    if plan.sport != "Run" or not plan.has_track:
        return []
    return [
        {
            "id": plan.id * 100 + number,
            "resource_state": 2,
            "name": name,
            "distance": round(distance_m),
            "pr_rank": None,
            "achievements": [],
            **effort_fields(plan, *stretch),
        }
        for number, (name, distance_m) in enumerate(BEST_EFFORTS_M.items())
        if (stretch := _fastest_stretch(plan, distance_m))
    ]


def effort_fields(plan: Plan, start: int, end: int) -> JSON:
    """Activity, times and indices of an effort from one sample of the recording to another."""
    streams = recording.streams(plan)
    start_s, end_s = streams["time"][start], streams["time"][end]
    return {
        "activity": {"id": plan.id, "resource_state": 1},
        "athlete": {"id": plan.athlete.id, "resource_state": 1},
        "elapsed_time": end_s - start_s,
        "moving_time": moving_time_s(streams, start + 1, end),
        "start_index": start,
        "end_index": end,
        **start_dates(plan, start_s),
    }


def start_dates(plan: Plan, offset_s: int) -> JSON:
    """``start_date`` and ``start_date_local``, ``offset_s`` seconds after the start of a plan."""
    offset = timedelta(seconds=offset_s)
    return {
        "start_date": f"{(plan.start_utc + offset).isoformat()}Z",
        "start_date_local": f"{(plan.start_local + offset).isoformat()}Z",
    }


def moving_time_s(streams: Streams, first: int, last: int) -> int:
    """Moving time of the samples from ``first`` to ``last``, both included."""
    time, moving = streams["time"], streams["moving"]
    return sum(time[i] - time[i - 1] for i in range(first, last + 1) if moving[i])


@lru_cache(maxsize=4096)
def _fastest_stretch(plan: Plan, distance_m: float) -> tuple[int, int] | None:
    """The samples between which a distance took the least time; None if the run is shorter."""
    streams = recording.streams(plan)
    distance, time = streams["distance"], streams["time"]
    best: tuple[int, int] | None = None
    first = 0
    for last, covered in enumerate(distance):
        while covered - distance[first + 1] >= distance_m:
            first += 1
        if covered - distance[first] >= distance_m and (
            best is None or time[last] - time[first] < time[best[1]] - time[best[0]]
        ):
            best = first, last
    return best
