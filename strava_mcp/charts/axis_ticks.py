"""Ticks of the axis that all panels share, by its kind; the unit stands once, at the last tick."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count as counting
from math import ceil, floor, log

from strava_mcp.charts.chart import Axis, Quantity, Tick
from strava_mcp.charts.quantity_words import (
    MONTHS,
    NBSP,
    date_of,
    day_of,
    write_clock,
    write_hours,
    write_span,
)
from strava_mcp.charts.rules import RULES
from strava_mcp.charts.scales import number_ticks

CLOCK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)
#: The durations that athletes compare come first; others where there is space between them.
SPANS_S = (5, 60, 300, 1200, 3600, 10_800, 1, 30, 600, 7200, 21_600, 15, 120, 18_000, 86_400)
SPAN_AXIS = Axis("duration", Quantity("span"), (1, 1), ())
MIN_DURATION_S = 1e-3
DAY_STEPS = (1, 2, 7, 14)
DAYS_PER_MONTH = 30.4375
YEAR_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
MONTH_STEPS = (1, 2, 3, 6, *(12 * years for years in YEAR_STEPS))


def axis_ticks(axis: Axis, low: float, high: float, width: float) -> list[Tick]:
    """Ticks of an axis that shows ``low`` to ``high`` on ``width`` pixels, at least
    ``min_label_gap`` apart. Raises ValueError where the range is not finite or reversed.
    """
    count = max(1, int(width / RULES["min_label_gap"]))
    match axis.kind:
        case "length":
            ticks = number_ticks(low, high, count, axis.quantity.factor)
            return _with_unit(ticks, axis.quantity.unit)
        case "time":
            return _clock_ticks(low, high, count)
        case "duration":
            return _span_ticks(low, high, width)
        case "day":
            return _day_ticks(low, high, count)


def position(axis: Axis, at: float, low: float, high: float) -> float:
    """Where a value stands between ``low`` (0) and ``high`` (1). Durations are logarithmic."""
    if axis.kind == "duration":
        at, low, high = (log(max(value, MIN_DURATION_S)) for value in (at, low, high))
    return (at - low) / (high - low) if high > low else 0.5


def _with_unit(ticks: list[Tick], unit: str) -> list[Tick]:
    if not ticks or not unit:
        return ticks
    return [*ticks[:-1], replace(ticks[-1], label=f"{ticks[-1].label}{NBSP}{unit}")]


def _clock_ticks(low: float, high: float, count: int) -> list[Tick]:
    step = next((s for s in CLOCK_STEPS_S if (high - low) / s < count), 0)
    if not step:
        ticks = number_ticks(low, high, count, 1 / 3600)
        return _with_unit(ticks, "h")
    instants = range(ceil(low / step) * step, floor(high / step) * step + 1, step)
    if step < 60:
        return [Tick(second, write_clock(second)) for second in instants]
    if high < 3600:
        return _with_unit([Tick(second, str(second // 60)) for second in instants], "min")
    return _with_unit([Tick(s, write_hours(s) if s else "0") for s in instants], "h")


def _span_ticks(low: float, high: float, width: float) -> list[Tick]:
    gap = RULES["min_label_gap"]
    places: dict[int, float] = {}
    for seconds in SPANS_S:
        if low <= seconds <= high:
            place = position(SPAN_AXIS, seconds, low, high) * width
            if all(abs(place - other) >= gap for other in places.values()):
                places[seconds] = place
    return [Tick(seconds, write_span(seconds)) for seconds in sorted(places)]


def _day_ticks(low: float, high: float, count: int) -> list[Tick]:
    first, last = ceil(low), floor(high)
    for step in DAY_STEPS:
        if (high - low) / step < count:
            # Steps of whole weeks begin on Mondays; 1970-01-01 was a Thursday.
            start = first + (-first - 3) % step if step % 7 == 0 else first
            return [Tick(day, _short_day(date_of(day))) for day in range(start, last + 1, step)]
    months = (high - low) / DAYS_PER_MONTH
    step = next((s for s in MONTH_STEPS if months / s < count), MONTH_STEPS[-1])
    return list(_month_ticks(first, last, step))


def _month_ticks(first: int, last: int, step: int) -> Iterator[Tick]:
    """The first days of months; January has the year as its label."""
    begin = date_of(first)
    months = begin.year * 12 + begin.month - 1 + (begin.day > 1)
    for month in counting(months + -months % step, step):
        if month >= 12 * 10_000 or (day := day_of(date(month // 12, month % 12 + 1, 1))) > last:
            return
        yield Tick(day, MONTHS[month % 12] if month % 12 else str(month // 12))


def _short_day(the_date: date) -> str:
    return f"{the_date.day} {MONTHS[the_date.month - 1]}"
