"""Finding the columns of activities.csv by their headers, in the language of the account."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from strava_mcp.sources.archive.catalog import header_words

#: Our name → the positions of its columns; of two, the first is the display column.
ColumnPositions = Mapping[str, Sequence[int]]

#: Strava's exports of 2020 and 2021 have ``<span …>Flagged</span>``.
TAG = re.compile(r"<[^<>]{0,400}>")
#: What spreadsheets and pandas append to the second of two equal headers.
SECOND = re.compile(r"[._]1$")


@dataclass(frozen=True)
class Language:
    """The conventions of exports in a language.

    ``columns``: header, as ``normalize`` returns it, → our name. ``month_first``: whether
    ``5/6/2024`` is in May; None if that differs between accounts in this language. ``is_metric``:
    whether the first distance column is in metres.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    decimal_mark: str = ","
    month_first: bool | None = False
    is_metric: bool = False


def normalize(header: str) -> str:
    """Remove what varies in headers: case, spaces, kinds of apostrophes and composed characters."""
    text = unicodedata.normalize("NFKC", TAG.sub("", header)).replace("’", "'")
    return SECOND.sub("", " ".join(text.casefold().split()))


def _columns(words: str) -> dict[str, str]:
    names = [name for line in _lines(header_words.COLUMNS) for name in line]
    # The list of a language may be shorter than COLUMNS.
    heads = [head for line in _lines(words) for head in line]
    return {normalize(head): name for head, name in zip(heads, names, strict=False) if head != "-"}


def _lines(words: str) -> list[list[str]]:
    return [[word.strip() for word in line.split("|")] for line in words.strip().splitlines()]


#: Accounts in English (US) put the month first, those in English (UK) the day.
LANGUAGES = (
    Language("English", _columns(header_words.ENGLISH), ".", month_first=None),
    Language("English", _columns(header_words.BEFORE_2019), ".", None, is_metric=True),
    Language("German", _columns(header_words.GERMAN)),
    Language("French", _columns(header_words.FRENCH)),
    Language("Spanish", _columns(header_words.SPANISH), "."),
    Language("Spanish", _columns(header_words.SPANISH_OF_SPAIN)),
    Language("Dutch", _columns(header_words.DUTCH)),
    Language("Polish", _columns(header_words.POLISH)),
    Language("Danish", _columns(header_words.DANISH)),
    Language("Italian", _columns(header_words.ITALIAN)),
    Language("Portuguese", _columns(header_words.PORTUGUESE)),
    Language("Czech", _columns(header_words.CZECH)),
    Language("Japanese", _columns(header_words.JAPANESE), "."),
    Language("Chinese", _columns(header_words.CHINESE), "."),
)
UNKNOWN = Language("unknown", month_first=None)


def detect_language(header: Sequence[str]) -> Language:
    """Return the language with the most matching headers; UNKNOWN if none has two."""
    heads = [normalize(head) for head in header]
    matches = [sum(head in language.columns for head in heads) for language in LANGUAGES]
    best = max(matches)
    return LANGUAGES[matches.index(best)] if best >= 2 else UNKNOWN


def columns_by_name(header: Sequence[str], language: Language) -> dict[str, tuple[int, ...]]:
    """Return the positions of the columns whose headers are known, by our name, left to right."""
    positions: dict[str, tuple[int, ...]] = {}
    for at, head in enumerate(header):
        if name := language.columns.get(normalize(head)):
            positions[name] = (*positions.get(name, ()), at)
    return positions
