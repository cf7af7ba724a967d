"""Numbers and times as programs write them into GPX and TCX."""

import math
import re
from datetime import UTC, datetime, timedelta

#: A date and a time of day with other separators than those of ISO 8601, or at 24:00 or second 60.
#: Java adds the name of the zone.
DATE_AND_TIME = re.compile(
    r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})[T ,]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?"
    r"(?:[.,](\d{0,9}))?\s*(?:Z|UTC|GMT|([+-])(\d{1,2}):?(\d{2})?)?(?:\[[\w/+-]{1,40}\])?",
    re.IGNORECASE,
)
MAX_HOUR, MAX_MINUTE, MAX_SECOND = 24, 59, 60


def parse_number(text: str | None) -> float | None:
    """Parse a number, also with a decimal comma; None if it is not a finite one."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        # One comma is the decimal mark; before a point, commas group thousands.
        mark = "" if "." in text else "."
        try:
            number = float(text.replace(",", mark))
        except ValueError:
            return None
    return number if math.isfinite(number) else None


def parse_time(text: str | None) -> float | None:
    """Return a time, in UTC unless it has an offset, as seconds since 1970; None if it is not one.

    ISO 8601, or similar: ``2023 01 24 14:40:21``, ``2023/1/24 14:40:21,5 +0100``.
    """
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        return _parse_similar(text)
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except OverflowError:
        return None


def _parse_similar(text: str) -> float | None:
    """Parse a time that is not quite ISO 8601."""
    match = DATE_AND_TIME.fullmatch(text.strip())
    if not match:
        return None
    hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
    if hour > MAX_HOUR or minute > MAX_MINUTE or second > MAX_SECOND:
        return None
    sign, offset_hours, offset_minutes = match.group(8, 9, 10)
    offset = timedelta(hours=int(offset_hours or 0), minutes=int(offset_minutes or 0))
    since_midnight = timedelta(hours=hour, minutes=minute, seconds=second)
    try:
        year, month, day = (int(part) for part in match.group(1, 2, 3))
        midnight = datetime(year, month, day, tzinfo=UTC)
        moment = midnight + since_midnight + (offset if sign == "-" else -offset)
    except (ValueError, OverflowError):
        return None
    return moment.timestamp() + float(f"0.{match[7] or 0}")
