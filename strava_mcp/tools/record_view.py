"""Render records: a table for each kind, with what it rests on.

Every function returns ``columns``, ``rows``, ``basis``, ``coverage`` and ``method``, and ``note``
where there is nothing to show.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from strava_mcp import display_units
from strava_mcp.analysis.best_efforts import Effort, Ranked
from strava_mcp.analysis.evidence import ASK_AGAIN, NOT_REACHED
from strava_mcp.analysis.records import EffortKind, Records, activity_records, effort_records
from strava_mcp.analysis.regularity import DAYS_PER_WEEK, eddington_numbers, regularity
from strava_mcp.analysis.segment_records import SegmentRanking, segment_records
from strava_mcp.analysis.subject import Subject
from strava_mcp.json_types import JSON
from strava_mcp.tools import estimate_view
from strava_mcp.tools.answers import basis
from strava_mcp.tools.safe_json import get_int, get_number, get_str
from strava_mcp.training.efforts import MAX_SPEED_MS
from strava_mcp.training.streaks import CONSISTENCY_WEEKS
from strava_mcp.units import BEST_EFFORTS_M

#: Durations that are shown of each curve, in seconds.
POWER_S = (1, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 5400, 7200)
PACE_S = (10, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 5400, 7200)
HEART_RATE_S = (10, 60, 300, 600, 1200, 1800, 3600, 7200)
#: Fewer, if more than the best of each is shown.
MAIN_S = (5, 30, 60, 300, 1200, 3600)
FROM_SAMPLES = {"values": "measured, from every sample of each recording"}
FROM_LIST = {"values": "as in the list of activities"}
BROKE = "broke: the record before, [value, date, activity_id]"
#: Jumps of the position, and drives with the watch running.
NO_JUMPS = f"what is faster than {MAX_SPEED_MS:g} m/s is left out"
IN_IT = "starts_at: time into the activity"


@dataclass(frozen=True)
class Question:
    """What is asked: local days (``first`` None: ever), sports (None: the usual ones), how many."""

    subject: Subject
    first: date | None
    last: date
    sports: Collection[str] | None
    top: int
    units: str


def distances(question: Question) -> JSON:
    """The fastest time over each distance, with its pace."""

    def values(name: str | int, effort: Effort) -> list[Any]:
        speed_ms = BEST_EFFORTS_M[str(name)] / effort.value
        pace = display_units.pace(speed_ms, question.units, "Run")
        return [display_units.duration(effort.value), pace]

    method = (
        f"fastest elapsed time over each distance within a run; {NO_JUMPS}; "
        f"{estimate_view.SPEED_METHOD}"
    )
    return _curve(question, "distances", ("distance", "time", "pace"), values, method)


def power(question: Question) -> JSON:
    """The highest mean power over each duration."""
    method = f"highest mean over each duration, measured power only; {estimate_view.POWER_METHOD}"
    columns = ("duration", "watts")
    return _curve(question, "power", columns, lambda _, effort: [round(effort.value)], method)


def pace(question: Question) -> JSON:
    """The highest mean speed of runs over each duration, as pace."""

    def values(_: str | int, effort: Effort) -> list[Any]:
        return [display_units.pace(effort.value, question.units, "Run")]

    method = (
        f"highest mean speed over each duration of a run, as pace; {NO_JUMPS}; "
        f"{estimate_view.SPEED_METHOD}"
    )
    return _curve(question, "pace", ("duration", "pace"), values, method)


def heart_rate(question: Question) -> JSON:
    """The highest mean heart rate over each duration."""
    method = "highest mean heart rate over each duration"
    columns = ("duration", "bpm")
    return _curve(
        question, "heartrate", columns, lambda _, effort: [round(effort.value, 1)], method
    )


def longest(question: Question) -> JSON:
    """The longest activities by distance and by time, for each family of sports."""
    records = activity_records(question.subject, "longest", *_asked(question))
    rows = [
        [sport, ranking.name, *_rank(question, one), *_whole(question, str(ranking.name), one)]
        for sport, rankings in records.families.items()
        for ranking in rankings
        for one in ranking.ranked
    ]
    rank = ("rank",) if question.top > 1 else ()
    columns = ["sport", "record", *rank, "value", "date", "activity_id", "broke"]
    return _reply(columns, rows, FROM_LIST, records.coverage.to_json(), BROKE)


def climbing(question: Question) -> JSON:
    """The activities with most climbing, and the greatest climb, for each family of sports."""
    records = activity_records(question.subject, "climbing", *_asked(question))
    rows = [
        [
            *(sport, ranking.name, *_rank(question, one)),
            *_whole(question, "elevation_gain", one),
            *_slope(question, one.effort),
        ]
        for sport, rankings in records.families.items()
        for ranking in rankings
        for one in ranking.ranked
    ]
    rank = ("rank",) if question.top > 1 else ()
    columns = ["sport", "record", *rank, "value", "date", "activity_id", "broke"]
    columns += ["starts_at", "length", "grade_percent"]
    method = f"climb: the greatest gain of one ascent of 3 % or more; {IN_IT}; {BROKE}"
    source = {"elevation_gain": FROM_LIST["values"], "climb": FROM_SAMPLES["values"]}
    return _reply(columns, rows, source, records.coverage.to_json(), method)


def eddington(question: Question) -> JSON:
    """The Eddington numbers of rides and runs, in kilometres and miles."""
    numbers, count, is_complete = eddington_numbers(question.subject, *_asked(question)[:3])
    rows = [
        [
            *(one.family, one.unit, one.value.number, one.value.missing),
            *(one.reached and str(one.reached), one.activity),
        ]
        for one in numbers
    ]
    columns = ["sport", "unit", "number", "days_missing_to_next", "reached", "activity_id"]
    method = (
        "the greatest n with n days of n km (mi) or more, all activities of a day together; "
        "activity_id: the longest of the day on which it was reached"
    )
    return _reply(columns, rows, FROM_LIST, _seen(question, count, is_complete), method)


def streaks(question: Question) -> JSON:
    """The longest and the current streaks of days and weeks."""
    regular = regularity(question.subject, *_asked(question)[:3])
    rows = [
        [
            *("current" if one.is_current else "longest", one.length, f"{one.unit}s"),
            *(str(one.first), str(one.last), list(one.activities)),
        ]
        for one in regular.streaks
    ]
    columns = ["streak", "length", "unit", "first", "last", "first_and_last_activity_id"]
    method = "days, and weeks from Monday, with an activity; today without one breaks nothing"
    coverage = _seen(question, regular.activities, regular.is_complete)
    reply = _reply(columns, rows, FROM_LIST, coverage, method)
    if regular.consistency is not None:
        weeks = round(regular.consistency * CONSISTENCY_WEEKS)
        reply["regular_weeks"] = (
            f"{weeks} of the last {CONSISTENCY_WEEKS} full weeks had {DAYS_PER_WEEK} days or more"
        )
    return reply


def segments(question: Question) -> JSON:
    """The best times on starred segments."""
    records = segment_records(question.subject, *_asked(question))
    rows = [
        [*_segment(question, ranking), *_rank(question, one), *_timed(question, ranking, one)]
        for ranking in records.rankings
        for one in ranking.ranked
    ]
    rank = ("rank",) if question.top > 1 else ()
    columns = ["segment_id", "name", "distance", *rank, "time", "date", "activity_id", "broke"]
    coverage: JSON = {"segments": len(records.rankings) + records.unread, "efforts_as": "Strava's"}
    if records.unread:
        coverage["efforts_not_read"] = records.unread
        coverage["why"] = records.problem
    method = f"best elapsed time on each starred segment; {BROKE}"
    columns.append("efforts")
    return _reply(columns, rows, {"values": "as Strava timed them"}, coverage, method)


def _curve(
    question: Question,
    kind: EffortKind,
    columns: Sequence[str],
    values: Callable[[str | int, Effort], list[Any]],
    method: str,
) -> JSON:
    """A table of best efforts, with estimates where there are any."""
    records = effort_records(
        question.subject, kind, *_asked(question), durations_s=_shown(kind, question.top)
    )
    rank = ("rank",) if question.top > 1 else ()
    rows = [
        [
            *(_label(ranking.name), *_rank(question, one), *values(ranking.name, one.effort)),
            *(str(one.effort.day), one.effort.activity, _clock(one.effort.start_s)),
            _broke(one, lambda effort: values(ranking.name, effort)[0]),  # noqa: B023
        ]
        for ranking in records.families[""]
        for one in ranking.ranked
    ]
    names = [columns[0], *rank, *columns[1:], "date", "activity_id", "starts_at", "broke"]
    sources = FROM_SAMPLES | (basis({"ftp": records.ftp}) if records.ftp else {})
    method = f"{method}; {IN_IT}; {BROKE}"
    reply = _reply(names, rows, sources, records.coverage.to_json(), method)
    return reply | _estimates(question, records)


def _estimates(question: Question, records: Records) -> JSON:
    if records.estimates is None:
        return {}
    return {"estimates": estimate_view.render(records.estimates, question.units)}


def _asked(question: Question) -> tuple[date | None, date, Collection[str] | None, int]:
    return question.first, question.last, question.sports, question.top


def _shown(kind: EffortKind, top: int) -> Collection[int]:
    if top > 1:
        return MAIN_S
    return {"power": POWER_S, "pace": PACE_S}.get(kind, HEART_RATE_S)


def _rank(question: Question, one: Ranked) -> list[int]:
    """The value of the column ``rank``, which there is if more than the best is asked for."""
    return [one.rank] if question.top > 1 else []


def _label(name: str | int) -> str:
    """The name of a distance, or a duration in words."""
    if isinstance(name, str):
        return name
    return f"{name} s" if name < 60 or name % 60 else f"{name // 60} min"


def _clock(start_s: int | None) -> str | None:
    return None if start_s is None else display_units.duration(start_s)


def _broke(one: Ranked, value: Callable[[Effort], Any]) -> list[Any] | None:
    broken = one.broken
    return [value(broken), str(broken.day), broken.activity] if broken else None


def _whole(question: Question, quantity: str, one: Ranked) -> list[Any]:
    """The value, date, id and broken record of an activity."""

    def value(effort: Effort) -> Any:
        if quantity == "distance":
            return display_units.distance(effort.value, question.units)
        if quantity == "moving_time":
            return display_units.duration(effort.value)
        return display_units.elevation(effort.value, question.units)

    effort = one.effort
    return [value(effort), str(effort.day), effort.activity, _broke(one, value)]


def _slope(question: Question, effort: Effort) -> list[Any]:
    """Start, length and grade of a climb; None for a whole activity."""
    if effort.length_m is None:
        return [None, None, None]
    grade = round(100 * effort.value / effort.length_m, 1)
    length = display_units.distance(effort.length_m, question.units)
    return [_clock(effort.start_s), length, grade]


def _segment(question: Question, ranking: SegmentRanking) -> list[Any]:
    metres = get_number(ranking.segment, "distance")
    length = None if metres is None else display_units.distance(metres, question.units)
    return [get_int(ranking.segment, "id"), get_str(ranking.segment, "name"), length]


def _timed(question: Question, ranking: SegmentRanking, one: Ranked) -> list[Any]:
    def value(effort: Effort) -> str:
        return display_units.duration(effort.value)

    count: int | str | None = ranking.efforts
    if not ranking.is_complete:
        count = f"{count}, and more that Strava did not return"
    effort = one.effort
    return [value(effort), str(effort.day), effort.activity, _broke(one, value), count]


def _seen(question: Question, activities: int, is_complete: bool) -> JSON:
    coverage: JSON = {"activities": activities}
    if not is_complete:
        coverage["incomplete"] = NOT_REACHED
        coverage["continue"] = question.subject.source.limit_notice or ASK_AGAIN
    return coverage


def _reply(columns: list[str], rows: list[Any], source: JSON, coverage: JSON, method: str) -> JSON:
    reply: JSON = {
        "columns": columns,
        "rows": rows,
        "basis": source,
        "coverage": coverage,
        "method": method,
    }
    return reply if rows else reply | {"note": "Nothing in these days has such a record."}
