"""What a search in plain words means: days, sports, distances, and words of the name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from strava_mcp.sports import MOUNTAIN_BIKE_RIDES, RIDES, RUNS, SKIS, sport_named
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.dates import Days, days
from strava_mcp.units import HALF_MARATHON_M, MARATHON_M, METRES_PER_KM, METRES_PER_MILE

#: Everyday words → sport types; a plural or -ing is understood.
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
#: Words that say nothing about an activity.
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
#: Strava's workout_type of a race, on foot and by bike.
RACES = (1, 11)
#: How far from a distance that is named without "over" or "under" an activity may be.
NEAR = 0.07
MAX_DATE_WORDS = 4


@dataclass
class Wanted:
    """What is looked for. Distances in metres; ``longest``: the longest first, not the newest."""

    words: tuple[str, ...] = ()
    sports: frozenset[str] = frozenset()
    span: Days | None = None
    least_m: float = 0.0
    most_m: float = float("inf")
    longest: bool = False
    _rest: str = field(default="", repr=False)

    def fits(self, activity: Mapping[str, Any]) -> bool:
        """Whether an activity (SummaryActivity) is one of those; days are checked elsewhere."""
        if self.sports and view.sport_of(activity) not in self.sports:
            return False
        metres = view.number(activity, "distance") or 0.0
        if not self.least_m <= metres <= self.most_m:
            return False
        said = " ".join(
            part.casefold() for key in ("name", "description") if (part := view.text(activity, key))
        )
        if (view.number(activity, "workout_type") or 0) in RACES:
            said += " race"
        return all(word in said for word in self.words)


def wanted(query: str, today: date) -> Wanted:
    """Read a query. Whatever is no date, sport or distance must occur in the name."""
    found = Wanted(_rest=" ".join(query.casefold().split()))
    _take_distances(found)
    _take_days(found, today)
    _take_sports(found)
    found.words = tuple(word for word in re.findall(r"[^\s,;!?\"]+", found._rest) if _says(word))
    return found


def _says(word: str) -> bool:
    return word not in FILLERS and any(letter.isalnum() or ord(letter) > 127 for letter in word)


def _take_distances(found: Wanted) -> None:
    """``over 20 km``, ``under 5 miles``, ``between 5 and 10 km``, ``10k``, ``half marathon``."""
    forms = (
        (rf"between {NUMBER}(?:{UNIT})? and {NUMBER}{UNIT}\b", _between),
        (rf"(?:over|above|more than|longer than|at least|>=?) ?{NUMBER}{UNIT}\b", _over),
        (rf"(?:under|below|less than|shorter than|at most|<=?) ?{NUMBER}{UNIT}\b", _under),
        (rf"\b{NUMBER}{UNIT}\b", _about),
    )
    for pattern, apply in forms:
        match = re.search(pattern, found._rest)
        if match:
            apply(found, match)
            found._rest = found._rest.replace(match[0], " ", 1)
    for name, metres in NAMED_M.items():
        if re.search(rf"\b{name}\b", found._rest) and found.most_m == float("inf"):
            found.least_m, found.most_m = metres * (1 - NEAR), metres * (1 + NEAR)
            found._rest = found._rest.replace(name, " ", 1)
    if re.search(r"\b(?:longest|furthest|farthest)\b", found._rest):
        found.longest = True
        found._rest = re.sub(r"\b(?:longest|furthest|farthest)\b", " ", found._rest)


def _metres(value: str, unit: str | None) -> float:
    known = (unit or "km").removesuffix("s")
    known = {"kilometer": "km", "kilometre": "km", "meter": "m", "metre": "m"}.get(known, known)
    return float(value.replace(",", ".")) * UNITS_M[known]


def _between(found: Wanted, match: "re.Match[str]") -> None:
    found.least_m = _metres(match[1], match[2] or match[4])
    found.most_m = _metres(match[3], match[4])


def _over(found: Wanted, match: "re.Match[str]") -> None:
    found.least_m = _metres(match[1], match[2])


def _under(found: Wanted, match: "re.Match[str]") -> None:
    found.most_m = _metres(match[1], match[2])


def _about(found: Wanted, match: "re.Match[str]") -> None:
    if found.least_m == 0.0 and found.most_m == float("inf"):
        metres = _metres(match[1], match[2])
        found.least_m, found.most_m = metres * (1 - NEAR), metres * (1 + NEAR)


def _take_days(found: Wanted, today: date) -> None:
    """The longest run of words that is a span of days."""
    words = found._rest.split()
    for length in range(min(MAX_DATE_WORDS, len(words)), 0, -1):
        for begin in range(len(words) - length + 1):
            phrase = " ".join(words[begin : begin + length]).strip(",.?!")
            if phrase in ("mar", "may", "sun"):  # words of a name sooner than of a date
                continue
            try:
                found.span = days(phrase, today)
            except ValueError:
                continue
            found._rest = " ".join(words[:begin] + words[begin + length :])
            return


def _take_sports(found: Wanted) -> None:
    """Sports by their everyday words, two words before one."""
    words, sports = found._rest.split(), set[str]()
    for length in (3, 2, 1):
        begin = 0
        while begin + length <= len(words):
            named = _sports(" ".join(words[begin : begin + length]).strip(",.?!"))
            if named:
                sports |= set(named)
                del words[begin : begin + length]
            else:
                begin += 1
    found.sports = frozenset(sports)
    found._rest = " ".join(words)


def _sports(phrase: str) -> tuple[str, ...]:
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
