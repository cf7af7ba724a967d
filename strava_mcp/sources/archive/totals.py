"""Totals over the library: what Strava counts for an athlete, and how far gear has been."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON

#: Which sports Strava adds up together (API v3, ActivityStats).
TOTALS = {
    "ride": ("Ride", "VirtualRide", "GravelRide", "MountainBikeRide", "EBikeRide"),
    "run": ("Run", "TrailRun", "VirtualRun"),
    "swim": ("Swim",),
}
RECENT_S = 28 * 86400


def stats(summaries: Sequence[Mapping[str, Any]], now: datetime) -> JSON:
    """Recent (four weeks), year-to-date and all-time totals of activities (ActivityStats)."""
    moment = now.timestamp()
    since = {
        "recent": moment - RECENT_S,
        "ytd": datetime(now.year, 1, 1, tzinfo=UTC).timestamp(),
        "all": float("-inf"),
    }
    found: JSON = {}
    for word, sports in TOTALS.items():
        done = [(_began(item), item) for item in summaries if item.get("sport_type") in sports]
        for span, start in since.items():
            found[f"{span}_{word}_totals"] = _total([i for at, i in done if at >= start])
    rides = [item for item in summaries if item.get("sport_type") in TOTALS["ride"]]
    found["biggest_ride_distance"] = max((ride["distance"] for ride in rides), default=0.0)
    found["biggest_climb_elevation_gain"] = max(
        (ride["total_elevation_gain"] for ride in rides), default=0.0
    )
    return found


def gear_distances(summaries: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Metres that each bike and pair of shoes has been, by its id."""
    found: dict[str, float] = {}
    for item in summaries:
        if gear_id := item.get("gear_id"):
            found[gear_id] = found.get(gear_id, 0.0) + item["distance"]
    return found


def _began(activity: Mapping[str, Any]) -> float:
    text = activity.get("start_date")
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _total(done: Sequence[Mapping[str, Any]]) -> JSON:
    return {
        "count": len(done),
        "distance": round(sum(item["distance"] for item in done), 1),
        "moving_time": sum(item["moving_time"] for item in done),
        "elapsed_time": sum(item["elapsed_time"] for item in done),
        "elevation_gain": round(sum(item["total_elevation_gain"] for item in done), 1),
    }
