"""Critical power against Clarke and Skiba 2013, and what is refused."""

import pytest

from strava_mcp.training.critical_power import (
    STORE_J,
    STORE_M,
    critical,
    endurance_s,
    least_squares,
)
from strava_mcp.training.unmeasurable import Unmeasurable
from strava_mcp.training.w_balance import balance, balance_j

#: Vanhatalo 2007, as in Clarke and Skiba 2013, sheet 3&4.
WATTS, SECONDS = (453, 430, 405, 375, 360), (160, 205, 260, 430, 685)
DURATIONS = (120, 180, 240, 300, 420, 600, 900, 1200)


def test_power_on_inverse_time() -> None:
    line = least_squares([1 / s for s in SECONDS], WATTS)
    assert (line.intercept, line.slope) == pytest.approx((330.09741, 19857.150), abs=5e-3)
    assert (line.intercept_error, line.slope_error) == pytest.approx((2.424, 587), abs=0.2)


def test_work_on_time() -> None:
    line = least_squares(SECONDS, [w * s for w, s in zip(WATTS, SECONDS, strict=True)])
    assert (line.slope, line.intercept) == pytest.approx((330.89599, 19604.195), abs=5e-3)
    assert (line.slope_error, line.intercept_error) == pytest.approx((1.441, 572), abs=0.5)


def test_exact_points_return_their_parameters() -> None:
    fit = critical({d: 250 + 20_000 / d for d in DURATIONS}, STORE_J)
    assert (fit.critical, fit.store) == pytest.approx((250, 20_000))
    speed = critical({d: 4 + 200 / d for d in DURATIONS}, STORE_M)
    assert (speed.critical, speed.store) == pytest.approx((4, 200))


@pytest.mark.parametrize(
    "short, long, expected",
    [
        ((1600, 360), (3200, 780), (3.80952, 228.571)),
        ((1200, 300), (3000, 780), (3.75, 75)),
        ((1500, 300), (3000, 660), (4.16667, 250)),
    ],
)
def test_two_trials(
    short: tuple[int, int], long: tuple[int, int], expected: tuple[float, float]
) -> None:
    """Calculators on the web; a line through two points."""
    middle = ((short[0] + long[0]) / 2, (short[1] + long[1]) / 2)
    points = (short, middle, long)
    line = least_squares([s for _, s in points], [m for m, _ in points])
    assert (line.slope, line.intercept) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "power, expected", [(600, 5.378423), (420, 68.441), (240, 972.33794), (220, 3942.2850)]
)
def test_time_to_exhaustion_with_three_parameters(power: float, expected: float) -> None:
    """Clarke and Skiba 2013, sheet 5: CP 213 W, W′ 28,066 J, Pmax 631 W."""
    assert endurance_s(power, 213, 28066, 631) == pytest.approx(expected, abs=1e-4)


def test_time_to_exhaustion_with_two_parameters() -> None:
    assert endurance_s(420, 254, 12579) == pytest.approx(75.777108, abs=1e-6)
    assert endurance_s(254, 254, 12579) == float("inf")


@pytest.mark.parametrize(
    "best_of, reason",
    [
        ({60: 400.0, 120: 350.0, 300: 300.0}, "three durations"),
        ({120: 350.0, 180: 330.0, 300: 300.0}, "12 minutes"),
        ({d: 250 + 60_000 / d for d in DURATIONS}, "implausible store"),
        ({d: 250.0 for d in DURATIONS}, "implausible store"),
        ({120: 420.0, 300: 260.0, 600: 300.0, 1200: 250.0}, "poorly|scatter"),
    ],
)
def test_efforts_that_determine_nothing(best_of: dict[int, float], reason: str) -> None:
    with pytest.raises(Unmeasurable, match=reason):
        critical(best_of, STORE_J)


def test_balance_is_the_differential_form() -> None:
    watts = [350.0] * 120 + [150.0] * 300
    left = balance_j(watts, 250, 20_000)
    assert left[119] == 8000
    assert left[-1] == pytest.approx(17322.438, abs=5e-4)
    lowest = balance(watts, 250, 20_000)
    assert (lowest.lowest_j, lowest.lowest_at_s, lowest.deep_share) == (8000, 120, 0)


def test_balance_below_zero_is_kept() -> None:
    result = balance([500.0] * 100 + [0.0] * 100, 250, 20_000)
    assert result.lowest_j == -5000 and 0 < result.deep_share < 0.5


@pytest.mark.parametrize(
    "cp, store, rest, seconds, expected",
    [
        (212, 21_600, 20, 120, 65.6),
        (212, 21_600, 20, 360, 95.9),
        (269, 19_200, 161, 30, 15.5),
        (269, 19_200, 161, 900, 99.4),
    ],
)
def test_recovery(cp: float, store: float, rest: float, seconds: int, expected: float) -> None:
    """Percent of an empty store that comes back; the settings of Ferguson and of Caen."""
    emptied = [cp + store / 100] * 100
    left = balance_j([*emptied, *[rest] * seconds], cp, store)
    assert left[99] == pytest.approx(0)
    assert 100 * left[-1] / store == pytest.approx(expected, abs=0.05)
