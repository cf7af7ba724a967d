"""Render a comparison of activities, and the history of a route."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from strava_mcp import display_units
from strava_mcp.analysis.comparison import Comparison, RouteHistory, efficiency
from strava_mcp.analysis.evidence import ASK_AGAIN, NOT_REACHED
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.display_units import UNITS, distance, duration, elevation
from strava_mcp.json_types import JSON
from strava_mcp.sports import PACED, RIDES
from strava_mcp.tools.activity_reader import has_place
from strava_mcp.tools.answers import basis
from strava_mcp.tools.safe_json import get_number, get_object
from strava_mcp.training import time_gap
from strava_mcp.training.time_gap import Passage
from strava_mcp.units import METRES_PER_YARD

COLUMNS = (
    *("id", "date", "sport", "route", "distance", "moving_time", "elapsed_time", "pace", "speed"),
    *("elevation_gain", "heartrate", "watts", "normalized_watts", "per_heartbeat", "load"),
    *("drift_percent", "temperature"),
)
#: Rows of a route's history; its trend is that of all.
MAX_ROWS = 15
#: Stretches that are named as those where the gap arose.
MAX_STRETCHES = 3


def side_by_side(comparison: Comparison, units: str) -> JSON:
    """The activities as a table, why a drift is missing, and the time gaps on one route."""
    reply = _table(comparison, comparison.activities, units)
    intensities = comparison.evidence.intensities
    not_measured: dict[str, list[int]] = {}
    for activity in comparison.activities:
        intensity = intensities.get(activity.id)
        if intensity and intensity.drift_problem:
            not_measured.setdefault(intensity.drift_problem, []).append(activity.id)
    if not_measured:
        reply["no_drift"] = not_measured
    return reply | _gap(comparison, units, 1 if len(comparison.gaps) == 1 else 5)


def history(history: RouteHistory, units: str) -> JSON:
    """The newest activities on the route as a table, their trend and the time gaps."""
    comparison = history.comparison
    if history.problem:
        return {**_table(comparison, comparison.activities, units), "note": history.problem}
    reply = _table(comparison, comparison.activities[: MAX_ROWS + 1], units)
    count = len(comparison.activities) - 1
    if not count:
        reply["note"] = "no other activity on this route"
    elif count > MAX_ROWS:
        reply["note"] = f"the newest {MAX_ROWS} of {count} are listed; the trend is of all"
    coverage: JSON = {"of_like_distance": history.compared, "on_this_route": count + 1}
    if history.unread:
        coverage["routes_not_read_yet"] = history.unread
    if not history.is_complete:
        coverage["incomplete"] = NOT_REACHED
    if history.unread or not history.is_complete:
        coverage["continue"] = history.limit_notice or ASK_AGAIN
    return reply | _trend(history, units) | _gap(comparison, units, 5) | {"coverage": coverage}


def _table(comparison: Comparison, activities: Sequence[Activity], units: str) -> JSON:
    """The activities; columns without any value are left out."""
    rows = [_row(comparison, activity, units) for activity in activities]
    used = [i for i in range(len(COLUMNS)) if any(row[i] is not None for row in rows)]
    return {
        "columns": [COLUMNS[i] for i in used],
        "rows": [[row[i] for i in used] for row in rows],
    }


def _row(comparison: Comparison, activity: Activity, units: str) -> list[Any]:
    """The values of ``COLUMNS``."""
    facts, sport = activity.facts, activity.facts.sport_type or ""
    intensity = comparison.evidence.intensities.get(activity.id)
    load = comparison.evidence.loads[activity.id]
    movement = display_units.movement(facts.speed, units, sport) if facts.speed else {}
    per_beat = efficiency(activity, intensity)
    drift = intensity.drift_percent if intensity else None
    climb = facts.elevation_gain
    return [
        activity.id,
        facts.day,
        sport or None,
        _route(comparison, activity),
        distance(facts.distance, units) if facts.distance is not None else None,
        duration(facts.moving_time) if facts.moving_time is not None else None,
        duration(facts.elapsed_time) if facts.elapsed_time is not None else None,
        movement.get("pace"),
        movement.get("speed"),
        None if climb is None else elevation(climb, units),
        None if facts.average_heartrate is None else round(facts.average_heartrate),
        round(intensity.mean_w) if intensity and intensity.mean_w is not None else None,
        round(intensity.normalized_w) if intensity and intensity.normalized_w is not None else None,
        None if per_beat is None else _per_beat(per_beat, sport, units),
        round(load.value) if isinstance(load, Load) else None,
        None if drift is None else round(drift, 1),
        _temperature(activity, units),
    ]


def _route(comparison: Comparison, activity: Activity) -> str | None:
    """How its route is like the first one's; None if that is not known or it is another."""
    if activity is comparison.activities[0]:
        return "reference" if comparison.likeness else None
    return comparison.likeness.get(activity.id)


