"""Strava's sport types (API v3, SportType), families of them, and their everyday names."""

from collections.abc import Iterator, Mapping

SPORTS = tuple("""
AlpineSki BackcountrySki Badminton Basketball Canoeing Cricket Crossfit Dance EBikeRide
Elliptical EMountainBikeRide Golf GravelRide Handcycle HighIntensityIntervalTraining Hike
IceSkate InlineSkate Kayaking Kitesurf MountainBikeRide NordicSki Padel PhysicalTherapy
Pickleball Pilates Racquetball Ride RockClimbing RollerSki Rowing Run Sail Skateboard
Snowboard Snowshoe Soccer Squash StairStepper StandUpPaddling Surfing Swim TableTennis Tennis
TrailRun Velomobile VirtualRide VirtualRow VirtualRun Volleyball Walk WeightTraining
Wheelchair Windsurf Workout Yoga
""".split())

RUNS = ("Run", "TrailRun", "VirtualRun")
MOUNTAIN_BIKE_RIDES = ("MountainBikeRide", "EMountainBikeRide")
RIDES = ("Ride", "GravelRide", "VirtualRide", "EBikeRide", *MOUNTAIN_BIKE_RIDES)
SWIMS = ("Swim",)
SKIS = ("AlpineSki", "BackcountrySki", "NordicSki")
ROWS = ("Rowing", "VirtualRow")
VIRTUAL = ("VirtualRide", "VirtualRow", "VirtualRun")
#: Strava computes splits for these and counts the cadence of one leg.
ON_FOOT = (*RUNS, "Walk", "Hike", "Snowshoe")
#: Reported as pace (time per distance); all others are reported as speed.
PACED = frozenset((*ON_FOOT, *SWIMS, "Wheelchair"))
#: Families that Strava adds up (API v3, ActivityStats); electric mountain bikes are excluded.
STATS_FAMILIES = {
    "ride": tuple(sport for sport in RIDES if sport != "EMountainBikeRide"),
    "run": RUNS,
    "swim": SWIMS,
}

#: Sport type → deprecated ``type`` (API v3, ActivityType), where the two differ.
_LEGACY_TYPES = {
    "TrailRun": "Run",
    "GravelRide": "Ride",
    "MountainBikeRide": "Ride",
    "EMountainBikeRide": "EBikeRide",
    "VirtualRow": "Rowing",
} | dict.fromkeys(
    (
        *("Badminton", "Basketball", "Cricket", "Dance", "HighIntensityIntervalTraining"),
        *("Padel", "PhysicalTherapy", "Pickleball", "Pilates", "Racquetball", "Squash"),
        *("TableTennis", "Tennis", "Volleyball"),
    ),
    "Workout",
)

#: Everyday names → sport types. In the singular, without spaces; see ``sports_named``.
_EVERYDAY: Mapping[str, tuple[str, ...]] = {
    name: sports
    for names, sports in (
        ("run jog", RUNS),
        ("trail trailrun", ("TrailRun",)),
        ("roadrun", ("Run",)),
        ("ride bike bikeride bicycle bicycleride cycle pushbike", RIDES),
        ("roadride roadbike roadcycle", ("Ride",)),
        ("gravel gravelbike gravelcycle", ("GravelRide",)),
        ("mtb mountainbike mountainbikeride mountaincycle", MOUNTAIN_BIKE_RIDES),
        ("ebike ebikeride electricbike electricbikeride", ("EBikeRide", "EMountainBikeRide")),
        ("emtb emountainbike electricmountainbike", ("EMountainBikeRide",)),
        ("indoorride indoorbike indoorcycle virtualbike virtualcycle zwift", ("VirtualRide",)),
        ("virtual virtualsport", VIRTUAL),
        ("onfoot foot", ON_FOOT),
        ("walk stroll", ("Walk",)),
        ("hike trek hillwalk", ("Hike",)),
        ("ski", SKIS),
        ("alpine downhillski", ("AlpineSki",)),
        ("nordic xcski crosscountryski", ("NordicSki",)),
        ("backcountry skitour tourski skimo skimountaineer", ("BackcountrySki",)),
        ("wintersport snowsport", (*SKIS, "Snowboard", "Snowshoe", "IceSkate")),
        ("skate", ("IceSkate", "InlineSkate")),
        ("rollerblade rollerskate", ("InlineSkate",)),
        ("row rowing erg ergometer", ROWS),
        ("indoorrow", ("VirtualRow",)),
        ("paddle", ("Canoeing", "Kayaking", "StandUpPaddling")),
        ("canoe", ("Canoeing",)),
        ("kayak", ("Kayaking",)),
        ("sup paddleboard standuppaddle standuppaddleboard", ("StandUpPaddling",)),
        ("surf", ("Surfing",)),
        ("climb rockclimb boulder", ("RockClimbing",)),
        ("weight weightlift lift gym strength strengthtrain weighttrain", ("WeightTraining",)),
        ("hiit intervaltrain", ("HighIntensityIntervalTraining",)),
        ("stair stairclimb stairmaster", ("StairStepper",)),
        ("crosstrainer", ("Elliptical",)),
        ("football", ("Soccer",)),
        ("pingpong", ("TableTennis",)),
        ("handbike", ("Handcycle",)),
        ("physio", ("PhysicalTherapy",)),
        (
            "racketsport racquetsport",
            ("Badminton", "Padel", "Pickleball", "Racquetball", "Squash", "TableTennis", "Tennis"),
        ),
    )
    for name in names.split()
}
_TYPES = {name.lower(): name for name in SPORTS}
#: Nouns that may follow a sport: ``swim sessions``, ``running activities``.
_NOUNS = ("activities", "activity", "workouts", "workout", "sessions", "session")


def sport_named(words: str) -> str | None:
    """The sport type with this name in any case, spacing and punctuation, or None.

    ``trail run``, ``TRAIL_RUN`` and ``TrailRun`` are the same.
    """
    return _TYPES.get(_normalize(words))


def sports_named(words: str, *, in_a_sentence: bool = False) -> tuple[str, ...] | None:
    """The sport types that a name means, or None if it is not a sport.

    A type's own name means that type alone, in any case and spacing: ``Ride`` is not a
    GravelRide. Plurals, -ing forms and everyday names mean every kind of it: ``rides``,
    ``cycling`` and ``bike`` include gravel, virtual, mountain and electric rides.

    ``in_a_sentence``: the name is a word of a sentence, where ``ride`` means every kind, too.
    """
    name = _normalize(words)
    if name in _TYPES and not (in_a_sentence and name in _EVERYDAY):
        return (_TYPES[name],)
    for form in _forms(name):
        if form in _EVERYDAY:
            return _EVERYDAY[form]
        if form in _TYPES:
            return (_TYPES[form],)
    return None


def _normalize(words: str) -> str:
    return "".join(character for character in words.lower() if character.isalnum())


def _forms(name: str) -> Iterator[str]:
    """A name and what it may be a form of: ``swimmingsessions`` → ``swim``."""
    noun = next((noun for noun in _NOUNS if name.endswith(noun) and name != noun), "")
    for one in dict.fromkeys((name, name.removesuffix(noun))):
        for singular in (one, one.removesuffix("s"), one.removesuffix("es")):
            yield singular
            if singular.endswith("ing"):
                stem = singular.removesuffix("ing")
                yield stem
                yield f"{stem}e"
                if stem[-2:-1] == stem[-1:]:  # running
                    yield stem[:-1]


def legacy_type(sport: str) -> str:
    """The deprecated ``type`` (API v3, ActivityType) of a sport type."""
    return _LEGACY_TYPES.get(sport, sport)
