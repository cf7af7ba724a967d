"""Dates in the languages of exports.

``May 6, 2024, 4:02:34 AM``, ``09.12.2022, 15:24:49``, ``27 juil. 2026 à 16:23:46``,
``6 de mai. de 2024, 04:02:34``, ``2024年5月6日 4:02:34``, ``2024. 5. 6. 오후 4:02:34``,
``2018-09-12 15:02:23 UTC``. Times of the export are UTC.
"""

import re
import unicodedata
from datetime import UTC, datetime

#: Prefixes of the names of the months in English, German, French, Spanish, Italian, Dutch,
#: Portuguese, Swedish, Danish, Norwegian, Polish, Indonesian and Russian (Unicode CLDR).
MONTHS = (
    ("jan", "ene", "gen", "sty", "янв"),
    ("feb", "fév", "fev", "lut", "фев"),
    ("mar", "mär", "mrt", "maa", "мар"),
    ("apr", "avr", "abr", "kwi", "апр"),
    ("may", "mai", "maj", "mag", "mei", "мая", "май"),
    ("jun", "juin", "giu", "cze", "июн"),
    ("jul", "juil", "lug", "lip", "июл"),
    ("aug", "aoû", "aou", "ago", "agu", "agt", "sie", "авг"),
    ("sep", "set", "wrz", "сен"),
    ("oct", "okt", "ott", "out", "paź", "paz", "окт"),
    ("nov", "lis", "ноя"),
    ("dec", "déc", "dez", "dic", "des", "gru", "дек"),
)
MORNING = re.compile(r"(?<![^\W\d_])a\.? ?m\b|午前|上午|오전")
AFTERNOON = re.compile(r"(?<![^\W\d_])p\.? ?m\b|午後|下午|오후")
TIME = re.compile(r"(?<![0-9])([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:\.[0-9]+)?)?(?![0-9])")
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})(?![0-9])")
IN_NUMBERS = re.compile(r"(?<![0-9])([0-9]{1,2})([-/.]) ?([0-9]{1,2})[-/.] ?([0-9]{4})(?![0-9])")
IN_WORDS = re.compile(
    r"(?<![0-9])(?P<day>[0-9]{1,2})(?![0-9])\D*?(?P<year>[0-9]{4})(?![0-9])", re.DOTALL
)
WORD = re.compile(r"[^\W\d_]{3,}")
MAX_CHARACTERS = 80


def parse_date(text: str, month_first: bool = False) -> datetime:
    """Parse a date and time in UTC; without a time of day, midnight.

    ``month_first``: whether ``5/6/2024`` is in May. Raises ValueError unless it is a date.
    """
    plain = _normalize(text)
    year, month, day, rest = _day(plain, month_first)
    hour, minute, second = _time(rest)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def has_time_of_day(text: str) -> bool:
    """Whether a date includes a time of day. Raises ValueError unless ``text`` is a date."""
    return bool(TIME.search(_day(_normalize(text), False)[3]))


def is_month_first(text: str) -> bool | None:
    """Whether the month comes first in a numeric date; None if it is ambiguous.

    The month only ever comes first with slashes: dates with dots and dashes begin with the day.
    """
    match = IN_NUMBERS.search(_normalize(text))
    if match is None or match[2] != "/":
        return None
    first, second = int(match[1]), int(match[3])
    if (first > 12) == (second > 12):
        return None
    return second > 12


def _normalize(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ValueError("is not a date")
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _day(plain: str, month_first: bool) -> tuple[int, int, int, str]:
    """Return year, month, day, and the text after them."""
    if match := YEAR_FIRST.search(plain):
        return int(match[1]), int(match[2]), int(match[3]), plain[match.end() :]
    if match := IN_NUMBERS.search(plain):
        day, month = int(match[1]), int(match[3])
        if month_first and match[2] == "/":
            day, month = month, day
        return int(match[4]), month, day, plain[match.end() :]
    if match := IN_WORDS.search(plain):
        return int(match["year"]), _month_in(plain), int(match["day"]), plain[match.end() :]
    raise ValueError("is not a date")


def _month_in(plain: str) -> int:
    for word in WORD.findall(plain):
        for month, beginnings in enumerate(MONTHS, 1):
            if word.startswith(beginnings):
                return month
    raise ValueError("is not a date")


def _time(rest: str) -> tuple[int, int, int]:
    match = TIME.search(rest)
    if match is None:
        return 0, 0, 0
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if AFTERNOON.search(rest):
        hour = hour % 12 + 12
    elif MORNING.search(rest):
        hour %= 12
    return hour, minute, second
