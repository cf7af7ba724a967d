"""What the athlete gives, and thresholds with where they are from."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings, Given
from strava_mcp.analysis.loads import Load, NoLoad, load_of
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.thresholds import Candidate, Thresholds, worst
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import Intensity

DAY = date(2026, 6, 1)


@pytest.fixture
def settings() -> Iterator[AthleteSettings]:
    store = open_store("sqlite://:memory:")
    yield AthleteSettings(store, "owner")
    store.close()


def test_values_have_a_history(settings: AthleteSettings) -> None:
    settings.set("ftp", 240, date(2026, 1, 1))
    settings.set("ftp", 250, date(2026, 4, 1))
    settings.set("lthr", 168, date(2026, 1, 1))
    assert settings.all() == {
        "ftp": [Given(240, date(2026, 1, 1)), Given(250, date(2026, 4, 1))],
        "lthr": [Given(168, date(2026, 1, 1))],
    }
    thresholds = Thresholds(given=settings.all())
    for day, expected in ((date(2025, 1, 1), 240), (date(2026, 3, 31), 240), (DAY, 250)):
        threshold = thresholds.at("ftp", day)
        assert threshold and (threshold.value, threshold.basis) == (expected, "given")
    settings.set("ftp", None, DAY)
    assert settings.all().keys() == {"lthr"}


@pytest.mark.parametrize(
    "name, value, problem",
    [
        ("ftp", 20, "from 60 to 600 W"),
        ("ftp", float("nan"), "from 60"),
        ("max_hr", 300, "from 120 to 230 bpm"),
        ("sex", "X", "F or M"),
        ("lthr", 189, r"lthr \(189\) must be below max_hr \(188\)"),
        ("rest_hr", 110, r"rest_hr \(110\) must be below lthr \(100\)"),
    ],
)
def test_values_that_cannot_be(
    settings: AthleteSettings, name: Any, value: Any, problem: str
) -> None:
    settings.set("max_hr", 188, DAY)
    settings.set("lthr", 100, DAY)
    before = settings.all()
    with pytest.raises(ValueError, match=problem):
        settings.set(name, value, DAY)
    assert settings.all() == before


def test_better_knowledge_counts_first() -> None:
    candidates = {"ftp": [Candidate(DAY, 230.0, 7)]}
    thresholds = Thresholds({}, {"ftp": 245}, candidates)  # type: ignore[dict-item, arg-type]
    strava = thresholds.at("ftp", DAY)
    assert strava and (strava.value, strava.basis) == (245, "strava")
    estimated = Thresholds(candidates=candidates).at("ftp", DAY)  # type: ignore[arg-type]
    assert estimated and (estimated.basis, estimated.activity) == ("estimated", 7)
    assert Thresholds().at("ftp", DAY) is None
    assert worst("given", "estimated", "strava") == "estimated"


def test_an_estimate_is_the_best_of_ninety_days() -> None:
    days = [date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)]
    efforts = [Candidate(days[0], 260, 1), Candidate(days[1], 240, 2), Candidate(days[2], 230, 3)]
    thresholds = Thresholds(candidates={"ftp": efforts})
    values = {
        day: threshold.activity
        for day in (date(2025, 6, 1), days[0], days[1], date(2026, 4, 15), DAY, date(2027, 1, 1))
        if (threshold := thresholds.at("ftp", day))
    }
    assert list(values.values()) == [1, 1, 1, 2, 3, 3], "the nearest where the window has none"
    paces = [Candidate(days[1], 250, 1), Candidate(days[2], 240, 2)]
    fastest = Thresholds(candidates={"threshold_pace": paces}).at("threshold_pace", DAY)
    assert fastest and fastest.value == 240, "a faster pace is a lower number"


def test_defaults_are_named() -> None:
    thresholds = Thresholds(birth_year=1986)
    maximum, rest = thresholds.at("max_hr", DAY), thresholds.at("rest_hr", DAY)
    lthr = thresholds.at("lthr", DAY)
    assert maximum and rest and lthr
    assert (maximum.value, rest.value, lthr.value) == pytest.approx((180, 60, 162))
    assert {maximum.basis, rest.basis, lthr.basis} == {"default"}
    assert Thresholds().at("lthr", DAY) is None, "without a maximum there is none"
    easy = {"lthr": [Candidate(DAY, 140, 1)], "max_hr": [Candidate(DAY, 190, 1)]}
    estimate = Thresholds(candidates=easy).at("lthr", DAY)  # type: ignore[arg-type]
    assert estimate and estimate.value == 170.5, "an easy half hour says nothing"


def activity(sport: str, **values: Any) -> Activity:
    summary = {"id": 1, "sport_type": sport, "start_date_local": "2026-06-01T08:00:00Z", **values}
    return Activity(facts_of(summary), summary)


def intensity(**values: Any) -> Intensity:
    empty: dict[str, Any] = dict.fromkeys(Intensity._fields)
    return Intensity(**{**empty, "heart_rate": {}, "power": {}, "speed": {}, **values})


KNOWN = Thresholds(
    given={
        "ftp": [Given(250, DAY)],
        "threshold_pace": [Given(240, DAY)],
        "lthr": [Given(165, DAY)],
        "max_hr": [Given(190, DAY)],
        "rest_hr": [Given(50, DAY)],
        "css": [Given(100, DAY)],
    }
)


@pytest.mark.parametrize(
    "sport, values, kind, expected",
    [
        ("Ride", {"recorded_s": 3600, "normalized_w": 250.0}, "power", 100),
        ("Run", {"recorded_s": 2800, "moving_s": 2700, "graded_m": 10_000.0}, "pace", 59.2593),
        ("Workout", {"recorded_s": 3600, "heart_rate": {165: 3600}}, "heart rate", 100),
        ("Ride", {"recorded_s": 3600, "heart_rate": {165: 3600}}, "heart rate", 100),
    ],
)
def test_load_of_a_recording(sport: str, values: Any, kind: str, expected: float) -> None:
    load = load_of(activity(sport), intensity(**values), KNOWN)
    assert isinstance(load, Load)
    assert (load.kind, load.basis, load.is_estimate) == (kind, "given", False)
    assert load.value == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(
    "sport, values, kind, expected",
    [
        ("Ride", {"weighted_average_watts": 250, "device_watts": True}, "power", 100),
        ("Ride", {"weighted_average_watts": 250, "average_heartrate": 165}, "heart rate", 100),
        ("Run", {"distance": 15_000.0}, "pace", 100),
        ("Yoga", {"average_heartrate": 165.0}, "heart rate", 100),
        ("WeightTraining", {"perceived_exertion": 8}, "exertion", 100),
    ],
)
def test_load_of_averages_is_an_estimate(
    sport: str, values: Any, kind: str, expected: float
) -> None:
    load = load_of(activity(sport, moving_time=3600, elapsed_time=3600, **values), None, KNOWN)
    assert isinstance(load, Load) and load.is_estimate
    assert (load.kind, load.value) == (kind, pytest.approx(expected))


def test_load_of_a_swim_counts_its_rests() -> None:
    swim = activity("Swim", distance=3240.0, moving_time=3600, elapsed_time=3600)
    load = load_of(swim, None, KNOWN)
    assert isinstance(load, Load) and load.value == pytest.approx(72.9)


def test_what_has_no_load_says_why() -> None:
    assert load_of(activity("Yoga", moving_time=3600), None, KNOWN) == NoLoad(
        "no power, pace or heart rate to compute it from"
    )
    thin = intensity(recorded_s=3600, heart_rate={150: 600})
    result = load_of(activity("Yoga", moving_time=3600), thin, KNOWN)
    assert isinstance(result, NoLoad) and "too little" in result.reason
