"""Strava's sport types (API v3, SportType) and families of them."""

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

_SPELLINGS = {name.lower(): name for name in SPORTS}


def sport_named(words: str) -> str | None:
    """The sport type with this name in any case, spacing and punctuation, or None.

    ``trail run``, ``TRAIL_RUN`` and ``TrailRun`` are the same.
    """
    return _SPELLINGS.get("".join(character for character in words.lower() if character.isalnum()))


def legacy_type(sport: str) -> str:
    """The deprecated ``type`` (API v3, ActivityType) of a sport type."""
    return _LEGACY_TYPES.get(sport, sport)
