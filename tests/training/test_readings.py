"""Which readings of an odometer are believed."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strava_mcp.training import readings
from strava_mcp.training.readings import consistent


def restarts(values: Sequence[float]) -> int:
    return sum(after < before for before, after in pairwise(values))


def best_score(values: Sequence[float], cost: int) -> int:
    """The most readings less ``cost`` per restart, over all subsequences, by trying every pair."""
    scores: list[int] = []
    for i, value in enumerate(values):
        earlier = [
            score if values[j] <= value else score - cost for j, score in enumerate(scores[:i])
        ]
        scores.append(1 + max([0, *earlier]))
    return max(scores, default=0)


@given(st.lists(st.integers(0, 12), max_size=60))
def test_no_other_choice_keeps_more(values: list[float]) -> None:
    chosen = list(consistent(values))
    cost = max(2, round(len(values) / 10))
    kept = [values[i] for i in chosen]
    assert chosen == sorted(set(chosen))
    assert len(kept) - cost * restarts(kept) == best_score(values, cost)


@pytest.mark.parametrize(
    ("values", "left_out"),
    [
        ([], []),
        ([7.0], []),
        ([0, 5, 5, 10], []),
        ([0, 5, 400, 15, 20], [2]),  # a spike
        ([*range(30), 400, 401, *range(32, 62)], [30, 31]),  # of two samples
        ([*range(20), *[0] * 3, *range(23, 50)], [20, 21, 22]),
        ([900, 0, 5, 10, 15], [0]),  # the total of the day before
        ([0, 5, 10, 15, 2], [4]),
        ([0, 5, 10, 15, 2, 7], []),  # a restart
    ],
)
def test_single_errors_are_left_out(values: list[float], left_out: list[int]) -> None:
    assert [i for i in range(len(values)) if i not in consistent(values)] == left_out


def test_a_restarted_odometer_is_kept_and_a_short_error_not() -> None:
    before = [5.0 * i for i in range(100)]
    assert len(consistent(before + before)) == 200
    few = before[: readings.MAX_WRONG_READINGS - 1]
    assert list(consistent(before + few)) == list(range(100))


def test_of_two_odometers_in_turn_one_is_kept() -> None:
    watch, phone = [3.0 * i for i in range(500)], [2000 + 3.0 * i for i in range(500)]
    mixed = [metres for pair in zip(watch, phone, strict=True) for metres in pair]
    kept = [mixed[i] for i in consistent(mixed)]
    assert restarts(kept) == 0 and len(kept) >= 500
