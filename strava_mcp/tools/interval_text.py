"""Intervals as a person writes them: ``5 × 1.00 km @ 3:58, HR 171, rest 1:30``."""

from collections.abc import Sequence
from statistics import fmean

from strava_mcp.analysis.session_intervals import Intervals, RepetitionFigures, SetFigures
from strava_mcp.display_units import pace
from strava_mcp.sports import SWIMS
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE, METRES_PER_YARD

#: Rests that differ by more than this share of their mean are given as a range.
EVEN_RESTS = 0.15
#: Efforts of a pyramid that are listed one by one. Their times are round to a few seconds, or their
#: distances, in steps of LADDER_M, to a share.
MAX_LISTED, LADDER_M, ROUND_WITHIN_S, ROUND_WITHIN = 12, 200.0, 5, 0.05
#: What a plan counts in: metres, and seconds of long and of short repetitions.
ROUND_M, ROUND_S, SHORT_ROUND_S, SHORT_S = 100.0, 30.0, 15.0, 120.0


def text_of(intervals: Intervals, units: str, sport: str) -> str:
    """The sets, one after the other.

    Efforts that differ are listed if they are those of a plan, as of a pyramid; otherwise they are
    a range of their lengths.
    """
    return " + ".join(set_text(one, intervals, units, sport) for one in intervals.sets)


def set_text(one: SetFigures, intervals: Intervals, units: str, sport: str) -> str:
    """One set; without heart rate or rests these are left out."""
    repetitions = one.repetitions
    size = _size(repetitions, intervals, units, sport)
    count = f"{len(repetitions)} × "
    if one.fade_percent is None and len(repetitions) > 1:
        lengths = [repetition.duration_s for repetition in repetitions]
        size = f"{clock(min(lengths))} to {clock(max(lengths))}"
        if not one.is_regular:
            faster = "harder" if intervals.output == "power" else "faster"
            count = f"no regular intervals: {len(repetitions)} {faster} stretches of "
        elif 2 < len(lengths) <= MAX_LISTED and _are_round(repetitions):
            count, size = "", "-".join(map(clock, lengths))
    parts = [f"{count}{size} @ {_output(repetitions, intervals, units, sport)}"]
    rates = [
        (repetition.heart_rate, repetition.duration_s)
        for repetition in repetitions
        if repetition.heart_rate is not None
    ]
    if rates:
        mean = sum(rate * seconds for rate, seconds in rates) / sum(s for _, s in rates)
        parts.append(f"HR {mean:.0f}")
    rests = [repetition.rest_s for repetition in repetitions if repetition.rest_s is not None]
    if any(rests):
        parts.append(f"rest {_range(rests)}")
    return ", ".join(parts)


def clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _output(
    repetitions: Sequence[RepetitionFigures], intervals: Intervals, units: str, sport: str
) -> str:
    seconds = sum(repetition.duration_s for repetition in repetitions)
    if intervals.output == "power":
        work = sum((one.watts or 0.0) * one.duration_s for one in repetitions)
        return f"{work / seconds:.0f} W"
    metres = sum(repetition.distance_m or 0.0 for repetition in repetitions)
    return pace(metres / seconds, units, sport) if metres else "unknown pace"


def _size(
    repetitions: Sequence[RepetitionFigures], intervals: Intervals, units: str, sport: str
) -> str:
    """The distance or the time of each repetition: whichever is more alike and rounder."""
    times = [float(repetition.duration_s) for repetition in repetitions]
    metres = [one.distance_m for one in repetitions if one.distance_m]
    if intervals.output == "power" or len(metres) < len(times):
        return clock(fmean(times))
    round_s = SHORT_ROUND_S if fmean(times) <= SHORT_S else ROUND_S
    if sport not in SWIMS and _oddness(times, round_s) < _oddness(metres, ROUND_M):
        return clock(fmean(times))
    return _length(fmean(metres), units, sport)


def _are_round(repetitions: Sequence[RepetitionFigures]) -> bool:
    """Whether all efforts have round times, or all have round distances."""
    times = [one.duration_s for one in repetitions]
    metres = [one.distance_m for one in repetitions if one.distance_m]
    are_timed = all(abs(s - ROUND_S * round(s / ROUND_S)) <= ROUND_WITHIN_S for s in times)
    return are_timed or (
        len(metres) == len(times)
        and all(abs(m - LADDER_M * round(m / LADDER_M)) <= ROUND_WITHIN * m for m in metres)
    )


def _oddness(values: Sequence[float], step: float) -> float:
    """How much values differ from each other and from the nearest round number, as shares."""
    mean = fmean(values)
    nearest = max(step, step * round(mean / step))
    return (max(values) - min(values)) / mean + abs(mean - nearest) / mean


def _length(metres: float, units: str, sport: str) -> str:
    """A distance to the digit that positions can show."""
    if units == "imperial" and sport in SWIMS:
        return f"{5 * round(metres / METRES_PER_YARD / 5)} yd"
    if units == "imperial":
        return f"{metres / METRES_PER_MILE:.2f} mi"
    if metres >= METRES_PER_KM - 5:
        return f"{metres / METRES_PER_KM:.2f} km"
    step = 5 if metres < 200 else 10
    return f"{step * round(metres / step)} m"


def _range(seconds: Sequence[int]) -> str:
    low, high, mean = min(seconds), max(seconds), fmean(seconds)
    if high - low <= max(2, EVEN_RESTS * mean):
        return clock(mean)
    return f"{clock(low)} to {clock(high)}"
