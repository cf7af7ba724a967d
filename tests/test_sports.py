"""Sports by their own names and by everyday ones."""

import pytest

from strava_mcp.sports import (
    MOUNTAIN_BIKE_RIDES,
    ON_FOOT,
    RIDES,
    RUNS,
    SKIS,
    SPORTS,
    VIRTUAL,
    sports_named,
)


@pytest.mark.parametrize("sport", SPORTS)
def test_a_types_own_name_means_that_type_alone(sport: str) -> None:
    assert sports_named(sport) == sports_named(sport.lower()) == (sport,)
    spaced = "".join(f" {c}" if c.isupper() else c for c in sport).strip()
    assert sports_named(spaced) == sports_named(spaced.replace(" ", "_")) == (sport,)


@pytest.mark.parametrize(
    "sports, names",
    [
        (RUNS, "runs, Running, jog, jogs, jogging, running activities, run workouts"),
        (RIDES, "rides, riding, cycling, biking, bikes, bicycle, bike rides"),
        (("Swim",), "swims, swimming, swim sessions"),
        (("Walk",), "walks, walking, stroll"),
        (("Hike",), "hikes, hiking, trekking"),
        (SKIS, "ski, skis, skiing"),
        (("NordicSki",), "cross-country skiing, nordic skiing, XC ski"),
        (("AlpineSki",), "downhill skiing, alpine skiing"),
        (("BackcountrySki",), "ski touring, backcountry skiing"),
        (ON_FOOT, "on foot"),
        (VIRTUAL, "virtual"),
        (("VirtualRide",), "indoor cycling, virtual rides, virtual cycling"),
        (("TrailRun",), "trail, trail-running, trail runs"),
        (("GravelRide",), "gravel, gravel rides"),
        (MOUNTAIN_BIKE_RIDES, "mtb, mountain biking, mountain bike rides"),
        (("EBikeRide", "EMountainBikeRide"), "e-bike, e-bikes, e-bike rides"),
        (("WeightTraining",), "weights, lifting, gym, strength training, weight training"),
        (("Rowing", "VirtualRow"), "row, rows, erg"),
        (("RockClimbing",), "climbing, bouldering, rock climbs"),
        (("Workout",), "workouts"),
        (("Yoga",), "yoga, yoga sessions"),
    ],
)
def test_everyday_names_mean_every_kind(sports: tuple[str, ...], names: str) -> None:
    for name in names.split(", "):
        assert sports_named(name) == sports, name


def test_in_a_sentence_a_singular_means_every_kind() -> None:
    assert sports_named("ride", in_a_sentence=True) == RIDES
    assert sports_named("run", in_a_sentence=True) == RUNS
    assert sports_named("trail run", in_a_sentence=True) == ("TrailRun",)
    assert sports_named("virtual ride", in_a_sentence=True) == ("VirtualRide",)


@pytest.mark.parametrize("words", ["", "s", "ing", "moon walk", "running shoes", "é", "workoutx"])
def test_other_words_are_no_sports(words: str) -> None:
    assert sports_named(words) is None
