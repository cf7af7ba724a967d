"""get_training_summary as a client calls it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.identity import READ, Principal
from strava_mcp.tools import load_tools
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def ctx(sandbox_home: Path) -> Context:
    return Context(Principal("test", frozenset({READ})), optional_source=archive_of(sandbox_home))


def ask(ctx: Context, **arguments: Any) -> Any:
    tool = load_tools()["get_training_summary"]
    return tool.function(ctx, tool.load(arguments))


def test_reply_says_what_it_rests_on(ctx: Context) -> None:
    reply = ask(ctx, date_range="all time", by="week")
    assert reply["columns"][0] == "week"
    assert all(len(row) == len(reply["columns"]) for row in reply["rows"])
    assert {"lthr", "threshold_pace"} <= reply["basis"].keys()
    assert "activity" in reply["basis"]["threshold_pace"]
    assert reply["coverage"]["activities"] == reply["total"]["activities"] == 45
    assert "load: an hour at the threshold is 100" in reply["method"]
    counts = [row[1] for row in reply["rows"]]
    assert sum(counts) == 45


def test_comparison_with_itself_changes_nothing(ctx: Context) -> None:
    span = ask(ctx, date_range="last 60 days", by="none")["dates"]
    reply = ask(ctx, date_range=span, by="none", compare=span)
    assert set(reply["compared_with"]["change"].values()) <= {"+0 %"}
    assert reply["compared_with"]["distance"] == reply["total"]["distance"]
    assert "rows" not in reply


def test_period_without_a_beginning_ends_where_it_says(ctx: Context) -> None:
    whole = ask(ctx, date_range="all time", by="none")
    first, last = (date.fromisoformat(day) for day in whole["dates"].split(".."))
    middle = first + (last - first) / 2
    reply = ask(ctx, date_range=f"before {middle}", by="none", compare=f"before {middle}")
    counted = ask(ctx, date_range=f"{first}..{middle - timedelta(days=1)}", by="none")
    assert reply["dates"] == counted["dates"]
    assert reply["total"] == counted["total"]
    assert 0 < reply["total"]["activities"] < whole["total"]["activities"]
    compared = reply["compared_with"]
    assert compared["dates"] == reply["dates"]
    assert compared["days_off"] == reply["total"]["days_off"]


def test_all_time_is_compared_with_all_time_a_year_ago(ctx: Context) -> None:
    reply = ask(ctx, date_range="all time", by="none", compare="last_year")
    assert reply["compared_with"]["activities"] == 0
    with pytest.raises(InvalidArguments) as caught:
        ask(ctx, date_range="all time", compare="previous")
    assert "last_year" in caught.value.fields["compare"]


def test_units_and_sports(ctx: Context) -> None:
    metric = ask(ctx, date_range="all time", by="none", sport="runs")["total"]
    imperial = ask(ctx, date_range="all time", by="none", sport="runs", units="imperial")["total"]
    assert imperial["distance"] == pytest.approx(metric["distance"] / 1.609344, abs=0.01)
    assert imperial["load"] == metric["load"]


def test_gear_has_its_names_and_uses(ctx: Context) -> None:
    reply = ask(ctx, date_range="all time", by="gear")
    rows = [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]
    named = [row for row in rows if row["gear"] != "none"]
    assert named and all(row["name"] and row["first"] <= row["last"] for row in named)
    assert all(row["last_30_days"] <= row["distance"] for row in rows)


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"by": "fortnight"}, "by"),
        ({"date_range": "whenever"}, "date_range"),
        ({"compare": "whenever"}, "compare"),
        ({"sport": "quidditch"}, "sport"),
    ],
)
def test_wrong_arguments(ctx: Context, arguments: Any, field: str) -> None:
    with pytest.raises(InvalidArguments) as raised:
        ask(ctx, **arguments)
    assert field in raised.value.fields
