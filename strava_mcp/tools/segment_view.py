"""Render a segment and the athlete's efforts on it for a reply.

Quantities are in the units of ``display_units``, grades in per cent. Of every TypedDict here,
keys without a value are absent.
"""

from collections.abc import Sequence
from typing import TypedDict

from strava_mcp import display_units
from strava_mcp.display_units import Movement
from strava_mcp.tools.activity_reader import local_start
from strava_mcp.tools.quantities import (
    Intensity,
    get_distance,
    get_duration,
    get_elevation,
    get_intensity,
)
from strava_mcp.tools.reply_schema import Rare
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_number,
    get_object,
    get_str,
)

#: Category → name. Strava counts up to the hardest climb (API v3, SummarySegment.climb_category);
#: cyclists count down.
CLIMBS = {1: "cat 4", 2: "cat 3", 3: "cat 2", 4: "cat 1", 5: "HC"}


class SegmentRow(TypedDict, total=False):
    """A segment in a list."""

    id: int | None
    name: str | None
    sport_type: str | None
    distance: float | None
    average_grade: float | None
    climb: Rare[str | None]
    place: Rare[str]
    private: Rare[bool]
    best_time: Rare[str | None]


class EffortRow(Movement, Intensity, total=False):
    """An effort on a segment."""

    start_local: str | None
    time: str | None
    pr_rank: int | None
    kom_rank: int | None
    activity_id: int | None


class SegmentFacts(SegmentRow, total=False):
    """What the schema of get_segment declares of the segment."""

    units: str
    maximum_grade: Rare[float | None]
    elevation_gain: Rare[int | None]
    link: Rare[str | None]


class SegmentDetail(SegmentFacts, total=False):
    """One segment without the athlete's efforts."""

    elevation_low: int | None
    elevation_high: int | None
    hazardous: bool
    starred: bool
    athletes: int | None
    efforts_of_all: int | None


class OwnEfforts(TypedDict, total=False):
    """The athlete's efforts on a segment: their number, the best, and the latest first."""

    own_efforts: Rare[int]
    best: EffortRow
    efforts: list[EffortRow]
    note: Rare[str]


class DeclaredSegment(SegmentFacts, OwnEfforts, total=False):
    """What the schema of get_segment declares."""


class Segment(SegmentDetail, OwnEfforts, total=False):
    """One segment with the athlete's efforts."""


def units_text(units: str) -> str:
    """The units of a segment's quantities, stated once in a reply."""
    return f"{display_units.UNITS[units]}, grade %"


def link(segment_id: int | str) -> str:
    """The segment's page on Strava."""
    return f"https://www.strava.com/segments/{segment_id}"


def summary(segment: JSONObject, units: str) -> SegmentRow:
    """Render a SummarySegment as a row of a list."""
    places = [get_str(segment, key) for key in ("city", "country")]
    row: SegmentRow = {
        "id": get_int(segment, "id"),
        "name": get_str(segment, "name"),
        "sport_type": get_str(segment, "activity_type"),
        "distance": get_distance(segment, "distance", units),
        "average_grade": _grade(segment, "average_grade"),
        "climb": CLIMBS.get(get_int(segment, "climb_category") or 0),
        "place": ", ".join(place for place in places if place),
        "private": segment.get("private") is True,
        "best_time": _best_time(segment),
    }
    return drop_empty(row)


def detail(segment: JSONObject, units: str) -> SegmentDetail:
    """Render a DetailedSegment without its efforts."""
    number = get_int(segment, "id")
    rendered: SegmentDetail = {
        "units": units_text(units),
        **summary(segment, units),
        "maximum_grade": _grade(segment, "maximum_grade"),
        "elevation_gain": get_elevation(segment, "total_elevation_gain", units),
        "elevation_low": get_elevation(segment, "elevation_low", units),
        "elevation_high": get_elevation(segment, "elevation_high", units),
        "hazardous": segment.get("hazardous") is True,
        "starred": segment.get("starred") is True,
        "athletes": get_int(segment, "athlete_count"),
        "efforts_of_all": get_int(segment, "effort_count"),
        "link": link(number) if number else None,
    }
    return drop_empty(rendered)


def effort_rows(efforts: Sequence[JSONObject], units: str) -> list[EffortRow]:
    """Render efforts (DetailedSegmentEffort), the latest first."""
    latest = sorted(efforts, key=lambda effort: local_start(effort) or "", reverse=True)
    return [_effort(effort, units) for effort in latest]


def best_effort(efforts: Sequence[JSONObject], units: str) -> EffortRow:
    """Render the fastest effort by elapsed time, as on Strava."""
    return _effort(min(efforts, key=_elapsed_s), units)


def _elapsed_s(effort: JSONObject) -> float:
    seconds = get_number(effort, "elapsed_time")
    return seconds if seconds and seconds > 0 else float("inf")


def _effort(effort: JSONObject, units: str) -> EffortRow:
    metres, seconds = get_number(effort, "distance"), _elapsed_s(effort)
    movement: Movement = {}
    if metres and metres > 0 and seconds < float("inf"):
        sport = get_str(get_object(effort, "segment"), "activity_type") or ""
        movement = display_units.movement(metres / seconds, units, sport)
    row: EffortRow = {
        "start_local": local_start(effort),
        "time": get_duration(effort, "elapsed_time"),
        **get_intensity(effort),
        "pr_rank": get_int(effort, "pr_rank"),
        "kom_rank": get_int(effort, "kom_rank"),
        "activity_id": get_int(get_object(effort, "activity"), "id"),
        **movement,
    }
    return drop_empty(row)


def _best_time(segment: JSONObject) -> str | None:
    """The athlete's best time; Strava returns it in either object and under either name."""
    for key in ("athlete_segment_stats", "athlete_pr_effort"):
        stats = get_object(segment, key)
        for name in ("pr_elapsed_time", "elapsed_time"):
            if get_number(stats, name):
                return get_duration(stats, name)
    return None


def _grade(segment: JSONObject, key: str) -> float | None:
    value = get_number(segment, key)
    return None if value is None else round(value, 1)
