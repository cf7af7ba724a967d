"""Rendering of what only an export has: every value in words or with its unit."""

from typing import Any

import pytest

from strava_mcp.tools.activity_detail import detail

WEATHER = {
    **{"condition": "partly cloudy", "temperature": 13.39, "apparent_temperature": -0.4},
    **{"dew_point": 7.1, "humidity": 0.41, "pressure": 1013.25, "wind_speed": 4.2},
    **{"wind_gust": 9.0, "wind_bearing": 52.0, "precipitation_intensity": 0.0},
    **{"precipitation_probability": 0.2, "precipitation_type": "rain", "cloud_cover": 0.0},
    **{"uv_index": 3.0, "observation_time": "2024-05-06T04:00:00Z"},
}


def weather(units: str = "metric", **values: Any) -> dict[str, Any]:
    return dict(detail({"weather": values or WEATHER}, units, False).get("weather", {}))


def test_weather_in_words_and_units() -> None:
    assert weather() == {
        "condition": "partly cloudy",
        "precipitation_type": "rain",
        "observation_time": "2024-05-06T04:00:00Z",
        "temperature": "13 °C",
        "apparent_temperature": "0 °C",
        "dew_point": "7 °C",
        "wind_speed": "15.1 km/h",
        "wind_gust": "32.4 km/h",
        "humidity": "41 %",
        "cloud_cover": "0 %",
        "precipitation_probability": "20 %",
        "wind_from": "NE (52°)",
        "pressure": "1013.2 hPa",
        "precipitation_intensity": "0 mm/h",
        "uv_index": 3.0,
    }


def test_weather_in_imperial_units() -> None:
    rendered = weather("imperial")
    assert (rendered["temperature"], rendered["wind_speed"]) == ("56 °F", "9.4 mph")


def test_numbers_without_a_meaning_are_left_out() -> None:
    """Libraries of earlier versions have the code of the condition."""
    assert weather(condition=1.0, observation_time=1714968000.0, moon_phase=0.3) == {}
    assert weather(wind_bearing=360.0) == {"wind_from": "N (360°)"}


@pytest.mark.parametrize(
    "value, words",
    [
        (1.0, "1 of 10 (easy)"),
        (3, "3 of 10 (easy)"),
        (6.0, "6 of 10 (moderate)"),
        (7.0, "7 of 10 (hard)"),
        (10.0, "10 of 10 (maximum effort)"),
        (0, None),
        (11, None),
        ("hard", None),
    ],
)
def test_perceived_exertion_in_words(value: object, words: str | None) -> None:
    assert detail({"perceived_exertion": value}, "metric", False).get("perceived_exertion") == words
