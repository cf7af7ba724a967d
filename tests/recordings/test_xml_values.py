"""Numbers and times in forms that programs write."""

import pytest

from strava_mcp.recordings.xml_values import parse_number, parse_time

NOON = 1_700_222_400.0  # 2023-11-17T12:00:00Z


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("0", 0), ("0.0", 0), ("-3.5", -3.5), ("1e3", 1000), (" 7 ", 7), ("47,125", 47.125)),
        *(("-8,5", -8.5), ("1,234.5", 1234.5), ("1,234,567.5", 1_234_567.5)),
        *((None, None), ("", None), ("nan", None), ("-inf", None), ("1,234,567", None)),
        *(("north", None), ("1.2.3", None), (",", None), ("1e999", None)),
    ],
)
def test_numbers(text: str | None, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("2023-11-17T12:00:00Z", 0), ("2023-11-17T12:00:00.250Z", 0.25), ("2023-11-17", -43200)),
        *(("2023-11-17T14:30:00+02:30", 0), ("2023-11-17 07:00 -5", 0), ("2023 11 17 12:00", 0)),
        *(("2023-11-17T24:00:00Z", 43200), ("2023-11-17T11:59:60Z", 0)),
        *(("2023-11-17T12:00:00.Z", 0), ("2023-11-17T12:0:1,5 GMT", 1.5)),
        *((None, None), ("", None), ("noon", None), ("2023-13-01T00:00:00Z", None)),
        *(("2023 02 30 12:00:00", None), ("2023 11 17 25:00:00", None), ("12:00:00", None)),
        *(("9999-12-31T24:00:00Z", None), ("0001 01 01 00:00:00 +14", None)),
        *(("2023-11-17T12:00:00" + "Z" * 100_000, None), ("2023" * 50_000, None)),
    ],
)
def test_times(text: str | None, seconds: float | None) -> None:
    parsed = parse_time(text)
    assert (None if parsed is None else parsed - NOON) == seconds
