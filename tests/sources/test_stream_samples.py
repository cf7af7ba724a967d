"""Malformed samples have no part in measures."""

from typing import Any

import pytest

from strava_mcp.sources.stream_samples import samples_of


def streams(**values: Any) -> dict[str, Any]:
    return {key: {"data": data} for key, data in values.items()}


def test_valid_samples_stay() -> None:
    data: dict[str, Any] = {
        "time": [0, 1, 3],
        "distance": [0.0, 3.1, 6],
        "heartrate": [120, None, 0],
        "moving": [False, True, True],
        "latlng": [[47.0, 8.0], None, [-90, 180]],
    }
    assert samples_of(streams(**data)) == data


@pytest.mark.parametrize("time", [[], [0, None], [0, "1"], [1, 0], [0, float("nan")], [True, 2]])
def test_without_a_valid_time_there_is_nothing(time: list[Any]) -> None:
    assert samples_of(streams(time=time, heartrate=[1, 2])) == {}
    assert samples_of(streams(heartrate=[1, 2])) == {}


def test_malformed_values_are_gaps() -> None:
    numbers = ["1 or so", True, 1e300, 10**400, 140]
    samples = samples_of(streams(time=[0, 1, 2, 3, 4], heartrate=numbers))
    assert samples["heartrate"] == [None, None, None, None, 140]
    points = [[91, 0], [0, 181], [1], "x", [1, "2"]]
    assert samples_of(streams(time=[0, 1, 2, 3, 4], latlng=points))["latlng"] == [None] * 5


def test_malformed_streams_are_left_out() -> None:
    broken = streams(time=[0, 1], distance=[0, None], watts=[1]) | {"temp": 5, "altitude": {}}
    assert samples_of(broken) == {"time": [0, 1]}
