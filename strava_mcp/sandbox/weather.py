"""The weather: a function of place and time, with the seasons of the climate normals.

Normals 1991 to 2020: Zürich/Fluntern, MeteoSwiss (January 0.9 °C, July 19.0 °C); Tokyo, JMA (July
25.7 °C); Boulder, NOAA (July 23 °C, with a large daily range).
"""

import math
from datetime import UTC, datetime

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.courses import BOULDER, TOKYO, Place

#: Yearly mean, half of the yearly range, and half of the daily range, in °C.
ZURICH_CLIMATE = (10.0, 9.3, 4.2)
CLIMATES = {TOKYO: (16.0, 10.5, 3.5), BOULDER: (10.8, 12.0, 7.5)}
COLDEST_DAY, WARMEST_HOUR = 18, 15.5
#: Waves that make one week warmer than another: days and °C.
SPELLS = ((17.3, 2.2), (9.1, 1.8), (4.7, 1.5))
#: Conditions as Strava's export numbers them, from dry to wet, and snow below FREEZING_C.
CONDITIONS = {1: "clear", 2: "partly cloudy", 3: "cloudy", 5: "rain"}
SNOW, FREEZING_C = (6, "snow"), 0.5


def temperature_c(place: Place, local: datetime) -> float:
    """The air temperature in °C at a local time."""
    mean, yearly, daily = CLIMATES.get(place, ZURICH_CLIMATE)
    day = local.toordinal()
    hour = local.hour + local.minute / 60
    season = -math.cos(2 * math.pi * (local.timetuple().tm_yday - COLDEST_DAY) / 365.25)
    spell = sum(size * math.sin(2 * math.pi * day / days) for days, size in SPELLS)
    return mean + yearly * season + spell + daily * math.cos(math.pi * (hour - WARMEST_HOUR) / 12)


def observed(place: Place, local: datetime, seconds: float) -> JSON:
    """The weather at a local time, as a row of Strava's export has it: with codes.

    ``seconds``: the same time since the epoch. Temperatures in °C, wind in m/s, shares of 1.
    """
    return _weather(place, local) | {"observation_time": float(seconds // 3600 * 3600)}


def reported(place: Place, local: datetime, seconds: float) -> JSON:
    """The weather at a local time with words instead of codes, as Strava's page shows it."""
    weather = _weather(place, local)
    at = datetime.fromtimestamp(seconds // 3600 * 3600, UTC)
    words = CONDITIONS | dict([SNOW])
    return weather | {
        "condition": words[int(weather["condition"])],
        "observation_time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _weather(place: Place, local: datetime) -> JSON:
    temperature = temperature_c(place, local)
    day = local.toordinal()
    wetness = 0.5 + 0.5 * math.sin(2 * math.pi * day / 5.3) * math.cos(2 * math.pi * day / 13.7)
    condition = list(CONDITIONS)[min(3, int(4 * wetness))]
    if condition == list(CONDITIONS)[-1] and temperature < FREEZING_C:
        condition = SNOW[0]
    wind = max(0.2, 2.2 + 1.8 * math.sin(day * 1.7) * math.cos(local.hour / 4))
    return {
        "condition": float(condition),
        "temperature": round(temperature, 1),
        "apparent_temperature": round(temperature - 0.6 * wind, 1),
        "humidity": round(0.45 + 0.45 * wetness, 2),
        "wind_speed": round(wind, 1),
        "wind_bearing": float(day * 37 % 360),
        "cloud_cover": round(wetness, 2),
    }
