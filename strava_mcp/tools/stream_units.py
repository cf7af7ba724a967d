"""Streams in display units, rounded to the precision of sensors."""

from collections.abc import Callable, Mapping, Sequence

from strava_mcp.tools.safe_json import finite
from strava_mcp.units import METRES_PER_FOOT, METRES_PER_KM, METRES_PER_MILE

Convert = Callable[[float], float]
#: A value of a column: a number, a position (latitude, longitude in degrees), or a gap.
Value = float | list[float] | None
#: Decimals of the values; other types are whole numbers.
DIGITS = {"distance": 2, "velocity_smooth": 1, "grade_smooth": 1}


def convert_column(key: str, data: Sequence[object], units: str) -> list[Value]:
    """A column in display units, rounded to sensor precision."""
    if key == "latlng":
        return [_position(value) for value in data]
    if key == "moving":
        return [int(value is True) for value in data]
    convert, digits = conversion(key, units), DIGITS.get(key)
    numbers = (finite(value) for value in data)
    return [None if number is None else round(convert(number), digits) for number in numbers]


def _position(value: object) -> list[float] | None:
    """Latitude and longitude rounded to about a metre, or a gap."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    latitude, longitude = finite(value[0]), finite(value[1])
    if latitude is None or longitude is None:
        return None
    return [round(latitude, 5), round(longitude, 5)]


def conversion(key: str, units: str) -> Convert:
    """The conversion to display units, without rounding."""
    imperial = units == "imperial"
    unit_m = METRES_PER_MILE if imperial else METRES_PER_KM
    conversions: dict[str, Convert] = {
        "distance": lambda metres: metres / unit_m,
        "altitude": lambda metres: metres / METRES_PER_FOOT if imperial else metres,
        "velocity_smooth": lambda metres_per_s: metres_per_s * 3600 / unit_m,
        "temp": lambda celsius: celsius * 9 / 5 + 32 if imperial else celsius,
    }
    return conversions.get(key, float)


def unit_names(streams: Mapping[str, object], units: str) -> dict[str, str]:
    """The unit of each stream in a reply."""
    imperial = units == "imperial"
    names = {
        "time": "s",
        "distance": "mi" if imperial else "km",
        "altitude": "ft" if imperial else "m",
        "heartrate": "bpm",
        "velocity_smooth": "mph" if imperial else "km/h",
        "cadence": "rpm, of one leg on foot; mean without 0",
        "watts": "W",
        "grade_smooth": "%",
        "temp": "°F" if imperial else "°C",
        "moving": "1 moving, 0 standing",
        "latlng": "degrees",
    }
    return {key: names[key] for key in streams}
