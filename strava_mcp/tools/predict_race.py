"""The tool that predicts the time of a race."""

from collections.abc import Iterator
from datetime import date
from typing import Any, TypedDict

from strava_mcp.analysis.evidence import Coverage
from strava_mcp.analysis.race_efforts import FRESH_DAYS
from strava_mcp.analysis.race_prediction import (
    METHODS,
    Prediction,
    RacePrediction,
    negative_split_s,
    predict,
)
from strava_mcp.context import Context
from strava_mcp.display_units import distance, duration, pace
from strava_mcp.errors import InvalidArguments, errors_of_argument
from strava_mcp.json_types import JSON
from strava_mcp.tools.answers import subject_of
from strava_mcp.tools.arguments import Arguments, Number
from strava_mcp.tools.day_ahead import DayAhead, parse_day_ahead
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.race_fields import GoalTime, RaceDistance, goal_s, race_metres
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import TABLE_ROW, Rare, reply_schema
from strava_mcp.training.age_grade import TABLE_YEAR
from strava_mcp.units import HALF_MARATHON_M, METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE

#: Half of a course may climb this steeply on average, in %.
MAX_MEAN_GRADE = 20
#: A race of at most this many km or miles has a split for each, a longer one for every fifth.
MAX_SHORT_SPLITS, LONG_STEP = 12, 5
UNITS = {
    "metric": "km, pace min/km, times h:mm:ss",
    "imperial": "mi, pace min/mi, times h:mm:ss",
}
EFFORT_COLUMNS = ("effort", "time", "date", "days_old", "activity_id", "vdot", *METHODS)
METHOD = (
    "Riegel (exponent 1.06), Daniels and Gilbert (VDOT), Cameron, from elapsed times of the best "
    "efforts, for flat courses; expected: range and median of the first effort's methods. Training "
    "is seldom maximal: a race may be faster."
)
VERDICTS = (
    "within reach: no faster than any method; possible: between them; ambitious: up to 2 % faster "
    "than all"
)


class RaceReply(TypedDict, total=False):
    """The reply of predict_race; ``efforts``: what it rests on, arrays under ``columns``."""

    units: str
    race: dict[str, Any]
    expected: Rare[dict[str, str]]
    columns: list[str]
    efforts: list[dict[str, Any]]
    splits: Rare[dict[str, Any]]
    coverage: dict[str, Any]


class RaceArguments(Arguments):
    """Arguments of ``predict_race``."""

    distance = RaceDistance(required=True, **described("10 km, half marathon"))
    date = DayAhead(**described("default today"))
    goal_time = GoalTime(**described("such as 45:00"))
    climb = Number(30_000, **described("ascent in m or ft"))
    units = units_field()


OUTPUT = reply_schema(
    RaceReply, "units", "race", "coverage", efforts={"type": "array", "items": TABLE_ROW}
)


@tool(title="Race prediction", arguments=RaceArguments, output=OUTPUT, reads_much=True)
def predict_race(ctx: Context, arguments: JSON) -> JSON:
    """The time of a run by several methods, the efforts behind it, splits, and whether a goal is
    within reach. Form: get_training_load.
    """
    units = arguments.get("units", ctx.units)
    subject = subject_of(ctx)
    day = subject.today
    with errors_of_argument("distance"):
        distance_m = race_metres(arguments["distance"], units)
    if "date" in arguments:
        with errors_of_argument("date"):
            day = parse_day_ahead(arguments["date"], day)
    goal = None
    if "goal_time" in arguments:
        with errors_of_argument("goal_time"):
            goal = goal_s(arguments["goal_time"], distance_m)
    climb_m = _climb_m(arguments, units, distance_m)
    prediction = predict(subject, distance_m, day, goal, climb_m)
    race = {"distance": distance(distance_m, units), "date": f"{day}"}
    if isinstance(prediction, Coverage):
        return {
            "units": UNITS[units],
            "race": race,
            "coverage": prediction.to_json(),
            "note": "No time can be predicted: no run of 1.5 km or more is known.",
        }
    return {"units": UNITS[units], "race": race} | _reply(prediction, subject.today, units)


def _climb_m(arguments: JSON, units: str, distance_m: float) -> float | None:
    """The argument ``climb`` in metres; None if it is absent or 0. Raises InvalidArguments."""
    if not arguments.get("climb"):
        return None
    climb_m = float(arguments["climb"]) * (METRES_PER_FOOT if units == "imperial" else 1)
    if climb_m > MAX_MEAN_GRADE / 100 * distance_m / 2:
        problem = f"Is above {MAX_MEAN_GRADE} % over half of the distance."
        raise InvalidArguments({"climb": problem})
    return climb_m


