"""Totals over many activities, counted like Strava's for an athlete and their gear."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypedDict

from strava_mcp.json_types import JSON
from strava_mcp.sports import STATS_FAMILIES

RECENT_S = 28 * 86400


class ActivityTotal(TypedDict):
    """Sums in metres and seconds (API v3, ActivityTotal)."""

    count: int
    distance: float
    moving_time: int
    elapsed_time: int
    elevation_gain: float


class ActivityStats(TypedDict):
    """Totals by sport for four weeks, the year to date and all time (API v3, ActivityStats)."""

    recent_ride_totals: ActivityTotal
    ytd_ride_totals: ActivityTotal
    all_ride_totals: ActivityTotal
    recent_run_totals: ActivityTotal
    ytd_run_totals: ActivityTotal
    all_run_totals: ActivityTotal
    recent_swim_totals: ActivityTotal
    ytd_swim_totals: ActivityTotal
    all_swim_totals: ActivityTotal
    biggest_ride_distance: float
    biggest_climb_elevation_gain: float


def activity_stats(summaries: Sequence[JSON], now: datetime) -> ActivityStats:
    """Add up activities as of ``now``, an aware time.

    ``summaries``: SummaryActivity with ``sport_type``, ``start_date`` and the sums.
    """
    recent = now.timestamp() - RECENT_S
    year = datetime(now.year, 1, 1, tzinfo=UTC).timestamp()
    ever = float("-inf")
    by_family = {
        family: [(_start_s(item), item) for item in summaries if item.get("sport_type") in sports]
        for family, sports in STATS_FAMILIES.items()
    }
    rides = [item for _, item in by_family["ride"]]

    def total(family: str, since: float) -> ActivityTotal:
        return _total([item for start, item in by_family[family] if start >= since])

    return {
        "recent_ride_totals": total("ride", recent),
        "ytd_ride_totals": total("ride", year),
        "all_ride_totals": total("ride", ever),
        "recent_run_totals": total("run", recent),
        "ytd_run_totals": total("run", year),
        "all_run_totals": total("run", ever),
        "recent_swim_totals": total("swim", recent),
        "ytd_swim_totals": total("swim", year),
        "all_swim_totals": total("swim", ever),
        "biggest_ride_distance": max((ride["distance"] for ride in rides), default=0.0),
        "biggest_climb_elevation_gain": max(
            (ride["total_elevation_gain"] for ride in rides), default=0.0
        ),
    }


def gear_distances(summaries: Iterable[JSON]) -> dict[str, float]:
    """Metres on each bike and pair of shoes, by gear id."""
    distances: dict[str, float] = {}
    for item in summaries:
        if gear_id := item.get("gear_id"):
            distances[gear_id] = distances.get(gear_id, 0.0) + item["distance"]
    return distances


def _start_s(activity: JSON) -> float:
    """The start in epoch seconds; 0 if it is unknown."""
    text = activity.get("start_date")
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _total(activities: Sequence[JSON]) -> ActivityTotal:
    return {
        "count": len(activities),
        "distance": round(sum(item["distance"] for item in activities), 1),
        "moving_time": sum(item["moving_time"] for item in activities),
        "elapsed_time": sum(item["elapsed_time"] for item in activities),
        "elevation_gain": round(sum(item["total_elevation_gain"] for item in activities), 1),
    }
