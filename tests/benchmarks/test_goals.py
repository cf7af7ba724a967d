"""The goals that depend on no clock: imported modules, and tokens per reply."""

import re

import pytest

from strava_mcp.tools import catalogue
from tests.benchmarks import inside, tokens
from tests.conftest import ROOT
from tests.season_day import clock_of_the_season

#: Each module adds half a millisecond to a cold start. A new one that a tools/list does not need is
#: imported by the function that needs it.
MAX_MODULES = 100
#: By how much the tokens of two hashes of 12 hexadecimal digits may differ.
HASH_TOKENS = 8


def test_tools_list_imports_nothing_heavy() -> None:
    assert inside.forbidden_modules() == []


def test_charts_are_not_imported_before_one_is_asked_for() -> None:
    assert inside.forbidden_after_a_call() == []


def test_tools_list_imports_few_modules() -> None:
    assert len(inside.own_modules()) <= MAX_MODULES


def test_checking_an_oauth_token_does_not_load_the_authorization_server() -> None:
    assert inside.forbidden_with_oauth() == []


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    """Tokens per payload, on one day: another has other activities."""
    with clock_of_the_season():
        return tokens.measure()


def test_replies_stay_within_their_token_budget(measured: dict[str, int]) -> None:
    assert {name for name in tokens.GOALS if measured[name] > tokens.GOALS[name]} == set()


def test_readme_has_the_token_counts_of_the_list(measured: dict[str, int]) -> None:
    text = (ROOT / "tests" / "benchmarks" / "README.md").read_text("utf-8")
    figures = [
        re.search(r"^\| `tools/list` \| ([\d,]+) \|", text, re.M),
        re.search(r"names, descriptions and input schemas: ([\d,]+)\s+tokens", text),
        re.search(r"the schemas of replies \(([\d,]+)\)", text),
    ]
    assert all(figures)
    listed, *others = (int(figure[1].replace(",", "")) for figure in figures if figure)
    # The list has the page's hash three times, whose tokens change with every version of it.
    assert abs(listed - measured["tools/list"]) <= 3 * HASH_TOKENS
    assert others == [measured[name] for name in (tokens.READ_BY_MODELS, tokens.REPLY_SCHEMAS)]
    count = re.search(r"Of the (\d+) tools", text)
    assert count and int(count[1]) == len(catalogue.read())
