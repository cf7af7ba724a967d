"""Render the parts of a session (``analysis.session``): compact, tables as arrays under columns."""

from collections.abc import Sequence
from typing import Any

from strava_mcp.analysis.session import DriftFigures
from strava_mcp.analysis.session_coverage import RecordingCoverage
from strava_mcp.analysis.session_intervals import Intervals, RepetitionFigures
from strava_mcp.analysis.session_power import PowerFigures
from strava_mcp.analysis.session_splits import ClimbFigures, SplitFigures, Splits
from strava_mcp.analysis.session_zones import ZoneTime
from strava_mcp.display_units import distance, duration, elevation, pace, speed
from strava_mcp.json_types import JSON
from strava_mcp.sports import PACED, SWIMS
from strava_mcp.tools.interval_text import set_text, text_of
from strava_mcp.tools.safe_json import drop_empty
from strava_mcp.training.climbs import MIN_GRADE, MIN_LENGTH_M
from strava_mcp.training.decoupling import COUPLED_PERCENT
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: Rows of one table in a reply.
MAX_REPETITIONS, MAX_CLIMBS = 30, 20
ORIGINS = {"laps": "laps pressed by hand", "output": "changes of the output, to a few seconds"}


def intervals(value: Intervals, units: str, sport: str) -> JSON:
    """The sets in words, and each repetition."""
    rows = [
        [number, *_repetition(one, units, sport)]
        for number, group in enumerate(value.sets, 1)
        for one in group.repetitions
    ]
    columns = ["set", "start", "time", "distance", "pace", "watts", "hr", "max_hr", "rest"]
    reply: JSON = {"text": text_of(value, units, sport), "read_from": ORIGINS[value.origin]}
    fades = [
        {"set": set_text(group, value, units, sport)}
        | {"fade_percent": _tenths(group.fade_percent)}
        for group in value.sets
        if group.fade_percent is not None
    ]
    if len(value.sets) == 1 and fades:
        reply["fade_percent"] = fades[0]["fade_percent"]
    elif fades:
        reply["fade_percent"] = [fade["fade_percent"] for fade in fades]
    if len(rows) > MAX_REPETITIONS:
        reply["note"] = f"{MAX_REPETITIONS} of {len(rows)} repetitions are listed"
    return reply | table(columns, rows[:MAX_REPETITIONS])


def drift(value: DriftFigures) -> JSON:
    """Decoupling of the halves after the warm-up."""
    unit = "W/bpm" if value.output == "power" else "m/min per bpm"
    is_coupled = value.percent < COUPLED_PERCENT
    return {
        "percent": _tenths(value.percent),
        "verdict": f"{'coupled: below' if is_coupled else 'drifted:'} {COUPLED_PERCENT:.0f} %"
        + ("" if is_coupled else " or more"),
        "efficiency": f"{value.first:.3f} then {value.second:.3f} {unit}",
        "mean_hr": round(value.heart_rate),
    }


def splits(value: Splits, units: str, sport: str) -> JSON:
    """Each split, and the verdict on pacing."""
    reply: JSON = {"every": _length(value.every_m, units, sport)}
    if value.pacing:
        reply["pacing"] = value.pacing.verdict
        reply["halves"] = [_half(part, sport) for part in (value.pacing.first, value.pacing.second)]
    rows = [_split(one, value.every_m, units, sport) for one in value.rows]
    name = "pace" if sport in PACED else "speed"
    columns = ["split", "distance", name, "gap", "hr", "watts", "elevation_difference"]
    return reply | table(columns, rows)


def climbs(value: Sequence[ClimbFigures], units: str) -> JSON:
    """The greatest climbs, in order of the way."""
    if not value:
        return {"count": 0, "rule": f"{MIN_LENGTH_M:.0f} m or longer, {MIN_GRADE:.0f} % or steeper"}
    greatest = sorted(value, key=lambda climb: climb.gain_m, reverse=True)[:MAX_CLIMBS]
    columns = ["at", "length", "gain", "grade_percent", "category", "time", "vam", "hr", "watts"]
    rows = [
        [
            distance(climb.begin_m, units),
            distance(climb.length_m, units),
            elevation(climb.gain_m, units),
            _tenths(climb.grade_percent),
            climb.category,
            duration(climb.duration_s),
            round(climb.vertical_m_per_h),
            _whole(climb.heart_rate),
            _whole(climb.watts),
        ]
        for climb in sorted(greatest, key=lambda climb: climb.begin_m)
    ]
    return {"count": len(value)} | table(columns, rows)


