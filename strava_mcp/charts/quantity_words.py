"""Values as text: the same characters that the page writes, so that both show the same numbers."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from strava_mcp.charts.chart import Quantity

#: Between a number and its unit.
NBSP = "\u00a0"
#: Between groups of three digits.
NARROW_NBSP = "\u202f"
MINUS = "\u2212"
#: What stands for the pace of somebody who stands still.
NO_PACE = "\u2013"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EPOCH = date(1970, 1, 1).toordinal()


def write(quantity: Quantity, value: float, with_unit: bool = True) -> str:
    """Write a value as ``quantity`` says, such as ``4:31 /km``, ``1 203 m`` or ``20 min``.

    Halves are rounded away from zero. Raises ValueError for a value that is not finite.
    """
    if not isfinite(value):
        raise ValueError("only finite values can be written")
    text = _figure(quantity, value)
    return f"{text}{NBSP}{quantity.unit}" if with_unit and quantity.unit else text


def _figure(quantity: Quantity, value: float) -> str:
    match quantity.kind:
        case "number":
            return write_number(value * quantity.factor, quantity.digits)
        case "signed":
            text = write_number(value * quantity.factor, quantity.digits)
            return f"+{text}" if value > 0 and text.strip("0.") else text
        case "pace":
            return write_clock(quantity.factor / value) if value > 0 else NO_PACE
        case "clock":
            return write_clock(value)
        case "hours":
            return write_hours(value)
        case "span":
            return write_span(value)
        case "day":
            return write_day(value)


def write_number(value: float, digits: int = 0) -> str:
    """Write a number with a fixed count of decimals, ``1 203.5``; zero has no sign."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{abs(rounded):,f}".replace(",", NARROW_NBSP)
    return f"{MINUS}{text}" if rounded < 0 else text


def write_clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from one hour on."""
    minutes, rest = divmod(_rounded(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return f"{MINUS}{text}" if seconds < 0 and text != "0:00" else text


def write_hours(seconds: float) -> str:
    """``h:mm``, rounded to the minute."""
    hours, minutes = divmod(_rounded(abs(seconds) / 60), 60)
    text = f"{hours}:{minutes:02d}"
    return f"{MINUS}{text}" if seconds < 0 and text != "0:00" else text


def write_span(seconds: float) -> str:
    """``5 s``, ``20 min``, ``90 min``, ``2 h``, or else as a clock: a duration by name."""
    if seconds < 60:
        return f"{_rounded(seconds)}{NBSP}s"
    if seconds % 3600 == 0:
        return f"{_rounded(seconds / 3600)}{NBSP}h"
    return write_clock(seconds) if seconds % 60 else f"{_rounded(seconds / 60)}{NBSP}min"


def write_day(day: float) -> str:
    """``Sat 24 Oct 2026``, from days since 1970-01-01."""
    the_day = date_of(day)
    weekday = WEEKDAYS[the_day.weekday()]
    return f"{weekday} {the_day.day} {MONTHS[the_day.month - 1]} {the_day.year}"


def write_date(the_date: date) -> str:
    """``24 Oct 2026``."""
    return f"{the_date.day} {MONTHS[the_date.month - 1]} {the_date.year}"


def write_dates(first: date | None, last: date) -> str:
    """``24 Oct 2026 to 3 Nov 2026``, ``24 Oct 2026``, or ``all time to 3 Nov 2026``."""
    if first == last:
        return write_date(last)
    return f"{write_date(first) if first else 'all time'} to {write_date(last)}"


def plain(text: str) -> str:
    """The text with ordinary spaces, which a model reads as fewer tokens."""
    return text.replace(NBSP, " ").replace(NARROW_NBSP, " ")


def date_of(day: float) -> date:
    """The date of a number of days since 1970-01-01. Raises ValueError outside years 1 to 9999."""
    if not isfinite(day):
        raise ValueError("only finite days are dates")
    return date.fromordinal(_EPOCH + int(day // 1))


def day_of(the_date: date) -> int:
    """Days since 1970-01-01."""
    return the_date.toordinal() - _EPOCH


def _rounded(value: float) -> int:
    """The nearest whole number of a value that is not negative; halves up."""
    return int(value + 0.5)
