"""Values as text: every kind of quantity, rounding, signs, and what is refused."""

from datetime import date

import pytest

from strava_mcp.charts.chart import Quantity
from strava_mcp.charts.quantity_words import NARROW_NBSP, NBSP, date_of, day_of, write, write_span

PACE = Quantity("pace", "/km", 1000)


@pytest.mark.parametrize(
    "quantity, value, text",
    [
        (Quantity("number", "m"), 1203.4, "1 203 m"),
        (Quantity("number", "m"), 1234567.0, "1 234 567 m"),
        (Quantity("number", "m"), -0.4, "0 m"),
        (Quantity("number", "m"), -12.5, "−13 m"),
        (Quantity("number"), 2.5, "3"),
        (Quantity("number", "km", 0.001, 2), 21_190, "21.19 km"),
        (Quantity("number", "km/h", 3.6, 1), 7.638, "27.5 km/h"),
        (Quantity("number", "", 1, 1), 9.96, "10.0"),
        (Quantity("signed"), 3, "+3"),
        (Quantity("signed"), -3, "−3"),
        (Quantity("signed"), 0, "0"),
        (Quantity("signed", "", 1, 1), 0.04, "0.0"),
        (Quantity("signed", "", 1, 1), -0.04, "0.0"),
        (Quantity("signed", "", 1, 1), 10.0, "+10.0"),
        (PACE, 1000 / 271, "4:31 /km"),
        (PACE, 1000 / 299.6, "5:00 /km"),
        (PACE, 0.2, "1:23:20 /km"),
        (PACE, 0, "– /km"),
        (PACE, -1, "– /km"),
        (Quantity("clock"), 0, "0:00"),
        (Quantity("clock"), 59.5, "1:00"),
        (Quantity("clock"), 3599.6, "1:00:00"),
        (Quantity("clock"), 86_400, "24:00:00"),
        (Quantity("clock"), -28, "−0:28"),
        (Quantity("clock"), -0.2, "0:00"),
        (Quantity("hours", "h"), 26_970, "7:30 h"),
        (Quantity("hours"), 0, "0:00"),
        (Quantity("span"), 0, "0 s"),
        (Quantity("span"), 5, "5 s"),
        (Quantity("span"), 60, "1 min"),
        (Quantity("span"), 90, "1:30"),
        (Quantity("span"), 150.4, "2:30"),
        (Quantity("span"), 1200, "20 min"),
        (Quantity("span"), 5400, "90 min"),
        (Quantity("span"), 5445, "1:30:45"),
        (Quantity("span"), 7200, "2 h"),
        (Quantity("day"), 0, "Thu 1 Jan 1970"),
        (Quantity("day"), 20_750.9, "Sat 24 Oct 2026"),
        (Quantity("day"), -1, "Wed 31 Dec 1969"),
    ],
)
def test_a_value_is_written_by_its_quantity(quantity: Quantity, value: float, text: str) -> None:
    assert write(quantity, value).replace(NBSP, " ").replace(NARROW_NBSP, " ") == text


def test_the_unit_may_be_left_out() -> None:
    assert write(PACE, 4, with_unit=False) == "4:10"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("kind", ["number", "signed", "pace", "clock", "hours", "span", "day"])
def test_a_value_that_is_not_finite_is_refused(kind: str, value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        write(Quantity(kind), value)  # type: ignore[arg-type]


def test_days_and_dates_agree() -> None:
    for the_date in (date(1, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(9999, 12, 31)):
        assert date_of(day_of(the_date)) == the_date
    with pytest.raises(ValueError):
        date_of(4e6)


def test_numbers_do_not_break_from_their_units() -> None:
    assert " " not in write(Quantity("number", "m"), 1234) + write_span(1200)
