"""Efficiency and aerobic decoupling: whether heart rate drifts away from the output.

Efficiency is normalized power (or grade-adjusted metres per minute) per bpm. Decoupling compares
the two halves of the moving time after a warm-up; positive is drift. Source: Friel, The Cyclist's
Training Bible; the conditions are ours where he gives none.
"""

from collections.abc import Sequence
from itertools import accumulate
from statistics import fmean, pstdev
from typing import Literal, NamedTuple

from strava_mcp.training.power import WINDOW_S
from strava_mcp.training.unmeasurable import Unmeasurable

#: Left out at the beginning, and the least that must remain.
WARM_UP_S, MIN_DURATION_S = 600, 2400
#: A steady effort: highest variability index, and variation of pace.
MAX_VARIABILITY, MAX_PACE_VARIATION = 1.05, 0.10
MIN_COVERAGE = 0.9
#: A longer stop lets the heart recover.
MAX_STOP_S = 300
#: Whether the pace is steady is judged by its means over this many seconds.
PACE_WINDOW_S = 60
#: Below, output and heart rate stayed together (Friel).
COUPLED_PERCENT = 5.0

#: What the output is: watts, or grade-adjusted speed in m/s.
Output = Literal["power", "speed"]


class Second(NamedTuple):
    """One second in motion: ``output`` in W or m/s, ``heart_rate`` in bpm or None."""

    output: float
    heart_rate: float | None


class Drift(NamedTuple):
    """``percent``: decoupling; the efficiency of both halves in W/bpm, or m/min per bpm."""

    percent: float
    first: float
    second: float


def efficiency(seconds: Sequence[Second], output: Output) -> float:
    """Output per heartbeat of a stretch. Raises Unmeasurable without heart rate or motion."""
    rates = [second.heart_rate for second in seconds if second.heart_rate]
    if not rates:
        raise Unmeasurable("no heart rate")
    return _mean_output([second.output for second in seconds], output) / fmean(rates)


def drift(seconds: Sequence[Second], output: Output) -> Drift:
    """Compare the halves, without any condition. ``seconds``: those in motion, joined."""
    middle = len(seconds) // 2
    first = efficiency(seconds[:middle], output)
    second = efficiency(seconds[middle:], output)
    if not first:
        raise Unmeasurable("no output in the first half")
    return Drift((first - second) / first * 100, first, second)


def decoupling(
    seconds: Sequence[Second], output: Output, longest_stop_s: float, steady_below_bpm: float | None
) -> Drift:
    """Decoupling of a steady endurance session.

    ``seconds``: those in motion from the start; the warm-up is dropped here. ``longest_stop_s``:
    after the warm-up. ``steady_below_bpm``: top of the endurance zones, if known. Raises
    Unmeasurable with the condition that the session does not meet.
    """
    rest = seconds[WARM_UP_S:]
    if len(rest) < MIN_DURATION_S:
        raise Unmeasurable("needs 40 minutes of motion after a warm-up of 10")
    if longest_stop_s > MAX_STOP_S:
        raise Unmeasurable("a stop of more than 5 minutes let the heart recover")
    rates = [second.heart_rate for second in rest if second.heart_rate]
    if len(rates) < MIN_COVERAGE * len(rest):
        raise Unmeasurable("heart rate is missing for more than a tenth of the time")
    if steady_below_bpm is not None and fmean(rates) >= steady_below_bpm:
        raise Unmeasurable("harder than endurance pace, where drift says nothing")
    if not _is_steady([second.output for second in rest], output):
        raise Unmeasurable("the effort was not steady")
    return drift(rest, output)


def _is_steady(outputs: Sequence[float], output: Output) -> bool:
    if output == "power":
        mean = fmean(outputs)
        return bool(mean) and _mean_output(outputs, output) / mean <= MAX_VARIABILITY
    blocks = [
        fmean(outputs[i : i + PACE_WINDOW_S])
        for i in range(0, len(outputs) - PACE_WINDOW_S + 1, PACE_WINDOW_S)
    ]
    mean = fmean(blocks)
    return bool(mean) and pstdev(blocks) / mean <= MAX_PACE_VARIATION


def _mean_output(outputs: Sequence[float], output: Output) -> float:
    """Normalized power in W, or metres per minute."""
    if output == "speed":
        return fmean(outputs) * 60
    work = list(accumulate(outputs, initial=0.0))
    fourth = [((b - a) / WINDOW_S) ** 4 for a, b in zip(work, work[WINDOW_S:], strict=False)]
    return fmean(fourth) ** 0.25 if fourth else fmean(outputs)
