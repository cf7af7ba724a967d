"""Where the altitude of a recording comes from.

The sensors that a FIT file lists, and ``with barometer``, which programs append to the name of the
device so that Strava keeps its altitude (developers.strava.com, Uploads), show it. Strava replaces
all other altitude by that of its map, and so do Strava's app and Garmin Connect in the files that
they export.
"""

from collections.abc import Sequence

from strava_mcp.recordings.fit_profile import Message
from strava_mcp.training.climbing import AltitudeSource

#: Numbers of the FIT profile: source_type, local_device_type.
LOCAL_SENSOR, BAROMETER = 5, 4
WITH_BAROMETER = "with barometer"
#: Makers of watches without a barometer whose files have the altitude of the satellites.
SATELLITE_ONLY = ("tomtom",)


def source_by_sensors(devices: Sequence[Message]) -> AltitudeSource:
    """Return the source by the device_info messages of a FIT file.

    Devices that list their own sensors list a barometer, if they have one. Of the others most have
    one: bicycle computers and the watches of Suunto, Coros and Polar.
    """
    sensors = {
        info.get("device_type") for info in devices if info.get("source_type") == LOCAL_SENSOR
    }
    return "satellite" if sensors and BAROMETER not in sensors else "barometer"


def source_by_name(device: str | None) -> AltitudeSource:
    """Return the source by the name of the device or program that wrote a GPX or TCX file."""
    name = (device or "").casefold()
    if WITH_BAROMETER in name:
        return "barometer"
    return "satellite" if name.startswith(SATELLITE_ONLY) else "map"
