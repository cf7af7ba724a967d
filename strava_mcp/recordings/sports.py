"""Strava's sport types for the sports of FIT, GPX and TCX."""

from strava_mcp.sport_words import sport_from_words

#: Sports and unambiguous sub-sports of the FIT profile.
SPORTS = {
    **dict.fromkeys(("running", "treadmill", "indoor_running", "track", "street"), "Run"),
    **{"trail": "TrailRun", "trail_running": "TrailRun"},
    **dict.fromkeys(("cycling", "biking", "road", "spin", "indoor_cycling"), "Ride"),
    **dict.fromkeys(("mountain", "downhill", "enduro", "mountain_biking"), "MountainBikeRide"),
    **dict.fromkeys(("gravel_cycling", "cyclocross", "mixed_surface"), "GravelRide"),
    **dict.fromkeys(("e_biking", "e_bike_fitness"), "EBikeRide"),
    **dict.fromkeys(("e_bike_mountain", "e_bike_enduro"), "EMountainBikeRide"),
    **dict.fromkeys(("hand_cycling", "indoor_hand_cycling"), "Handcycle"),
    **dict.fromkeys(("swimming", "lap_swimming", "open_water"), "Swim"),
    **dict.fromkeys(("walking", "indoor_walking", "casual_walking", "speed_walking"), "Walk"),
    **dict.fromkeys(("hiking", "mountaineering", "rucking"), "Hike"),
    **{"alpine_skiing": "AlpineSki", "resort": "AlpineSki", "backcountry": "BackcountrySki"},
    **{"cross_country_skiing": "NordicSki", "skate_skiing": "NordicSki"},
    **{"snowboarding": "Snowboard", "snowshoeing": "Snowshoe", "ice_skating": "IceSkate"},
    **{"inline_skating": "InlineSkate", "rowing": "Rowing", "indoor_rowing": "Rowing"},
    **{"paddling": "Canoeing", "kayaking": "Kayaking", "rafting": "Kayaking"},
    **{"stand_up_paddleboarding": "StandUpPaddling", "surfing": "Surfing", "sailing": "Sail"},
    **{"windsurfing": "Windsurf", "kitesurfing": "Kitesurf", "golf": "Golf"},
    **dict.fromkeys(("rock_climbing", "indoor_climbing", "bouldering"), "RockClimbing"),
    **{"strength_training": "WeightTraining", "yoga": "Yoga", "pilates": "Pilates"},
    **dict.fromkeys(("hiit", "amrap", "emom", "tabata"), "HighIntensityIntervalTraining"),
    **{"elliptical": "Elliptical", "stair_climbing": "StairStepper", "dance": "Dance"},
    **{"tennis": "Tennis", "soccer": "Soccer", "basketball": "Basketball", "cricket": "Cricket"},
    **{"volleyball": "Volleyball", "pickleball": "Pickleball", "padel": "Padel"},
    **{"squash": "Squash", "badminton": "Badminton", "racquetball": "Racquetball"},
    **{"table_tennis": "TableTennis", "indoor_wheelchair_walk": "Wheelchair"},
    **{"indoor_wheelchair_run": "Wheelchair", "wheelchair_push_walk": "Wheelchair"},
    **{"wheelchair_push_run": "Wheelchair"},
    **dict.fromkeys(("training", "fitness_equipment", "boxing", "cardio_training"), "Workout"),
}
#: Sport and sub-sport, for sub-sports whose meaning depends on the sport.
PAIRS = {
    ("running", "virtual_activity"): "VirtualRun",
    ("cycling", "virtual_activity"): "VirtualRide",
    ("rowing", "virtual_activity"): "VirtualRow",
    ("cycling", "track"): "Ride",
    ("cycling", "trail"): "MountainBikeRide",
    ("walking", "trail"): "Hike",
    ("hiking", "trail"): "Hike",
    ("snowboarding", "resort"): "Snowboard",
    ("snowboarding", "backcountry"): "Snowboard",
}


def sport_from_fit(sport: str | None, sub_sport: str | None) -> str | None:
    """Return the sport type for names of the FIT profile; None if unknown."""
    pair = PAIRS.get((sport or "", sub_sport or ""))
    return pair or SPORTS.get(sub_sport or "") or SPORTS.get(sport or "")


def sport_from_text(text: str | None) -> str | None:
    """Return the sport type for text of a GPX or TCX file (``running``, ``Biking``)."""
    words = (text or "").strip()
    return sport_from_words(words) or SPORTS.get(words.casefold().replace(" ", "_"))
