"""Segment tools: starred segments, one segment with own efforts, and starring."""

from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools, segment_view
from tests.rig import Rig
from tests.tools.conftest import Call

CLIMB = 7011002
EFFORTS = "GET /api/v3/segment_efforts"


def test_starred_segments(call: Call, rig: Rig) -> None:
    original = rig.source.starred_segments()
    rig.forget_calls()
    reply = call("list_starred_segments")
    assert rig.calls == ["GET /api/v3/segments/starred"]
    assert [row["id"] for row in reply["segments"]] == [segment["id"] for segment in original]
    row = reply["segments"][0]
    assert row["distance"] == original[0]["distance"] / 1000
    assert row["place"] == "Zürich, Switzerland" and row["sport_type"] == "Run"
    assert reply["link"] == "https://sandbox.invalid/segments/{id}" and "next_page" not in reply
    imperial = call("list_starred_segments", units="imperial")
    assert imperial["segments"][0]["distance"] == round(original[0]["distance"] / 1609.344, 3)


def test_starred_segments_are_paged(call: Call) -> None:
    every = call("list_starred_segments")["segments"]
    first = call("list_starred_segments", per_page=1)
    assert first["segments"] == every[:1] and first["next_page"] == 2
    assert call("list_starred_segments", per_page=1, page=2)["segments"] == every[1:2]
    assert "page 9" in call("list_starred_segments", page=9)["note"]