def units_text(activities: Sequence[Activity], units: str) -> str:
    """The units of the columns."""
    sports = {activity.facts.sport_type for activity in activities}
    length = "yd" if units == "imperial" else "m"
    named = [f"{length}/beat"] * bool(sports - {*RIDES}) + ["W/bpm (rides)"] * bool(
        sports & {*RIDES}
    )
    return f"{UNITS[units]}, heart rate bpm, per_heartbeat {' or '.join(named)}"


def _per_beat(value: float, sport: str, units: str) -> float:
    if sport in RIDES or units != "imperial":
        return round(value, 3)
    return round(value / METRES_PER_YARD, 3)


def _temperature(activity: Activity, units: str) -> str | None:
    """The temperature by the device, else by the weather where the activity took place."""
    celsius = activity.facts.temperature
    if celsius is None and has_place(activity.summary):
        celsius = get_number(get_object(activity.summary, "weather"), "temperature")
    return None if celsius is None else display_units.temperature(celsius, units)


def _gap(comparison: Comparison, units: str, every: int) -> JSON:
    """The gaps as a table with a row for each ``every`` points, and where they arose."""
    problems = {str(number): why for number, why in comparison.problems.items()}
    reply: JSON = {"no_gap": problems} if problems else {}
    if not comparison.gaps:
        return reply
    at = [{p.at_m: p for p in passages} for passages in comparison.gaps.values()]
    places = sorted({place for passages in at for place in passages})
    row_places = [*places[:-1:every], places[-1]]
    arose = {
        str(number): [
            _stretch(part, units) for part in time_gap.stretches(passages)[:MAX_STRETCHES]
        ]
        for number, passages in comparison.gaps.items()
    }
    gap = {
        "columns": ["at", *(f"s_behind_of_{number}" for number in comparison.gaps)],
        "rows": [
            [distance(place, units), *(_seconds(passages.get(place)) for passages in at)]
            for place in row_places
        ],
        "arose_most": arose,
    }
    return {"gap": gap, **reply}


def _seconds(passage: Passage | None) -> int | None:
    return None if passage is None else round(passage.gap_s)


def _stretch(part: time_gap.Stretch, units: str) -> JSON:
    stretch: JSON = {
        "from": distance(part.begin_m, units),
        "to": distance(part.end_m, units),
        "seconds": round(part.lost_s),
    }
    return stretch | ({"standing": round(part.standing_s)} if round(part.standing_s) else {})


def _trend(history: RouteHistory, units: str) -> JSON:
    if history.trend is None or history.heart_rate is None:
        return {"no_trend": history.trend_problem} if history.trend_problem else {}
    trend, rate = history.trend, history.heart_rate
    reference = history.comparison.activities[0]
    sport = reference.facts.sport_type or ""
    days = sorted(_days_with_efficiency(history))
    ends = zip((days[0], days[-1]), (trend.first, trend.last), strict=True)
    at_rate: JSON = {"heartrate": round(rate)}
    for day, value in ends:
        at_rate[str(day)] = _output(value * rate, sport, units)
    what = "pace" if sport in PACED else "power" if sport in RIDES else "speed"
    return {
        "trend": {
            "per_heartbeat_percent_per_year": round(trend.percent_per_year, 1),
            "standard_error": round(trend.error, 1),
            "activities": trend.values,
            f"{what}_at_heartrate": at_rate,
        }
    }


def _days_with_efficiency(history: RouteHistory) -> list[date]:
    comparison = history.comparison
    return [
        activity.day
        for activity in comparison.activities
        if comparison.likeness.get(activity.id, "same") == "same"
        and efficiency(activity, comparison.evidence.intensities.get(activity.id))
    ]


def _output(per_minute: float, sport: str, units: str) -> str:
    """Watts of rides; of others the pace or speed of metres per minute."""
    if sport in RIDES:
        return f"{per_minute:.0f} W"
    movement = display_units.movement(per_minute / 60, units, sport)
    return str(movement.get("pace") or movement.get("speed"))


def threshold_basis(comparison: Comparison) -> JSON:
    """The thresholds that loads rest on, on the day of the newest activity."""
    day = max(activity.day for activity in comparison.activities)
    return basis(comparison.evidence.thresholds_of_loads(day))
