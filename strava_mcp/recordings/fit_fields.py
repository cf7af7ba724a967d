"""Converting fields of FIT messages to Strava's names and units.

FIT stores integers; a field's value is the integer divided by its scale, minus its offset (FIT
profile).
"""

from collections.abc import Mapping
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings.samples import Sample

#: The fields of a message by the names of Garmin's SDK.
Message = Mapping[Any, Any]

#: FIT counts seconds since 1989-12-31.
EPOCH_S = 631_065_600
#: Angles are stored in units of 180° / 2^31.
SEMICIRCLES = 2**31
#: Fields of a record → stream type, scale and offset. Enhanced fields have the same value with more
#: bits.
RECORD = {
    "altitude": ("altitude", 5, 500),
    "enhanced_altitude": ("altitude", 5, 500),
    "speed": ("velocity_smooth", 1000, 0),
    "enhanced_speed": ("velocity_smooth", 1000, 0),
    "distance": ("distance", 100, 0),
    "heart_rate": ("heartrate", 1, 0),
    "cadence": ("cadence", 1, 0),
    "power": ("watts", 1, 0),
    "temperature": ("temp", 1, 0),
}
#: Field numbers → stream type, for developer fields that replace a native field.
NATIVE = {
    **{2: "altitude", 3: "heartrate", 4: "cadence", 5: "distance", 6: "velocity_smooth"},
    **{7: "watts", 13: "temp", 73: "velocity_smooth", 78: "altitude"},
}
#: Fields of a session or a lap → Strava's DetailedActivity or Lap, scale and offset.
TOTALS = {
    "total_elapsed_time": ("elapsed_time", 1000, 0),
    "total_timer_time": ("moving_time", 1000, 0),
    "total_distance": ("distance", 100, 0),
    "total_ascent": ("total_elevation_gain", 1, 0),
    "total_calories": ("calories", 1, 0),
    "total_work": ("kilojoules", 1000, 0),
    "avg_speed": ("average_speed", 1000, 0),
    "enhanced_avg_speed": ("average_speed", 1000, 0),
    "max_speed": ("max_speed", 1000, 0),
    "enhanced_max_speed": ("max_speed", 1000, 0),
    "avg_heart_rate": ("average_heartrate", 1, 0),
    "max_heart_rate": ("max_heartrate", 1, 0),
    "avg_cadence": ("average_cadence", 1, 0),
    "max_cadence": ("max_cadence", 1, 0),
    "avg_power": ("average_watts", 1, 0),
    "max_power": ("max_watts", 1, 0),
    "normalized_power": ("weighted_average_watts", 1, 0),
    "avg_temperature": ("average_temp", 1, 0),
    "enhanced_min_altitude": ("elev_low", 5, 500),
    "min_altitude": ("elev_low", 5, 500),
    "enhanced_max_altitude": ("elev_high", 5, 500),
    "max_altitude": ("elev_high", 5, 500),
}
IN_WHOLE_SECONDS = ("elapsed_time", "moving_time")
#: Totals that are 0 if the device did not measure them.
ZERO_IF_UNKNOWN = (
    *IN_WHOLE_SECONDS,
    "distance",
    "calories",
    "kilojoules",
    "average_speed",
    "max_speed",
)


def sample(message: Message) -> Sample:
    """Convert a record message."""
    values: Sample = {}
    for name, (key, scale, offset) in RECORD.items():
        value = message.get(name)
        if isinstance(value, int):
            values[key] = value / scale - offset if scale > 1 else value
    fraction = message.get("fractional_cadence")
    if isinstance(fraction, int) and "cadence" in values:
        values["cadence"] += fraction / 128
    lat, lng = message.get("position_lat"), message.get("position_long")
    if isinstance(lat, int) and isinstance(lng, int):
        values["latlng"] = [lat * 180 / SEMICIRCLES, lng * 180 / SEMICIRCLES]
    time_s = unix_time(message, "timestamp")
    if time_s is not None:
        values["time"] = time_s
    return values


def totals(message: Message) -> JSON:
    """Convert the totals of a session or lap message."""
    values: JSON = {}
    for name, (key, scale, offset) in TOTALS.items():
        value = message.get(name)
        if isinstance(value, int):
            exact = value / scale - offset if scale > 1 else value
            values[key] = round(exact) if key in IN_WHOLE_SECONDS else exact
    fraction = message.get("avg_fractional_cadence")
    if isinstance(fraction, int) and "average_cadence" in values:
        values["average_cadence"] = round(values["average_cadence"] + fraction / 128, 1)
    return {key: value for key, value in values.items() if value or key not in ZERO_IF_UNKNOWN}


def unix_time(message: Message, name: str) -> int | None:
    """Return a time field as seconds since 1970; None if it is absent."""
    value = message.get(name)
    return value + EPOCH_S if isinstance(value, int) else None


def seconds(message: Message, name: str) -> float:
    """Return a duration, stored in milliseconds; 0 if it is absent."""
    value = message.get(name)
    return value / 1000 if isinstance(value, int) else 0.0


class PackedSpeed:
    """Decodes ``compressed_speed_distance``, a field of three bytes of old devices.

    The lower 12 bits are the speed in cm/s; the upper 12 count sixteenths of a metre modulo 4096.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._sum = 0

    def read(self, message: Message) -> Sample:
        """Return speed and distance of a record message; nothing if it does not have the field."""
        packed = message.get("compressed_speed_distance")
        if not isinstance(packed, list | tuple) or len(packed) != 3 or None in packed:
            return {}
        low, middle, high = packed
        count = middle >> 4 | high << 4
        self._sum += count if self._last is None else (count - self._last) % 4096
        self._last = count
        return {"velocity_smooth": (low | (middle & 0x0F) << 8) / 100, "distance": self._sum / 16}
