"""Sport types of recordings: FIT's numbers, Strava's numbers, and the words of other apps."""

from pathlib import Path

import pytest
from garmin_fit_sdk import Profile
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.recordings import read
from strava_mcp.recordings.sports import (
    FIT_PAIRS,
    FIT_SPORTS,
    FIT_SUB_SPORTS,
    KEYWORDS,
    STRAVA_NUMBERS,
    VAGUE_SPORTS,
    sport_from_fit,
    sport_from_text,
)
from strava_mcp.sports import SPORTS
from tests.conftest import require
from tests.recordings.fit_maker import activity, fit, ride
from tests.recordings.test_gpx import WALK, gpx

FIT_NAMES = {kind: set(Profile["types"][kind].values()) for kind in ("sport", "sub_sport")}


def test_tables_have_names_of_the_fit_profile_and_types_of_strava() -> None:
    assert set(FIT_SPORTS) | set(FIT_PAIRS) | VAGUE_SPORTS - {""} <= FIT_NAMES["sport"]
    pairs = {sub_sport for pair in FIT_PAIRS.values() for sub_sport in pair}
    assert set(FIT_SUB_SPORTS) | pairs <= FIT_NAMES["sub_sport"]
    types = {
        *FIT_SPORTS.values(),
        *FIT_SUB_SPORTS.values(),
        *(sport for pair in FIT_PAIRS.values() for sport in pair.values()),
        *STRAVA_NUMBERS.values(),
        *(sport for sport, _ in KEYWORDS if sport),
    }
    assert types <= set(SPORTS)


@pytest.mark.parametrize(
    "sport, sub_sport, expected",
    [
        ("running", "treadmill", "Run"),
        ("running", "road", "Run"),
        ("running", "mountain", "TrailRun"),
        ("running", "ultra", "Run"),
        ("cycling", "street", "Ride"),
        ("cycling", "track", "Ride"),
        ("cycling", "track_cycling", "Ride"),
        ("cycling", "indoor_cycling", "Ride"),
        ("cycling", "gravel_cycling", "GravelRide"),
        ("cycling", "mixed_surface", "GravelRide"),
        ("cycling", "hand_cycling", "Handcycle"),
        ("cycling", "e_bike_fitness", "EBikeRide"),
        ("cycling", "e_bike_mountain", "EMountainBikeRide"),
        ("e_biking", "generic", "EBikeRide"),
        ("e_biking", "mountain", "EMountainBikeRide"),
        ("walking", "treadmill", "Walk"),
        ("walking", "indoor_walking", "Walk"),
        ("walking", "trail", "Hike"),
        ("hiking", "mountain", "Hike"),
        ("alpine_skiing", "downhill", "AlpineSki"),
        ("alpine_skiing", "resort", "AlpineSki"),
        ("alpine_skiing", "backcountry", "BackcountrySki"),
        ("cross_country_skiing", "skate_skiing", "NordicSki"),
        ("snowboarding", "backcountry", "Snowboard"),
        ("swimming", "lap_swimming", "Swim"),
        ("swimming", "track", "Swim"),
        ("rowing", "indoor_rowing", "Rowing"),
        ("rowing", "virtual_activity", "VirtualRow"),
        ("fitness_equipment", "elliptical", "Elliptical"),
        ("fitness_equipment", "stair_climbing", "StairStepper"),
        ("fitness_equipment", "indoor_cycling", "Ride"),
        ("fitness_equipment", "treadmill", "Run"),
        ("fitness_equipment", "generic", "Workout"),
        ("training", "cardio_training", "Workout"),
        ("training", "yoga", "Yoga"),
        ("hiit", "tabata", "HighIntensityIntervalTraining"),
        ("hiit", "generic", "HighIntensityIntervalTraining"),
        ("racket", "padel", "Padel"),
        ("boating", "sail_race", "Sail"),
        ("generic", "open_water", "Swim"),
        ("generic", "generic", None),
        (None, "gravel_cycling", "GravelRide"),
        ("transition", "bike_to_run_transition", None),
        ("motorcycling", "motocross", None),
        (None, None, None),
    ],
)
def test_fit_sport_with_sub_sport(
    sport: str | None, sub_sport: str | None, expected: str | None
) -> None:
    assert sport_from_fit(sport, sub_sport) == expected


def test_name_of_the_sport_profile_counts_only_if_the_numbers_say_nothing() -> None:
    assert sport_from_fit("generic", "generic", "Kayak") == "Kayaking"
    assert sport_from_fit("generic", None, "MTB") == "MountainBikeRide"
    assert sport_from_fit("training", "generic", "Indoor Climbing") == "RockClimbing"
    assert sport_from_fit("training", "generic", "Tuesday") == "Workout"
    assert sport_from_fit("training", "strength_training", "Run") == "WeightTraining"
    assert sport_from_fit("running", "generic", "Bike") == "Run"


@pytest.mark.parametrize(
    "session, profile, expected",
    [
        ({"sport": "generic"}, {"sport": "generic", "name": "Kayak"}, "Kayaking"),
        ({"sport": "generic", "sport_profile_name": "SUP"}, {}, "StandUpPaddling"),
        ({"sport": "training"}, {"name": "Krafttraining"}, "WeightTraining"),
        ({"sport": "generic"}, {"name": "My Wednesday"}, None),
        ({"sport": "cycling"}, {"sport": "cycling", "name": "Run"}, "Ride"),
        ({"sport": "running"}, {"sub_sport": "trail"}, "TrailRun"),
    ],
)
def test_sport_profile_of_a_fit_file(
    session: dict[str, str], profile: dict[str, str], expected: str | None
) -> None:
    messages = [*ride(5), *([("SPORT", profile)] if profile else [])]
    (recording,) = read(fit(activity(*messages, **session)))
    assert recording.sport == expected


