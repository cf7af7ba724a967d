"""The sports that Strava knows (SportType), and the deprecated types that they had before."""

SPORT_TYPES = frozenset(
    (
        *("AlpineSki", "BackcountrySki", "Badminton", "Canoeing", "Crossfit", "EBikeRide"),
        *("Elliptical", "EMountainBikeRide", "Golf", "GravelRide", "Handcycle", "Hike"),
        *("HighIntensityIntervalTraining", "IceSkate", "InlineSkate", "Kayaking", "Kitesurf"),
        *("MountainBikeRide", "NordicSki", "Pickleball", "Pilates", "Racquetball", "Ride"),
        *("RockClimbing", "RollerSki", "Rowing", "Run", "Sail", "Skateboard", "Snowboard"),
        *("Snowshoe", "Soccer", "Squash", "StairStepper", "StandUpPaddling", "Surfing", "Swim"),
        *("TableTennis", "Tennis", "TrailRun", "Velomobile", "VirtualRide", "VirtualRow"),
        *("VirtualRun", "Walk", "WeightTraining", "Wheelchair", "Windsurf", "Workout", "Yoga"),
    )
)

#: Sport → its deprecated ``type`` (ActivityType), where that has another name.
OLD_TYPES = {
    "TrailRun": "Run",
    "GravelRide": "Ride",
    "MountainBikeRide": "Ride",
    "EMountainBikeRide": "EBikeRide",
    "VirtualRow": "Rowing",
} | dict.fromkeys(
    (
        *("Badminton", "HighIntensityIntervalTraining", "Pickleball", "Pilates", "Racquetball"),
        *("Squash", "TableTennis", "Tennis"),
    ),
    "Workout",
)


def old_type(sport: str) -> str:
    """The deprecated ``type`` of a sport."""
    return OLD_TYPES.get(sport, sport)
