"""Totals over many activities, as Strava counts them for an athlete and for their gear."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sports import STATS_FAMILIES

RECENT_S = 28 * 86400


def activity_stats(summaries: Sequence[Mapping[str, Any]], now: datetime) -> JSON:
    """Recent (four weeks), year-to-date and all-time totals (API v3, ActivityStats).

    ``summaries``: activities with ``sport_type``, ``start_date`` and the sums (SummaryActivity);
    ``now``: with its time zone.
    """
    since = {
        "recent": now.timestamp() - RECENT_S,
        "ytd": datetime(now.year, 1, 1, tzinfo=UTC).timestamp(),
        "all": float("-inf"),
    }
    stats: JSON = {}
    for family, sports in STATS_FAMILIES.items():
        done = [(_start(item), item) for item in summaries if item.get("sport_type") in sports]
        for span, start in since.items():
            stats[f"{span}_{family}_totals"] = _total([item for at, item in done if at >= start])
    rides = [item for item in summaries if item.get("sport_type") in STATS_FAMILIES["ride"]]
    stats["biggest_ride_distance"] = max((ride["distance"] for ride in rides), default=0.0)
    stats["biggest_climb_elevation_gain"] = max(
        (ride["total_elevation_gain"] for ride in rides), default=0.0
    )
    return stats


def gear_distances(summaries: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Metres on each bike and pair of shoes, by gear id."""
    distances: dict[str, float] = {}
    for item in summaries:
        if gear_id := item.get("gear_id"):
            distances[gear_id] = distances.get(gear_id, 0.0) + item["distance"]
    return distances


def _start(activity: Mapping[str, Any]) -> float:
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
