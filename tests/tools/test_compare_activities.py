"""compare_activities as a client calls it."""

from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotFound
from strava_mcp.json_types import JSON
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.size import tokens
from tests.rig import Rig
from tests.season_day import clock_of_the_season
from tests.tools.conftest import WRITER, Call


@pytest.fixture(scope="module", autouse=True)
def season_clock() -> Iterator[None]:
    """It is the day of ``tests.season_day``: a trend needs runs enough on one route."""
    with clock_of_the_season():
        yield


@pytest.fixture(scope="module")
def rig(season_clock: None) -> Iterator[Rig]:
    store = open_store("sqlite://:memory:")
    yield Rig(store, config=Config()).authorize()
    store.close()


@pytest.fixture(scope="module")
def rows(rig: Rig) -> list[JSON]:
    return rig.all_activities()


@pytest.fixture(scope="module")
def run(rows: list[JSON]) -> JSON:
    return next(a for a in rows if a["sport_type"] == "Run" and a["start_latlng"])


def objects(reply: JSON) -> list[JSON]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]


def seconds(text: str) -> int:
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def test_side_by_side(call: Call, rows: list[JSON]) -> None:
    chosen = [a for a in rows if a["has_heartrate"] and a["distance"]][:5]
    reply = call("compare_activities", ids=[a["id"] for a in chosen])
    assert [row["id"] for row in objects(reply)] == [a["id"] for a in chosen]
    for row, activity in zip(objects(reply), chosen, strict=True):
        assert row["distance"] == pytest.approx(activity["distance"] / 1000, abs=0.005)
        assert seconds(row["moving_time"]) == activity["moving_time"]
        assert row["elevation_gain"] == round(activity["total_elevation_gain"])
        assert row["heartrate"] == round(activity["average_heartrate"])
        assert row["load"] > 0
    assert reply["coverage"]["activities"] == 5 and reply["basis"]
    assert tokens(reply) < 1500


def test_the_gap_is_told_along_the_way(call: Call, run: JSON) -> None:
    history = call("compare_activities", similar_to=run["id"])
    assert history["rows"][0][0] == run["id"] and tokens(history) < 1500
    assert history["coverage"]["on_this_route"] >= len(history["rows"])
    assert "trend" in history or "no_trend" in history
    (column,) = [name for name in history["gap"]["columns"] if name.startswith("s_behind_of_")]
    other = int(column.rpartition("_")[2])
    pair = call("compare_activities", ids=f"{run['id']},{other}")
    assert pair["gap"]["columns"] == ["at", column] and len(pair["gap"]["rows"]) >= 45
    assert pair["gap"]["rows"][-1] == history["gap"]["rows"][-1]
    times = [seconds(row["elapsed_time"]) for row in objects(pair)]
    assert pair["gap"]["rows"][-1][1] == pytest.approx(times[1] - times[0], abs=15)
    parts = pair["gap"]["arose_most"][str(other)]
    assert [abs(p["seconds"]) for p in parts] == sorted((abs(p["seconds"]) for p in parts))[::-1]
    assert tokens(pair) < 1500


def test_the_trend_is_in_words_of_the_sport(call: Call, run: JSON) -> None:
    trend = call("compare_activities", similar_to=run["id"])["trend"]
    days = [key for key in trend["pace_at_heartrate"] if key != "heartrate"]
    assert len(days) == 2 and days == sorted(days)
    assert trend["activities"] >= 5 and trend["standard_error"] > 0
    imperial = call("compare_activities", similar_to=run["id"], units="imperial")
    assert "yd/beat" in imperial["units"]
    assert (
        imperial["trend"]["per_heartbeat_percent_per_year"]
        == trend["per_heartbeat_percent_per_year"]
    )


@pytest.mark.parametrize("sport", ["WeightTraining", "Yoga", "Swim"])
def test_thin_data(call: Call, rows: list[JSON], sport: str) -> None:
    activity = next((a for a in rows if a["sport_type"] == sport), None)
    if activity is None:
        return
    reply = call("compare_activities", similar_to=activity["id"])
    assert reply["rows"][0][0] == activity["id"] and reply["note"]
    others = [a["id"] for a in rows if a["sport_type"] == "Ride"][:1]
    reply = call("compare_activities", ids=[activity["id"], *others])
    assert reply["no_gap"] and "gap" not in reply


@pytest.mark.parametrize(
    "arguments, field, text",
    [
        ({}, "ids", "either ids or similar_to"),
        ({"ids": [1, 2], "similar_to": 3}, "ids", "either ids or similar_to"),
        ({"ids": [1]}, "ids", "2 to 5"),
        ({"ids": "7,7"}, "ids", "2 to 5 different activities, not 1"),
        ({"ids": [1, 2, 3, 4, 5, 6]}, "ids", "2 to 5"),
        ({"ids": ["a", 2]}, "ids", "Item 0: Must be the id"),
        ({"similar_to": -1}, "similar_to", "id of an activity"),
    ],
)
def test_wrong_arguments(arguments: Any, field: str, text: str) -> None:
    with pytest.raises(InvalidArguments) as raised:
        load_tools()["compare_activities"].load(arguments)
    assert text in raised.value.fields[field]


def test_unknown_activities_say_where_ids_are(rig: Rig) -> None:
    tool = load_tools()["compare_activities"]
    context = Context(WRITER, optional_source=rig.source)
    for arguments in ({"ids": [1, 2]}, {"similar_to": 1}):
        with pytest.raises(NotFound, match="get_activities and search"):
            tool.function(context, tool.load(arguments))
