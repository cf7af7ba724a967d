"""Seconds in motion against numpy: a flag is about the time before its sample."""

from typing import Any

import numpy as np
import pytest

from strava_mcp.training.activity_metrics import intensity_of, on_seconds, seconds_in_motion
from strava_mcp.training.totals import moving_seconds

pytestmark = pytest.mark.no_cover


def recording(step_s: int, seed: int) -> dict[str, list[Any]]:
    """An hour and a half with stops of any length, which are whole samples."""
    rng = np.random.default_rng(seed)
    size = 5400 // step_s
    moving = np.ones(size, bool)
    for begin in rng.integers(size // 3, size, 6):
        moving[begin : begin + rng.integers(1, 240 // step_s)] = False
    speed = rng.uniform(2.8, 3.2, size) * moving
    return {
        "time": (step_s * np.arange(size)).tolist(),
        "moving": moving.tolist(),
        "distance": np.concatenate([[0], np.cumsum(step_s * speed[1:])]).tolist(),
        "heartrate": rng.integers(130, 150, size).tolist(),
    }


@pytest.mark.parametrize("step_s", [1, 4, 7])
@pytest.mark.parametrize("seed", range(4))
def test_seconds_in_motion(step_s: int, seed: int) -> None:
    streams = recording(step_s, seed)
    flags = np.repeat(streams["moving"][1:], step_s)
    recorded = on_seconds(streams, "Run", has_measured_power=False)
    assert recorded.moving.values[:-1] == flags.astype(float).tolist()
    moved_s = sum(moving_seconds(streams))
    assert moved_s == flags.sum()
    assert intensity_of(recorded).moving_s - moved_s == streams["moving"][-1], "its last second"


@pytest.mark.parametrize("step_s", [1, 4, 7])
@pytest.mark.parametrize("seed", range(4))
def test_what_decoupling_compares(step_s: int, seed: int) -> None:
    """Without a second of standing: the speed in motion is all of the distance."""
    streams = recording(step_s, seed)
    flags = np.repeat(streams["moving"][1:], step_s)
    speed = np.repeat(np.diff(streams["distance"]) / step_s, step_s)
    rates = np.repeat(streams["heartrate"], step_s)[: len(speed)]
    output, seconds, stop_s = seconds_in_motion(
        on_seconds(streams, "Run", has_measured_power=False)
    )
    assert output == "speed"
    assert np.allclose([one.output for one in seconds], speed[flags])
    assert [one.heart_rate for one in seconds] == rates[flags].tolist()
    assert min(one.output for one in seconds) > 2.7
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ~flags, [0]]).astype(int)))
    stops = edges.reshape(-1, 2)
    assert stop_s == max(end - begin for begin, end in stops if end < len(flags))
