"""Parse a search in plain words: days, sports, distances, and words of the name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from strava_mcp.sports import MOUNTAIN_BIKE_RIDES, RIDES, RUNS, SKIS, sport_named
from strava_mcp.tools.activity_reader import sport_of
from strava_mcp.tools.dates import Days, parse_days
from strava_mcp.tools.safe_json import JSONObject, get_number, get_str
from strava_mcp.units import HALF_MARATHON_M, MARATHON_M, METRES_PER_KM, METRES_PER_MILE

#: Everyday words → sport types; plurals and -ing forms are recognized too.
WORDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("run", "jog"), RUNS),
    **dict.fromkeys(("ride", "bike", "cycle", "cycling", "bicycle"), RIDES),
    **dict.fromkeys(("trail run", "trail"), ("TrailRun",)),
    **dict.fromkeys(("gravel", "gravel ride"), ("GravelRide",)),
    **dict.fromkeys(("zwift", "virtual", "indoor ride"), ("VirtualRide",)),
    **dict.fromkeys(("mtb", "mountain bike"), MOUNTAIN_BIKE_RIDES),
    **dict.fromkeys(("strength", "gym", "weights", "lifting"), ("WeightTraining",)),
    **dict.fromkeys(("ski", "skiing"), SKIS),
}
#: Words to ignore.
FILLERS = frozenset(
    "a an the my me i all any of in on at for from to with and or that was were is did do "
    "activity activities workout workouts session sessions show find list get latest recent "
    "during since long km mile miles".split()
)
UNITS_M = {
    **dict.fromkeys(("k", "km"), METRES_PER_KM),
    **dict.fromkeys(("mi", "mile"), METRES_PER_MILE),
    "m": 1.0,
}
NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
UNIT = r" ?(km|kilomet(?:er|re)s?|k|mi|miles?|m|met(?:er|re)s?)"
NAMED_M = {"half marathon": HALF_MARATHON_M, "marathon": MARATHON_M}
#: API v3, ``workout_type`` of a race: run and ride.
RACES = (1, 11)
#: Relative tolerance of a distance without "over" or "under".
TOLERANCE = 0.07
MAX_DATE_WORDS = 4


@dataclass
class SearchQuery:
    """What to search for. Distances in metres; ``longest``: sort by distance, not by date.

    Parsing removes what it has understood from ``_rest``.
    """

    words: tuple[str, ...] = ()
    sports: frozenset[str] = frozenset()
    span: Days | None = None
    min_m: float = 0.0
    max_m: float = float("inf")
    longest: bool = False
    _rest: str = field(default="", repr=False)

    def matches(self, activity: JSONObject) -> bool:
        """Whether an activity (SummaryActivity) matches, except for ``span``."""
        if self.sports and sport_of(activity) not in self.sports:
            return False
        metres = get_number(activity, "distance") or 0.0
        if not self.min_m <= metres <= self.max_m:
            return False
        text = " ".join(
            part.casefold() for key in ("name", "description") if (part := get_str(activity, key))
        )
        if (get_number(activity, "workout_type") or 0) in RACES:
            text += " race"
        return all(word in text for word in self.words)


def parse_query(text: str, today: date) -> SearchQuery:
    """Parse a query. Words that are not a date, sport or distance must occur in the name."""
    query = SearchQuery(_rest=" ".join(text.casefold().split()))
    _take_distances(query)
    _take_days(query, today)
    _take_sports(query)
    words = re.findall(r"[^\s,;!?\"]+", query._rest)
    query.words = tuple(word for word in words if _is_meaningful(word))
    return query


def _is_meaningful(word: str) -> bool:
    """Whether a word may be part of a name: no filler, and more than punctuation."""
    return word not in FILLERS and any(c.isalnum() or not c.isascii() for c in word)


def _take_distances(query: SearchQuery) -> None:
    """``over 20 km``, ``under 5 miles``, ``between 5 and 10 km``, ``10k``, ``half marathon``."""
    forms = (
        (rf"between {NUMBER}(?:{UNIT})? and {NUMBER}{UNIT}\b", _set_range),
        (rf"(?:over|above|more than|longer than|at least|>=?) ?{NUMBER}{UNIT}\b", _set_min),
        (rf"(?:under|below|less than|shorter than|at most|<=?) ?{NUMBER}{UNIT}\b", _set_max),
        (rf"\b{NUMBER}{UNIT}\b", _set_about),
    )
    for pattern, apply in forms:
        match = re.search(pattern, query._rest)
        if match:
            apply(query, match)
            query._rest = query._rest.replace(match[0], " ", 1)
    for name, metres in NAMED_M.items():
        if re.search(rf"\b{name}\b", query._rest) and query.max_m == float("inf"):
            query.min_m, query.max_m = metres * (1 - TOLERANCE), metres * (1 + TOLERANCE)
            query._rest = query._rest.replace(name, " ", 1)
    if re.search(r"\b(?:longest|furthest|farthest)\b", query._rest):
        query.longest = True
        query._rest = re.sub(r"\b(?:longest|furthest|farthest)\b", " ", query._rest)


def _metres(value: str, unit: str | None) -> float:
    singular = (unit or "km").removesuffix("s")
    long_names = {"kilometer": "km", "kilometre": "km", "meter": "m", "metre": "m"}
    return float(value.replace(",", ".")) * UNITS_M[long_names.get(singular, singular)]


def _set_range(query: SearchQuery, match: re.Match[str]) -> None:
    query.min_m = _metres(match[1], match[2] or match[4])
    query.max_m = _metres(match[3], match[4])


def _set_min(query: SearchQuery, match: re.Match[str]) -> None:
    query.min_m = _metres(match[1], match[2])


def _set_max(query: SearchQuery, match: re.Match[str]) -> None:
    query.max_m = _metres(match[1], match[2])


def _set_about(query: SearchQuery, match: re.Match[str]) -> None:
    if query.min_m == 0.0 and query.max_m == float("inf"):
        metres = _metres(match[1], match[2])
        query.min_m, query.max_m = metres * (1 - TOLERANCE), metres * (1 + TOLERANCE)


def _take_days(query: SearchQuery, today: date) -> None:
    """Take the longest sequence of words that is a span of days."""
    words = query._rest.split()
    for length in range(min(MAX_DATE_WORDS, len(words)), 0, -1):
        for begin in range(len(words) - length + 1):
            phrase = " ".join(words[begin : begin + length]).strip(",.?!")
            if phrase in ("mar", "may", "sun"):  # more likely part of a name than a date
                continue
            try:
                query.span = parse_days(phrase, today)
            except ValueError:
                continue
            query._rest = " ".join(words[:begin] + words[begin + length :])
            return


def _take_sports(query: SearchQuery) -> None:
    """Take sports by their everyday names, the longest names first."""
    words, sports = query._rest.split(), set[str]()
    for length in (3, 2, 1):
        begin = 0
        while begin + length <= len(words):
            named = _sports(" ".join(words[begin : begin + length]).strip(",.?!"))
            if named:
                sports |= set(named)
                del words[begin : begin + length]
            else:
                begin += 1
    query.sports = frozenset(sports)
    query._rest = " ".join(words)


def _sports(phrase: str) -> tuple[str, ...]:
    """The sport types that a phrase means; empty if it is not a sport."""
    forms = [phrase, phrase.removesuffix("s"), phrase.removesuffix("es")]
    if phrase.endswith("ing"):
        stem = phrase.removesuffix("ing")
        forms += [stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem]
    for form in forms:
        if form in WORDS:
            return WORDS[form]
        exact = sport_named(form)
        if exact:
            return (exact,)
    return ()