def test_sport_profiles_of_a_multisport_file_are_not_mixed_up() -> None:
    profiles = [("SPORT", {"sport": "running", "name": name}) for name in ("Kayak", "Run")]
    (recording,) = read(fit(activity(*ride(5), *profiles, sport="generic")))
    assert recording.sport is None


@pytest.mark.parametrize(
    "number, expected",
    [
        (1, "Ride"),
        (2, "AlpineSki"),
        (4, "Hike"),
        (7, "NordicSki"),
        (9, "Run"),
        (10, "Walk"),
        (11, "Workout"),
        (12, "Snowboard"),
        (16, "Swim"),
        (17, "VirtualRide"),
        (18, "EBikeRide"),
        (22, "Kayaking"),
        (23, "Rowing"),
        (27, "Elliptical"),
        (30, "WeightTraining"),
        (31, "Yoga"),
        (53, "VirtualRun"),
        (0, None),
        (999, None),
    ],
)
def test_numbers_in_the_gpx_of_strava(number: int, expected: str | None) -> None:
    content = gpx(WALK, more=f"<type>{number}</type>")
    assert read(content.encode())[0].sport == expected


#: Keys of Garmin Connect, then words of other apps.
TEXTS = """
running Run | street_running Run | track_running Run | treadmill_running Run | ultra_run Run
indoor_running Run | obstacle_run Run | trail_running TrailRun | virtual_run VirtualRun
cycling Ride | road_biking Ride | indoor_cycling Ride | track_cycling Ride | bmx Ride
recumbent_cycling Ride | virtual_ride VirtualRide | cyclocross GravelRide
gravel_cycling GravelRide | mountain_biking MountainBikeRide | downhill_biking MountainBikeRide
enduro_mtb MountainBikeRide | e_bike_fitness EBikeRide | e_bike_mountain EMountainBikeRide
e_enduro_mtb EMountainBikeRide | hand_cycling Handcycle | indoor_hand_cycling Handcycle
lap_swimming Swim | open_water_swimming Swim | walking Walk | casual_walking Walk
speed_walking Walk | hiking Hike | mountaineering Hike | rucking Hike
resort_skiing_snowboarding_ws AlpineSki | resort_skiing AlpineSki
backcountry_skiing_snowboarding_ws BackcountrySki | backcountry_skiing BackcountrySki
cross_country_skiing_ws NordicSki | skate_skiing_ws NordicSki | snow_shoe_ws Snowshoe
resort_snowboarding Snowboard | skating_ws IceSkate | inline_skating InlineSkate
rowing_v2 Rowing | indoor_rowing Rowing | kayaking_v2 Kayaking | paddling_v2 Canoeing
whitewater_rafting_kayaking Kayaking | stand_up_paddleboarding_v2 StandUpPaddling
surfing_v2 Surfing | windsurfing_v2 Windsurf | kiteboarding_v2 Kitesurf | sailing_v2 Sail
strength_training WeightTraining | indoor_cardio Workout | elliptical Elliptical
stair_climbing StairStepper | floor_climbing StairStepper | indoor_climbing RockClimbing
bouldering RockClimbing | hiit HighIntensityIntervalTraining | tennis_v2 Tennis
paddelball Padel | wheelchair_push_run Wheelchair | other None | multi_sport None
bikeToRunTransition_v2 None | motorcycling_v2 None | disc_golf None | american_football None
Biking Ride | Other None | Outdoor Run Run | Pool Swim Swim | Functional Strength Training \
WeightTraining | Cross-Country Skiing NordicSki | Downhill Skiing AlpineSki
Nordic Walking Walk | Treadmill Run | TREADMILL_WALKING Walk | Spinning Ride
BIKING_MOUNTAIN MountainBikeRide | RUNNING_TRAIL TrailRun | XC_SKIING_FREESTYLE NordicSki
touringbicycle Ride | racebike Ride | e_touringbicycle EBikeRide | mtb MountainBikeRide
mtb_easy MountainBikeRide | e_mtb EMountainBikeRide | jogging Run | hike Hike | skitour \
BackcountrySki | nordic NordicSki | skaten InlineSkate | climbing RockClimbing
cycling:gravel GravelRide | walking:hiking Hike | Cycling, transport Ride | Crosstrainer Elliptical
Radfahrt Ride | Course à pied Run | ランニング Run | driving None | swimrun None
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("line", [line.strip() for line in TEXTS if line.strip()])
def test_words_of_other_apps(line: str) -> None:
    text, _, expected = line.rpartition(" ")
    assert str(sport_from_text(text)) == expected


@given(st.text(max_size=200))
def test_any_text_has_a_type_or_none(text: str) -> None:
    assert sport_from_text(text) in {*SPORTS, None}


@pytest.mark.parametrize(
    "name", ["16_stravagpx_type_1_is_ride.gpx", "16_garmin_connect_road_biking.gpx"]
)
def test_files_of_strava_and_garmin_connect(shared: Path, name: str) -> None:
    file = shared / "data/imports_that_fail" / name
    require(file.exists(), "the inputs that failed once are not in the shared folder")
    assert read(file.read_bytes())[0].sport == "Ride"
