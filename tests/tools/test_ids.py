"""Ids as numbers, as text, and as the URLs of pages."""

from typing import Any

import pytest

from strava_mcp.tools import load_tools
from strava_mcp.tools.ids import KINDS, parse_gear_id, parse_id

STRAVA = "https://www.strava.com"


@pytest.mark.parametrize(
    "noun, value, number",
    [
        ("activity", 77, 77),
        ("activity", 77.0, 77),
        ("activity", " 77\n", 77),
        ("activity", f"{STRAVA}/activities/77", 77),
        ("activity", f"{STRAVA}/activities/77/overview?utm_source=x#3045", 77),
        ("activity", f"{STRAVA}/activities/77/segments/3045", 77),
        ("activity", "http://strava.com/activities/77/", 77),
        ("activity", "app.strava.com/activities/77", 77),
        ("activity", "HTTPS://WWW.STRAVA.COM/activities/77", 77),
        ("activity", "activities/77#segment3045", 77),
        ("activity", "/activities/77", 77),
        ("activity", "strava://activities/77", 77),
        ("activity", f"{STRAVA}/api/v3/activities/77", 77),
        ("athlete", f"{STRAVA}/athletes/77", 77),
        ("athlete", f"{STRAVA}/pros/77", 77),
        ("club", f"{STRAVA}/clubs/77/leaderboard", 77),
        ("route", f"{STRAVA}/routes/3150000000000000001/export_gpx", 3150000000000000001),
        ("segment", f"{STRAVA}/segments/229781?filter=my_results", 229781),
        ("segment", f"{STRAVA}/segments/hawk-hill-229781", 229781),
    ],
)
def test_valid_ids(noun: str, value: Any, number: int) -> None:
    assert parse_id(noun, value) == number


@pytest.mark.parametrize(
    "value, gear_id",
    [
        ("b11570001", "b11570001"),
        (" g99 ", "g99"),
        (f"{STRAVA}/bikes/11570001", "b11570001"),
        (f"{STRAVA}/shoes/99", "g99"),
        (f"{STRAVA}/gear/g99", "g99"),
        ("strava://bikes/11570001", "b11570001"),
    ],
)
def test_valid_gear_ids(value: str, gear_id: str) -> None:
    assert parse_gear_id(value) == gear_id


@pytest.mark.parametrize("noun", [noun for noun in KINDS if noun != "gear"])
@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, 2**63, 10**400, 1.5, 1e300, float("nan"), float("inf"), True, None, [], {}, b"77"),
        *("", " ", "abc", "-5", "+5", "7.5", "1_000", "１２", "٣", "0", "9" * 20, "1" * 100_000),
        *(
            "77 78",
            "77\x00",
            "https://evil.example/activities/77",
            "https://strava.com.evil/clubs/1",
        ),
        *(f"{STRAVA}@evil.example/activities/77", f"{STRAVA}/training/77", f"{STRAVA}/", STRAVA),
        *(f"{STRAVA}/activities/", f"{STRAVA}/activities/-", f"{STRAVA}/clubs/77-a", "://", "/"),
        f"{STRAVA}/activities/" + "7" * 3000,
    ],
)
def test_invalid_ids_name_their_own_kind(noun: str, value: Any) -> None:
    with pytest.raises(ValueError) as caught:
        parse_id(noun, value)
    assert KINDS[noun].name in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "value", ["", "b", "x7", "7", 7, None, [], "b" + "7" * 20, f"{STRAVA}/gear/7"]
)
def test_invalid_gear_ids(value: Any) -> None:
    with pytest.raises(ValueError, match="id of a bike or of shoes, such as b1234567"):
        parse_gear_id(value)


@pytest.mark.parametrize(
    "noun, page, kind",
    [
        ("activity", "routes", "a route"),
        ("route", "activities", "an activity"),
        ("segment", "clubs", "a club"),
        ("club", "segments", "a segment"),
        ("upload", "bikes", "a bike or of shoes"),
    ],
)
def test_page_of_another_kind_is_named(noun: str, page: str, kind: str) -> None:
    with pytest.raises(ValueError, match=f"page of {kind}. Must be the id of"):
        parse_id(noun, f"{STRAVA}/{page}/77")


def test_share_links_and_names_of_clubs_contain_no_id() -> None:
    with pytest.raises(ValueError, match="open it"):
        parse_id("activity", "https://strava.app.link/AbCdEf")
    with pytest.raises(ValueError, match="id of a club, a number"):
        parse_id("club", f"{STRAVA}/clubs/criticalmass")


def test_sources_of_ids_are_tools() -> None:
    for kind in KINDS.values():
        assert kind.source.split()[0] in load_tools()
