"""The parts of the FIT profile that are read: messages, fields and types by number.

Names come from Garmin's SDK. Its decoder is not used: it rejects a whole file for one odd field or
for compressed timestamps, and takes several times as long.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

#: A decoded message: stored values by the names of the profile, without scale and offset. Values of
#: developer fields that stand for one of the profile are in ``developer``, by its name and in its
#: unit.
Message = dict[str, Any]

#: Numbers of the messages that are read (FIT profile, mesg_num).
FILE_ID, DEVICE_SETTINGS, SPORT = 0, 2, 12
SESSION, LAP, RECORD, EVENT, DEVICE_INFO = 18, 19, 20, 21, 23
ACTIVITY, LENGTH, HEART_RATE, TIMESTAMP_CORRELATION = 34, 101, 132, 162
FIELD_DESCRIPTION = 206
#: Base types by their lowest bits → format, and the value of a field that has none. Floats without
#: a value are NaN.
BASE_TYPE_MASK = 0x1F
STRING, BYTES = 0x07, 0x0D
NUMBERS: dict[int, tuple[str, int | None]] = {
    **{0x00: ("B", 0xFF), 0x01: ("b", 0x7F), 0x02: ("B", 0xFF), 0x03: ("h", 0x7FFF)},
    **{0x04: ("H", 0xFFFF), 0x05: ("i", 0x7FFFFFFF), 0x06: ("I", 0xFFFFFFFF)},
    **{0x08: ("f", None), 0x09: ("d", None), 0x0A: ("B", 0), 0x0B: ("H", 0), 0x0C: ("I", 0)},
    **{0x0D: ("B", 0xFF), 0x0E: ("q", 2**63 - 1), 0x0F: ("Q", 2**64 - 1), 0x10: ("Q", 0)},
}
#: The field of every message that says when it was written.
TIMESTAMP = "timestamp"
#: Fields of a record → stream type, scale and offset. Enhanced fields have the same value with more
#: bits.
RECORD_FIELDS = {
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
#: Fields of a session or a lap → Strava's DetailedActivity or Lap, scale and offset.
TOTAL_FIELDS = {
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
#: Further fields that are read, by message; all others are skipped.
TIMES = ("timestamp", "start_time", "total_elapsed_time")
OTHER_FIELDS = {
    FILE_ID: ("type", "manufacturer", "product", "product_name"),
    DEVICE_SETTINGS: ("utc_offset",),
    SPORT: ("sport", "sub_sport", "name"),
    SESSION: (
        *(*TIMES, "sport", "sub_sport", "sport_profile_name", "pool_length"),
        "avg_fractional_cadence",
    ),
    LAP: (*TIMES, "avg_fractional_cadence"),
    RECORD: (
        *("timestamp", "position_lat", "position_long", "fractional_cadence"),
        "compressed_speed_distance",
    ),
    EVENT: ("timestamp", "event", "event_type"),
    DEVICE_INFO: (
        *("device_index", "manufacturer", "product", "product_name"),
        *("source_type", "device_type"),
    ),
    ACTIVITY: ("timestamp", "local_timestamp"),
    LENGTH: (*TIMES, "length_type"),
    HEART_RATE: (
        *("timestamp", "fractional_timestamp", "time256", "filtered_bpm", "event_timestamp"),
        "event_timestamp_12",
    ),
    TIMESTAMP_CORRELATION: ("timestamp", "system_timestamp"),
    FIELD_DESCRIPTION: (
        *("developer_data_index", "field_definition_number", "fit_base_type_id", "field_name"),
        *("units", "scale", "offset", "native_mesg_num", "native_field_num"),
    ),
}
#: Fields that are texts or arrays; all others are single numbers.
TEXTS = ("product_name", "sport_profile_name", "name", "field_name", "units")
ARRAYS = ("filtered_bpm", "event_timestamp", "event_timestamp_12", "compressed_speed_distance")
TABLES: dict[int, Mapping[str, object]] = {
    **{SESSION: TOTAL_FIELDS, LAP: TOTAL_FIELDS, RECORD: RECORD_FIELDS}
}


@cache
def field_names(kind: int) -> dict[int, str]:
    """Return the names of the fields that are read of one kind of message, by field number."""
    from garmin_fit_sdk import Profile

    used = {*OTHER_FIELDS.get(kind, ()), *TABLES.get(kind, ())}
    fields: dict[int, dict[str, Any]] = Profile["messages"][kind]["fields"] if used else {}
    return {number: field["name"] for number, field in fields.items() if field["name"] in used}


def type_name(kind: str, number: object) -> str | None:
    """Return the profile's identifier for a number of one of its types; None if unknown."""
    from garmin_fit_sdk import Profile

    names: dict[Any, str] = Profile["types"][kind]
    return names.get(number) if isinstance(number, int) else None
