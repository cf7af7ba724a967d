"""Eddington number, streaks, and swimming."""

from datetime import date, timedelta

import pytest

from strava_mcp.training.eddington import days_missing, eddington
from strava_mcp.training.streaks import consistency, day_streaks, week_streaks
from strava_mcp.training.swimming import critical_speed_ms, swolf

TODAY = date(2026, 11, 26)  # a Thursday


def days(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=n) for n in ago]


def test_eddington() -> None:
    """dreeve, EddingtonCalculatorTest: 1, 2, 3, 4 and 2.5 + 2.5 km."""
    kilometres = [1, 2, 3, 4, 5.0]
    assert eddington(kilometres) == (3, 2)
    assert days_missing(kilometres, 5) == 4
    assert eddington([km / 1.609344 for km in kilometres]).number == 2
    assert eddington(range(10, 101, 10)).number == 10
    assert eddington([9.99] * 10).number == 9
    assert eddington([]) == (0, 1)


def test_current_streak_survives_a_morning_without() -> None:
    result = day_streaks(days(1, 2, 3, 10, 11, 12, 13), TODAY)
    assert result.current and result.longest
    assert (result.current.length, result.current.last) == (3, TODAY - timedelta(days=1))
    assert (result.longest.length, result.longest.first) == (4, TODAY - timedelta(days=13))
    assert day_streaks(days(2, 3), TODAY).current is None
    assert day_streaks(days(0, 1, 1), TODAY).current == day_streaks(days(0, 1), TODAY).longest
    assert day_streaks([], TODAY) == (None, None)


def test_weeks_begin_on_monday() -> None:
    result = week_streaks(days(0, 3, 4, 25), TODAY)
    assert result.current and result.current.length == 2
    assert result.current.first == date(2026, 11, 16), "Sunday the 22nd belongs to the week before"


def test_week_in_progress_does_not_break_the_streak() -> None:
    result = week_streaks(days(5, 12), TODAY)
    assert result.current and result.current.length == 2


def test_consistency() -> None:
    three = [TODAY - timedelta(weeks=w, days=d) for w in range(1, 7) for d in (0, 1, 2)]
    assert consistency(three, TODAY, 3) == 0.5 and consistency(three, TODAY, 4) == 0


def test_swolf() -> None:
    assert (swolf(25, 18), swolf(20, 15)) == (43, 35)


@pytest.mark.parametrize(
    "long_s, short_s, expected, pace_s", [(390, 180, 0.952381, 105.0), (360, 170, 1.052632, 95.0)]
)
def test_critical_swim_speed(long_s: float, short_s: float, expected: float, pace_s: float) -> None:
    speed = critical_speed_ms(200, short_s, 400, long_s)
    assert speed == pytest.approx(expected, abs=5e-7)
    assert 100 / speed == pytest.approx(pace_s, abs=5e-5)
