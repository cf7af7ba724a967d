"""The weather columns of a row.

Strava does not document its codes. Those below are what 1,200 rows of public exports show: with
code 1 the cloud cover is at most 0.37, with 2 it is 0.32 to 0.87 and with 3 0.63 to 1; rain and
snow have that type of precipitation; with code 8 the wind is 6.7 m/s (15 mph) or more. Codes 4 and
7 are too rare to tell: they are omitted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.catalog.numbers import parse_number
from strava_mcp.sources.archive.catalog.quantities import Quantity

#: Temperatures in °C, pressure in hPa, speeds in m/s, wind_bearing in degrees (where the wind comes
#: from), precipitation in mm per hour; humidity, cloud_cover and probability from 0 to 1;
#: observation_time in seconds since the epoch.
QUANTITIES = (
    Quantity("temperature", -70, 70),
    Quantity("apparent_temperature", -90, 80),
    Quantity("dew_point", -90, 60),
    Quantity("humidity", 0, 1),
    Quantity("pressure", 500, 1200),
    Quantity("wind_speed", 0, 120),
    Quantity("wind_gust", 0, 120),
    Quantity("wind_bearing", 0, 360),
    Quantity("precipitation_intensity", 0, 1000),
    Quantity("precipitation_probability", 0, 1),
    Quantity("cloud_cover", 0, 1),
    Quantity("uv_index", 0, 30),
    Quantity("observation_time", 0, 2**32),
)
MAX_WORD_CHARACTERS = 60
#: Our name → code → word.
WORDS: Mapping[str, Mapping[int, str]] = {
    "condition": {
        **{1: "clear", 2: "partly cloudy", 3: "cloudy", 5: "rain", 6: "snow", 8: "windy"},
    },
    "precipitation_type": {5: "rain", 6: "snow"},
}


def read(values: Mapping[str, float | None], texts: Mapping[str, str]) -> JSON:
    """Return what is known: numbers in the units of ``QUANTITIES``, and words instead of codes.

    ``observation_time`` becomes an ISO date and time in UTC.
    """
    weather: JSON = {name: value for name, value in values.items() if value is not None}
    if "observation_time" in weather:
        observed = datetime.fromtimestamp(weather["observation_time"], UTC)
        weather["observation_time"] = observed.strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, codes in WORDS.items():
        text = texts.get(name)
        if text and (word := _word(text, codes)):
            weather[name] = word
    if not weather.get("precipitation_intensity"):
        # The type is also given for what might fall, under a clear sky.
        weather.pop("precipitation_type", None)
    return weather


def _word(text: str, codes: Mapping[int, str]) -> str | None:
    """Return the word for a code, None if unknown, or the text if it is a word already."""
    try:
        code = parse_number(text)
    except ValueError:
        return text[:MAX_WORD_CHARACTERS]
    return codes.get(int(code)) if code.is_integer() else None
