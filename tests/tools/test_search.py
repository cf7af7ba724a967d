"""search and fetch: queries in plain words, and the reply shapes that ChatGPT expects."""

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
    "query, min_m, max_m",
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
def test_distances(query: str, min_m: float, max_m: float) -> None:
    parsed = parse_query(query, TODAY)
    assert parsed.min_m == pytest.approx(min_m, rel=0.001)
    assert parsed.max_m == pytest.approx(max_m, rel=0.001)


def test_remaining_words_must_be_in_the_name() -> None:
    parsed = parse_query("trail runs with Jonas over 15 km last month", TODAY)
    assert parsed.words == ("jonas",)
    assert parse_query("show me all my activities", TODAY).words == ()
    assert parse_query("朝ラン ☕", TODAY).words == ("朝ラン", "☕")


def expected_ids(rig: Rig, **conditions: Any) -> list[str]:
    rows = rig.all_activities()
    return [
        str(a["id"])
        for a in rows
        if a["sport_type"] in conditions.get("sports", (a["sport_type"],))
        and conditions.get("min_m", 0) <= a["distance"] <= conditions.get("max_m", INF)
        and a["start_date_local"][:4] == conditions.get("year", a["start_date_local"][:4])
        and conditions.get("word", "") in a["name"].casefold()
    ][:20]


def ids(reply: Any) -> list[str]:
    return [result["id"] for result in reply["results"]]


def test_results_match_a_brute_force_search(call: Call, rig: Rig) -> None:
    year = str(date.today().year - 1)
    assert ids(call("search", query="runs over 15 km")) == expected_ids(
        rig, sports=RUNS, min_m=15_000
    )
    assert ids(call("search", query=f"swims {year}")) == expected_ids(
        rig, sports=("Swim",), year=year
    )
    rides = ids(call("search", query=f"rides between 30 and 50 km {year}"))
    assert rides == expected_ids(rig, sports=RIDES, min_m=30_000, max_m=50_000, year=year)
    for word in ("fartlek", "朝ラン"):
        expected = expected_ids(rig, word=word)
        assert expected and ids(call("search", query=word)) == expected


def test_longest_sorts_by_distance(call: Call, rig: Rig) -> None:
    rides = [a for a in rig.all_activities() if a["sport_type"] in RIDES]
    longest = sorted(rides, key=lambda a: -a["distance"])[:20]
    assert ids(call("search", query="longest rides")) == [str(a["id"]) for a in longest]


def test_results_have_the_expected_shape(call: Call) -> None:
    results = call("search", query="runs")["results"]
    assert 0 < len(results) <= 20
    for result in results:
        assert set(result) == {"id", "title", "url"}
        assert result["url"] == f"https://sandbox.invalid/activities/{result['id']}"
        assert isinstance(result["id"], str)
    assert call("search", query="nothing is called like this")["results"] == []


def test_search_costs_a_limited_number_of_calls(call: Call, rig: Rig) -> None:
    rig.forget_calls()
    call("search", query="nothing is called like this")
    assert len(rig.calls) <= 8  # six pages, the end of the list, and the athlete's time zone
    rig.forget_calls()
    call("search", query="runs")
    assert len(rig.calls) <= 3


def test_fetch_returns_a_document(call: Call) -> None:
    result = call("search", query="runs")["results"][0]
    document = call("fetch", id=result["id"])
    assert set(document) == {"id", "title", "text", "url", "metadata"}
    assert (document["id"], document["title"]) == (result["id"], result["title"])
    assert "units:" in document["text"] and "distance:" in document["text"]
    assert all(isinstance(value, str) for value in document["metadata"].values())
    for same in (result["url"], int(result["id"])):
        assert call("fetch", id=same)["id"] == result["id"]


@pytest.mark.parametrize("wrong", ["", "abc", "-1", "1.5", "9" * 40, "١٢", "0"])
def test_fetch_rejects_an_invalid_id(call: Call, wrong: str) -> None:
    with pytest.raises(InvalidArguments):
        call("fetch", id=wrong)


def test_fetch_of_an_unknown_id_is_not_found(call: Call) -> None:
    with pytest.raises(NotFound):
        call("fetch", id="12345")
