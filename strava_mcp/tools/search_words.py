"""The vocabulary of a search: kinds of activities, superlatives, and words without a meaning.

All patterns match folded text (``word_matching.fold``).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from strava_mcp.sources.activity_query import AnyOf, Condition, Order

#: Words that restrict nothing.
FILLERS = frozenset(
    "a an the this that these those my me mine i i've ive we our us you your it its all any "
    "some each every everything in on at for from to with and or of than by but is are be "
    "been am was were did do does done has have had can could would please what which where "
    "when who how many much show find give list get tell search look activity activities "
    "session sessions training trainings exercise exercises thing things there one ones "
    "vs versus compared recent during since ever over under about day days week weeks month "
    "months year years".split()
)
NEGATIONS = frozenset(("not", "no", "without", "except", "excluding"))

UNIT_WORDS = r"(?:kms?|kilomet(?:er|re)s?|met(?:er|re)s?|mi|miles?|hours?|minutes?|times)"
TOTALS = r"distance|time|duration|climb(?:ing)?|elevation(?: gain)?|ascent|speed|pace"
#: What is asked about the activities; it restricts nothing.
QUESTION = (
    rf"(?:how (?:far|long|many|much|fast|often|hard|high|big)(?: {UNIT_WORDS})?"
    rf"|(?:total|overall|average|mean)(?: (?:{TOTALS}))?)(?= |$)"
)
PAST_TENSES = {
    **{"ran": "run", "jogged": "run", "rode": "ride", "ridden": "ride", "cycled": "cycle"},
    **{"biked": "bike", "swam": "swim", "swum": "swim", "hiked": "hike", "walked": "walk"},
    **{"rowed": "row", "skied": "ski", "skated": "skate", "paddled": "paddle"},
}

WEEKDAYS = {
    **{"monday": ("1",), "tuesday": ("2",), "wednesday": ("3",), "thursday": ("4",)},
    **{"friday": ("5",), "saturday": ("6",), "sunday": ("0",), "weekend": ("6", "0")},
    "weekday": ("1", "2", "3", "4", "5"),
}


class Kind(NamedTuple):
    """A kind of activities. ``sport``: the everyday name of the sport it implies, if any."""

    meaning: str
    conditions: tuple[Condition | AnyOf, ...]
    sport: str = ""


def _marked_or_named(workout: str) -> AnyOf:
    named = Condition("text", "matches", f'"{workout}"')
    return AnyOf((Condition("workout", "=", workout), named))


def _quality_session(name: str) -> Kind:
    """Athletes mark intervals and the like as workouts, or name them so."""
    places = (
        Condition("workout", "=", "workout"),
        Condition("text", "matches", name),
        Condition("sport_type", "=", "HighIntensityIntervalTraining"),
    )
    return Kind(f"workout (marked so), HIIT, or named {name}", (AnyOf(places),))


SESSION = r"(?:[ -](?:sessions?|workouts?|trainings?))?"
KINDS: Mapping[str, Kind] = {
    rf"intervals?{SESSION}": _quality_session("interval"),
    rf"tempos?{SESSION}": _quality_session("tempo"),
    rf"thresholds?{SESSION}": _quality_session("threshold"),
    rf"tracks?{SESSION}": _quality_session("track"),
    r"speed[ -]?(?:work(?:outs?)?|sessions?|trainings?)": _quality_session("speed"),
    r"(?:quality|hard|key) (?:sessions?|workouts?)": _quality_session("quality"),
    r"races?|racing|raced": Kind("race (marked or named so)", (_marked_or_named("race"),)),
    r"long[ -]runs?": Kind(
        "long run (marked or named so)", (_marked_or_named("long run"),), "runs"
    ),
    r"workouts?": Kind(
        "workout (marked or named so, or of that sport)",
        (
            AnyOf(
                (
                    Condition("workout", "=", "workout"),
                    Condition("sport_type", "=", "Workout"),
                    Condition("text", "matches", "workout"),
                )
            ),
        ),
    ),
    r"commut(?:es?|ed|ing)": Kind(
        "commute (marked or named so)",
        (AnyOf((Condition("commute", "=", True), Condition("text", "matches", "commute"))),),
    ),
    r"indoors?|trainer|turbo": Kind("indoor", (Condition("indoor", "=", True),)),
    r"heart[ -]?rate(?: data)?": Kind(
        "with heart rate", (Condition("average_heartrate", ">", 0.0),)
    ),
    r"power(?: data| meters?)?": Kind(
        "with power (measured or estimated)", (Condition("average_watts", ">", 0.0),)
    ),
    r"treadmills?": Kind("indoor", (Condition("indoor", "=", True),), "runs"),
    r"outdoors?|outside": Kind("outdoor", (Condition("indoor", "=", False),)),
}

#: A superlative and the order that it means. The first pattern that matches counts.
MOST = r"(?:most|biggest|highest|greatest|largest|max(?:imum)?)"
HEART_RATE = r"(?:heart[ -]?rates?|hr|pulse|bpm)"
ORDERS: Mapping[str, Order] = {
    r"most recent|newest|latest|last": Order(),
    r"best|personal (?:best|record)s?|pbs?|prs?|records?": Order("speed"),
    r"oldest|earliest|first(?: ever)?": Order(descending=False),
    r"longest (?:by |in )?(?:moving )?(?:time|duration|hours)": Order("moving_time"),
    r"(?:longest|furthest|farthest)(?: (?:by |in )?distance)?": Order("distance"),
    r"shortest": Order("distance", descending=False),
    rf"(?:top|{MOST})(?: max(?:imum)?)? speeds?": Order("max_speed"),
    r"fastest|quickest": Order("speed"),
    r"slowest": Order("speed", descending=False),
    rf"{MOST} (?:climb(?:s|ing)?|elevation(?: gain)?|ascents?|gain|vert(?:ical)?|uphill)": Order(
        "elevation_gain"
    ),
    r"hilliest|climbiest|steepest|climbs": Order("elevation_gain"),
    r"flattest|least (?:climbing|elevation)": Order("elevation_gain", descending=False),
    rf"{MOST} (?:average|avg|mean) {HEART_RATE}": Order("average_heartrate"),
    rf"{MOST} (?:max(?:imum)? )?{HEART_RATE}": Order("max_heartrate"),
    rf"lowest (?:average |avg |mean )?{HEART_RATE}": Order("average_heartrate", descending=False),
    rf"{MOST} (?:normali[sz]ed|weighted)(?: average)? power": Order("weighted_watts"),
    rf"{MOST} (?:average |avg )?(?:power|watts|wattage)": Order("average_watts"),
    r"hardest|toughest|most (?:intense|strenuous|demanding|difficult)": Order("relative_effort"),
    rf"{MOST} (?:relative )?(?:efforts?|suffer(?:ing)?(?: scores?)?)": Order("relative_effort"),
    r"easiest|least effort": Order("relative_effort", descending=False),
    rf"{MOST} (?:kudos|popular|liked)": Order("kudos"),
    rf"{MOST} (?:energy|work|kilojoules)": Order("kilojoules"),
    r"hottest|warmest": Order("temperature"),
    r"coldest|coolest": Order("temperature", descending=False),
    r"biggest|largest|greatest": Order("distance"),
}
#: What an order is called in a reply.
ORDER_NAMES = {
    **{"moving_time": "moving time", "elevation_gain": "elevation gain"},
    **{"speed": "average speed of whole activities", "max_speed": "top speed"},
    **{"average_heartrate": "average heart rate", "max_heartrate": "maximum heart rate"},
    **{"average_watts": "average power", "weighted_watts": "weighted power"},
    "relative_effort": "relative effort",
}
#: Names of months and days that are more likely part of a title than a date; bare weekdays mean
#: every one of them.
NO_DATES = frozenset(
    ("mar", "may", "sun", "sat", "mon", "wed", "now", "all", "everything", "tomorrow", *WEEKDAYS)
)
#: Words that are a date even if it cannot be resolved: with a digit, or ``last summer``.
SURE_DATE = r"[0-9]|^(?:last|this|past|in|during) "
#: ``last 10``, ``top 5``; without the first word only before a superlative (``5 longest rides``).
LIMIT = (
    r"(?:(?P<which>last|latest|newest|most recent|recent|top|first|oldest) )?"
    r"(?P<count>[0-9]{1,3})(?= |$)"
)


def describe_order(order: Order) -> str:
    """What a reply calls an order: ``distance, highest first``."""
    if order.fact == "start":
        return f"{'newest' if order.descending else 'oldest'} first"
    name = ORDER_NAMES.get(order.fact, order.fact)
    return f"{name}, {'highest' if order.descending else 'lowest'} first"


def is_known(order: Order) -> Condition:
    """The condition that an activity has the fact that it is sorted by."""
    if order.fact == "temperature":
        return Condition(order.fact, ">=", -100.0)
    is_flattest = order.fact == "elevation_gain" and not order.descending
    return Condition(order.fact, ">=" if is_flattest else ">", 0.0)


def match_phrase(patterns: Mapping[str, object], text: str) -> tuple[str, str] | None:
    """The pattern and the words that ``text`` begins with, or None."""
    for pattern in patterns:
        if match := re.match(rf"(?:{pattern})(?= |$)", text):
            return pattern, match[0]
    return None
