"""Race times against the published tables."""

import pytest

from strava_mcp.training import race_times
from strava_mcp.training.age_grade import age_grade
from strava_mcp.training.race_times import cameron_s, daniels_s, oxygen_power, riegel_s, time_of
from strava_mcp.training.unmeasurable import Unmeasurable

HALF_M, MARATHON_M = 21_097.5, 42_195
#: Daniels' table: VDOT → 5 km, 10 km, half marathon, marathon in seconds.
TABLE = {
    30: (1840, 3826, 8464, 17357),
    40: (1448, 3003, 6659, 13785),
    50: (1197, 2481, 5495, 11449),
    60: (1023, 2122, 4689, 9805),
    70: (895, 1860, 4101, 8590),
    85: (757, 1579, 3470, 7270),
}


@pytest.mark.parametrize("vdot", TABLE)
def test_daniels_table(vdot: int) -> None:
    for metres, seconds in zip((5000, 10_000, HALF_M, MARATHON_M), TABLE[vdot], strict=True):
        assert oxygen_power(metres, seconds) == pytest.approx(vdot, abs=0.1)


def test_daniels() -> None:
    assert oxygen_power(5000, 1200) == pytest.approx(49.8062, abs=5e-5)
    times = [daniels_s(5000, 1200, metres) for metres in (10_000, HALF_M, MARATHON_M)]
    assert times == pytest.approx([2487.9, 5509.7, 11477.2], abs=0.06)
    assert time_of(50, 5000) == pytest.approx(1196.0, abs=0.06)
    assert 1000 / race_times.threshold_speed_ms(50) == pytest.approx(255.7, abs=0.06)
    assert daniels_s(5000, 1200, 5000) == pytest.approx(1200, abs=0.01)


def test_riegel() -> None:
    times = [riegel_s(5000, 1200, metres) for metres in (10_000, HALF_M, MARATHON_M)]
    assert times == pytest.approx([2501.9, 5520.2, 11509.3], abs=0.06)


def test_cameron() -> None:
    """Runalyze, CameronTest: 16:32 over 5 km."""
    times = [cameron_s(5000, 992, metres) for metres in (3000, 10_000, 21_100, 42_200)]
    assert times == pytest.approx([573, 2066, 4556, 9682], abs=1)
    assert cameron_s(5000, 1200, MARATHON_M) == pytest.approx(11711.5, abs=0.06)


def test_critical_speed_holds_from_two_to_twenty_minutes() -> None:
    assert race_times.critical_speed_s(3.80952, 228.571, 4000) == pytest.approx(990, abs=0.05)
    assert race_times.critical_speed_s(3.80952, 228.571, 5000) is None
    assert race_times.critical_speed_s(3.80952, 228.571, 400) is None


@pytest.mark.parametrize(
    "metres, seconds, age, sex, standard, share",
    [
        (10_000, 2545, 54, "M", 1844.86, 0.72490),
        (5000, 1320, 60, "M", 952.32, 0.72146),
        (HALF_M, 6000, 45, "F", 4084.90, 0.68082),
    ],
)
def test_age_grade(
    metres: float, seconds: float, age: int, sex: str, standard: float, share: float
) -> None:
    """The factors of 2025, recomputed from their sheet."""
    grade = age_grade(metres, seconds, age, sex)  # type: ignore[arg-type]
    assert grade.standard_s == pytest.approx(standard, abs=5e-3)
    assert grade.share == pytest.approx(share, abs=5e-6)


def test_age_grade_needs_a_distance_and_an_age_of_the_table() -> None:
    assert age_grade(42_300, 10_000, 40, "F").share == age_grade(42_195, 10_000, 40, "F").share
    with pytest.raises(Unmeasurable, match="road race distances"):
        age_grade(7_000, 1800, 40, "M")
    for age in (4, 101, -5):
        with pytest.raises(Unmeasurable, match="5 to 100"):
            age_grade(5000, 1800, age, "M")
