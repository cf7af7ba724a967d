"""Strava's sport types for the sports of FIT, GPX and TCX.

FIT has numbers with names (profile 21); Garmin's own software and many apps write the same names
into GPX and TCX. Strava's GPX has a number of Strava's own, or a word.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from strava_mcp.sport_words import sport_from_words

#: Sport of the FIT profile → sport type. Those for which Strava has no type are missing.
FIT_SPORTS = {
    **{"running": "Run", "cycling": "Ride", "e_biking": "EBikeRide", "swimming": "Swim"},
    **{"walking": "Walk", "hiking": "Hike", "mountaineering": "Hike", "snowshoeing": "Snowshoe"},
    **{"alpine_skiing": "AlpineSki", "cross_country_skiing": "NordicSki"},
    **{"snowboarding": "Snowboard", "ice_skating": "IceSkate", "inline_skating": "InlineSkate"},
    **{"rowing": "Rowing", "paddling": "Canoeing", "canoeing": "Canoeing", "kayaking": "Kayaking"},
    **{"rafting": "Kayaking", "stand_up_paddleboarding": "StandUpPaddling", "surfing": "Surfing"},
    **{"sailing": "Sail", "windsurfing": "Windsurf", "kitesurfing": "Kitesurf", "golf": "Golf"},
    **{"rock_climbing": "RockClimbing", "floor_climbing": "StairStepper", "dance": "Dance"},
    **{"hiit": "HighIntensityIntervalTraining", "tennis": "Tennis", "soccer": "Soccer"},
    **{"basketball": "Basketball", "cricket": "Cricket", "volleyball": "Volleyball"},
    **{"wheelchair_push_walk": "Wheelchair", "wheelchair_push_run": "Wheelchair"},
    **dict.fromkeys(("training", "fitness_equipment", "boxing", "jump_rope"), "Workout"),
}
#: Sub-sports that are a sport of their own, for the sports of ``VAGUE_SPORTS``.
FIT_SUB_SPORTS = {
    **dict.fromkeys(("treadmill", "indoor_running", "street", "track", "ultra", "obstacle"), "Run"),
    **{"trail": "TrailRun", "open_water": "Swim", "lap_swimming": "Swim", "rucking": "Hike"},
    **dict.fromkeys(("spin", "indoor_cycling", "road", "track_cycling", "recumbent"), "Ride"),
    **{"bmx": "Ride", "e_bike_fitness": "EBikeRide"},
    **dict.fromkeys(("mountain", "downhill", "enduro"), "MountainBikeRide"),
    **dict.fromkeys(("gravel_cycling", "cyclocross", "mixed_surface"), "GravelRide"),
    **dict.fromkeys(("e_bike_mountain", "e_bike_enduro"), "EMountainBikeRide"),
    **dict.fromkeys(("hand_cycling", "indoor_hand_cycling"), "Handcycle"),
    **dict.fromkeys(("indoor_walking", "casual_walking", "speed_walking"), "Walk"),
    **dict.fromkeys(("indoor_wheelchair_walk", "indoor_wheelchair_run"), "Wheelchair"),
    **{"indoor_rowing": "Rowing", "elliptical": "Elliptical", "stair_climbing": "StairStepper"},
    **dict.fromkeys(("indoor_climbing", "bouldering"), "RockClimbing"),
    **{"strength_training": "WeightTraining", "yoga": "Yoga", "pilates": "Pilates"},
    **dict.fromkeys(("hiit", "amrap", "emom", "tabata"), "HighIntensityIntervalTraining"),
    **{"resort": "AlpineSki", "backcountry": "BackcountrySki", "skate_skiing": "NordicSki"},
    **{"sail_race": "Sail", "pickleball": "Pickleball", "padel": "Padel", "squash": "Squash"},
    **{"badminton": "Badminton", "racquetball": "Racquetball", "table_tennis": "TableTennis"},
    **dict.fromkeys(
        ("cardio_training", "flexibility_training", "exercise", "breathing"), "Workout"
    ),
}
#: Sports that say little or nothing: the sub-sport decides.
VAGUE_SPORTS = frozenset(
    (
        *("generic", "all", "training", "fitness_equipment", "hiit", "racket", "team_sport"),
        *("winter_sport", "water_sport", "para_sport", "boating", ""),
    )
)
#: Sport → its sub-sports that are another sport type than the sport itself.
FIT_PAIRS = {
    "running": {
        **dict.fromkeys(("trail", "mountain"), "TrailRun"),
        **{"virtual_activity": "VirtualRun", "indoor_wheelchair_run": "Wheelchair"},
    },
    "cycling": {
        **dict.fromkeys(("mountain", "downhill", "enduro", "trail"), "MountainBikeRide"),
        **dict.fromkeys(("gravel_cycling", "cyclocross", "mixed_surface"), "GravelRide"),
        **dict.fromkeys(("hand_cycling", "indoor_hand_cycling"), "Handcycle"),
        **dict.fromkeys(("e_bike_mountain", "e_bike_enduro"), "EMountainBikeRide"),
        **{"e_bike_fitness": "EBikeRide", "virtual_activity": "VirtualRide"},
    },
    "e_biking": {
        **dict.fromkeys(("mountain", "downhill", "enduro", "trail"), "EMountainBikeRide"),
        **dict.fromkeys(("e_bike_mountain", "e_bike_enduro"), "EMountainBikeRide"),
        "virtual_activity": "VirtualRide",
    },
    "walking": {"trail": "Hike", "rucking": "Hike", "indoor_wheelchair_walk": "Wheelchair"},
    "rowing": {"virtual_activity": "VirtualRow"},
    "paddling": {"whitewater": "Kayaking"},
    "canoeing": {"whitewater": "Kayaking"},
    "alpine_skiing": {"backcountry": "BackcountrySki"},
    "cross_country_skiing": {"backcountry": "BackcountrySki"},
}
#: Numbers in the GPX that Strava writes, which are those of its sport types before 2022.
STRAVA_NUMBERS = {
    **{1: "Ride", 2: "AlpineSki", 3: "BackcountrySki", 4: "Hike", 5: "IceSkate", 6: "InlineSkate"},
    **{7: "NordicSki", 8: "RollerSki", 9: "Run", 10: "Walk", 11: "Workout", 12: "Snowboard"},
    **{13: "Snowshoe", 14: "Kitesurf", 15: "Windsurf", 16: "Swim", 17: "VirtualRide"},
    **{18: "EBikeRide", 19: "Velomobile", 21: "Canoeing", 22: "Kayaking", 23: "Rowing"},
    **{24: "StandUpPaddling", 25: "Surfing", 26: "Crossfit", 27: "Elliptical"},
    **{28: "RockClimbing", 29: "StairStepper", 30: "WeightTraining", 31: "Yoga"},
    53: "VirtualRun",
}
#: Sport types and the words that mean them in GPX and TCX; the first match counts. Each string
#: lists alternatives (``*``: any ending), and one word of every string has to occur, in any order:
#: ``BIKING_MOUNTAIN``, ``mountain_biking``. They cover the keys of Garmin Connect and the words of
#: Runkeeper, Polar, Suunto, Komoot, Endomondo, Wahoo, Apple Health, RideWithGPS and OpenTracks.
#: None: several sports, or one for which Strava has no type.
KEYWORDS: tuple[tuple[str | None, tuple[str, ...]], ...] = (
    (None, ("transition moto* motor* drive driving car fly* horse* snowmobil*",)),
    (None, ("multi* swimrun *athlon",)),
    (None, ("swim*", "run*")),
    (None, ("disc american ice field platform", "golf football hockey tennis")),
    (None, ("water jet", "ski skiing")),
    ("Wheelchair", ("wheelchair",)),
    ("Handcycle", ("hand", "cycl* bik*")),
    ("Handcycle", ("handcycl* handbik*",)),
    ("RollerSki", ("roller", "ski skiing")),
    ("RollerSki", ("rollerski*",)),
    ("BackcountrySki", ("ski skiing", "backcountry tour* mountaineer* alpinism")),
    ("BackcountrySki", ("skitour* skimo",)),
    ("NordicSki", ("ski skiing", "cross nordic xc skate classic freestyle")),
    ("AlpineSki", ("ski skiing skialpin",)),
    ("Snowboard", ("snowboard*",)),
    ("Snowshoe", ("snow", "shoe*")),
    ("Snowshoe", ("snowshoe*",)),
    ("Skateboard", ("skateboard*",)),
    ("InlineSkate", ("inline roller", "skat* blad*")),
    ("InlineSkate", ("rollerblad* skaten",)),
    ("IceSkate", ("ice ws", "skat*")),
    ("VirtualRide", ("virtual", "rid* bik* cycl*")),
    ("VirtualRun", ("virtual", "run*")),
    ("VirtualRow", ("virtual", "row rowing")),
    ("EMountainBikeRide", ("e electric ebik*", "bik* ebik* mtb", "mountain mtb enduro")),
    ("EMountainBikeRide", ("emtb",)),
    ("EBikeRide", ("e electric", "bik* cycl* touringbicycle racebike")),
    ("EBikeRide", ("ebik* pedelec*",)),
    ("GravelRide", ("gravel cyclocross cyclecross",)),
    ("MountainBikeRide", ("mountain downhill enduro trail", "bik* cycl* mtb")),
    ("MountainBikeRide", ("mtb mountainbik*",)),
    ("Ride", ("bik* cycl* bicycl* touringbicycle racebike citybike bmx spin spinning",)),
    ("TrailRun", ("trail* mountain fell", "run* jog*")),
    ("Run", ("run* jog* ultrarun*",)),
    ("StandUpPaddling", ("stand", "paddl*")),
    ("StandUpPaddling", ("sup paddleboard*",)),
    ("Swim", ("swim*",)),
    ("Hike", ("hik* trek* mountaineer* ruck*",)),
    ("Walk", ("walk* nordicwalk*",)),
    ("Run", ("treadmill",)),
    ("NordicSki", ("nordic langlauf*",)),
    ("Kitesurf", ("kite*",)),
    ("Windsurf", ("wind", "surf*")),
    ("Windsurf", ("windsurf*",)),
    ("Surfing", ("surf*",)),
    ("Sail", ("sail*",)),
    ("Rowing", ("row rowing rower",)),
    ("Kayaking", ("kayak* raft*",)),
    ("Canoeing", ("canoe* paddling",)),
    ("StairStepper", ("stair floor", "climb* step*")),
    ("StairStepper", ("stairmaster stairstepper stepper",)),
    ("RockClimbing", ("climb* boulder*",)),
    ("Elliptical", ("elliptical crosstrainer",)),
    ("Elliptical", ("cross arc", "trainer")),
    ("Crossfit", ("crossfit",)),
    ("HighIntensityIntervalTraining", ("hiit tabata",)),
    ("WeightTraining", ("strength weight weights weightlifting",)),
    ("Yoga", ("yoga",)),
    ("Pilates", ("pilates",)),
    ("Padel", ("paddelball",)),
    ("TableTennis", ("table", "tennis")),
    ("Tennis", ("tennis",)),
    ("Soccer", ("soccer football futsal",)),
    ("Volleyball", ("volleyball",)),
    ("Golf", ("golf*",)),
    ("Dance", ("danc* zumba",)),
    (
        "Workout",
        ("cardio circuit core fitness gym aerobic* boxing bootcamp training crosstraining",),
    ),
)
VERSION = re.compile(r"_v[0-9]+$")
#: Between words: anything but letters, and the capital letters of ``bikeToRun``.
WORD_BREAK = re.compile(r"[^a-zA-Z]+|(?<=[a-z])(?=[A-Z])")
MAX_CHARACTERS = 80


def sport_from_fit(sport: str | None, sub_sport: str | None, name: str | None = None) -> str | None:
    """Return the sport type for names of the FIT profile; None if they say none.

    A sub-sport only counts where it makes sense: ``street`` is a run on its own, but not of a
    cyclist. ``name``: of the sport profile on the device or in an app; it counts if sport and
    sub-sport say nothing.
    """
    sport, sub_sport = sport or "", sub_sport or ""
    if sport in VAGUE_SPORTS:
        own = FIT_SUB_SPORTS.get(sub_sport)
        return own or sport_from_text(name) or FIT_SPORTS.get(sport)
    return FIT_PAIRS.get(sport, {}).get(sub_sport) or FIT_SPORTS.get(sport)


def sport_from_text(text: str | None) -> str | None:
    """Return the sport type for text of a GPX or TCX file; None if it says none.

    ``9``, ``Biking``, ``road_biking``, ``Trail Running`` and ``cycling:gravel`` are understood.
    """
    words = (text or "").strip()[:MAX_CHARACTERS]
    if words.isascii() and words.isdecimal():
        return STRAVA_NUMBERS.get(int(words))
    key = VERSION.sub("", words.casefold())
    if sport := sport_from_words(key) or FIT_SPORTS.get(key):
        return sport
    tokens = [token.casefold() for token in WORD_BREAK.split(words) if token]
    for keyword_sport, groups in KEYWORDS:
        if all(_occurs(group, tokens) for group in groups):
            return keyword_sport
    return None


def _occurs(group: str, tokens: Sequence[str]) -> bool:
    """Whether one of the alternatives of a keyword is among the words of a text."""
    return any(fnmatchcase(token, pattern) for pattern in group.split() for token in tokens)
