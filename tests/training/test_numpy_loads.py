"""Loads and what they add up to, recomputed with numpy on random and on real recordings."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from strava_mcp.training import fitness, heart_rate_load, pace_load
from strava_mcp.training.activity_metrics import intensity_of, on_seconds
from strava_mcp.training.eddington import days_missing, eddington
from strava_mcp.training.heart_rate_load import Sex
from strava_mcp.training.intensity_distribution import (
    Shares,
    polarization_index,
    seconds_between,
    shares,
)
from strava_mcp.training.monotony import monotony
from strava_mcp.training.streaks import consistency, day_streaks, week_streaks
from strava_mcp.training.zones import COGGAN_POWER, FRIEL_RUN_HEART_RATE, zone_of, zones
from tests.training import vectorized
from tests.training.vectorized import ALL, Array

pytestmark = pytest.mark.no_cover

SEEDS = range(10)


def banister(rates: Array, maximum: float, rest: float, a: float, b: float) -> float:
    """Σ minutes · x · a·e^(b·x) over seconds (Banister 1991)."""
    x = np.clip((rates - rest) / (maximum - rest), 0, 1)
    return float(np.sum(x * a * np.exp(b * x)) / 60)


@pytest.mark.parametrize("sex, a, b", [("M", 0.64, 1.92), ("F", 0.86, 1.67)])
@pytest.mark.parametrize("name", ALL)
def test_loads_from_the_heart_rate_of_a_recording(
    shared: Path, name: str, sex: Sex, a: float, b: float
) -> None:
    streams = vectorized.streams_of(shared, name)
    values, _ = vectorized.on_seconds(streams["time"], [x or None for x in streams["heartrate"]])
    rates = values[~np.isnan(values)]
    recorded = on_seconds(streams, "Ride", has_measured_power=False)
    seconds_at = intensity_of(recorded).heart_rate
    assert sum(seconds_at.values()) == len(rates)
    trimp = banister(rates, 185, 48, a, b)
    assert heart_rate_load.trimp(seconds_at, 185, 48, sex) == pytest.approx(trimp)
    hour = banister(np.full(3600, 165.0), 185, 48, a, b)
    score = heart_rate_load.stress_score(seconds_at, 165, 185, 48, sex)
    assert score == pytest.approx(100 * trimp / hour)
    points = np.searchsorted(185 * np.array([0.5, 0.6, 0.7, 0.8, 0.9]), rates, side="right")
    assert heart_rate_load.edwards(seconds_at, 185) == pytest.approx(points.sum() / 60)


def test_loads_of_pace_and_exertion() -> None:
    hours, share = np.random.default_rng(1).uniform(0.1, 5, 50), np.linspace(0.5, 1.3, 50)
    for h, x in zip(hours.tolist(), share.tolist(), strict=True):
        assert pace_load.run_load(3600 * h, 4 * x, 4) == pytest.approx(100 * h * np.square(x))
        assert pace_load.swim_load(3600 * h, x, 1) == pytest.approx(100 * h * np.power(x, 3))
        assert pace_load.exertion_load(3600 * h, 8 * x) == pytest.approx(100 * h * x)


def mean_of_past(loads: Array, days: int, start: float) -> Array:
    """The exponentially weighted mean as a convolution, with what is left of its start."""
    age = np.arange(len(loads))
    kernel = (1 - np.exp(-1 / days)) * np.exp(-age / days)
    mean: Array = np.convolve(loads, kernel)[: len(loads)] + start * np.exp(-(age + 1) / days)
    return mean


@pytest.mark.parametrize("seed", SEEDS)
def test_fitness_is_a_convolution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    loads = rng.gamma(2, 40, 400) * (rng.random(400) < 0.7)
    start = rng.uniform(0, 90, 2) if seed % 2 else np.zeros(2)
    states = fitness.days(loads.tolist(), *start.tolist())
    chronic, acute = mean_of_past(loads, 42, start[0]), mean_of_past(loads, 7, start[1])
    assert [day.fitness for day in states] == pytest.approx(chronic.tolist())
    assert [day.fatigue for day in states] == pytest.approx(acute.tolist())
    morning = np.concatenate([[start[0] - start[1]], (chronic - acute)[:-1]])
    assert [day.form for day in states] == pytest.approx(morning.tolist())
    assert [day.form_after for day in states] == pytest.approx((chronic - acute).tolist())
    assert fitness.ramp(states) == pytest.approx(chronic[-1] - chronic[-8])


@pytest.mark.parametrize("seed", SEEDS)
def test_loads_for_a_form_satisfy_the_convolution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start, days_left = rng.uniform(40, 120, 2), int(rng.integers(3, 28))
    form = float(rng.uniform(-40, -10))
    load = fitness.taper_load(*start.tolist(), days_left, form)
    if load is not None:
        plan = np.full(days_left, load)
        reached = mean_of_past(plan, 42, start[0])[-1] - mean_of_past(plan, 7, start[1])[-1]
        assert reached == pytest.approx(form) and load >= 0
    one = np.array([fitness.load_for_form(*start.tolist(), form)])
    after = mean_of_past(one, 42, start[0])[0] - mean_of_past(one, 7, start[1])[0]
    assert after == pytest.approx(form)
    rest = np.linspace(0, 40, 400_001)
    fresh = start[0] * np.exp(-rest / 42) >= start[1] * np.exp(-rest / 7)
    until = fitness.rest_days_until_fresh(*start.tolist())
    assert until == pytest.approx(rest[fresh.argmax()], abs=2e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_monotony(seed: int) -> None:
    loads = np.random.default_rng(seed).gamma(2, 40, 30)
    result = monotony(loads.tolist())
    week = loads[-7:]
    assert result and result.monotony == pytest.approx(week.mean() / week.std())
    assert result.strain == pytest.approx(week.sum() * week.mean() / week.std())


@pytest.mark.parametrize("seed", SEEDS)
def test_zones_and_their_distribution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, seconds = rng.integers(60, 420, 300), rng.integers(1, 900, 300)
    for table, threshold in ((COGGAN_POWER, 240.0), (FRIEL_RUN_HEART_RATE, 164.0)):
        edges = threshold * np.array(table)
        expected = np.histogram(values, [0, *edges, np.inf], weights=seconds)[0]
        pairs = list(zip(values.tolist(), seconds.tolist(), strict=True))
        assert seconds_between(edges.tolist(), pairs) == expected.tolist()
        numbers = np.digitize(values, edges) + 1
        assert [zone_of(v, zones(threshold, table)) for v in values.tolist()] == numbers.tolist()
    parts = rng.dirichlet([5, 2, 1.5])
    distribution = shares(*(parts * 36_000).tolist())
    assert distribution == pytest.approx(parts.tolist())
    easy, moderate, hard = parts
    index = polarization_index(Shares(*parts.tolist()))
    # Treff 2019: log10(easy / moderate · hard · 100), as a sum of logarithms.
    treff = 2 + np.log10(easy) - np.log10(moderate) + np.log10(hard)
    assert index == (None if hard > easy else pytest.approx(treff))


@pytest.mark.parametrize("seed", SEEDS)
def test_eddington(seed: int) -> None:
    days = np.random.default_rng(seed).gamma(2, 20, 200 * seed)
    reached = (days[None, :] >= np.arange(1, 300)[:, None]).sum(axis=1) >= np.arange(1, 300)
    number = int(reached.sum())
    result = eddington(days.tolist())
    assert result.number == number
    assert result.missing == number + 1 - (days >= number + 1).sum()
    assert days_missing(days.tolist(), 30) == max(0, 30 - (days >= 30).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_streaks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    origin, span = date(2024, 1, 1), 420  # a Monday
    trained = rng.random(span) < 0.3 + 0.06 * seed
    today = origin + timedelta(span - 1)
    days = [origin + timedelta(int(i)) for i in np.flatnonzero(trained)]
    weeks = trained.reshape(-1, 7).any(axis=1)
    for flags, result in (
        (trained, day_streaks(days, today)),
        (weeks, week_streaks(days, today)),
    ):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], flags, [0]])))
        lengths = edges[1::2] - edges[::2]
        assert result.longest and result.longest.length == lengths.max()
        is_current = edges[-1] >= len(flags) - 1
        assert (result.current.length if result.current else 0) == lengths[-1] * is_current
    counts = trained.reshape(-1, 7).sum(axis=1)[-13:-1]
    assert consistency(days, today, 3) == pytest.approx(np.mean(counts >= 3))
