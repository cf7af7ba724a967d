"""Activities that are looked for, compared or exported."""

from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from strava_mcp.json_types import JSON
from tests.questions import raw
from tests.questions.athlete import Athlete


def table(reply: JSON) -> list[dict[str, Any]]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]


def test_two_runs_on_one_route(athlete: Athlete) -> None:
    ids = [athlete.chosen["route_run"], athlete.chosen["route_again"]]
    reply = athlete.ask("compare_activities", ids=ids)
    listed = {row["id"]: row for row in athlete.rows}
    for row in table(reply):
        expected = listed[row["id"]]
        assert row["distance"] == pytest.approx(expected["distance"] / 1000, abs=0.051)
        assert raw.seconds_of(row["elapsed_time"]) == expected["elapsed_time"]
        if "average_heartrate" in expected:
            assert row["heartrate"] == pytest.approx(expected["average_heartrate"], abs=1)
    if "gap" in reply:
        first, second = (listed[number]["elapsed_time"] for number in ids)
        along = reply["gap"]["rows"] if "rows" in reply["gap"] else []
        if along and athlete.name == "sandbox":
            assert along[-1][-1] == pytest.approx(second - first, rel=0.1, abs=45)


def test_all_runs_on_that_route(athlete: Athlete) -> None:
    reply = athlete.ask("compare_activities", similar_to=athlete.chosen["route_run"])
    rows = table(reply)
    assert rows[0]["id"] == athlete.chosen["route_run"]
    same = [row for row in rows[1:] if row.get("route", "").startswith("same")]
    for row in same:
        assert row["distance"] == pytest.approx(rows[0]["distance"], rel=0.11)


def test_runs_in_the_rain(athlete: Athlete) -> None:
    arguments = {"sport_type": "runs", "weather": "rain", "per_page": 30}
    if athlete.name != "archive":
        assert "no weather" in athlete.refusal("get_activities", **arguments)
        return
    reply = athlete.ask("get_activities", **arguments)
    weather = {
        row["id"]: athlete.source.activity(row["id"]).get("weather", {}).get("condition", "")
        for row in athlete.rows
        if "Run" in row["sport_type"]
    }
    expected = {number for number, words in weather.items() if "rain" in words.lower()}
    assert {row["id"] for row in reply["activities"]} == expected


def test_a_note_is_found_by_its_words(athlete: Athlete) -> None:
    words = athlete.chosen["words"]
    reply = athlete.ask("search", query=words)
    texts = []
    for result in reply["results"][:5]:
        detail = athlete.source.activity(int(result["id"]))
        texts.append(
            " ".join(str(detail.get(key)) for key in ("name", "description", "private_note"))
        )
    assert texts and words in texts[0]


def test_gpx_of_a_ride(athlete: Athlete) -> None:
    number = athlete.chosen["ride"]
    reply = athlete.ask("export_activity", id=number, format="gpx")
    text = athlete.get(urlsplit(reply["download"]).path)
    root = ElementTree.fromstring(text)
    points = root.findall(".//{*}trkpt")
    track = [point for point in athlete.samples(number)["latlng"] if point]
    assert len(points) == len(track)
    for point, (lat, lng) in ((points[0], track[0]), (points[-1], track[-1])):
        assert float(point.attrib["lat"]) == pytest.approx(lat, abs=1e-5)
        assert float(point.attrib["lon"]) == pytest.approx(lng, abs=1e-5)
