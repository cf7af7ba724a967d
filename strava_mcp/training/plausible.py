"""What a reading or a total can be: beyond these bounds it is an error, and left out.

Every source uses these bounds when it reads a recording; nothing is clipped to them.
"""

from strava_mcp.training.power import MAX_POWER_W
from strava_mcp.training.track import MAX_GRADE, MAX_SPEED_MS

Bounds = tuple[float, float]

#: By Strava's stream type, both included. Sensors write 0 or 255 bpm without a pulse, and the
#: largest number of a type where there is no value.
READINGS: dict[str, Bounds] = {
    "distance": (0.0, 10_000_000.0),
    "altitude": (-500.0, 9000.0),
    "velocity_smooth": (0.0, MAX_SPEED_MS),
    "heartrate": (20, 250),
    "cadence": (0, 254),
    "watts": (0, MAX_POWER_W),
    "temp": (-60, 80),
    "grade_smooth": (-MAX_GRADE, MAX_GRADE),
}
#: The same for totals of activities, laps and splits, by the names of Strava's fields.
TOTALS: dict[str, Bounds] = {
    **{"distance": READINGS["distance"], "total_elevation_gain": (0.0, 100_000.0)},
    **dict.fromkeys(("elev_low", "elev_high"), READINGS["altitude"]),
    **dict.fromkeys(("average_speed", "max_speed"), READINGS["velocity_smooth"]),
    **dict.fromkeys(("average_heartrate", "max_heartrate"), READINGS["heartrate"]),
    **dict.fromkeys(("average_cadence", "max_cadence"), READINGS["cadence"]),
    **dict.fromkeys(("average_watts", "weighted_average_watts", "max_watts"), READINGS["watts"]),
    **{"average_temp": READINGS["temp"], "calories": (0, 100_000), "kilojoules": (0, 100_000)},
}
#: What stands for no value: nothing was read, so nothing is left out.
NO_READING: dict[str, tuple[object, ...]] = {"heartrate": (0, 255), "latlng": ((0, 0),)}


def is_within(bounds: Bounds, value: object) -> bool:
    """Whether the value is a number within the bounds; NaN never is."""
    return isinstance(value, int | float) and bounds[0] <= value <= bounds[1]


def is_position(latitude: float, longitude: float) -> bool:
    """Whether these are degrees of a place.

    GPS receivers without a fix write 0, 0: a point in the Gulf of Guinea.
    """
    return abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
