"""The tool for totals of training over time."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, get_args

from strava_mcp.analysis import compared_days
from strava_mcp.analysis.compared_days import Span
from strava_mcp.analysis.subject import MAX_READS
from strava_mcp.analysis.summary import By, Group, Summary, summarize
from strava_mcp.context import Context
from strava_mcp.display_units import UNITS, distance, duration, elevation
from strava_mcp.errors import InvalidArguments, RateLimited, SourceError
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.tools.answers import basis, subject_of
from strava_mcp.tools.arguments import Arguments, Choice
from strava_mcp.tools.days import Days
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.list_fields import ShortText
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TABLE_ROW, Rare, reply_schema
from strava_mcp.tools.safe_json import get_objects, get_str
from strava_mcp.tools.sport_fields import Sports
from strava_mcp.tools.time_fields import DateWords

METHOD = (
    "load: an hour at the threshold is 100 (power, else grade-adjusted pace, else heart rate); "
    "easy, moderate, hard: time below, between and above two thresholds of heart rate, else power, "
    "else pace; LT1 is the top of zone 2"
)
COLUMNS = (
    *("activities", "distance", "moving_time", "elevation_gain", "load"),
    *("easy_moderate_hard_percent", "polarization_index", "days_off", "longest"),
)
GEAR_COLUMNS = (
    "gear",
    "name",
    "retired",
    "first",
    "last",
    "distance",
    "activities",
    "last_30_days",
)


class TrainingSummary(TypedDict, total=False):
    """The reply of get_training_summary; ``rows``: one for each group, arrays under ``columns``."""

    units: str
    dates: str
    total: dict[str, Any]
    compared_with: Rare[dict[str, Any]]
    columns: list[str]
    rows: list[dict[str, Any]]
    basis: Rare[dict[str, Any]]
    coverage: dict[str, Any]
    method: Rare[str]


class SummaryArguments(Arguments):
    """Arguments of ``get_training_summary``."""

    date_range = DateWords(**described("default: this year"))
    by = Choice(*get_args(By), **described("default: month"))
    sport = Sports(**described("as sport_type"))
    compare = ShortText(**described("previous, last_year or a date range"))
    units = units_field()


SUMMARY = reply_schema(
    TrainingSummary, "units", "total", rows={"type": "array", "items": TABLE_ROW}
)


@tool(title="Training summary", arguments=SummaryArguments, output=SUMMARY, reads_much=True)
def get_training_summary(ctx: Context, arguments: JSON) -> JSON:
    """Totals, load, intensity and days off of a period, grouped and compared: use it instead of
    adding up lists. A running period is compared up to the same day.
    """
    units = arguments.get("units", ctx.units)
    days = date_range(ctx.source, arguments.get("date_range", "this year"))
    by: By = arguments.get("by") or "month"
    sports = arguments.get("sport")
    subject = subject_of(ctx)
    words = arguments.get("compare")
    other_days = _other_days(ctx.source, days, words) if words else None
    max_reads = MAX_READS // 2 if other_days else MAX_READS  # the other period has the other half
    summary = summarize(subject, days.begin, days.last, by, sports, max_reads)
    reply: JSON = {
        "units": UNITS[units],
        "dates": f"{summary.first}..{summary.last}",
        "total": _object(summary.total, units),
    }
    if other_days:
        try:
            other = summarize(subject, *other_days, "none", sports, MAX_READS // 2)
            reply["compared_with"] = _comparison(summary, other, units)
        except RateLimited as exc:
            reply["compared_with"] = {"not_read": str(exc)}
    if by == "gear":
        recent = summarize(subject, _days_before(summary.last, 29), summary.last, "gear", sports, 0)
        reply |= _gear_table(ctx.source, summary, recent, units)
    elif by != "none":
        reply |= _table(summary, by, units)
    return {
        **reply,
        "basis": basis(summary.thresholds),
        "coverage": summary.coverage.to_json(),
        "method": METHOD,
    }


def _days_before(day: date, count: int) -> date:
    return date.fromordinal(day.toordinal() - count)


def _comparison(summary: Summary, other: Summary, units: str) -> JSON:
    """The totals of the other period, and the changes from it in percent."""
    before = _object(other.total, units)
    changes = {
        key: f"{100 * (now - then) / then:+.0f} %"
        for key, (then, now) in _quantities(other.total, summary.total).items()
        if then
    }
    reply: JSON = {"dates": f"{other.first}..{other.last}", **before, "change": changes}
    if other.coverage.unread or not other.coverage.is_complete:
        reply["coverage"] = other.coverage.to_json()
    return reply


def _other_days(source: Source, days: Days, words: str) -> tuple[date | None, date]:
    """The days to compare with; the first is None for a span without a beginning."""
    named = words.strip().lower().replace(" ", "_")
    span = Span(days.first, days.last)
    if named == "previous":
        if days.begin is None:
            problem = "Nothing is before all time: use last_year or a date range."
            raise InvalidArguments({"compare": problem})
        return compared_days.previous(span)
    if named == "last_year":
        before = compared_days.last_year(span)
        return days.begin and before.first, before.last
    try:
        other = date_range(source, words)
    except InvalidArguments as exc:
        text = exc.fields["date_range"]
        problem = f"Must be previous, last_year or a date range. {text}"
        raise InvalidArguments({"compare": problem}) from exc
    return other.begin, other.last


def _quantities(then: Group, now: Group) -> dict[str, tuple[float, float]]:
    return {
        "activities": (then.activities, now.activities),
        "distance": (then.distance_m, now.distance_m),
        "moving_time": (then.moving_s, now.moving_s),
        "elevation_gain": (then.climb_m, now.climb_m),
        "load": (then.load or 0.0, now.load or 0.0),
    }


def _object(group: Group, units: str) -> JSON:
    values = dict(zip(COLUMNS, _row(group, units), strict=True))
    return {key: value for key, value in values.items() if value is not None}


def _row(group: Group, units: str) -> list[Any]:
    """The values of ``COLUMNS``."""
    return [
        group.activities,
        distance(group.distance_m, units),
        duration(group.moving_s),
        elevation(group.climb_m, units),
        None if group.load is None else round(group.load),
        "/".join(f"{100 * share:.0f}" for share in group.intensity) if group.intensity else None,
        None if group.polarization is None else round(group.polarization, 2),
        group.days_off,
        _longest(group, units),
    ]


def _longest(group: Group, units: str) -> list[Any] | None:
    """The id, and its distance or, without one, its time."""
    if group.longest is None:
        return None
    metres = group.longest.distance_m
    size = distance(metres, units) if metres else duration(group.longest.moving_s)
    return [group.longest.activity, size]


def _table(summary: Summary, by: By, units: str) -> JSON:
    """The groups; columns without any value are left out."""
    rows = [_row(group, units) for group in summary.groups]
    used = [i for i in range(len(COLUMNS)) if any(row[i] is not None for row in rows)]
    if by in ("sport", "weekday"):
        used = [i for i in used if COLUMNS[i] != "days_off" or by == "weekday"]
    return {
        "columns": [by, *(COLUMNS[i] for i in used)],
        "rows": [
            [group.name, *(row[i] for i in used)]
            for group, row in zip(summary.groups, rows, strict=True)
        ],
    }


def _gear_table(source: Source, summary: Summary, recent: Summary, units: str) -> JSON:
    """Bikes and shoes: first and last use, and the distance in all and in the last 30 days."""
    names = _gear_names(source)
    lately = {group.name: group.distance_m for group in recent.groups}
    rows = []
    for group in summary.groups:
        gear = names.get(group.name, {})
        rows.append(
            [
                group.name,
                get_str(gear, "name") or None,
                gear.get("retired") is True if gear else None,
                str(group.first),
                str(group.last),
                distance(group.distance_m, units),
                group.activities,
                distance(lately.get(group.name, 0.0), units),
            ]
        )
    return {"columns": list(GEAR_COLUMNS), "rows": rows}


def _gear_names(source: Source) -> Mapping[str, JSON]:
    """Bikes and shoes of the profile by id; empty if it cannot be read."""
    try:
        athlete = source.athlete()
    except SourceError:
        return {}
    gear = [*get_objects(athlete, "bikes"), *get_objects(athlete, "shoes")]
    return {str(item.get("id")): dict(item) for item in gear}