def _reply(prediction: RacePrediction, today: date, units: str) -> JSON:
    metres = prediction.distance_m
    times = {
        "fastest": prediction.fastest_s,
        "middle": prediction.middle_s,
        "slowest": prediction.slowest_s,
    }
    reply: JSON = {
        "expected": {name: duration(seconds) for name, seconds in times.items()}
        | {"pace": pace(metres / prediction.middle_s, units, "Run")},
        "columns": list(EFFORT_COLUMNS),
        "efforts": [_effort(one, today) for one in prediction.predictions],
        "critical_speed": _critical_speed(prediction, units),
        "age_grade": _age_grade(prediction),
        "splits": _splits(prediction, units),
    }
    if prediction.goal:
        reply["goal"] = _goal(prediction, units)
    if hills := prediction.hills:
        reply["climb"] = {
            "grade_adjusted_estimate": f"+{100 * (hills.factor - 1):.1f} % of time, in expected",
            "assumes": f"half of the way up and half down at {hills.grade:.1f} %; a Strava-like "
            "curve, approximate; steeper hills cost more",
        }
    return reply | {
        "warnings": list(_warnings(prediction, today)),
        "coverage": prediction.coverage.to_json(),
        "method": METHOD,
    }


def _effort(one: Prediction, today: date) -> list[Any]:
    effort = one.effort
    return [
        effort.name,
        duration(effort.time_s),
        f"{effort.day}",
        (today - effort.day).days,
        effort.activity,
        round(effort.vdot, 1),
        *(duration(one.times_s[method]) for method in METHODS),
    ]


def _critical_speed(prediction: RacePrediction, units: str) -> JSON:
    fit = prediction.critical_speed
    if fit is None:
        return {"unknown": prediction.no_critical}
    error = 100 * fit.critical_error / fit.critical
    reply: JSON = {
        "pace": pace(fit.critical, units, "Run"),
        "standard_error": f"{error:.1f} %",
        "d_prime_m": round(fit.store),
    }
    if prediction.critical_s is None:
        return reply | {"no_time": prediction.no_critical}
    return reply | {"time": duration(prediction.critical_s)}


def _age_grade(prediction: RacePrediction) -> JSON:
    graded = prediction.age_grade
    if graded is None:
        return {"unknown": prediction.no_age_grade}
    return {
        "percent": round(100 * graded.share, 1),
        "age_standard": duration(graded.standard_s),
        "table": f"road, {TABLE_YEAR}; the median on the flat, age by year of birth",
    }


def _goal(prediction: RacePrediction, units: str) -> JSON:
    goal, best = prediction.goal, prediction.predictions[0].effort
    assert goal
    return {
        "time": duration(goal.time_s),
        "pace": pace(prediction.distance_m / goal.time_s, units, "Run"),
        "verdict": goal.verdict,
        "vdot_needed": round(goal.vdot, 1),
        "vdot_shown": round(best.vdot, 1),
        "would_be_shown_by": f"{best.name} in {duration(goal.needed_s)}",
        "means": VERDICTS,
    }


def _splits(prediction: RacePrediction, units: str) -> JSON:
    """Cumulative times for an even race, and for one with a faster second half."""
    time_s = prediction.goal.time_s if prediction.goal else prediction.middle_s
    metres = prediction.distance_m
    unit_m = METRES_PER_MILE if units == "imperial" else METRES_PER_KM
    step_m = unit_m * (1 if metres <= MAX_SHORT_SPLITS * unit_m else LONG_STEP)
    marks = [*(step_m * i for i in range(1, int((metres - 1) / step_m) + 1)), metres]
    halves = [metres / 2 / negative_split_s(time_s, metres, metres / 2)]
    halves.append(metres / 2 / (time_s - negative_split_s(time_s, metres, metres / 2)))
    return {
        "of": "goal" if prediction.goal else "expected middle",
        "even_pace": pace(metres / time_s, units, "Run"),
        "negative_paces": [pace(speed, units, "Run") for speed in halves],
        "columns": ["at", "even", "negative"],
        "rows": [
            [
                distance(mark, units),
                duration(time_s * mark / metres),
                duration(negative_split_s(time_s, metres, mark)),
            ]
            for mark in marks
        ],
    }


def _warnings(prediction: RacePrediction, today: date) -> Iterator[str]:
    best = prediction.predictions[0]
    if not prediction.is_fresh:
        yield (
            f"no run of the last {FRESH_DAYS} days is long enough; the first effort is "
            f"{(today - best.effort.day).days} days old"
        )
    if best.is_far:
        yield "low confidence: the first effort is less than a quarter or over four times as long"
    if prediction.distance_m > HALF_MARATHON_M * 1.1 > best.effort.distance_m:
        yield (
            "half of runners need 10 minutes more for a marathon than shorter races predict "
            "(Vickers and Vertosick 2016)"
        )
    if (prediction.day - today).days > FRESH_DAYS:
        yield f"the race is {(prediction.day - today).days} days off: fitness will have changed"
    if best.effort.start_s is None:
        yield "the first effort is a whole activity without a recording that was read"
