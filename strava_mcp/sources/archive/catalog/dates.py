"""Dates in the languages of exports.

``May 6, 2024, 4:02:34 AM``, ``09.12.2022, 15:24:49``, ``27 juil. 2026 à 16:23:46``,
``6 de mai. de 2024, 04:02:34``, ``2 ago 2026, 12:20:32 p. m.``, ``6. 9. 2026 11:18:40``,
``2024年5月6日 4:02:34``, ``2024. 5. 6. 오후 4:02:34``, ``2018-09-12 15:02:23 UTC``. Times of the
export are UTC.
"""

import re
import unicodedata
from datetime import UTC, datetime

#: Beginnings of the names of the months without accents (Unicode CLDR): English, German, French,
#: Spanish, Catalan, Italian, Dutch, Portuguese, Swedish, Danish, Norwegian, Polish, Czech, Slovak,
#: Hungarian, Romanian, Turkish, Finnish, Indonesian, Russian, Ukrainian and Greek. The longest
#: beginning of a word counts.
MONTHS = (
    "jan ene gen sty led ian oca tammi янв січ ιαν",
    "feb fev lut uno sub helmi фев лют φεβ",
    "mar mrt maa bre мар бер μαρ",
    "apr avr abr kwi dub nis huhti апр кві απρ",
    "may mai maj mag mei kve mayis touko мая маи тра μαι",
    "jun juin giu cze cerven cervn cvn iun haz kesa июн чер ιουν",
    "jul juil lug lip cervenc cervenec cvc iul tem heina июл лип ιουλ",
    "aug aou ago agu agt sie srp elo авг сер αυγ",
    "sep set wrz zar sze eyl syys сен вер σεπ",
    "oct okt ott out paz rij eki loka окт жов οκτ",
    "nov lis noi noe kas marras ноя лис νοε",
    "dec dez dic des gru pro ara joulu дек гру δεκ",
)
MORNING = re.compile(r"(?<![^\W\d_])a\.? ?m\b|午前|上午|凌晨|清晨|早上|오전|π\.?μ")
AFTERNOON = re.compile(r"(?<![^\W\d_])p\.? ?m\b|午後|下午|中午|傍晚|晚上|오후|μ\.?μ")
TIME = re.compile(r"(?<![0-9])([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:\.[0-9]+)?)?(?![0-9])")
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.年] ?([0-9]{1,2})[-/.月] ?([0-9]{1,2})(?![0-9])")
IN_NUMBERS = re.compile(r"(?<![0-9])([0-9]{1,2})([-/.]) ?([0-9]{1,2})[-/.] ?([0-9]{4})(?![0-9])")
IN_WORDS = re.compile(
    r"(?<![0-9])(?P<day>[0-9]{1,2})(?![0-9])\D*?(?P<year>[0-9]{4})(?![0-9])", re.DOTALL
)
#: Hungarian: ``2024. máj. 6. 16:02:34``.
YEAR_AND_WORDS = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})\W+[^\W\d_]{3,}\W+(?P<day>[0-9]{1,2})(?![0-9])"
)
WORD = re.compile(r"[^\W\d_]{3,}")
NAME_FIRST = re.compile(r"[^\W\d_]{3,}\W+[0-9]{1,2}(?![0-9])")
MAX_CHARACTERS = 80
_BEGINNINGS = {word: month for month, words in enumerate(MONTHS, 1) for word in words.split()}
_LENGTHS = sorted({len(word) for word in _BEGINNINGS}, reverse=True)


def parse_date(text: str, month_first: bool = False) -> datetime:
    """Parse a date and time in UTC; without a time of day, midnight.

    ``month_first``: whether ``5/6/2024`` is in May. Raises ValueError unless it is a date.
    """
    (year, month, day), rest = _day(_normalize(text), month_first)
    hour, minute, second = _time(rest)
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def has_time_of_day(text: str) -> bool:
    """Whether a date includes a time of day. Raises ValueError unless ``text`` is a date."""
    return bool(TIME.search(_day(_normalize(text), False)[1]))


def is_month_first(text: str) -> bool | None:
    """Whether the month comes first in a numeric date; None if it is ambiguous.

    The month only ever comes first with slashes: dates with dots and dashes begin with the day.
    Raises ValueError if the text is too long for a date.
    """
    numbers = _slashed(text)
    if numbers is None or (numbers[0] > 12) == (numbers[1] > 12):
        return None
    return numbers[1] > 12


def is_ambiguous(text: str) -> bool:
    """Whether a numeric date is another day with the month first (``5/6/2024``)."""
    numbers = _slashed(text)
    return (
        numbers is not None and numbers[0] != numbers[1] and 0 < min(numbers) <= max(numbers) < 13
    )


def is_month_name_first(text: str) -> bool | None:
    """Whether the name of the month comes before the day (``May 6, 2024``); None without a name."""
    if len(text) > MAX_CHARACTERS or not WORD.search(text):
        return None
    return bool(NAME_FIRST.match(_normalize(text)))


def _slashed(text: str) -> tuple[int, int] | None:
    """Return the first two numbers of a date like ``5/6/2024``."""
    match = IN_NUMBERS.search(_normalize(text))
    return (int(match[1]), int(match[3])) if match and match[2] == "/" else None


def _normalize(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ValueError("is not a date")
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _day(plain: str, month_first: bool) -> tuple[tuple[int, int, int], str]:
    """Return year, month and day, and the text around them, in which the time is."""
    if match := YEAR_FIRST.search(plain):
        day = int(match[1]), int(match[2]), int(match[3])
    elif match := IN_NUMBERS.search(plain):
        day = int(match[4]), int(match[3]), int(match[1])
        if month_first and match[2] == "/":
            day = int(match[4]), int(match[1]), int(match[3])
    elif match := IN_WORDS.search(plain) or YEAR_AND_WORDS.search(plain):
        day = int(match["year"]), _month_in(plain), int(match["day"])
    else:
        raise ValueError("is not a date")
    return day, f"{plain[match.end():]} {plain[:match.start()]}"


def _month_in(plain: str) -> int:
    for word in WORD.findall(plain):
        letters = "".join(
            char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char)
        )
        for length in _LENGTHS:
            if month := _BEGINNINGS.get(letters[:length]):
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
