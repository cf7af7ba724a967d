"""Domains and ticks: round values, as few as can be read."""

from collections.abc import Iterable, Sequence
from math import ceil, floor, isfinite, log10

from strava_mcp.charts.chart import Number, Tick
from strava_mcp.charts.quantity_words import (
    NBSP,
    write,
    write_clock,
    write_hours,
    write_number,
)

__all__ = ["clipped", "hours_ticks", "number_ticks", "pace_ticks", "padded", "write"]

#: Seconds between ticks of a pace; beyond the last, its multiples of two.
PACE_STEPS_S = (5, 10, 15, 20, 30, 60, 120, 300)
#: A pace axis that begins at a standstill has ticks down to this share of its highest speed.
MIN_TICK_SHARE = 0.2
HOURS_STEPS_S = (900, 1800, 3600, 7200)
#: Empty space above and below the values, as a share of their span.
MARGIN = 0.05
#: What rounding may add to or take from a multiple of a step.
TOLERANCE = 1e-9


def number_ticks(low: float, high: float, count: int = 4, factor: float = 1.0) -> list[Tick]:
    """At most ``count`` ticks between ``low`` and ``high``, two equal values having one.

    Labels are the values times ``factor``: multiples of 1, 2 or 5 times a power of ten.

    Raises ValueError where the range is not finite or reversed, or ``factor`` is not above zero.
    """
    _require_range(low, high)
    if not (isfinite(factor) and factor > 0):
        raise ValueError("the factor of a scale must be above zero")
    if low == high:
        return [Tick(low, write_number(low * factor))]
    step, digits = _round_step((high - low) * factor / (count + 1))
    while len(multiples := _multiples(low * factor, high * factor, step)) > max(count, 1):
        step, digits = _round_step(step * 1.5)
    return [
        Tick(
            min(max(multiple * step / factor, low), high),
            write_number(multiple * step, digits if multiple else 0),
        )
        for multiple in multiples
    ]


def pace_ticks(low_ms: float, high_ms: float, per_m: float, count: int = 4) -> list[Tick]:
    """At most ``count`` ticks at round paces (seconds per ``per_m`` metres), slowest first.

    The scale is linear in speed (m/s), so that faster is up and equal paces are not equally far
    apart. Without any speed above zero there is no tick. Raises ValueError as ``number_ticks``.
    """
    _require_range(low_ms, high_ms)
    if high_ms <= 0:
        return []
    fastest_s = per_m / high_ms
    slowest_s = per_m / max(low_ms, high_ms * MIN_TICK_SHARE)
    steps = iter((*PACE_STEPS_S, *(PACE_STEPS_S[-1] * 2**power for power in range(1, 40))))
    for step in steps:
        multiples = _multiples(fastest_s, slowest_s, step)
        if len(multiples) <= max(count, 1):
            break
    return [
        Tick(min(max(per_m / (multiple * step), low_ms), high_ms), write_clock(multiple * step))
        for multiple in reversed(multiples)
        if multiple > 0
    ]


def hours_ticks(high_s: float, count: int = 4) -> list[Tick]:
    """Ticks of a time in seconds from 0 up: 15 or 30 minutes, 1 or 2 hours, or round hours apart.

    Raises ValueError where ``high_s`` is negative or not finite.
    """
    _require_range(0, high_s)
    for step in HOURS_STEPS_S:
        multiples = _multiples(0, high_s, step)
        if len(multiples) <= max(count, 1):
            return [Tick(multiple * step, _hours_label(multiple * step)) for multiple in multiples]
    ticks = number_ticks(0, high_s, count, 1 / 3600)
    return [Tick(tick.at, _hours_label(tick.at)) for tick in ticks]


def _hours_label(seconds: float) -> str:
    if not seconds:
        return "0"
    whole = seconds / 3600
    is_whole = abs(whole - round(whole)) < TOLERANCE * max(whole, 1)
    return f"{write_number(whole) if is_whole else write_hours(seconds)}{NBSP}h"


def padded(values: Iterable[Number], min_span: float) -> tuple[float, float]:
    """The domain of values (None is a gap): a little margin, and at least ``min_span`` wide.

    With a minimum span a flat run looks flat. The domain crosses zero only where the values do.

    Raises ValueError where there is no value, or one is not finite.
    """
    numbers = _numbers(values)
    lowest, highest = min(numbers), max(numbers)
    half = max((highest - lowest) * (1 + 2 * MARGIN), min_span) / 2
    middle = lowest / 2 + highest / 2
    low, high = middle - half, middle + half
    if lowest >= 0 and low < 0:
        low, high = 0.0, max(2 * half, highest)
    elif highest <= 0 and high > 0:
        low, high = min(-2 * half, lowest), 0.0
    return low, high


def clipped(
    values: Iterable[Number], low_share: float = 0.01, high_share: float = 0.995
) -> tuple[float, float]:
    """The range of values without their extremes: two quantiles, each a value that occurs.

    Stops, and errors of a sensor, then do not flatten the rest (give this to ``padded``); what is
    drawn outside a domain stays at its edge. Raises ValueError as ``padded``.
    """
    numbers = sorted(_numbers(values))
    last = len(numbers) - 1
    return numbers[floor(last * low_share)], numbers[ceil(last * high_share)]


def _round_step(smallest: float) -> tuple[float, int]:
    """The next 1, 2 or 5 times a power of ten from ``smallest`` on, and its decimals."""
    power = floor(log10(smallest))
    for multiple in (1, 2, 5, 10):
        if multiple * 10.0**power >= smallest * (1 - TOLERANCE):
            break
    return multiple * 10.0**power, max(0, -power - (multiple == 10))


def _multiples(low: float, high: float, step: float) -> Sequence[int]:
    """Which whole multiples of a step lie between two values."""
    return range(ceil(low / step - TOLERANCE), floor(high / step + TOLERANCE) + 1)


def _numbers(values: Iterable[Number]) -> list[float]:
    numbers = [value for value in values if value is not None]
    if not numbers:
        raise ValueError("there is no value to make a scale of")
    if not all(map(isfinite, numbers)):
        raise ValueError("a scale is made of finite values")
    return numbers


def _require_range(low: float, high: float) -> None:
    if not (isfinite(low) and isfinite(high) and low <= high):
        raise ValueError("a scale goes from a finite value to one that is not lower")