def zones(value: Sequence[ZoneTime], units: str) -> JSON:
    """Time in the zones of each quantity, with their lower and upper ends."""
    return {one.quantity.replace(" ", "_"): _zone_table(one, units) for one in value}


def power(value: PowerFigures) -> JSON:
    """Normalized power and what follows from it, the lowest W′ balance, and durability."""
    reply: JSON = {
        "normalized_w": round(value.normalized_w),
        "mean_w": round(value.mean_w),
        "max_w": round(value.max_w),
        "work_kj": round(value.work_kj),
        "variability": round(value.variability, 2),
    }
    if value.intensity is not None:
        reply["intensity"] = round(value.intensity, 2)
    if value.critical and value.balance:
        low = value.balance
        reply["w_balance"] = {
            "critical_power_w": round(value.critical.critical),
            "w_prime_kj": _tenths(value.critical.store / 1000),
            "lowest_kj": _tenths(low.lowest_j / 1000),
            "lowest_at": duration(low.lowest_at_s),
            "percent_of_time_below_a_quarter": round(100 * low.deep_share),
        }
        if low.lowest_j < 0:
            reply["w_balance"]["note"] = "below 0: critical power or W′ is set too low"
    if value.declines:
        rows = [
            [one.work_kj, duration(one.duration_s), round(one.best_w), _tenths(one.percent)]
            for one in value.declines
        ]
        reply["durability"] = table(["after_kj", "over", "best_w", "decline_percent"], rows)
    return reply


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> JSON:
    """Rows under columns, without the columns that have no value."""
    used = [i for i in range(len(columns)) if any(row[i] is not None for row in rows)]
    return {
        "columns": [columns[i] for i in used],
        "rows": [[row[i] for i in used] for row in rows],
    }


def _repetition(one: RepetitionFigures, units: str, sport: str) -> list[Any]:
    metres = one.distance_m
    has_pace = metres and sport in PACED
    return [
        duration(one.begin_s),
        duration(one.duration_s),
        distance(metres, units) if metres else None,
        pace(metres / one.duration_s, units, sport) if metres and has_pace else None,
        _whole(one.watts),
        _whole(one.heart_rate),
        _whole(one.max_heart_rate),
        None if one.rest_s is None else duration(one.rest_s),
    ]


def _split(one: SplitFigures, every_m: float, units: str, sport: str) -> list[Any]:
    values = one.values
    metres, ms = values.get("distance", 0.0), values.get("average_speed")
    how_fast: str | float | None = None
    if ms:
        how_fast = pace(ms, units, sport) if sport in PACED else speed(ms, units)
    height = values.get("elevation_difference")
    return [
        values["split"],
        None if abs(metres - every_m) < 1 else distance(metres, units),
        how_fast,
        pace(one.graded_ms, units, sport) if one.graded_ms else None,
        _whole(values.get("average_heartrate")),
        _whole(values.get("average_watts")),
        None if height is None else elevation(height, units),
    ]


def _half(value: float, sport: str) -> str:
    return duration(value) if sport in PACED else f"{value:.0f} W"


def _length(metres: float, units: str, sport: str) -> str:
    if sport in SWIMS:
        is_imperial = units == "imperial"
        return f"{metres / METRES_PER_YARD:.0f} yd" if is_imperial else f"{metres:.0f} m"
    if units == "imperial":
        return f"{metres / METRES_PER_MILE:g} mi"
    return f"{metres / METRES_PER_KM:g} km"


def coverage(value: RecordingCoverage) -> JSON:
    """Samples, and seconds of the recording by what was measured."""
    if not value.samples:
        return {"samples": 0}
    reply: JSON = {
        "samples": value.samples,
        "recorded_s": value.recorded_s,
        "paused_s": value.paused_s,
        **{f"{sensor}_s": seconds for sensor, seconds in value.measured_s.items()},
        "gaps_bridged_s": dict(value.bridged_s),
        "left_out": dict(value.left_out),
    }
    return drop_empty(reply)


def _zone_table(one: ZoneTime, units: str) -> JSON:
    """A pace zone has its slow end first."""
    ends: list[Any]
    if one.quantity == "pace":
        ends = [pace(edge, units, "Run") for edge in one.edges]
    else:
        ends = [round(edge) for edge in one.edges]
    total = sum(one.seconds)
    rows = [
        [low, high, duration(seconds), round(100 * seconds / total)]
        for low, high, seconds in zip([None, *ends], [*ends, None], one.seconds, strict=True)
    ]
    scheme = f"{one.scheme}, shares of {one.threshold}"
    return {"zones": scheme, "columns": ["from", "to", "time", "percent"], "rows": rows}


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
