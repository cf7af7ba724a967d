"""What the athlete gives, and thresholds with where they are from."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings, Given, Name
from strava_mcp.analysis.candidates import Candidate, Candidates, candidates_of
from strava_mcp.analysis.loads import Load, NoLoad, load_of
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.thresholds import Thresholds, worst
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.store import open_store
from strava_mcp.training.activity_metrics import Bests, Intensity

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


def best_of(**efforts: list[Candidate]) -> Callable[[Name], Candidates]:
    return lambda name: Candidates(name, efforts.get(name, ()))


def test_better_knowledge_counts_first() -> None:
    candidates = best_of(ftp=[Candidate(DAY, 230.0, 7)])
    thresholds = Thresholds({}, {"ftp": 245}, candidates)
    strava = thresholds.at("ftp", DAY)
    assert strava and (strava.value, strava.basis) == (245, "strava")
    estimated = Thresholds(candidates=candidates).at("ftp", DAY)
    assert estimated and (estimated.basis, estimated.activity) == ("estimated", 7)
    assert Thresholds().at("ftp", DAY) is None
    assert worst("given", "estimated", "strava") == "estimated"


def test_an_estimate_is_the_best_of_ninety_days() -> None:
    days = [date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)]
    efforts = [Candidate(days[0], 260, 1), Candidate(days[1], 240, 2), Candidate(days[2], 230, 3)]
    thresholds = Thresholds(candidates=best_of(ftp=efforts))
    values = {
        day: threshold.activity
        for day in (date(2025, 6, 1), days[0], days[1], date(2026, 4, 15), DAY, date(2027, 1, 1))
        if (threshold := thresholds.at("ftp", day))
    }
    assert list(values.values()) == [1, 1, 1, 2, 3, 3], "the nearest where the window has none"
    paces = [Candidate(days[1], 250, 1), Candidate(days[2], 240, 2)]
    fastest = Thresholds(candidates=best_of(threshold_pace=paces)).at("threshold_pace", DAY)
    assert fastest and fastest.value == 240, "a faster pace is a lower number"


def test_defaults_are_named() -> None:
    thresholds = Thresholds(birth_year=1986)
    maximum, rest = thresholds.at("max_hr", DAY), thresholds.at("rest_hr", DAY)
    lthr = thresholds.at("lthr", DAY)
    assert maximum and rest and lthr
    assert (maximum.value, rest.value, lthr.value) == pytest.approx((180, 60, 162))
    assert {maximum.basis, rest.basis, lthr.basis} == {"default"}
    assert Thresholds().at("lthr", DAY) is None, "without a maximum there is none"
    easy = best_of(lthr=[Candidate(DAY, 140, 1)], max_hr=[Candidate(DAY, 190, 1)])
    estimate = Thresholds(candidates=easy).at("lthr", DAY)
    assert estimate and estimate.value == 170.5, "an easy half hour says nothing"


@pytest.mark.parametrize(
    "rates, expected",
    [
        ([150, 188, 170], 188),
        ([150, 225, 188], 188),  # a sensor's error: nothing else comes near
        ([150, 203, 198], 203),  # confirmed by another activity
        ([205, 212], 212),
        ([225], 225),
        ([225, 180], 180),
    ],
)
def test_maximal_heart_rate_is_confirmed_if_it_is_rare(rates: list[float], expected: int) -> None:
    efforts = [Candidate(DAY, rate, number) for number, rate in enumerate(rates)]
    maximum = Thresholds(candidates=best_of(max_hr=efforts)).at("max_hr", DAY)
    assert maximum and (maximum.value, maximum.basis) == (expected, "estimated")


def test_heart_rates_agree_with_what_was_given() -> None:
    """Easy activities show a low maximum; a given threshold or the age knows better."""
    easy = best_of(max_hr=[Candidate(DAY, 150, 1)], lthr=[Candidate(DAY, 145, 1)])
    given = Thresholds(given={"lthr": [Given(165, DAY)]}, candidates=easy)
    maximum = given.at("max_hr", DAY)
    assert maximum and maximum.basis == "default"
    assert maximum.value == pytest.approx(60 + (165 - 60) / 0.85)
    load = load_of(activity("Workout"), intensity(recorded_s=3600, heart_rate={165: 3600}), given)
    assert isinstance(load, Load) and load.value == pytest.approx(100)
    aged = Thresholds(birth_year=1986, candidates=easy).at("max_hr", DAY)
    assert aged and (aged.value, aged.basis) == (180, "default")
    near = best_of(max_hr=[Candidate(DAY, 172, 1)])
    seen = Thresholds(birth_year=1986, candidates=near).at("max_hr", DAY)
    assert seen and (seen.value, seen.basis) == (172, "estimated"), "within the rule's deviation"
    spike = Thresholds(
        given={"max_hr": [Given(180, DAY)]}, candidates=best_of(lthr=[Candidate(DAY, 190, 1)])
    ).at("lthr", DAY)
    assert spike and (spike.value, spike.basis) == (60 + 0.85 * 120, "default")


def test_values_that_count_on_a_day_are_checked_together(settings: AthleteSettings) -> None:
    settings.update({"lthr": 165, "max_hr": 190}, date(2026, 1, 1))
    settings.set("max_hr", 185, date(2026, 5, 1))
    with pytest.raises(
        ValueError, match=r"lthr \(187\) must be below max_hr \(185\) on 2026-05-01"
    ):
        settings.set("lthr", 187, date(2026, 2, 1))
    settings.update({"lthr": 187, "max_hr": 195}, date(2026, 6, 1))
    assert [given.value for given in settings.all()["lthr"]] == [165, 187]
    before = settings.all()
    with pytest.raises(ValueError, match="from 60 to 600 W, not 20"):
        settings.update({"weight": 70, "ftp": 20}, DAY)
    assert settings.all() == before, "all or none"


def test_history_is_bounded_and_keeps_what_another_process_writes(
    settings: AthleteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        settings.set("weight", 60 + number / 10, date(2026, 1, 1) + timedelta(days=number))
    assert [len(settings.all()["weight"]), settings.all()["weight"][-1].value] == [40, 65.9]
    store = settings._store
    other, get = AthleteSettings(store, "owner"), store.get
    state = {"raced": False}

    def get_then_race(namespace: str, key: str) -> Any:
        record = get(namespace, key)
        if not state["raced"]:
            state["raced"] = True
            other.set("ftp", 250, DAY)
        return record

    monkeypatch.setattr(store, "get", get_then_race)
    settings.set("lthr", 165, DAY)
    assert {"ftp", "lthr", "weight"} == set(settings.all())


def bests(**values: Any) -> Bests:
    empty: dict[str, Any] = {"power": {}, "heart_rate": {}, "speed": {}, "efforts": {}}
    return Bests(**{**empty, "climb": None, "tired": {}, **values})


def test_efforts_that_nobody_did_are_no_candidates() -> None:
    """5 km in 12:00 is a car, beyond VDOT 85; 5 km in 20:00 is a run."""
    car, real = activity("Run"), activity("Run", id=2)
    efforts = {car.id: bests(efforts={"5K": (720, 0)}), real.id: bests(efforts={"5K": (1200, 0)})}
    candidates = candidates_of([car, real], efforts)
    best = candidates("threshold_pace").best(DAY)
    # VDOT 49.8062 (Daniels and Gilbert): vVDOT by its oxygen cost, 90 % of it in s/km
    speed = (-0.182258 + (0.182258**2 + 4 * 0.000104 * (49.8062 + 4.6)) ** 0.5) / (2 * 0.000104)
    assert best and best.activity == 2
    assert best.value == pytest.approx(1000 / (0.9 * speed / 60), abs=0.01)


def test_thresholds_of_many_days_are_fast() -> None:
    """Work per question does not grow with the history: operations are counted, not time."""
    days = [date(2018, 1, 1) + timedelta(days=number) for number in range(3000)]
    compared = 0

    class Counted(float):
        def __gt__(self, other: float) -> bool:
            nonlocal compared
            compared += 1
            return float(self) > float(other)

    efforts = [Candidate(day, Counted(200 + n % 97), n) for n, day in enumerate(days)]
    thresholds = Thresholds(candidates=best_of(ftp=efforts))
    for day in days:
        assert thresholds.at("ftp", day)
    assert compared < 3000 * 100, "at most a window of 90 days per day"
    before = compared
    for day in days:
        thresholds.at("ftp", day)
    assert compared == before, "a day is computed once"


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
    assert load_of(activity("Yoga", moving_time=3600), thin, KNOWN) == NoLoad(
        "heart rate covers too little of the recording"
    )
    steady = intensity(recorded_s=3600, heart_rate={150: 3600})
    assert load_of(activity("Yoga", moving_time=3600), steady, Thresholds()) == NoLoad(
        "heart rate, but no maximal heart rate is known"
    )
    odd = Thresholds(
        {"rest_hr": [Given(105, DAY)]}, candidates=best_of(max_hr=[Candidate(DAY, 100, 1)])
    )
    contradiction = load_of(activity("Yoga", moving_time=3600), steady, odd)
    assert isinstance(contradiction, NoLoad) and "contradict" in contradiction.reason
    powered = intensity(recorded_s=600, normalized_w=200.0)
    assert load_of(activity("Ride"), powered, Thresholds()) == NoLoad("power, but no FTP is known")
