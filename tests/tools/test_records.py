"""get_records as a client calls it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotSupported
from strava_mcp.identity import READ, Principal
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.records import ANSWERS
from strava_mcp.tools.size import MAX_TOKENS, tokens
from tests.rig import Rig
from tests.sources.archive.imported import archive_of

#: Goal of a usual question.
USUAL_TOKENS = 1500
PRINCIPAL = Principal("test", frozenset({READ}))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Context]:
    store = open_store("sqlite://:memory:")
    yield Context(PRINCIPAL, optional_source=Rig(store).authorize().source)
    store.close()


@pytest.fixture(scope="module")
def archive(sandbox_home: Path) -> Context:
    return Context(PRINCIPAL, optional_source=archive_of(sandbox_home))


def ask(ctx: Context, **arguments: Any) -> Any:
    tool = load_tools()["get_records"]
    return tool.function(ctx, tool.load(arguments))


def rows(reply: Any) -> list[dict[str, Any]]:
    return [dict(zip(reply["columns"], row, strict=True)) for row in reply["rows"]]


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_kind_answers_in_few_tokens(sandbox: Context, kind: str) -> None:
    reply = ask(sandbox, kind=kind)
    assert reply["rows"] and tokens(reply) <= USUAL_TOKENS
    assert {"units", "dates", "basis", "coverage", "method"} <= reply.keys()
    assert "note" not in reply
    assert ("faster than 12.4 m/s" in reply["method"]) == (kind in ("distances", "pace"))
    listed = rows(reply)
    assert any("activity_id" in name for name in reply["columns"])
    assert all(len(set(row)) == len(reply["columns"]) for row in listed)
    assert tokens(ask(sandbox, kind=kind, top=10)) <= MAX_TOKENS


def test_distances_show_the_record_before(archive: Context) -> None:
    reply = ask(archive, kind="distances", top=3)
    first = [row for row in rows(reply) if row["rank"] == 1]
    distances = list(dict.fromkeys(row["distance"] for row in first))  # equal times share a rank
    assert distances[:3] == ["400m", "1/2 mile", "1K"]
    broken = [row for row in first if row["broke"]]
    assert broken
    for row in broken:
        time, day, number = row["broke"]
        assert time > row["time"] and day <= row["date"] and number != row["activity_id"]


def test_power_has_both_estimates_of_ftp(sandbox: Context) -> None:
    reply = ask(sandbox, kind="power")
    estimates = reply["estimates"]
    assert reply["basis"]["ftp"].startswith("245 W, strava")
    twenty = estimates["ftp_95_percent_of_20_min"]
    assert twenty["standard_error"] == "unknown: a single effort" and twenty["activities"]
    critical = estimates["critical_power"]
    assert "unknown" in critical or {"watts", "standard_error_watts", "w_prime_kj"} <= set(critical)
    recent = ask(sandbox, kind="power", date_range="last 89 days")
    (best,) = (row for row in rows(recent) if row["duration"] == "20 min")
    assert twenty["watts"] == pytest.approx(0.95 * best["watts"], abs=1)
    assert twenty["activities"] == [best["activity_id"]]


def test_runs_have_critical_speed(sandbox: Context) -> None:
    critical = ask(sandbox, kind="pace")["estimates"]["critical_speed"]
    assert ask(sandbox)["estimates"]["critical_speed"] == critical
    if "unknown" in critical:  # a season without hard efforts of different lengths
        assert len(critical["unknown"]) > 10 and critical.keys() == {"unknown"}
        return
    assert 3.4 < critical["m_per_s"] < 4.4 and critical["standard_error_m_per_s"] > 0
    assert 50 <= critical["d_prime_m"] <= 500 and critical["age_days"]


def test_units_are_those_asked_for(archive: Context) -> None:
    metric, imperial = (rows(ask(archive, kind="longest", units=u)) for u in ("metric", "imperial"))
    for one, other in zip(metric, imperial, strict=True):
        if one["record"] == "distance":
            assert other["value"] == pytest.approx(one["value"] / 1.609344, abs=0.01)
    assert {row["sport"] for row in rows(ask(archive, kind="longest", sport="Run"))} == {"runs"}


def test_segments_of_an_archive_are_refused_with_the_reason(
    archive: Context, sandbox: Context
) -> None:
    with pytest.raises(NotSupported, match="efforts on segments"):
        ask(archive, kind="segments")
    for row in rows(ask(sandbox, kind="segments")):
        best = sandbox.source.segment_efforts(row["segment_id"])
        seconds = min(effort["elapsed_time"] for effort in best)
        assert row["time"] == f"0:{seconds // 60:02d}:{seconds % 60:02d}"
        assert row["efforts"] == len(best)


def test_nothing_is_said_where_there_is_nothing(archive: Context) -> None:
    reply = ask(archive, kind="power", sport="yoga")
    assert reply["rows"] == [] and reply["note"].startswith("Nothing")
    assert "estimates" not in reply or "unknown" in reply["estimates"]["critical_power"]


@pytest.mark.parametrize("kind", ANSWERS)
def test_thin_data_has_an_answer(sandbox: Context, kind: str) -> None:
    """Days before the first activity, one day, and sports without a recording."""
    strength = ask(sandbox, kind="longest", sport="WeightTraining")
    day = rows(strength)[0]["date"]
    sport = {} if kind in ("distances", "pace") else {"sport": "WeightTraining"}
    for arguments in ({"date_range": "1999"}, {"date_range": day, **sport}):
        reply = ask(sandbox, kind=kind, **arguments)
        assert reply["method"] and reply["coverage"] is not None
        assert reply["rows"] or reply["note"].startswith("Nothing")
        for name, estimate in reply.get("estimates", {}).items():
            assert name == "from" or estimate


@pytest.mark.parametrize(
    "arguments, field, words",
    [
        ({"kind": "fastest"}, "kind", "distances, power"),
        ({"sport": "rides"}, "sport", "Only runs have records"),
        ({"kind": "pace", "sport": "Swim"}, "sport", "Only runs have records"),
        ({"top": 11}, "top", "1 to 10"),
        ({"top": 0}, "top", "1 to 10"),
        ({"date_range": "whenever"}, "date_range", "Accepted"),
        ({"sport": "quidditch"}, "sport", "Unknown sport"),
    ],
)
def test_wrong_arguments(archive: Context, arguments: Any, field: str, words: str) -> None:
    with pytest.raises(InvalidArguments) as raised:
        ask(archive, **arguments)
    assert words in raised.value.fields[field]
