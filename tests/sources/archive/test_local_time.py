"""Local time: by position, else by the device's clock, else unknown."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from strava_mcp.sources.archive.local_time import local_start

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
def test_position_takes_precedence_over_the_device_clock(
    start: datetime, point: tuple[float, float], local: str, zone: str
) -> None:
    """The device was set to another zone."""
    start_fields = local_start(start, point, -3600)
    assert (start_fields["start_date_local"], start_fields["timezone"]) == (local, zone)
    seconds = (datetime.fromisoformat(local) - start).total_seconds()
    assert start_fields["utc_offset"] == seconds


@pytest.mark.parametrize(
    "start, local, offset_s",
    [
        (datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC), "2024-03-31T01:59:59Z", 3600),
        (datetime(2024, 3, 31, 1, 0, 0, tzinfo=UTC), "2024-03-31T03:00:00Z", 7200),
        (datetime(2024, 10, 27, 0, 30, 0, tzinfo=UTC), "2024-10-27T02:30:00Z", 7200),
        (datetime(2024, 10, 27, 1, 30, 0, tzinfo=UTC), "2024-10-27T02:30:00Z", 3600),
        (datetime(2023, 12, 31, 23, 30, 0, tzinfo=UTC), "2024-01-01T00:30:00Z", 3600),
    ],
)
def test_dst_changes(start: datetime, local: str, offset_s: int) -> None:
    start_fields = local_start(start, ZURICH, None)
    assert (start_fields["start_date_local"], start_fields["utc_offset"]) == (local, offset_s)
    assert start_fields["timezone"] == "(GMT+01:00) Europe/Zurich"


@pytest.mark.parametrize(
    "point, label, summer_s",
    [
        ((53.35, -6.26), "(GMT+00:00) Europe/Dublin", 3600),
        ((40.71, -74.0), "(GMT-05:00) America/New_York", -4 * 3600),
        ((47.56, -52.71), "(GMT-03:30) America/St_Johns", -9000),
        ((33.45, -112.07), "(GMT-07:00) America/Phoenix", -7 * 3600),
        ((-31.55, 159.08), "(GMT+10:30) Australia/Lord_Howe", 37_800),
    ],
)
def test_label_shows_standard_time(point: tuple[float, float], label: str, summer_s: int) -> None:
    start_fields = local_start(SUMMER, point, None)
    assert (start_fields["timezone"], start_fields["utc_offset"]) == (label, summer_s)
    assert local_start(WINTER, point, None)["timezone"] == label


@pytest.mark.parametrize("year, offset_s", [(2015, 7200), (2018, 10_800)])
def test_historical_time_zone_rules(year: int, offset_s: int) -> None:
    """In 2016 Istanbul kept its summer time for good."""
    start_fields = local_start(datetime(year, 1, 10, tzinfo=UTC), (41.01, 28.98), None)
    assert start_fields["utc_offset"] == offset_s


def test_every_zone_of_the_map_is_known() -> None:
    import tzfpy

    names = tzfpy.timezonenames()
    assert len(names) > 400
    for name in names:
        assert SUMMER.astimezone(ZoneInfo(name)).utcoffset() is not None


def test_every_position_has_local_time() -> None:
    for latitude in range(-90, 91, 30):
        for longitude in range(-180, 181, 20):
            start_fields = local_start(SUMMER, (float(latitude), float(longitude)), None)
            shift = datetime.fromisoformat(start_fields["start_date_local"]) - SUMMER
            assert timedelta(hours=-12) <= shift <= timedelta(hours=14)


def test_invalid_position_falls_back_to_the_device_clock() -> None:
    assert local_start(SUMMER, (0.0, 181.0), 3600)["timezone"] == "(GMT+01:00)"
    assert local_start(SUMMER, (0.0, 181.0), None) == {}


def test_position_at_sea_has_a_zone() -> None:
    assert local_start(SUMMER, ATLANTIC, None)["utc_offset"] == -3 * 3600


def test_device_clock_is_used_without_a_position() -> None:
    start_fields = local_start(SUMMER, None, -12_600)
    assert start_fields["start_date_local"] == "2024-07-01T03:00:00Z"
    assert start_fields["timezone"] == "(GMT-03:30)" and start_fields["utc_offset"] == -12_600


def test_local_time_is_unknown_without_position_and_clock() -> None:
    assert local_start(SUMMER, None, None) == {}
