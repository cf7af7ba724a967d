"""What holds for every recording: scaling, pauses, hulls, and form without training."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp.training import fitness
from strava_mcp.training.activity_metrics import Metrics, metrics
from strava_mcp.training.mean_maximal import hull

Ride = list[tuple[int, int]]
#: Watts and bpm of each second, and where the timer was paused.
rides = st.lists(st.tuples(st.integers(0, 900), st.integers(60, 190)), min_size=60, max_size=400)
pauses = st.lists(st.tuples(st.integers(1, 58), st.integers(20, 4000)), min_size=1, max_size=3)


def measured(ride: Ride, time_s: list[int] | None = None, factor: float = 1.0) -> Metrics:
    streams = {
        "time": time_s or list(range(len(ride))),
        "watts": [factor * watts for watts, _ in ride],
        "heartrate": [rate for _, rate in ride],
        "distance": [8.0 * second for second in range(len(ride))],
    }
    return metrics(streams, "Ride", has_measured_power=True, efforts=None)


def with_pauses(ride: Ride, stops: list[tuple[int, int]]) -> list[int]:
    """The times of the samples, later by each stop that is before them."""
    return [
        second + sum(length for begin, length in stops if second > begin)
        for second in range(len(ride))
    ]


@settings(max_examples=40, deadline=None)
@given(rides, st.sampled_from([0.5, 1.5, 2.0]))
def test_a_scaled_ride_scales_its_curve_and_its_load(ride: Ride, factor: float) -> None:
    plain, scaled = measured(ride), measured(ride, factor=factor)
    for duration, (watts, _) in plain.bests.power.items():
        assert scaled.bests.power[duration][0] == pytest.approx(
            factor * watts, abs=0.11 + factor / 9
        )
    ours, theirs = plain.intensity, scaled.intensity
    assert theirs.normalized_w == pytest.approx(factor * (ours.normalized_w or 0))
    assert theirs.work_kj == pytest.approx(factor * (ours.work_kj or 0))
    assert theirs.heart_rate == ours.heart_rate and theirs.moving_s == ours.moving_s
    assert scaled.bests.heart_rate == plain.bests.heart_rate


@settings(max_examples=40, deadline=None)
@given(rides, pauses)
def test_a_pause_changes_only_what_it_interrupts(ride: Ride, stops: list[tuple[int, int]]) -> None:
    joined, paused = measured(ride), measured(ride, with_pauses(ride, stops))
    ours, theirs = joined.intensity, paused.intensity
    assert theirs.recorded_s == ours.recorded_s == len(ride)
    assert theirs.heart_rate == ours.heart_rate, "time in zones"
    assert theirs.power == ours.power and theirs.mean_w == ours.mean_w
    assert theirs.work_kj == pytest.approx(ours.work_kj)
    assert paused.bests.power[1][0] == joined.bests.power[1][0]
    # What was done with a rest is never more than without.
    for duration, (watts, _) in joined.bests.power.items():
        assert paused.bests.power[duration][0] <= watts + 0.05
    for duration, (rate, _) in paused.bests.heart_rate.items():
        assert rate <= joined.bests.heart_rate[duration][0] + 0.05


@settings(max_examples=40, deadline=None)
@given(rides)
def test_the_hull_never_rises_with_duration_and_covers_the_curve(ride: Ride) -> None:
    curve = {d: watts for d, (watts, _) in measured(ride).bests.power.items()}
    values = list(hull(curve).values())
    assert values == sorted(values, reverse=True)
    assert all(hull(curve)[d] >= watts for d, watts in curve.items())
    assert hull(hull(curve)) == hull(curve)
    assert values[0] == max(curve.values()) and values[-1] == curve[max(curve)]


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 7200), st.floats(0, 2500), min_size=1, max_size=24))
def test_the_hull_of_efforts_of_many_rides(best_of: dict[int, float]) -> None:
    """A long effort may be above a short one: then it proves the short one, and nothing else."""
    falling = hull(best_of)
    assert list(falling) == sorted(best_of)
    for duration, value in falling.items():
        assert value == max(best_of[other] for other in best_of if other >= duration)
    assert list(falling.values()) == sorted(falling.values(), reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 400), min_size=1, max_size=80))
def test_without_training_form_fades_to_fitness_and_both_to_nothing(loads: list[float]) -> None:
    """Fatigue fades six times as fast, so what is left of form is what is left of fitness."""
    last = fitness.days(loads)[-1]
    rested = fitness.days([0.0] * 400, last.fitness, last.fatigue)
    for day in rested[60:]:
        assert day.form_after == pytest.approx(day.fitness, abs=last.fatigue * 2e-4)
    assert rested[-1].form_after == pytest.approx(0, abs=1e-4 * max(1.0, last.fitness))
    fatigue = [day.fatigue for day in rested]
    assert fatigue == sorted(fatigue, reverse=True)
