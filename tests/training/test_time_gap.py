"""Time gaps on synthetic routes whose gaps are known."""

import random
from math import cos, pi, radians, sin

import pytest

from strava_mcp.training.series import Streams
from strava_mcp.training.time_gap import Passage, is_as_long, stretches, time_gaps, track
from strava_mcp.training.unmeasurable import Unmeasurable

METRES_PER_DEGREE = 111_195.1
LAPS = 3


def way(metres: float, shape: str) -> tuple[float, float]:
    """The position (°) on a way of 6 km: a wavy line, there and back, or laps of 2 km."""
    if shape == "there and back":
        metres = min(metres, 6000 - metres)
    if shape == "laps":
        angle = metres / 2000 * 2 * pi
        radius = 2000 / (2 * pi)
        north, east = radius * sin(angle), radius * cos(angle)
    else:
        north, east = 100 * sin(metres / 300), metres
    lat = 47 + north / METRES_PER_DEGREE
    return lat, 8 + east / METRES_PER_DEGREE / cos(radians(47))


def recorded(speeds: list[float], shape: str, noise_m: float = 0.0, every_s: int = 1) -> Streams:
    """A recording at 1 Hz: ``speeds`` in m/s on each of the parts of the way, which are equal."""
    noise, metres, time = random.Random(5), 0.0, 0
    rows = []
    while metres <= 6000:
        if time % every_s == 0:
            lat, lon = way(metres, shape)
            rows.append(
                (
                    time,
                    [
                        lat + noise.gauss(0, noise_m) / METRES_PER_DEGREE,
                        lon + noise.gauss(0, noise_m) / METRES_PER_DEGREE,
                    ],
                )
            )
        metres += speeds[min(len(speeds) - 1, int(metres / 6000 * len(speeds)))]
        time += 1
    return {"time": [t for t, _ in rows], "latlng": [p for _, p in rows]}


def gaps(first: Streams, other: Streams) -> list[Passage]:
    return time_gaps(track(first), track(other))


@pytest.mark.parametrize("shape", ["line", "there and back", "laps"])
@pytest.mark.parametrize("noise_m, every_s", [(0, 1), (4, 1), (0, 7)])
def test_gap_is_that_of_the_speeds(shape: str, noise_m: float, every_s: int) -> None:
    """Both at 4 m/s, but on the third quarter one at 3 m/s: 1500 m take 125 s longer there."""
    first = recorded([4.0], shape)
    other = recorded([4.0, 4.0, 3.0, 4.0], shape, noise_m / 2, every_s)
    passages = gaps(first, other)
    assert len(passages) >= 49
    total_m = passages[-1].at_m
    for passage in passages:
        share = min(1.0, max(0.0, (passage.at_m / total_m - 0.5) / 0.25))
        assert passage.gap_s == pytest.approx(125 * share, abs=4 if not noise_m else 8)
        assert passage.standing_s == 0
    worst = stretches(passages)
    assert sum(part.lost_s for part in worst) == pytest.approx(passages[-1].gap_s)
    assert all(0.45 <= part.begin_m / total_m <= 0.75 for part in worst[:2])


def test_the_gap_the_other_way_round_is_negative() -> None:
    slow, fast = recorded([3.0], "line"), recorded([4.0], "line")
    assert gaps(slow, fast)[-1].gap_s == pytest.approx(-500, abs=2)
    assert gaps(fast, slow)[-1].gap_s == pytest.approx(500, abs=2)
    assert {round(p.gap_s) for p in gaps(fast, fast)} == {0}


def test_standing_is_told_apart() -> None:
    first = recorded([4.0], "line")
    stop = 700
    time = [t + (90 if i > stop else 0) for i, t in enumerate(first["time"])]
    other = {**first, "time": time, "moving": [i != stop + 1 for i in range(len(time))]}
    last = gaps(first, other)[-1]
    assert (last.gap_s, last.standing_s) == (pytest.approx(90), pytest.approx(91, abs=1))
    part = stretches(gaps(first, other))[0]
    assert part.begin_m <= stop * 4 <= part.end_m and part.lost_s == pytest.approx(90)


def test_hidden_positions_and_gaps_are_left_out() -> None:
    first = recorded([4.0], "line")
    hidden = [None if 300 <= i < 600 else p for i, p in enumerate(first["latlng"])]
    other = {**recorded([3.5], "line")}
    passages = gaps({**first, "latlng": hidden}, other)
    assert all(not 1250 < p.at_m < 2350 for p in passages) and len(passages) > 35
    assert passages[-1].gap_s == pytest.approx(6000 / 3.5 - 1500, abs=3)


@pytest.mark.parametrize("streams", [{"time": [0, 1]}, {"time": [0], "latlng": [[47, 8]]}, {}])
def test_no_track(streams: Streams) -> None:
    with pytest.raises(Unmeasurable, match="no positions"):
        track(streams)


def test_other_ways_are_refused() -> None:
    first = recorded([4.0], "line")
    elsewhere = {**first, "latlng": [[lat + 0.05, lon] for lat, lon in first["latlng"]]}
    with pytest.raises(Unmeasurable, match="do not run together"):
        gaps(first, elsewhere)
    half = {key: values[: len(values) // 2] for key, values in first.items()}
    with pytest.raises(Unmeasurable, match="lap or a detour"):
        gaps(first, half)
    assert is_as_long(10_000, 10_299) and not is_as_long(10_000, 10_301)
    assert is_as_long(1000, 1149) and not is_as_long(1000, 1151)


def test_a_day_of_samples_is_bounded() -> None:
    slow = recorded([0.07], "line")
    assert len(slow["time"]) > 80_000
    assert gaps(slow, slow)[-1].gap_s == pytest.approx(0, abs=1)
