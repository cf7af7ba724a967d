"""Series on whole seconds, against the rules written out sample by sample."""

from collections.abc import Sequence
from random import Random

import pytest

from strava_mcp.training.per_second import MAX_DURATION_S, PerSecond, per_second
from strava_mcp.training.series import Number


def written_out(time_s: Sequence[float], series: Sequence[Number]) -> PerSecond:
    """The same one sample at a time, for recordings whose usual step is short."""
    values: list[Number] = []
    recorded: list[bool] = []
    for i, value in enumerate(series):
        begin = round(time_s[i] - time_s[0])
        step = round(time_s[i + 1] - time_s[0]) - begin if i + 1 < len(time_s) else 1
        held = step if step <= 10 else 1
        values += [value] * held + [None] * (step - held)
        recorded += [True] * held + [False] * (step - held)
    return PerSecond(values, recorded)


@pytest.mark.parametrize("seed", range(60))
def test_samples_stand_for_their_steps(seed: int) -> None:
    rng = Random(seed)
    start = rng.choice([0, 7, 2.4])
    steps = rng.choices([0, 1, 1, 1, 1, 1, 0.6, 2, 3, 10, 11, 40], k=rng.randint(20, 80))
    if seed % 3 == 0:
        steps = [1] * len(steps)
    time = [start + sum(steps[:i]) for i in range(len(steps) + 1)]
    series = [rng.random() for _ in time]
    assert per_second(time, series) == written_out(time, series)


def test_a_long_recording_ends_after_two_days() -> None:
    time = [*range(10), MAX_DURATION_S - 1, MAX_DURATION_S, MAX_DURATION_S + 1]
    result = per_second(time, [1.0] * len(time))
    assert len(result.values) == len(result.recorded) == MAX_DURATION_S
    assert (result.values[-1], result.recorded_s) == (1.0, 11)


def test_no_samples() -> None:
    assert per_second([], []) == per_second([0, 1, 5], []) == PerSecond([], [])
