"""Strava's sport types (API v3, SportType), as arguments name them."""

SPORTS = tuple("""
AlpineSki BackcountrySki Badminton Basketball Canoeing Cricket Crossfit Dance EBikeRide
Elliptical EMountainBikeRide Golf GravelRide Handcycle HighIntensityIntervalTraining Hike
IceSkate InlineSkate Kayaking Kitesurf MountainBikeRide NordicSki Padel PhysicalTherapy
Pickleball Pilates Racquetball Ride RockClimbing RollerSki Rowing Run Sail Skateboard
Snowboard Snowshoe Soccer Squash StairStepper StandUpPaddling Surfing Swim TableTennis Tennis
TrailRun Velomobile VirtualRide VirtualRow VirtualRun Volleyball Walk WeightTraining
Wheelchair Windsurf Workout Yoga
""".split())

_SPELLINGS = {name.lower(): name for name in SPORTS}


def sport_named(words: str) -> str | None:
    """The sport type that ``words`` spell, whatever their case and spacing; None for no such one.

    ``trail run``, ``TRAIL_RUN`` and ``TrailRun`` are the same.
    """
    return _SPELLINGS.get("".join(letter for letter in words.lower() if letter.isalnum()))
