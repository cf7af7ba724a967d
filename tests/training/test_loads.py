"""Loads from heart rate, pace and exertion; published results are named where they exist."""

import pytest

from strava_mcp.training import heart_rate_load, pace_load
from strava_mcp.training.heart_rate_load import edwards, trimp

#: Seconds at heart rates, of Runalyze's calculator.
HISTOGRAM = {
    **{120: 30, 125: 60, 130: 120, 135: 120, 140: 300, 145: 300, 150: 240, 155: 30},
    **{160: 30, 165: 120, 170: 30},
}


@pytest.mark.parametrize(
    "seconds_at, max_bpm, rest_bpm, expected",
    [
        ({130: 1800}, 200, 40, 31.8025),  # Runalyze, Trimp/CalculatorTest
        ({138: 66.2 * 60}, 187, 44, 98.3902),  # intervals.icu, forum
        ({139: 240 * 60}, 166, 44, 533.41),  # the same, shown as 534
        (HISTOGRAM, 200, 60, 28.8799),  # from the mean: 27.9646
        ({110: 1800, 170: 1800}, 190, 50, 104.062),  # from the mean: 84.818
    ],
)
def test_trimp(
    seconds_at: dict[int, float], max_bpm: float, rest_bpm: float, expected: float
) -> None:
    assert trimp(seconds_at, max_bpm, rest_bpm, "M") == pytest.approx(expected, abs=0.006)


def test_trimp_of_clarke_and_skiba() -> None:
    """Clarke and Skiba 2013, supplement: a mean of 137.76 bpm over 60.46 minutes."""
    seconds_at = {137.7619718: 60.46471 * 60}
    assert trimp(seconds_at, 190, 45, "M") == pytest.approx(84.5524683, abs=1e-5)


def test_women_have_their_own_coefficients_and_an_unknown_sex_men_s() -> None:
    assert trimp({130: 1800}, 200, 40, "F") == pytest.approx(37.1285, abs=5e-5)
    assert trimp({130: 1800}, 200, 40, None) == trimp({130: 1800}, 200, 40, "M")
    per_minute = trimp({200: 60}, 200, 40, "M"), trimp({200: 60}, 200, 40, "F")
    assert per_minute == pytest.approx((4.3654, 4.5685), abs=5e-5)
    assert trimp({230: 60}, 200, 40, "M") == per_minute[0], "a spike counts as the maximum"
    assert trimp({35: 600}, 200, 40, "M") == 0, "nothing counts below rest"


def test_heart_rate_stress_score() -> None:
    """elevate: a file of TRIMP 333 has 239 with a threshold of 163, and 199 without one."""
    minutes = 333 / trimp({150: 60}, 190, 60, "M")
    seconds_at = {150: minutes * 60}

    def score(threshold: float) -> float:
        return heart_rate_load.stress_score(seconds_at, threshold, 190, 60, "M")

    assert score(163) == pytest.approx(239.0876, abs=5e-4)
    assert heart_rate_load.default_threshold_bpm(190, 60) == 170.5
    assert score(170.5) == pytest.approx(199.4920, abs=5e-4)
    hour = heart_rate_load.stress_score({163: 3600}, 163, 190, 60, "F")
    assert hour == pytest.approx(100), "an hour at the threshold"


def test_edwards() -> None:
    assert edwards({105: 600, 125: 600, 145: 600, 165: 600, 185: 600}, 200) == 150
    assert edwards({99: 600}, 200) == 0
    assert edwards({100: 600, 200: 600}, 200) == 60, "a zone includes its lower end"


def test_run_load() -> None:
    """elevate: an hour at a threshold of 300 s/km is 100; with one of 600 s/km 400."""
    assert pace_load.run_load(3600, 1000 / 300, 1000 / 300) == pytest.approx(100)
    assert pace_load.run_load(3600, 1000 / 300, 1000 / 600) == pytest.approx(400)
    assert pace_load.run_load(2700, 1000 / 270, 1000 / 240) == pytest.approx(59.2593, abs=5e-5)


def test_swim_load() -> None:
    assert pace_load.swim_load(3600, 0.9, 1.0) == pytest.approx(72.9)


def test_exertion_load_has_the_scale_of_the_others() -> None:
    assert pace_load.exertion_load(3600, 8) == 100
    assert pace_load.exertion_load(1800, 4) == 25
