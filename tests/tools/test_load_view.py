"""Loads and places among the records, of an activity and of the rows of a list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.evidence import gather
from strava_mcp.analysis.loads import Load
from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.answers import subject_of
from tests.rig import Rig
from tests.sources.archive.imported import archive_of

PRINCIPAL = Principal("test", frozenset({READ}))


@pytest.fixture(scope="module")
def archive(sandbox_home: Path) -> Context:
    return Context(PRINCIPAL, optional_source=archive_of(sandbox_home))


@pytest.fixture
def sandbox() -> Iterator[tuple[Context, Rig]]:
    store = open_store("sqlite://:memory:")
    rig = Rig(store).authorize()
    yield Context(PRINCIPAL, optional_source=rig.source), rig
    store.close()


def ask(ctx: Context, name: str, **arguments: Any) -> Any:
    tool = load_tools()[name]
    return tool.function(ctx, tool.load(arguments))


def test_an_activity_of_an_archive_has_its_load(archive: Context) -> None:
    subject = subject_of(archive)
    loads = gather(subject, None, subject.today).loads
    rows = ask(archive, "get_activities", with_load=True)["activities"]
    assert any("load" in row for row in rows)
    for row in rows:
        load = loads[row["id"]]
        assert row.get("load") == (round(load.value) if isinstance(load, Load) else None)
        detail = ask(archive, "get_activity_by_id", id=row["id"])
        assert detail.get("load") == row.get("load")
        assert detail.get("records") == row.get("records")
        if isinstance(load, Load):
            assert row["load_from"].startswith(load.kind) and detail["load_basis"] == load.basis


def test_places_are_those_of_get_records(archive: Context) -> None:
    records = ask(archive, "get_records", kind="distances", top=10)  # equal times share a place
    expected = {
        (row[5], f"{('', '2nd ', '3rd ')[row[1] - 1]}fastest {row[0]}")
        for row in records["rows"]
        if row[1] <= 3
    }
    checked = 0
    for row in ask(archive, "get_activities", sport_type="runs", with_load=True)["activities"]:
        for place in row.get("records", ()):
            if "fastest" in place:
                assert (row["id"], place) in expected
                checked += 1
    assert checked >= 3


def test_a_list_has_loads_only_on_request(archive: Context) -> None:
    plain = ask(archive, "get_activities", per_page=5)
    assert "load_basis" not in plain
    assert not any({"load", "records"} & row.keys() for row in plain["activities"])
    table = ask(archive, "get_activities", per_page=200, with_load=True)
    assert {"load", "load_from", "records"} <= set(table["columns"]) and table["load_basis"]
    first = ask(archive, "get_activities", per_page=20, with_load=True)
    rest = ask(archive, "get_activities", cursor=first["cursor"])
    assert any("load" in row for row in rest["activities"]), "a cursor carries the request"


def test_an_activity_over_the_api_costs_one_request(sandbox: tuple[Context, Rig]) -> None:
    ctx, rig = sandbox
    rig.source.keeps_metrics = False  # type: ignore[misc]
    (row,) = ask(ctx, "get_activities", per_page=1, with_load=True)["activities"]
    assert row["load"] > 0
    rig.forget_calls()
    detail = ask(ctx, "get_activity_by_id", id=row["id"])
    assert len(rig.calls) == 1 and "load" not in detail and "records" not in detail


def test_an_activity_of_the_sandbox_has_its_load_and_places(sandbox: tuple[Context, Rig]) -> None:
    ctx, _ = sandbox
    records = ask(ctx, "get_records", kind="distances")
    distance, _, _, _, number, *_ = records["rows"][-1]
    detail = ask(ctx, "get_activity_by_id", id=number)
    assert detail["load"] > 0 and detail["load_from"] == "pace"
    assert f"fastest {distance}" in detail["records"]
