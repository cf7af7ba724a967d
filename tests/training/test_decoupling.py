"""Efficiency and decoupling against published examples, and the conditions."""

import pytest

from strava_mcp.training.activity_metrics import intensity_of, on_seconds
from strava_mcp.training.decoupling import Output, Second, decoupling, drift, efficiency
from strava_mcp.training.unmeasurable import Unmeasurable

HOUR = 3600


def steady(watts: float, *rates: tuple[int, float]) -> list[Second]:
    return [Second(watts, rate) for seconds, rate in rates for _ in range(seconds)]


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ((193, 136), (195, 142), 3.2329),  # isaacrides: 3.23 %
        ((1.28, 1), (1.233, 1), 3.6719),  # endurancenation: 3.67 %
        ((230, 150), (260, 150), -13.0435),  # ljcl/strava-mcp: below -5 %
    ],
)
def test_published_examples(
    first: tuple[float, float], second: tuple[float, float], expected: float
) -> None:
    seconds = [Second(*first)] * HOUR + [Second(*second)] * HOUR
    assert drift(seconds, "power").percent == pytest.approx(expected, abs=5e-5)


def test_linear_drift_and_warm_up() -> None:
    """ljcl/strava-mcp, aerobicAnalysis.test.ts."""
    rising = [Second(250, 140 + 14 * i / HOUR) for i in range(HOUR)]
    assert drift(rising, "power").percent == pytest.approx(4.6512, abs=5e-4)
    warm = steady(250, (600, 120), (3000, 155))
    assert drift(warm, "power").percent == pytest.approx(7.5269, abs=5e-5)
    assert decoupling(warm, "power", 0, None).percent == pytest.approx(0)


def test_efficiency_of_a_run_is_in_metres_per_minute() -> None:
    assert efficiency(steady(3.0, (HOUR, 150)), "speed") == pytest.approx(180 / 150)


@pytest.mark.parametrize(
    "seconds, output, stop_s, below, reason",
    [
        (steady(200, (2900, 140)), "power", 0, None, "40 minutes"),
        (steady(200, (HOUR, 140)), "power", 301, None, "stop of more than 5 minutes"),
        (steady(200, (3000, 140)) + [Second(200, None)] * 900, "power", 0, None, "missing"),
        (steady(200, (HOUR, 171)), "power", 0, 171, "harder than endurance"),
        (
            [Second(w, 140) for _ in range(30) for w in (100, 300) for _ in range(60)],
            *("power", 0, None, "not steady"),
        ),
        (
            [Second(w, 140) for _ in range(30) for w in (2, 4) for _ in range(60)],
            *("speed", 0, None, "not steady"),
        ),
        ([Second(0, 140)] * HOUR, "power", 0, None, "not steady"),
        ([Second(200, None)] * HOUR, "power", 0, None, "missing"),
    ],
)
def test_conditions(
    seconds: list[Second], output: Output, stop_s: float, below: float | None, reason: str
) -> None:
    with pytest.raises(Unmeasurable, match=reason):
        decoupling(seconds, output, stop_s, below)


@pytest.mark.parametrize(
    "begin, reason",
    [(0, None), (300, None), (2000, "stop of more than 5 minutes"), (4000, None)],
    ids=["before the start", "in the warm-up", "on the way", "watch left running"],
)
def test_only_a_stop_on_the_way_lets_the_heart_recover(begin: int, reason: str | None) -> None:
    moving = [True] * begin + [False] * 400 + [True] * (4000 - begin)
    streams = {
        "time": list(range(4400)),
        "moving": moving,
        "watts": [200.0 * is_moving for is_moving in moving],
        "heartrate": [140.0] * 4400,
    }
    intensity = intensity_of(on_seconds(streams, "Ride", has_measured_power=True))
    if reason:
        assert reason in (intensity.drift_problem or "") and intensity.drift_percent is None
    else:
        assert intensity.drift_problem is None and intensity.drift_percent == pytest.approx(0)
