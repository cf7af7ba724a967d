"""Every superlative and kind of search, over all sources, compared with all activities."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import facts_of
from strava_mcp.sports import RIDES
from strava_mcp.tools import load_tools
from strava_mcp.tools.search_quantities import MEASURES
from strava_mcp.tools.search_words import KINDS, ORDERS
from tests import season
from tests.tools.conftest import WRITER

ACTIVITIES = season.season()
#: At least one for each pattern of a superlative.
SUPERLATIVES = (
    *("newest", "best", "oldest", "longest by time", "longest", "shortest", "top speed", "fastest"),
    *("slowest", "most climbing", "hilliest", "flattest", "highest average heart rate"),
    *("highest heart rate", "lowest heart rate", "highest normalized power", "highest power"),
    *("hardest", "highest effort", "easiest", "most kudos", "most work", "hottest", "coldest"),
    "biggest",
)
#: At least one for each pattern of a kind.
WORKOUTS = ("intervals", "tempo", "thresholds", "track session", "speed work", "key workouts")
KIND_WORDS = (
    *(
        "races",
        "long runs",
        "workouts",
        "commutes",
        "indoor",
        "treadmill",
        "outdoors",
        "heart rate",
        "power",
        *WORKOUTS,
    ),
)
#: Of each quantity, bounds that no activity reaches.
QUANTITIES = {
    **{"distance": "over 900 km", "moving time": "over 99 hours", "speed": "over 200 km/h"},
    **{"elevation gain": "over 9999 m climbing", "heart rate": "over 300 bpm"},
    **{"power": "over 9000 watts", "maximum heart rate": "max hr over 300"},
    "relative effort": "relative effort over 9000",
}
VOCABULARY = (
    *(
        "runs",
        "tuesday",
        "not",
        "without",
        "last week",
        "2026",
        "in march",
        "half marathon",
        "top 3",
    ),
    *("10k", "sub 20", "between", "over", '"loop"', "aïcha", "朝", "6 x 800 m", "faster than 5"),
)
Search = Callable[[str], JSON]


@pytest.fixture(scope="module", params=season.SOURCES)
def search(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Search]:
    tool = load_tools()["search"]
    with season.source_of(request.param, ACTIVITIES, tmp_path_factory.mktemp("season")) as source:
        ctx = Context(WRITER, optional_source=source)

        def run(query: str) -> JSON:
            return dict(tool.function(ctx, tool.load({"query": query})))  # type: ignore[arg-type]

        yield run


def first_match(patterns: Any, words: str) -> Any:
    return next((one for one in patterns if re.fullmatch(one, words)), None)


def test_no_pattern_is_left_out() -> None:
    assert {first_match(ORDERS, words) for words in SUPERLATIVES} == set(ORDERS)
    assert {first_match(KINDS, words) for words in KIND_WORDS} == set(KINDS)
    assert set(QUANTITIES) == set(MEASURES.values())


@pytest.mark.parametrize("words", SUPERLATIVES)
def test_superlatives(search: Search, words: str) -> None:
    order = ORDERS[first_match(ORDERS, words)]
    rides = [facts_of(one) for one in ACTIVITIES if one["sport_type"] in RIDES]
    ranked = [one for one in rides if getattr(one, order.fact) is not None]
    if order.fact not in ("temperature", "start") and words != "flattest":
        ranked = [one for one in ranked if getattr(one, order.fact) > 0]
    expected = [str(one.id) for one in sorted(ranked, key=order.key)]
    assert expected
    assert [result["id"] for result in search(f"{words} ride")["results"]] == expected[:20]


@pytest.mark.parametrize("words", KIND_WORDS)
def test_kinds(search: Search, words: str) -> None:
    kind = KINDS[first_match(KINDS, words)]
    all_facts = [facts_of(one) for one in ACTIVITIES]
    expected = {one.id for one in all_facts if all(part.holds(one) for part in kind.conditions)}
    reply = search(words)
    assert "kind" in reply["understood"]
    if not kind.sport:
        assert {int(result["id"]) for result in reply["results"]} <= expected
        assert reply["total"] == len(expected)
        assert search(f"not {words}")["total"] == len(ACTIVITIES) - len(expected)


def test_what_nobody_recorded_is_named(search: Search) -> None:
    note = search("highest power swim")["note"]
    assert "No activity matches" in note or "without “highest power”" in note


@pytest.mark.parametrize("words, shown", [("hottest", "21 °C"), ("coldest", "-4 °C")])
def test_temperature_is_shown(search: Search, words: str, shown: str) -> None:
    assert search(f"{words} ride")["results"][0]["title"].endswith(f"{shown})")


@pytest.mark.parametrize("measure", QUANTITIES)
def test_advice_where_no_activity_is_within_bounds(search: Search, measure: str) -> None:
    reply = search(QUANTITIES[measure])
    assert reply["results"] == [] and list(reply["understood"]) == [measure]
    assert "Try wider bounds" in reply["note"]


def test_no_combination_of_words_is_an_internal_error(search: Search) -> None:
    rng = Random("search")
    words = (*SUPERLATIVES, *KIND_WORDS, *QUANTITIES.values(), *VOCABULARY)
    for _ in range(150):
        with suppress(InvalidArguments):
            search(" ".join(rng.choices(words, k=rng.randint(1, 5))))
