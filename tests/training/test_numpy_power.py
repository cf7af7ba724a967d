"""Measures of power, recomputed with numpy on random and on real rides."""

from pathlib import Path

import numpy as np
import pytest

from strava_mcp.training import durability, power, totals
from strava_mcp.training.mean_maximal import DURATIONS_S, curve, envelope, hull
from strava_mcp.training.per_second import PerSecond, per_second
from strava_mcp.training.w_balance import DEEP, balance, balance_j
from tests.training.vectorized import (
    RIDES_WITH_POWER,
    Array,
    Mask,
    on_seconds,
    rolling_mean,
    streams_of,
)

pytestmark = pytest.mark.no_cover

SEEDS = range(8)


def random_ride(seed: int, size: int = 3000) -> tuple[list[int], list[float | None]]:
    """Seconds and watts with coasting, dropouts, steps of some seconds and pauses."""
    rng = np.random.default_rng(seed)
    steps = rng.choice([1, 1, 1, 1, 2, 4], size)
    steps[rng.integers(0, size, 4)] = rng.integers(15, 400, 4)
    watts = np.maximum(0, rng.normal(200, 120, size)).round()
    missing = rng.random(size) < 0.03
    return np.cumsum(steps).tolist(), [
        None if gone else float(value) for value, gone in zip(watts, missing, strict=True)
    ]


def normalized_w(values: Array, recorded: Mask) -> float:
    """The fourth root of the mean fourth power of the 30 s mean (Allen and Coggan)."""
    means = rolling_mean(np.nan_to_num(values), 30)[recorded[29:]]
    return float(np.mean(means**4) ** 0.25)


def check_ride(time_s: list[int], watts: list[float | None]) -> None:
    values, recorded = on_seconds(time_s, watts)
    ours = per_second(time_s, watts)
    assert np.array_equal(np.array(ours.values, float), values, equal_nan=True)
    assert np.array_equal(ours.recorded, recorded)
    normalized = power.normalized_power_w(ours)
    assert normalized == pytest.approx(normalized_w(values, recorded), rel=1e-9)
    mean = power.mean_power_w(ours)
    assert mean == pytest.approx(np.nanmean(values)) and mean
    assert power.work_kj(ours) == pytest.approx(np.nansum(values) / 1000)
    hours, intensity = recorded.sum() / 3600, normalized / 250
    assert power.intensity(normalized, 250) == intensity
    assert power.stress_score(ours.recorded_s, normalized, 250) == pytest.approx(
        100 * hours * intensity**2
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_ride(seed: int) -> None:
    check_ride(*random_ride(seed))


@pytest.mark.parametrize("missing", [1, 10, 11])
def test_a_ride_that_ends_without_power(missing: int) -> None:
    check_ride(list(range(600)), [200.0] * (600 - missing) + [None] * missing)


@pytest.mark.parametrize("name", RIDES_WITH_POWER)
def test_a_real_ride(shared: Path, name: str) -> None:
    streams = streams_of(shared, name)
    check_ride(streams["time"], streams["watts"])


def on_grid(shared: Path, ride: int | str) -> PerSecond:
    if isinstance(ride, int):
        return per_second(*random_ride(ride))
    streams = streams_of(shared, ride)
    return per_second(streams["time"], streams["watts"])


@pytest.mark.parametrize("ride", [0, 1, 2, *RIDES_WITH_POWER])
def test_curves(shared: Path, ride: int | str) -> None:
    series = on_grid(shared, ride)
    holes, zeros = np.array(series.values, float), np.array(series.or_zero())
    for ours, values in ((curve(series.values), holes), (curve(series.or_zero()), zeros)):
        means = {d: rolling_mean(values, d) for d in DURATIONS_S if d <= len(values)}
        best = {d: np.nanmax(m) for d, m in means.items() if not np.isnan(m).all()}
        assert {d: one.value for d, one in ours.items()} == pytest.approx(best)
        for d, one in ours.items():
            assert means[d][one.start_s] == pytest.approx(best[d])
        durations = np.array(list(best))
        tops = [max(v for d, v in best.items() if d >= least) for least in durations]
        assert list(hull(best).values()) == pytest.approx(tops)


def test_the_envelope_is_the_highest_of_all() -> None:
    rng = np.random.default_rng(5)
    table = rng.uniform(100, 900, (40, len(DURATIONS_S)))
    curves = [(i, dict(zip(DURATIONS_S, row.tolist(), strict=True))) for i, row in enumerate(table)]
    ours = envelope(curves)
    assert [value for value, _ in ours.values()] == table.max(axis=0).tolist()
    assert [ride for _, ride in ours.values()] == table.argmax(axis=0).tolist()


@pytest.mark.parametrize("ride", [0, 1, 2, 3, *RIDES_WITH_POWER])
def test_w_balance_is_the_solution_of_its_recurrence(shared: Path, ride: int | str) -> None:
    """What is missing obeys m ← a·m + b, so m = A·Σ b/A with A the product of all a so far."""
    watts, cp, store = np.array(on_grid(shared, ride).or_zero()), 230.0, 18_000.0
    is_over = watts >= cp
    product = np.cumprod(np.where(is_over, 1.0, np.exp((watts - cp) / store)))
    missing = product * np.cumsum(np.where(is_over, watts - cp, 0.0) / product)
    assert balance_j(watts.tolist(), cp, store) == pytest.approx((store - missing).tolist())
    lowest = balance(watts.tolist(), cp, store)
    assert lowest.lowest_j == pytest.approx(store - missing.max())
    assert lowest.lowest_at_s == missing.argmax() + 1
    assert lowest.deep_share == pytest.approx(np.mean(store - missing < DEEP * store))


@pytest.mark.parametrize("ride", [4, 5, *RIDES_WITH_POWER])
def test_durability(shared: Path, ride: int | str) -> None:
    watts = np.tile(np.array(on_grid(shared, ride).or_zero()), 3)
    for work_kj in (0, 200, 1000, 2000, 9000):
        done = np.concatenate([[0], np.cumsum(watts)]) >= 1000 * work_kj
        rest = watts[done.argmax() :] if done.any() else watts[:0]
        expected = {
            d: rolling_mean(rest, d).max() for d in durability.DURATIONS_S if d <= len(rest)
        }
        assert durability.bests_after(watts.tolist(), work_kj) == pytest.approx(expected)
    for one in durability.declines(watts.tolist()):
        fresh = rolling_mean(watts, one.duration_s).max()
        assert one.percent == pytest.approx(100 * (1 - one.best_w / fresh))


@pytest.mark.parametrize("ride", [*SEEDS, *RIDES_WITH_POWER])
def test_normalized_power_of_a_summary_joins_the_sides_of_a_stop(
    shared: Path, ride: int | str
) -> None:
    if isinstance(ride, int):
        time, watts = random_ride(ride)
    else:
        streams = streams_of(shared, ride)
        time, watts = streams["time"], streams["watts"]
    weights = np.minimum(30, np.diff(time, prepend=time[0]))
    joined = np.repeat(np.array(watts, float), weights)
    means = rolling_mean(joined[~np.isnan(joined)], 30)
    assert totals.normalized_power(watts, weights.tolist()) == pytest.approx(
        np.mean(means**4) ** 0.25
    )
