"""search and fetch: queries in plain words, and the reply shapes that ChatGPT expects."""

from datetime import date
from typing import Any

import pytest

from strava_mcp.errors import InvalidArguments, NotFound
from strava_mcp.sports import RIDES, RUNS
from tests.rig import Rig
from tests.tools.conftest import Call

INF = float("inf")


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


@pytest.mark.parametrize(
    "query, key, sports",
    [
        ("longest ride ever", "distance", RIDES),
        ("biggest climb by bike", "total_elevation_gain", RIDES),
        ("hardest run", "suffer_score", RUNS),
        ("highest heart rate run", "max_heartrate", RUNS),
    ],
)
def test_superlatives_sort(
    call: Call, rig: Rig, query: str, key: str, sports: tuple[str, ...]
) -> None:
    rows = [a for a in rig.all_activities() if a["sport_type"] in sports and a.get(key)]
    expected = sorted((a[key] for a in rows), reverse=True)[:20]
    by_id = {str(a["id"]): a for a in rows}
    assert [by_id[number][key] for number in ids(call("search", query=query))] == expected


def test_fastest_10k(call: Call, rig: Rig) -> None:
    runs = [a for a in rig.all_activities() if a["sport_type"] in RUNS]
    tens = [a for a in runs if 9_500 <= a["distance"] <= 10_600]
    fastest = max(tens, key=lambda a: a["distance"] / a["moving_time"])
    reply = call("search", query="fastest 10k ever")
    assert ids(reply)[0] == str(fastest["id"]) and reply["total"] == len(tens)
    assert reply["understood"]["distance"] == "9.5–10.6 km"
    assert "average speed of whole activities" in reply["understood"]["order"]
    assert "/km)" in reply["results"][0]["title"]


def test_races_are_those_marked_or_named_so(call: Call, rig: Rig) -> None:
    races = [a for a in rig.all_activities() if a["workout_type"] in (1, 11)]
    reply = call("search", query="races")
    assert races and ids(reply) == [str(a["id"]) for a in races]


def test_names_are_found_without_their_accents(call: Call) -> None:
    for query in ("aicha", "Aïcha", "AICHA", "zuerichsee", "Zurich"):
        assert call("search", query=query)["results"], query


def test_number_of_results_that_is_asked_for(call: Call) -> None:
    reply = call("search", query="5 longest rides")
    assert len(reply["results"]) == 5 < reply["total"] and "note" not in reply


@pytest.mark.parametrize(
    "query, explanation",
    [
        ("Quidditch", "No activity matches “quidditch”. Words are looked for in name"),
        ("Quidditch rides", "No activity matches “quidditch”; without it, "),
        ("aicha over 200 km", "No activity matches “over 200 km”; without it, "),
        ("runs in 2001", "No activity matches “in 2001”; without it, "),
        ("rides with aicha", " without “rides”"),
    ],
)
def test_empty_result_says_why(call: Call, query: str, explanation: str) -> None:
    reply = call("search", query=query)
    assert reply["results"] == [] and reply["total"] == 0
    assert explanation in reply["note"]


def test_results_have_the_expected_shape(call: Call) -> None:
    reply = call("search", query="all the runs")
    assert 0 < len(reply["results"]) <= 20 < reply["total"]
    for result in reply["results"]:
        assert set(result) == {"id", "title", "url"}
        assert result["url"] == f"https://sandbox.invalid/activities/{result['id']}"
        assert isinstance(result["id"], str)
    assert reply["understood"] == {"sport": "Run, TrailRun, VirtualRun"}
    assert reply["ignored"] == ["all", "the"]
    assert f"20 of {reply['total']} shown" in reply["note"]


def test_search_costs_a_limited_number_of_calls(call: Call, rig: Rig) -> None:
    pages = len(rig.all_activities()) // 200 + 2  # the last one, and the empty one after it
    call("search", query="runs")
    assert len(rig.calls) <= pages + 1, "and one for the athlete's time zone"
    rig.forget_calls()
    call("search", query="nothing is called like this")
    assert len(rig.calls) <= 2 * pages + 1, "once more to say why, and one for the gear"


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
