"""What measured the altitude of a recording: a barometer, a map or satellites."""

from typing import Any

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.altimeters import source_by_name
from tests.recordings.fit_maker import MORNING, activity, fit, ride
from tests.recordings.test_virtual_worlds import gpx, tcx


def sensors(*kinds: int) -> list[tuple[str, dict[str, Any]]]:
    """Make a device_info message for each of the device's own sensors (local_device_type)."""
    return [
        (
            "DEVICE_INFO",
            {
                **{"timestamp": MORNING, "device_index": number},
                **{"source_type": "local", "device_type": kind, "manufacturer": "garmin"},
            },
        )
        for number, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    "kinds, source",
    [
        ((0, 3, 4, 10), "barometer"),  # satellites, accelerometer, barometer, wrist heart rate
        ((0, 3, 10), "satellite"),
        ((), "barometer"),
    ],
)
def test_sensors_of_a_fit_file(kinds: tuple[int, ...], source: str) -> None:
    (recording,) = read(fit(activity(*sensors(*kinds), *ride(60))))
    assert recording.altitude_source == source


def test_altitude_of_a_virtual_world_is_exact() -> None:
    (recording,) = read(fit(activity(*sensors(0), *ride(60), sub_sport="virtual_activity")))
    assert recording.altitude_source == "barometer"
    (recording,) = read(gpx("Rouvy", "cycling"))
    assert recording.altitude_source == "barometer"


@pytest.mark.parametrize(
    "data, source",
    [
        (gpx("StravaGPX", "cycling"), "map"),
        (gpx("StravaGPX iPhone", "cycling"), "map"),
        (gpx("Garmin eTrex 30 with barometer", "cycling"), "barometer"),
        (tcx("TomTom GPS Sport Watch"), "satellite"),
        (tcx("TomTom GPS Sports Watch with barometer"), "barometer"),
        (tcx("Garmin Edge 530"), "map"),
    ],
)
def test_names_in_xml_files(data: bytes, source: str) -> None:
    (recording,) = read(data)
    assert recording.altitude_source == source


def test_unknown_devices_have_the_altitude_of_a_map() -> None:
    assert source_by_name(None) == source_by_name("") == source_by_name("Locus") == "map"
