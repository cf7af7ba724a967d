"""Measures along a track, recomputed with numpy on random and on real recordings."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from strava_mcp.training import climbs, decoupling, pacing, route_likeness, splits
from strava_mcp.training.activity_metrics import (
    on_seconds,
    seconds_in_motion,
    smoothed_speeds,
)
from strava_mcp.training.climbing import distance_averaged, gain_m, median_filtered
from strava_mcp.training.decoupling import Output, Second
from strava_mcp.training.efforts import MAX_SPEED_MS, fastest
from strava_mcp.training.grade_adjusted import adjusted_m
from tests.training import vectorized
from tests.training.vectorized import ALL, RUNS, Array, rolling_mean, streams_of

pytestmark = pytest.mark.no_cover

SEEDS = range(6)
TRACKS = tuple(name for name in ALL if name != "sample-activity-indoor-trainer.fit")


def profile(seed: int, size: int = 1500) -> tuple[list[float], list[float]]:
    """Metres along and altitude of a hilly track, with stops."""
    rng = np.random.default_rng(seed)
    steps = np.maximum(0, rng.normal(4, 2, size)).round(2)
    steps[200:260] = 0
    grade = 0.06 * np.convolve(rng.normal(0, 1, size), np.ones(250) / 250**0.5, "same")
    altitude = 200 + np.cumsum(grade * steps) + rng.normal(0, 0.3, size)
    return np.cumsum(steps).tolist(), altitude.tolist()


def hilly(shared: Path, track: int | str) -> tuple[list[float], list[float]]:
    if isinstance(track, int):
        return profile(track)
    streams = streams_of(shared, track)
    pairs = zip(streams["distance"], streams["altitude"], strict=True)
    present = [(d, h) for d, h in pairs if d is not None and h is not None]
    return [d for d, _ in present], [h for _, h in present]


@pytest.mark.parametrize("track", [*SEEDS, *TRACKS])
def test_heights_and_grade_adjusted_distance(shared: Path, track: int | str) -> None:
    distance, altitude = hilly(shared, track)
    d, h = np.array(distance), np.array(altitude)
    near = np.abs(d[:, None] - d[None, :]) <= 27.5
    averaged = (near @ h) / near.sum(axis=1)
    assert distance_averaged(altitude, distance) == pytest.approx(averaged.tolist())
    if len(h) >= 7:
        medians = np.median(np.lib.stride_tricks.sliding_window_view(h, 7), axis=1)
        assert median_filtered(altitude)[3:-3] == medians.tolist()

    # The last sample at least 30 m back, and the grade from it; 0 before there is one.
    is_back = np.tril(d[:, None] - d[None, :] >= 30)
    back = np.where(is_back.any(axis=1), len(d) - 1 - is_back[:, ::-1].argmax(axis=1), -1)
    run, rise = d - d[back], averaged - averaged[back]
    grade = np.where(back >= 0, 100 * rise / np.where(back >= 0, run, 1), 0)
    at = [-20, -10, -8, -4, 0, 4, 10, 20, 30]
    factor = np.interp(grade, at, [1.09, 0.88, 0.88, 0.91, 1, 1.14, 1.47, 2.30, 3.16])
    expected = np.cumsum(np.diff(d, prepend=d[0]) * factor)
    assert adjusted_m(distance, averaged.tolist()) == pytest.approx(expected.tolist(), abs=1e-6)
    flat = np.cumsum(np.diff(d, prepend=d[0]))
    assert adjusted_m(distance, [5.0] * len(d)) == pytest.approx(flat.tolist())


@pytest.mark.parametrize("track", [*SEEDS, *TRACKS])
def test_climbs(shared: Path, track: int | str) -> None:
    distance, altitude = hilly(shared, track)
    heights = distance_averaged(median_filtered(altitude, distance), distance)
    d, h = np.array(distance), np.array(heights)
    result = climbs.climbs_of(distance, heights)
    inside = np.zeros(len(d), bool)
    for climb in result:
        assert not inside[climb.begin : climb.end].any(), "climbs do not overlap"
        inside[climb.begin : climb.end] = True
        assert h[climb.end] == h[climb.begin : climb.end + 1].max(), "it ends at its top"
        length, gain = d[climb.end] - d[climb.begin], h[climb.end] - h[climb.begin]
        assert (climb.length_m, climb.gain_m) == pytest.approx((length, gain))
        assert climb.grade == pytest.approx(100 * gain / length)
        assert length >= 300 and climb.grade >= 3
        score = np.searchsorted([8000, 16_000, 32_000, 64_000, 80_000], 100 * gain, side="left")
        assert climb.category == [None, "4", "3", "2", "1", "HC"][score]
        vam = climbs.vertical_speed_m_per_h(gain, 600)
        assert vam == pytest.approx(gain * 6)
    # Whatever rises by 4 % in each of four hundreds of metres is in one of them.
    steps = np.arange(0, d[-1] + 1, 100.0)
    is_steep = np.diff(np.interp(steps, d, h)) > 4
    for i in np.flatnonzero(np.convolve(is_steep, np.ones(4), "valid") == 4):
        assert len(is_steep) < 4 or inside[np.searchsorted(d, steps[i] + 200)], steps[i]


@pytest.mark.parametrize("seed", SEEDS)
def test_gain_counts_swings_above_the_threshold(seed: int) -> None:
    """Dynamic programming over all choices: each climb costs the threshold."""
    heights = np.cumsum(np.random.default_rng(seed).normal(0, 1.5, 300))
    for threshold in (0.5, 2.0, 10.0):
        expected = most_gained(heights, threshold)
        assert gain_m(heights.tolist(), threshold) == pytest.approx(expected)


def most_gained(heights: Array, fee: float) -> float:
    """The most that is gained by climbs that cost a fee each, with the fees given back."""
    below, above = (0.0, 0), (-float(heights[0]), 0)  # gained less fees, and the number of climbs
    for height in heights.tolist():
        below = max(below, (above[0] + height - fee, above[1] + 1))
        above = max(above, (below[0] - height, below[1]))
    return below[0] + below[1] * fee


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("metres", [100.0, 400.0, 1000.0, 5000.0])
def test_fastest_stretches_of_real_runs(shared: Path, name: str, metres: float) -> None:
    streams = streams_of(shared, name)
    time, distance = array_pair(streams)
    (ours,) = fastest(time.tolist(), distance.tolist(), [metres])
    if distance[-1] - distance[0] < metres:
        assert ours is None
        return
    begins, ends = distance[distance + metres <= distance[-1]], distance[distance >= metres]
    forwards = reached_s(begins + metres, time, distance) - time[: len(begins)]
    backwards = time[-len(ends) :] - np.interp(ends - metres, distance, time)
    assert ours and ours.duration_s == pytest.approx(min(forwards.min(), backwards.min()), abs=0.01)


def reached_s(metres: Array, time: Array, distance: Array) -> Array:
    """When each distance is first reached: before a stop, not after it."""
    first = np.minimum(np.searchsorted(distance, metres), len(distance) - 1)
    return np.where(distance[first] == metres, time[first], np.interp(metres, distance, time))


def array_pair(streams: dict[str, list[Any]]) -> tuple[Array, Array]:
    return np.array(streams["time"], float), np.array(streams["distance"], float)


@pytest.mark.parametrize("name", RUNS)
def test_splits_of_real_runs(shared: Path, name: str) -> None:
    streams = streams_of(shared, name)
    time, distance = array_pair(streams)
    moving, rates = np.array(streams["moving"]), vectorized.array(streams["heartrate"])
    rows = splits.splits(
        streams["time"],
        streams["distance"],
        streams["moving"],
        None,
        streams["heartrate"],
        every_m=1000.0,
    )
    cuts = reached_s(np.arange(distance[0], distance[-1], 1000.0), time, distance)
    cuts = np.append(cuts, time[-1])
    assert np.cumsum([row["elapsed_time"] for row in rows]) == pytest.approx(cuts[1:], abs=0.51)
    assert sum(row["distance"] for row in rows) == pytest.approx(distance[-1] - distance[0], abs=1)
    for row, begin, end in zip(rows, cuts, cuts[1:], strict=False):
        overlap = np.minimum(time[1:], end) - np.maximum(time[:-1], begin)
        weight = np.minimum(30, np.clip(overlap, 0, None)) * moving[1:] * ~np.isnan(rates[1:])
        mean = np.average(np.nan_to_num(rates[1:]), weights=weight)
        assert row["average_heartrate"] == pytest.approx(mean, abs=0.051)


def halves(seconds: list[Second], output: Output) -> list[float]:
    """The efficiency of both halves, by Friel."""
    table = np.array([(one.output, one.heart_rate or np.nan) for one in seconds])
    result = []
    for part in np.split(table, [len(table) // 2]):
        mean = part[:, 0].mean() * 60
        if output == "power":
            mean = np.mean(rolling_mean(part[:, 0], 30) ** 4) ** 0.25
        result.append(float(mean / np.nanmean(part[:, 1])))
    return result


@pytest.mark.parametrize("name", [name for name in ALL if "garmin" not in name])
def test_drift_of_real_recordings(shared: Path, name: str) -> None:
    streams = streams_of(shared, name)
    sport = "Run" if name in RUNS else "Ride"
    recorded = on_seconds(streams, sport, has_measured_power="watts" in streams)
    if not recorded.graded and "watts" not in streams:
        return
    output, seconds, _ = seconds_in_motion(recorded)
    for part in (seconds, seconds[decoupling.WARM_UP_S :]):
        first, second = halves(part, output)
        assert decoupling.drift(part, output) == pytest.approx(
            (100 * (1 - second / first), first, second)
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_pacing(seed: int) -> None:
    speeds = np.random.default_rng(seed).uniform(2, 5, 2000)
    covered = np.concatenate([[0], np.cumsum(speeds)])
    half_s = np.interp(covered[-1] / 2, covered, np.arange(2001))
    result = pacing.of_speed(speeds.tolist())
    faded = 100 * (2000 - 2 * half_s) / half_s
    assert result == pytest.approx((half_s, 2000 - half_s, faded))
    watts = pacing.of_power((60 * speeds).tolist())
    first, second = 60 * speeds.reshape(2, -1).mean(axis=1)
    assert watts == pytest.approx((first, second, 100 * (1 - second / first)))


@pytest.mark.parametrize("name", RUNS)
def test_speed_of_each_second(shared: Path, name: str) -> None:
    streams = streams_of(shared, name)
    time, distance = array_pair(streams)
    speeds = np.diff(np.interp(np.arange(time[-1] + 1), time, distance))
    speeds[speeds > MAX_SPEED_MS] = np.nan
    ours = on_seconds(streams, "Run", has_measured_power=False).speed
    assert np.allclose(np.array(ours, float), speeds, equal_nan=True)
    present = ~np.isnan(speeds)
    window = np.ones(15)
    sums = np.convolve(np.nan_to_num(speeds), window, "same") / np.convolve(present, window, "same")
    assert np.allclose(np.array(smoothed_speeds(ours), float)[present], sums[present])


@pytest.mark.parametrize("name", TRACKS)
def test_routes(shared: Path, name: str) -> None:
    points = [point for point in streams_of(shared, name)["latlng"] if point]
    lat, lon = np.array(points).T
    result = route_likeness.route([(p[0], p[1]) for p in points])
    metres = vectorized.haversine(lat, lon)
    if result is None:
        assert metres.sum() < 1500
        return
    assert result.length_m == pytest.approx(metres.sum(), rel=1e-5)
    parts = np.maximum(1, np.ceil(metres / 50)).astype(int)
    share = np.concatenate([np.arange(1, n + 1) / n for n in parts])
    filled_lat = np.append(
        np.repeat(lat[:-1], parts) + np.repeat(np.diff(lat), parts) * share, lat[0]
    )
    filled_lon = np.append(
        np.repeat(lon[:-1], parts) + np.repeat(np.diff(lon), parts) * share, lon[0]
    )
    rows = np.floor(filled_lat / 0.0009)
    columns = np.floor((filled_lon + 180) / (0.0009 / np.cos(np.radians((rows + 0.5) * 0.0009))))
    cells = set((rows * 1_000_000 + columns).astype(int).tolist())
    assert len(cells ^ result.cells) <= 0.01 * len(cells), "a point on an edge may go either way"
    half = route_likeness.route([(p[0], p[1]) for p in points[: len(points) // 2]])
    if half:
        common = np.intersect1d(list(half.cells), list(result.cells)).size
        union = np.union1d(list(half.cells), list(result.cells)).size
        assert route_likeness.shared(half, result) == pytest.approx(common / union)
