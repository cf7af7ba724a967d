"""A segment, and the athlete's efforts on it, as a reply shows them.

What Strava sends is trusted as little as in ``tools.activity_view``; units are those of
``tools.display_units``, grades are per cent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import display_units as measure

Strava = Mapping[str, Any]

#: Strava counts upward to the hardest (API v3, SummarySegment.climb_category), cyclists downward.
CLIMBS = {1: "cat 4", 2: "cat 3", 3: "cat 2", 4: "cat 1", 5: "HC"}


def words_of(units: str) -> str:
    """What the quantities of a segment are in, said once in a reply."""
    return f"{measure.UNITS[units]}, grade %"


def link(segment_id: int | str) -> str:
    """Where a segment is on Strava."""
    return f"https://www.strava.com/segments/{segment_id}"


def summary(segment: Strava, units: str) -> JSON:
    """A row of a list (SummarySegment): what it is, where, how steep."""
    places = [view.text(segment, key) for key in ("city", "country")]
    return view.known(
        {
            "id": view.whole(segment, "id"),
            "name": view.text(segment, "name"),
            "sport_type": view.text(segment, "activity_type"),
            "distance": view.length(segment, "distance", units),
            "average_grade": _grade(segment, "average_grade"),
            "climb": CLIMBS.get(view.whole(segment, "climb_category") or 0),
            "place": ", ".join(place for place in places if place),
            "private": segment.get("private") is True,
            "best_time": _record(segment),
        }
    )


def detail(segment: Strava, units: str) -> JSON:
    """One segment (DetailedSegment) without its efforts."""
    found = summary(segment, units) | {
        "maximum_grade": _grade(segment, "maximum_grade"),
        "elevation_gain": view.height(segment, "total_elevation_gain", units),
        "elevation_low": view.height(segment, "elevation_low", units),
        "elevation_high": view.height(segment, "elevation_high", units),
        "hazardous": segment.get("hazardous") is True,
        "starred": segment.get("starred") is True,
        "athletes": view.whole(segment, "athlete_count"),
        "efforts_of_all": view.whole(segment, "effort_count"),
    }
    if "id" in found:
        found["link"] = link(found["id"])
    return {"units": words_of(units)} | view.known(found)


def efforts(found: Sequence[Strava], units: str) -> list[JSON]:
    """The efforts (DetailedSegmentEffort) as rows, the latest first."""
    latest = sorted(found, key=lambda effort: view.local_time(effort) or "", reverse=True)
    return [_effort(effort, units) for effort in latest]


def best(found: Sequence[Strava], units: str) -> JSON:
    """The fastest of the efforts as a row; elapsed time decides, as on Strava."""
    return _effort(min(found, key=_elapsed), units)


def _elapsed(effort: Strava) -> float:
    seconds = view.number(effort, "elapsed_time")
    return seconds if seconds and seconds > 0 else float("inf")


def _effort(effort: Strava, units: str) -> JSON:
    segment, activity = effort.get("segment"), effort.get("activity")
    sport = view.text(segment, "activity_type") if isinstance(segment, dict) else None
    metres, seconds = view.number(effort, "distance"), _elapsed(effort)
    found: JSON = {
        "start_local": view.local_time(effort),
        "time": view.time(effort, "elapsed_time"),
        **view.intensity(effort),
        "pr_rank": view.whole(effort, "pr_rank"),
        "kom_rank": view.whole(effort, "kom_rank"),
        "activity_id": view.whole(activity, "id") if isinstance(activity, dict) else None,
    }
    if metres and metres > 0 and seconds < float("inf"):
        word, value = measure.movement(metres / seconds, units, sport or "")
        found[word] = value
    return view.known(found)


def _record(segment: Strava) -> str | None:
    """The athlete's best time, where Strava tells it; it has two names for it and for its place."""
    for name in ("athlete_segment_stats", "athlete_pr_effort"):
        told = segment.get(name)
        if isinstance(told, dict):
            found = view.time(told, "pr_elapsed_time") or view.time(told, "elapsed_time")
            if found:
                return found
    return None


def _grade(segment: Strava, key: str) -> float | None:
    value = view.number(segment, key)
    return None if value is None else round(value, 1)
