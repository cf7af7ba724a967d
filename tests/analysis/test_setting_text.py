"""Settings as people write them."""

from datetime import date
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import check
from strava_mcp.analysis.setting_text import parse, parse_since, text_of

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("ftp", "250", 250),
        ("ftp", " 250 W ", 250),
        ("lthr", "165bpm", 165),
        ("threshold_pace", "4:05", 245),
        ("threshold_pace", "4:05 min/km", 245),
        ("threshold_pace", "6:34 /mi", 394 / 1.609344),
        ("css", "1:45/100m", 105),
        ("css", "1:36 /100 yd", 96 / 0.9144),
        ("weight", "70.5", 70.5),
        ("weight", "70 kg", 70),
        ("weight", "154 lb", 154 * 0.45359237),
        ("weight", "154lbs", 154 * 0.45359237),
        ("sex", "f", "F"),
        ("sex", "Male", "M"),
        ("birth_year", "1986", 1986),
    ],
)
def test_text_is_parsed(name: Any, text: str, expected: Any) -> None:
    value = parse(name, text, "metric")
    assert value == (expected if name == "sex" else pytest.approx(expected))


@pytest.mark.parametrize(
    "name, text",
    [
        *(("ftp", text) for text in ("", "a lot", "250.5", "1_000", "２５０", "-250", "250 bpm")),
        *(("ftp", text) for text in ("nan", "1e3", "9" * 5000)),
        *(("threshold_pace", text) for text in ("245", "4:65", "4.05", "4:05 /yd", "0x4:05")),
        *(("css", text) for text in ("1:45 /km", "105", "1:45 /100")),
        *(("weight", text) for text in ("70 stone", "70,5", "heavy")),
        *(("sex", text) for text in ("x", "1", "")),
    ],
)
def test_other_text_is_refused_with_an_example(name: Any, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be") as raised:
        parse(name, text, "metric")
    assert len(str(raised.value)) < 120


@pytest.mark.parametrize(
    "name, bare, full", [("weight", "154", "154 lb"), ("threshold_pace", "6:34", "6:34 /mi")]
)
def test_where_units_are_imperial_a_number_alone_is_ambiguous(
    name: Any, bare: str, full: str
) -> None:
    """154 pounds must not become 154 kilograms without a word."""
    with pytest.raises(ValueError, match="needs its unit"):
        parse(name, bare, "imperial")
    assert text_of(name, parse(name, full, "imperial"), "imperial").startswith(bare)


@pytest.mark.parametrize(
    "name, value, metric, imperial",
    [
        ("threshold_pace", 245, "4:05 /km", "6:34 /mi"),
        ("css", 105, "1:45 /100m", "1:36 /100yd"),
        ("weight", 70, "70.0 kg", "154.3 lb"),
        ("ftp", 250, "250 W", "250 W"),
        ("birth_year", 1986, "1986", "1986"),
        ("sex", "F", "F", "F"),
    ],
)
def test_values_are_written_with_their_unit(
    name: Any, value: Any, metric: str, imperial: str
) -> None:
    assert (text_of(name, value), text_of(name, value, "imperial")) == (metric, imperial)


def test_since_is_a_day_that_has_begun() -> None:
    assert parse_since("2026-11-26", TODAY) == TODAY
    for text in (
        "2026-11-27",
        "1969-12-31",
        "yesterday",
        "2026-02-30",
        "20260101",
        "",
        "2026-W01-1",
    ):
        with pytest.raises(ValueError, match="since must be a date from 1970-01-01 to today"):
            parse_since(text, TODAY)


def test_nobody_is_born_in_the_future(clock: Any) -> None:
    assert check("birth_year", 1986) == 1986
    for year in (2100, 1800, 1986.5, True):
        with pytest.raises(ValueError, match="birth_year must be"):
            check("birth_year", year)
