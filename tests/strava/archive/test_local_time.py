"""Local time: by the place, else by the device's clock, else not at all."""

from datetime import UTC, datetime

import pytest

from strava_mcp.strava.archive.local_time import local_start

SUMMER = datetime(2024, 7, 1, 6, 30, tzinfo=UTC)
WINTER = datetime(2024, 1, 1, 6, 30, tzinfo=UTC)
ZURICH, SYDNEY, KATHMANDU, ATLANTIC = (47.37, 8.54), (-33.87, 151.2), (27.71, 85.32), (30.0, -40.0)


@pytest.mark.parametrize(
    "start, point, local, zone",
    [
        (SUMMER, ZURICH, "2024-07-01T08:30:00Z", "(GMT+01:00) Europe/Zurich"),
        (WINTER, ZURICH, "2024-01-01T07:30:00Z", "(GMT+01:00) Europe/Zurich"),
        (WINTER, SYDNEY, "2024-01-01T17:30:00Z", "(GMT+10:00) Australia/Sydney"),
        (SUMMER, KATHMANDU, "2024-07-01T12:15:00Z", "(GMT+05:45) Asia/Kathmandu"),
    ],
)
def test_the_place_decides(
    start: datetime, point: tuple[float, float], local: str, zone: str
) -> None:
    """The device was set to another zone."""
    found = local_start(start, point, -3600)
    assert (found["start_date_local"], found["timezone"]) == (local, zone)
    seconds = (datetime.fromisoformat(local) - start).total_seconds()
    assert found["utc_offset"] == seconds


def test_at_sea_there_is_a_zone_too() -> None:
    assert local_start(SUMMER, ATLANTIC, None)["utc_offset"] == -3 * 3600


def test_the_clock_of_the_device_is_next() -> None:
    found = local_start(SUMMER, None, -12_600)
    assert found["start_date_local"] == "2024-07-01T03:00:00Z"
    assert found["timezone"] == "(GMT-03:30)" and found["utc_offset"] == -12_600


def test_where_nothing_tells_nothing_is_said() -> None:
    assert local_start(SUMMER, None, None) == {}
