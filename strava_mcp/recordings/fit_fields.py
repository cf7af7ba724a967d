"""Converting fields of FIT messages to Strava's names and units.

FIT stores integers; a field's value is the integer divided by its scale, minus its offset (FIT
profile). A field without a value is absent; 0 is a value.
"""

import math
from collections.abc import Sequence

from strava_mcp.json_types import JSON
from strava_mcp.recordings.fit_profile import RECORD_FIELDS, TOTAL_FIELDS, Message
from strava_mcp.recordings.samples import Sample
from strava_mcp.training.track import MAX_SPEED_MS

#: FIT counts seconds since 1989-12-31.
EPOCH_S = 631_065_600
#: Angles are stored in units of 180° / 2^31.
SEMICIRCLES = 2**31
#: Series of samples → total of the session.
SERIES_TOTALS = {
    **{"distance": "distance", "velocity_smooth": "distance", "watts": "average_watts"},
    "cadence": "average_cadence",
}
IN_WHOLE_SECONDS = {"elapsed_time", "moving_time"}
#: On a trainer without a speed sensor, distance and speed are not measured.
TURNING = ("average_watts", "average_cadence")
#: Totals whose 0 is not a measurement if one of these others is above 0.
CONTRADICTED_ZEROS = {
    "elapsed_time": ("moving_time", "distance"),
    "moving_time": ("distance",),
    "distance": ("average_speed", *TURNING),
    "average_speed": ("distance", *TURNING),
    "max_speed": ("distance", "average_speed"),
    "kilojoules": ("average_watts",),
}


def sample(message: Message) -> Sample:
    """Convert a record message."""
    values: Sample = {}
    for name, (key, scale, offset) in RECORD_FIELDS.items():
        value = message.get(name)
        if isinstance(value, int | float):
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
    """Convert the totals of a session or lap message.

    An app's developer field fills in for a total that is absent or 0.
    """
    values: JSON = {}
    developer: Message = message.get("developer", {})
    for name, (key, scale, offset) in TOTAL_FIELDS.items():
        value = message.get(name)
        if isinstance(value, int | float):
            values[key] = value / scale - offset if scale > 1 else value
    # In the empty lap at the end of a session, apps repeat the totals of the lap before.
    max_distance = MAX_SPEED_MS * values.get("elapsed_time", math.inf)
    if developer.get("total_distance", 0) <= max_distance:
        for name in developer.keys() & TOTAL_FIELDS.keys():
            key = TOTAL_FIELDS[name][0]
            values[key] = values.get(key) or developer[name]
    fraction = message.get("avg_fractional_cadence")
    if isinstance(fraction, int) and "average_cadence" in values:
        values["average_cadence"] = round(values["average_cadence"] + fraction / 128, 1)
    for key in IN_WHOLE_SECONDS & values.keys():
        values[key] = round(values[key])
    return {
        key: value for key, value in values.items() if value or not _is_contradicted(key, values)
    }


def _is_contradicted(key: str, values: JSON) -> bool:
    """Whether a total of 0 cannot be true, as other totals show."""
    return any(values.get(other, 0) > 0 for other in CONTRADICTED_ZEROS.get(key, ()))


def drop_contradicted_zeros(samples: Sequence[Sample], of_session: JSON) -> None:
    """Remove series that are 0 throughout although the session's total of the same is not."""
    for key, total in SERIES_TOTALS.items():
        if of_session.get(total) and not any(sample.get(key) for sample in samples):
            for sample in samples:
                sample.pop(key, None)


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
