"""The local day of an activity, and the time zone that an athlete lives in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from strava_mcp.training.local_days import home_time_zone, local_day, time_zone_of, today_in

ZURICH = {"sport_type": "Run", "timezone": "(GMT+01:00) Europe/Zurich"}
TOKYO = {"sport_type": "Ride", "timezone": "(GMT+09:00) Asia/Tokyo"}
#: Where the virtual world Watopia is on the map.
VIRTUAL = {"sport_type": "VirtualRide", "timezone": "(GMT+11:00) Pacific/Guadalcanal"}


@pytest.mark.parametrize(
    "activity, offset_h",
    [
        ({"timezone": "(GMT+01:00) Europe/Zurich"}, 1),
        ({"timezone": "(GMT-03:30) Nowhere/Atall"}, -3.5),
        ({"timezone": "(GMT+09:00) Asia/Tokyo", "utc_offset": 0}, 9),
        ({"timezone": "nonsense", "utc_offset": 7200.0}, 2),
        ({"timezone": "x", "utc_offset": 1e9}, 14),
        ({"timezone": "x", "utc_offset": -1e9}, -12),
    ],
)
def test_time_zone_of_an_activity(activity: dict[str, Any], offset_h: float) -> None:
    zone = time_zone_of(activity)
    assert datetime(2026, 1, 15, tzinfo=zone).utcoffset() == timedelta(hours=offset_h)


@pytest.mark.parametrize(
    "activity", [{}, {"timezone": "../../etc/passwd"}, {"timezone": 5, "utc_offset": "x"}]
)
def test_unknown_time_zone(activity: dict[str, Any]) -> None:
    assert time_zone_of(activity) is None


@pytest.mark.parametrize(
    "latest, name",
    [
        ([], "UTC"),
        ([{}, {"timezone": None}], "UTC"),
        ([ZURICH, TOKYO], "Europe/Zurich"),
        ([{}, TOKYO, ZURICH], "Asia/Tokyo"),
        ([VIRTUAL, VIRTUAL, ZURICH], "Europe/Zurich"),
        ([{}, VIRTUAL], "Pacific/Guadalcanal"),
    ],
)
def test_home_is_where_the_latest_real_activity_was(latest: list[Any], name: str) -> None:
    assert str(home_time_zone(latest)) == name


def test_today_depends_on_the_zone() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC).timestamp()
    assert today_in(home_time_zone([]), new_year) == date(2026, 12, 31)
    assert today_in(home_time_zone([ZURICH]), new_year) == date(2027, 1, 1)


@pytest.mark.parametrize(
    "activity, day",
    [
        (
            {"start_date": "2026-12-31T23:10:00Z", "start_date_local": "2027-01-01T00:10:00Z"},
            "2027-01-01",
        ),
        ({"start_date": "2026-12-31T23:10:00Z"}, "2026-12-31"),
        ({}, ""),
    ],
)
def test_local_day(activity: dict[str, Any], day: str) -> None:
    assert local_day(activity) == day
