"""The order of samples."""

from strava_mcp.recordings.chronology import sort_by_time
from strava_mcp.recordings.samples import Sample

MORNING = 1_700_222_400


def sample(second: float, metres: float) -> Sample:
    return {"time": MORNING + second, "latlng": [47 + metres / 111_195, 8.5], "distance": metres}


def ride(begin: int, end: int, speed: float = 8.0, offset: int = 0) -> list[Sample]:
    return [sample(second + offset, second * speed) for second in range(begin, end)]


def times(samples: list[Sample]) -> list[int]:
    return [item["time"] - MORNING for item in samples]


def test_clock_that_was_set_back_does_not_mix_two_parts() -> None:
    samples = ride(0, 600) + ride(600, 900, offset=-400)
    kept, (problem,) = sort_by_time((samples))
    metres = [item["distance"] for item in kept]
    assert metres == sorted(metres) and times(kept) == list(range(600))
    assert problem == "300 samples whose time runs backward are left out"


def test_samples_of_different_sensors_belong_together() -> None:
    beats = [{"time": MORNING + s, "heartrate": 120 + s} for s in range(60)]
    kept, problems = sort_by_time(([*ride(0, 60), *beats]))
    assert all({"latlng", "heartrate"} <= item.keys() for item in kept) and not problems


def test_order_of_many_samples_takes_no_quadratic_time() -> None:
    samples = [sample(second, second) for second in reversed(range(100_000))]
    kept, problems = sort_by_time((samples))
    assert times(kept) == list(range(100_000)) and not problems