def test_oversized_page_is_truncated_with_a_note(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": n, "name": f"皇居 内堀通り {n}" * 4} for n in range(1, 201)]
    monkeypatch.setattr(
        rig.source, "starred_segments", lambda **options: rows[: options["per_page"]]
    )
    reply = call("list_starred_segments", per_page=200)
    kept = len(reply["segments"])
    assert 10 < kept < 200 and "next_page" not in reply
    assert reply["note"].startswith(f"{kept} of 200 shown") and "lower per_page" in reply["note"]
    assert call("list_starred_segments", per_page=kept)["next_page"] == 2


def test_a_segment_with_own_efforts(call: Call, rig: Rig) -> None:
    original, efforts = rig.source.segment(CLIMB), rig.source.segment_efforts(CLIMB)
    rig.forget_calls()
    reply = call("get_segment", id=CLIMB)
    assert rig.calls == [f"GET /api/v3/segments/{CLIMB}", EFFORTS]
    assert reply["name"] == original["name"] and reply["average_grade"] == original["average_grade"]
    assert reply["elevation_gain"] == round(original["total_elevation_gain"])
    assert reply["link"] == f"https://sandbox.invalid/segments/{CLIMB}"
    assert reply["own_efforts"] == len(efforts) > 10 == len(reply["efforts"])
    latest = max(efforts, key=lambda effort: effort["start_date_local"])
    effort = reply["efforts"][0]
    assert effort["start_local"] == latest["start_date_local"].removesuffix("Z"), "not shifted"
    assert effort["activity_id"] == latest["activity"]["id"]
    fastest = min(efforts, key=lambda effort: effort["elapsed_time"])
    assert reply["best"]["activity_id"] == fastest["activity"]["id"]
    minutes, seconds = divmod(fastest["elapsed_time"], 60)
    assert reply["best"]["time"] == f"0:{minutes:02d}:{seconds:02d}"
    assert reply["units"].endswith("grade %")
    assert ":" in reply["best"]["pace"] and "polyline" not in str(reply)


def test_efforts_in_a_date_range(call: Call, rig: Rig) -> None:
    efforts = rig.source.segment_efforts(CLIMB)
    day = min(effort["start_date_local"] for effort in efforts)[:10]
    reply = call("get_segment", id=CLIMB, date_range=day)
    assert reply["own_efforts"] == 1 and reply["efforts"][0]["start_local"].startswith(day)
    none = call("get_segment", id=CLIMB, date_range="2001")
    assert none["own_efforts"] == 0 and not {"best", "efforts"} & set(none)
    with pytest.raises(InvalidArguments, match="last week"):
        call("get_segment", id=CLIMB, date_range="some day")


def test_date_range_is_checked_on_the_response(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    efforts = rig.source.segment_efforts(CLIMB)
    monkeypatch.setattr(rig.source, "segment_efforts", lambda number, **options: efforts)
    day = efforts[0]["start_date_local"][:10]
    assert call("get_segment", id=CLIMB, date_range=day)["own_efforts"] == 1


def test_full_page_of_efforts_has_a_note(
    call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    effort = rig.source.segment_efforts(CLIMB, per_page=1)[0]
    monkeypatch.setattr(rig.source, "segment_efforts", lambda number, **options: [effort] * 200)
    assert "date_range" in call("get_segment", id=CLIMB)["note"]


def test_starring_is_idempotent(call: Call, rig: Rig) -> None:
    for starred in (True, True, False):
        reply = call("star_segment", id=CLIMB, starred=starred)
        assert reply["id"] == CLIMB and reply["starred"] is starred
        listed = [row["id"] for row in call("list_starred_segments")["segments"]]
        assert (CLIMB in listed) is starred
    assert call("star_segment", id=CLIMB)["starred"] is True, "starring is the default"
    assert call("get_segment", id=CLIMB)["starred"] is True


def test_starring_invalidates_the_cache(ctx: Context) -> None:
    store = open_store("sqlite://:memory:")
    cached = replace(ctx, optional_source=Rig(store, config=Config()).source)
    listed, star = (load_tools()[name] for name in ("list_starred_segments", "star_segment"))
    for starred in (True, False, True):
        star.function(cached, star.load({"id": CLIMB, "starred": starred}))
        reply: Any = listed.function(cached, listed.load({}))
        assert (CLIMB in [row["id"] for row in reply["segments"]]) is starred
    store.close()


@pytest.mark.parametrize("wrong", [0, -1, "x", 1.5, True, 2**63])
@pytest.mark.parametrize("name", ["get_segment", "star_segment"])
def test_invalid_id_is_rejected_without_a_call(call: Call, rig: Rig, name: str, wrong: Any) -> None:
    with pytest.raises(InvalidArguments, match="whole number|id of a segment"):
        call(name, id=wrong)
    assert rig.calls == []


def test_star_tool_is_annotated() -> None:
    star = load_tools()["star_segment"]
    assert star.scope == "strava:write" and "Ask the user" in star.description
    assert star.annotations == {
        "readOnlyHint": False,
        "destructiveHint": False,
        "idempotentHint": True,
    }


@pytest.mark.parametrize("category, word", [(0, None), (1, "cat 4"), (4, "cat 1"), (5, "HC")])
def test_climb_categories_have_their_usual_names(category: int, word: str | None) -> None:
    row = segment_view.summary({"climb_category": category}, "metric")
    assert row.get("climb") == word


@pytest.mark.parametrize(
    "stats",
    [
        {"athlete_segment_stats": {"pr_elapsed_time": 312, "effort_count": 4}},
        {"athlete_pr_effort": {"elapsed_time": 312}},
        {"athlete_segment_stats": {"elapsed_time": 0}, "athlete_pr_effort": {"elapsed_time": 312}},
    ],
)
def test_best_time_from_any_of_its_fields(stats: dict[str, Any]) -> None:
    assert segment_view.summary(stats, "metric")["best_time"] == "0:05:12"


def test_an_effort_without_a_time_is_not_the_best() -> None:
    efforts = [{"elapsed_time": None}, {"elapsed_time": 0}, {"elapsed_time": 60, "distance": 500}]
    assert segment_view.best_effort(efforts, "metric") == {"time": "0:01:00", "speed": 30.0}


def test_without_a_subscription_the_segment_is_returned(call: Call, rig: Rig) -> None:
    rig.faults.add("/api/v3/segment_efforts", "status", status=402)
    reply = call("get_segment", id=CLIMB)
    assert reply["id"] == CLIMB and "subscription" in reply["note"]
