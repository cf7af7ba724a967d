"""The tool for fitness, fatigue and form."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.load_outlook import Scenario, outlook
from strava_mcp.analysis.training_load import Gap, TrainingLoad, Unit, training_load
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, errors_of_argument
from strava_mcp.json_types import JSON
from strava_mcp.tools.answers import basis, subject_of
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.day_ahead import DayAhead, parse_day_ahead
from strava_mcp.tools.fields import BoundedNumber, described
from strava_mcp.tools.load_plan import Plan, Planned
from strava_mcp.tools.local_time import date_range
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TABLE_ROW, Rare, reply_schema
from strava_mcp.tools.safe_json import drop_empty, get_str
from strava_mcp.tools.sport_fields import Sports
from strava_mcp.tools.time_fields import DateWords

DEFAULT_RANGE = "last 12 weeks"
DEFAULT_FORM = 10
#: Races, gaps and hard sessions that are listed.
MAX_RACES, MAX_GAPS, MAX_HARDEST = 3, 3, 2
MAX_NAME_LENGTH = 40
COLUMNS = (
    *("load", "fitness", "form", "monotony", "fatigue", "ramp", "strain"),
    "activities_without_load",
)
#: The first column by the unit of the rows: its name, and how the first day is written.
FIRST_COLUMNS: Mapping[Unit, tuple[str, str]] = {
    "week": ("week_from", "%Y-%m-%d"),
    "month": ("month", "%Y-%m"),
    "quarter": ("quarter_from", "%Y-%m"),
    "year": ("year", "%Y"),
}
#: A longer table has the first columns only, from which the others follow, in whole numbers.
MAX_FULL_ROWS, SHORT_COLUMNS = 27, 5
SCENARIO_COLUMNS = ("training", "load_per_day", "fitness", "fatigue", "form")
METHOD = (
    "load: an hour at the threshold is 100; fitness, fatigue: exponentially weighted means over 42 "
    "and 7 days (Banister); form: fitness less fatigue, on the morning of latest and races, at the "
    "end of rows; ramp: fitness gained in 7 days; monotony, strain: Foster"
)


class TrainingLoadReply(TypedDict, total=False):
    """The reply of get_training_load; ``rows``: one for each week or longer unit, arrays under
    ``columns``.
    """

    dates: str
    latest: dict[str, Any]
    columns: list[str]
    rows: list[dict[str, Any]]
    outlook: Rare[dict[str, Any]]
    coverage: dict[str, Any]


class TrainingLoadArguments(Arguments):
    """Arguments of ``get_training_load``."""

    date_range = DateWords(**described("default last 12 weeks"))
    sport = Sports(**described("as sport_type"))
    until = DayAhead(**described("race day, such as in 3 weeks"))
    planned = Planned(**described("loads until then: 60/day, 400/week or 60, 0, 80"))
    form = BoundedNumber(
        0, 50, "a form from 0 to 50", **described("wanted on that day, default 10")
    )


OUTPUT = reply_schema(
    TrainingLoadReply, "dates", "coverage", rows={"type": "array", "items": TABLE_ROW}
)


@tool(
    title="Training load and form", arguments=TrainingLoadArguments, output=OUTPUT, reads_much=True
)
def get_training_load(ctx: Context, arguments: JSON) -> JSON:
    """Fitness, fatigue and form by week; with until, on a race day, with and without a
    plan. Totals: get_training_summary.
    """
    subject = subject_of(ctx)
    if "until" not in arguments and ("planned" in arguments or "form" in arguments):
        raise InvalidArguments({"until": "Missing: planned and form need the day to project to."})
    days = date_range(ctx.source, arguments.get("date_range", DEFAULT_RANGE))
    sports = arguments.get("sport")
    until = None
    if "until" in arguments:
        with errors_of_argument("until"):
            until = parse_day_ahead(arguments["until"], subject.today)
    history = training_load(subject, days.begin, days.last, sports)
    if isinstance(history, Coverage):
        return _nothing(f"{days.first}..{days.last}", history)
    reply = _history(history)
    if until:
        now: TrainingLoad | Coverage = history
        if days.last < subject.today:
            now = training_load(subject, subject.today, subject.today, sports)
        reply["outlook"] = _outlook(now, until, arguments)
    reply |= {
        "basis": basis(history.thresholds),
        "coverage": history.coverage.to_json(),
        "method": METHOD,
    }
    if sports:
        reply["note"] = "These sports only: what others add to fitness and fatigue is not in it."
    return reply


def _nothing(dates: str, coverage: Coverage) -> JSON:
    reason = "no activity up to then" if not coverage.activities else "no activity has a load"
    return {
        "dates": dates,
        "coverage": coverage.to_json(),
        "note": f"Fitness, fatigue and form are unknown: {reason}.",
    }


def _history(history: TrainingLoad) -> JSON:
    reply: JSON = {
        "dates": f"{history.first}..{history.last}",
        "latest": _latest(history),
        **_table(history),
        "races": [
            drop_empty(
                {
                    "date": f"{race.activity.day}",
                    "id": race.activity.id,
                    "name": (get_str(race.activity.summary, "name") or "")[:MAX_NAME_LENGTH],
                    "form": _tenth(race.form),
                    "load": None if race.load is None else round(race.load),
                }
            )
            for race in history.races[-MAX_RACES:]
        ],
        "gaps": [
            drop_empty(
                {
                    "dates": f"{gap.first}..{gap.last}",
                    "days": gap.days,
                    "fitness_lost": _lost(gap),
                }
            )
            for gap in history.gaps[-MAX_GAPS:]
        ],
        "hardest": [
            {"date": f"{a.day}", "id": a.id, "load": round(load.value), "kind": load.kind}
            for a, load in history.hardest[:MAX_HARDEST]
        ],
    }
    hidden = {
        "races": len(history.races) - MAX_RACES,
        "gaps": len(history.gaps) - MAX_GAPS,
    }
    reply |= {f"earlier_{name}": count for name, count in hidden.items() if count > 0}
    if history.first < history.warm_until:
        reply["warming_up"] = (
            f"until {history.warm_until}: loads are known from {history.since} on, so fitness and "
            "form are too low before"
        )
    return {key: value for key, value in reply.items() if value not in ([], {})}


def _lost(gap: Gap) -> float | None:
    if gap.fitness_before is None:
        return None
    return _tenth(gap.fitness_before - gap.fitness_after)


def _latest(history: TrainingLoad) -> JSON:
    state, week = history.on(history.last), history.monotony()
    return drop_empty(
        {
            "date": f"{history.last}",
            "load": _tenth(state.load),
            "fitness": _tenth(state.fitness),
            "fatigue": _tenth(state.fatigue),
            "form": _tenth(state.form),
            "form_next_morning": _tenth(state.form_after),
            "ramp": _tenth(history.ramp()),
            "monotony_7_days": None if week is None else round(week.monotony, 2),
            "strain_7_days": None if week is None else round(week.strain),
        }
    )


def _table(history: TrainingLoad) -> JSON:
    """The rows; a column that would be empty is left out."""
    is_long = len(history.rows) > MAX_FULL_ROWS
    first, day_format = FIRST_COLUMNS[history.unit]
    rounded = _whole if is_long else _tenth
    table = [
        [
            f"{row.first:{'%m-%d' if is_long and history.unit == 'week' else day_format}}",
            round(row.load),
            rounded(row.state.fitness),
            rounded(row.state.form_after),
            None if row.monotony is None else round(row.monotony.monotony, 1 if is_long else 2),
            rounded(row.state.fatigue),
            rounded(row.ramp),
            None if row.monotony is None else round(row.monotony.strain),
            row.unknown,
        ]
        for row in history.rows
    ]
    names = [first, *COLUMNS][: SHORT_COLUMNS if is_long else None]
    kept = [i for i in range(len(names)) if i < 4 or any(line[i] for line in table)]
    return {
        "columns": [names[i] for i in kept],
        "rows": [[line[i] for i in kept] for line in table],
    }


def _outlook(now: TrainingLoad | Coverage, until: date, arguments: JSON) -> JSON:
    if isinstance(now, Coverage):
        return {"until": f"{until}", "unknown": "no load is known of the last 500 days"}
    plan: Plan | None = arguments.get("planned")
    planned = None if plan is None else plan.days((until - now.last).days - 1)
    value = outlook(now, until, planned, arguments.get("form", DEFAULT_FORM))
    rows = [_scenario("plan", value.plan)] if value.plan else []
    rows.append(_scenario(f"as in the last {value.usual_days} days", value.usual))
    rows.append(_scenario("rest", value.rest))
    base = "plan" if value.plan else "usual days"
    for taper in value.tapers:
        label = f"{base}, then {taper.days} days at {taper.load:.0f}/day"
        rows.append(_scenario(label, taper.scenario))
    reply: JSON = {
        "until": f"{value.until}",
        "days_to_train": value.days,
        "form_wanted": value.form_wanted,
        "columns": list(SCENARIO_COLUMNS),
        "rows": rows,
        "means": "on the morning of that day; plans begin tomorrow, today counts as trained so far",
    }
    if value.no_taper:
        reply["no_taper"] = value.no_taper
    if plan and not plan.repeats and len(plan.loads) != value.days:
        used = min(len(plan.loads), value.days)
        reply["plan_days"] = f"{used} of {len(plan.loads)} days used; days without a load are rest"
    return reply


def _scenario(name: str, scenario: Scenario) -> list[Any]:
    mean = sum(scenario.loads) / len(scenario.loads) if scenario.loads else None
    figures = (mean, scenario.fitness, scenario.fatigue, scenario.form)
    return [name, *map(_tenth, figures)]


def _tenth(value: float | None) -> float | None:
    """Rounded to a tenth, without a negative zero."""
    return None if value is None else round(value, 1) + 0.0


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
