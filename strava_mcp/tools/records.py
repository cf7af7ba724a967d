"""The tool for personal records."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypedDict

from strava_mcp.analysis.subject import Subject
from strava_mcp.context import Context
from strava_mcp.display_units import UNITS
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sports import RUNS
from strava_mcp.tools import record_view as view
from strava_mcp.tools.answers import subject_of
from strava_mcp.tools.arguments import Arguments, Choice
from strava_mcp.tools.fields import BoundedNumber, described, units_field
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.record_view import Question
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TABLE_ROW, Rare, reply_schema
from strava_mcp.tools.size import MAX_TOKENS, rows_that_fit, tokens
from strava_mcp.tools.sport_fields import Sports
from strava_mcp.tools.time_fields import DateWords

MAX_TOP = 10
#: Reserved for the note about rows that are left out.
NOTE_TOKENS = 60
#: What only runs have.
OF_RUNS = ("distances", "pace")


class RecordsReply(TypedDict, total=False):
    """The reply of get_records; ``rows``: arrays under ``columns``, the best first."""

    units: str
    dates: Rare[str]
    columns: list[str]
    rows: list[dict[str, Any]]
    estimates: Rare[dict[str, Any]]
    basis: Rare[dict[str, Any]]
    coverage: dict[str, Any]
    method: Rare[str]


ANSWERS: Mapping[str, Callable[[Question], JSON]] = {
    "distances": view.distances,
    "power": view.power,
    "pace": view.pace,
    "heartrate": view.heart_rate,
    "longest": view.longest,
    "climbing": view.climbing,
    "eddington": view.eddington,
    "streaks": view.streaks,
    "segments": view.segments,
}


class RecordsArguments(Arguments):
    """Arguments of ``get_records``."""

    kind = Choice(*ANSWERS, load_default="distances", **described("default distances"))
    sport = Sports(**described("as sport_type"))
    date_range = DateWords(**described("default ever"))
    top = BoundedNumber(1, MAX_TOP, f"1 to {MAX_TOP}", load_default=1, **described("1 to 10"))
    units = units_field()


RECORDS = reply_schema(
    RecordsReply,
    *("units", "columns", "rows"),
    rows={"type": "array", "items": TABLE_ROW},
)


@tool(title="Personal records", arguments=RecordsArguments, output=RECORDS, reads_much=True)
def get_records(ctx: Context, arguments: JSON) -> JSON:
    """Personal bests, critical power and speed, FTP; not about one activity."""
    units, kind = arguments.get("units", ctx.units), arguments["kind"]
    subject = subject_of(ctx)
    first, last = _days(subject, arguments.get("date_range"))
    sports = _sports(kind, arguments.get("sport"))
    answer = ANSWERS[kind](Question(subject, first, last, sports, arguments["top"], units))
    days = f"{first}..{last}" if first else f"all time to {last}"
    return _within_budget({"units": UNITS[units], "dates": days, **answer})


def _days(subject: Subject, words: str | None) -> tuple[date | None, date]:
    """The first day, None for all time, and the last."""
    if not words:
        return None, subject.today
    days = date_range(subject.source, words)
    return days.begin, days.last


def _sports(kind: str, sports: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The sports that count. Raises InvalidArguments if they cannot have such records."""
    if kind not in OF_RUNS or sports is None:
        return sports
    runs = tuple(sport for sport in sports if sport in RUNS)
    if not runs:
        problem = f"Only runs have records of {kind}; all sports have power, heartrate and longest."
        raise InvalidArguments({"sport": problem})
    return runs


def _within_budget(reply: JSON) -> JSON:
    """``reply`` with as many rows as fit."""
    rows = reply["rows"]
    budget = MAX_TOKENS - NOTE_TOKENS - tokens({**reply, "rows": []})
    count = rows_that_fit(rows, budget)
    if count == len(rows):
        return reply
    note = f"{count} of {len(rows)} rows (size limit): ask for fewer with top or sport."
    return {**reply, "rows": rows[:count], "note": " ".join((reply.get("note", ""), note)).strip()}
