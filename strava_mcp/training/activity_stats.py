"""Totals over many activities, counted like Strava's for an athlete."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypedDict

from strava_mcp.json_types import JSON
from strava_mcp.sports import STATS_FAMILIES
from strava_mcp.training.local_days import local_day

#: Strava calls the last four weeks "recent".
RECENT_DAYS = 28


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


def recent_since(today: date) -> date:
    """The first of the four weeks up to and including today."""
    return today - timedelta(days=RECENT_DAYS - 1)


def activity_stats(summaries: Sequence[JSON], today: date) -> ActivityStats:
    """Add up activities by the day on which each started where it took place.

    ``summaries``: SummaryActivity with ``sport_type``, the start and the sums; ``today``: the date
    where the athlete is. Activities dated later count in the totals of all time only.
    """
    recent, year = recent_since(today).isoformat(), f"{today.year:04d}-01-01"
    by_family = {
        family: [(local_day(item), item) for item in summaries if item.get("sport_type") in sports]
        for family, sports in STATS_FAMILIES.items()
    }
    rides = [item for _, item in by_family["ride"]]

    def total(family: str, since: str) -> ActivityTotal:
        until = today.isoformat()
        return _total([item for day, item in by_family[family] if since <= day <= until])

    def total_of_all(family: str) -> ActivityTotal:
        return _total([item for _, item in by_family[family]])

    return {
        "recent_ride_totals": total("ride", recent),
        "ytd_ride_totals": total("ride", year),
        "all_ride_totals": total_of_all("ride"),
        "recent_run_totals": total("run", recent),
        "ytd_run_totals": total("run", year),
        "all_run_totals": total_of_all("run"),
        "recent_swim_totals": total("swim", recent),
        "ytd_swim_totals": total("swim", year),
        "all_swim_totals": total_of_all("swim"),
        "biggest_ride_distance": max((_value(ride, "distance") for ride in rides), default=0.0),
        "biggest_climb_elevation_gain": max(
            (_value(ride, "total_elevation_gain") for ride in rides), default=0.0
        ),
    }


def _total(activities: Sequence[JSON]) -> ActivityTotal:
    return {
        "count": len(activities),
        "distance": round(sum(_value(item, "distance") for item in activities), 1),
        "moving_time": round(sum(_value(item, "moving_time") for item in activities)),
        "elapsed_time": round(sum(_value(item, "elapsed_time") for item in activities)),
        "elevation_gain": round(
            sum(_value(item, "total_elevation_gain") for item in activities), 1
        ),
    }


def _value(activity: JSON, key: str) -> float:
    """A quantity of an activity; what is unknown adds nothing to a sum."""
    return float(activity.get(key) or 0.0)
