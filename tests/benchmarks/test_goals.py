"""The goals that do not depend on a clock: what is imported, and how many tokens replies take."""

import re

from tests.benchmarks import inside, tokens
from tests.conftest import ROOT


def test_a_tools_list_loads_nothing_heavy() -> None:
    assert inside.forbidden_modules() == []


def test_an_oauth_token_is_checked_without_the_authorization_server() -> None:
    assert inside.forbidden_with_oauth() == []


def test_replies_keep_to_their_tokens() -> None:
    measured = tokens.measure()
    assert {name for name in tokens.GOALS if measured[name] > tokens.GOALS[name]} == set()


def test_the_readme_tells_the_tokens_of_the_list() -> None:
    told = re.search(r"^\| `tools/list` \| ([\d,]+) \|", (ROOT / "README.md").read_text(), re.M)
    assert told and int(told[1].replace(",", "")) == tokens.measure()["tools/list"]
