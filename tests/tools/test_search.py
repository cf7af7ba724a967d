"""search and fetch: plain words in, the shapes that ChatGPT expects out."""

from datetime import date
from typing import Any

import pytest

from strava_mcp.errors import InvalidArguments, NotFound
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.tools.search_query import parse_query
from tests.rig import Rig
from tests.tools.conftest import Call

TODAY = date(2026, 11, 23)  # a Monday
INF = float("inf")


@pytest.mark.parametrize(
    "query, sports",
    [
        ("runs", RUNS),
        ("running", RUNS),
        ("jogging", RUNS),
        ("trail runs", ("TrailRun",)),
        ("bike rides", RIDES),
        ("cycling", RIDES),
        ("swims", ("Swim",)),
        ("swimming", ("Swim",)),
        ("hiking", ("Hike",)),
        ("gravel", ("GravelRide",)),
        ("weight training", ("WeightTraining",)),
        ("yoga and swims", ("Yoga", "Swim")),
        ("sunday with Jonas", ()),
    ],
)
def test_sports(query: str, sports: tuple[str, ...]) -> None:
    assert parse_query(query, TODAY).sports == set(sports)


@pytest.mark.parametrize(
    "query, first, last",
    [
        ("runs last week", "2026-11-16", "2026-11-22"),
        ("in march 2026", "2026-03-01", "2026-03-31"),
        ("rides 2025", "2025-01-01", "2025-12-31"),
        ("yesterday", "2026-11-22", "2026-11-22"),
        ("swims during the last 3 months", "2026-08-24", "2026-11-23"),
        ("2026-03-01..2026-03-05 run", "2026-03-01", "2026-03-05"),
    ],
)
def test_days(query: str, first: str, last: str) -> None:
    span = parse_query(query, TODAY).span
    assert span and (str(span.first), str(span.last)) == (first, last)


@pytest.mark.parametrize(
    "query, least, most",
    [
        ("over 20 km", 20_000, INF),
        ("longer than 20km", 20_000, INF),
        ("under 5 miles", 0, 8_046.72),
        ("between 5 and 10 km", 5_000, 10_000),
        ("between 5 and 10 miles", 8_046.72, 16_093.44),
        ("10k", 9_300, 10_700),
        ("half marathon", 19_620, 22_575),
        ("marathon", 39_241, 45_149),
        ("at least 12,5 km", 12_500, INF),
        ("no distance", 0, INF),
    ],
)
def test_distances(query: str, least: float, most: float) -> None:
    found = parse_query(query, TODAY)
    assert found.min_m == pytest.approx(least, rel=0.001)
    assert found.max_m == pytest.approx(most, rel=0.001)


def test_the_rest_are_words_of_the_name() -> None:
    found = parse_query("trail runs with Jonas over 15 km last month", TODAY)
    assert found.words == ("jonas",)
    assert parse_query("show me all my activities", TODAY).words == ()
    assert parse_query("朝ラン ☕", TODAY).words == ("朝ラン", "☕")


def brute(rig: Rig, **conditions: Any) -> list[str]:
    rows = rig.all_activities()
    return [
        str(a["id"])
        for a in rows
        if a["sport_type"] in conditions.get("sports", (a["sport_type"],))
        and conditions.get("least", 0) <= a["distance"] <= conditions.get("most", INF)
        and a["start_date_local"][:4] == conditions.get("year", a["start_date_local"][:4])
        and conditions.get("word", "") in a["name"].casefold()
    ][:20]


def ids(reply: Any) -> list[str]:
    return [result["id"] for result in reply["results"]]


def test_it_finds_what_brute_force_finds(call: Call, rig: Rig) -> None:
    year = str(date.today().year - 1)
    assert ids(call("search", query="runs over 15 km")) == brute(rig, sports=RUNS, least=15_000)
    assert ids(call("search", query=f"swims {year}")) == brute(rig, sports=("Swim",), year=year)
    found = ids(call("search", query=f"rides between 30 and 50 km {year}"))
    assert found == brute(rig, sports=RIDES, least=30_000, most=50_000, year=year)
    word = rig.all_activities()[0]["name"].casefold().split()[0]
    assert set(ids(call("search", query=word))) <= {str(a["id"]) for a in rig.all_activities()}


def test_the_longest_come_first_where_that_is_asked(call: Call, rig: Rig) -> None:
    rides = [a for a in rig.all_activities() if a["sport_type"] in RIDES]
    longest = sorted(rides, key=lambda a: -a["distance"])[:20]
    assert ids(call("search", query="longest rides")) == [str(a["id"]) for a in longest]


def test_results_have_the_expected_shape(call: Call) -> None:
    results = call("search", query="runs")["results"]
    assert 0 < len(results) <= 20
    for result in results:
        assert set(result) == {"id", "title", "url"}
        assert result["url"] == f"https://www.strava.com/activities/{result['id']}"
        assert isinstance(result["id"], str)
    assert call("search", query="nothing is called like this")["results"] == []


def test_a_search_costs_a_bounded_number_of_calls(call: Call, rig: Rig) -> None:
    rig.forget_calls()
    call("search", query="nothing is called like this")
    assert len(rig.calls) <= 8  # six pages, the end of the list, and the athlete's time zone
    rig.forget_calls()
    call("search", query="runs")
    assert len(rig.calls) <= 3


def test_fetch_gives_the_document(call: Call) -> None:
    found = call("search", query="runs")["results"][0]
    document = call("fetch", id=found["id"])
    assert set(document) == {"id", "title", "text", "url", "metadata"}
    assert (document["id"], document["title"]) == (found["id"], found["title"])
    assert "units:" in document["text"] and "distance:" in document["text"]
    assert all(isinstance(value, str) for value in document["metadata"].values())
    for same in (found["url"], int(found["id"])):
        assert call("fetch", id=same)["id"] == found["id"]


@pytest.mark.parametrize("wrong", ["", "abc", "-1", "1.5", "9" * 40, "١٢", "0"])
def test_fetch_refuses_what_is_no_id(call: Call, wrong: str) -> None:
    with pytest.raises(InvalidArguments):
        call("fetch", id=wrong)


def test_fetch_says_what_is_not_there(call: Call) -> None:
    with pytest.raises(NotFound):
        call("fetch", id="12345")
