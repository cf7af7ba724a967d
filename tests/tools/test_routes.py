"""Route tools: the list, one route, and its file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, Unavailable
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.tools import load_tools, routes
from strava_mcp.tools.registry import Reply
from tests.rig import Rig
from tests.tools.conftest import Call
from tests.wire import LEGACY, validator

LAKE = "3150000000000000001"
Export = Callable[..., Reply]


@pytest.fixture
def export(ctx: Context) -> Export:
    """Export a route and return the reply with its content blocks."""
    tool = load_tools()["export_route"]

    def run(**arguments: Any) -> Reply:
        reply = tool.function(ctx, tool.load(arguments))
        assert isinstance(reply, Reply)
        return reply

    return run


def test_routes_have_ids_as_text(call: Call, rig: Rig) -> None:
    original = rig.source.routes(MIRA.id)
    rig.forget_calls()
    reply = call("get_routes")
    assert rig.calls == ["GET /api/v3/athlete", f"GET /api/v3/athletes/{MIRA.id}/routes"]
    assert [row["id"] for row in reply["routes"]] == [route["id_str"] for route in original]
    lake = reply["routes"][0]
    assert lake["id"] == LAKE and lake["sport_type"] == "Ride" and lake["surface"] == "road"
    assert lake["distance"] == pytest.approx(original[0]["distance"] / 1000, abs=0.01)
    assert lake["created"] == "2024-05-01" and ":" in lake["estimated_moving_time"]
    assert [row.get("private") for row in reply["routes"]] == [None, None, True]
    assert reply["link"].endswith("/routes/{id}")
    assert call("get_routes", per_page=2)["next_page"] == 2
    imperial = call("get_routes", units="imperial")["routes"][0]
    assert lake["distance"] / imperial["distance"] == pytest.approx(1.609344, rel=0.001)


def test_private_routes_need_their_scope(call: Call, rig: Rig) -> None:
    rig.restrict_scopes("read")
    assert len(call("get_routes")["routes"]) == 2


def test_one_route(call: Call, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = call("get_route", id=LAKE)
    assert rig.calls == [f"GET /api/v3/routes/{LAKE}"]
    assert reply["id"] == LAKE and reply["link"] == f"https://sandbox.invalid/routes/{LAKE}"
    more = {
        "description": "Round the lake",
        "waypoints": [{"title": "Fountain", "distance_into_route": 12345.6}, "not an object"],
        "segments": [rig.source.segment(7011004)],
    }
    route = rig.source.route(int(LAKE)) | more
    monkeypatch.setattr(rig.source, "route", lambda number: route)
    reply = call("get_route", id=LAKE)
    assert reply["description"] == "Round the lake"
    assert reply["waypoints"] == [{"title": "Fountain", "at": 12.35}]
    assert reply["segments"][0]["id"] == 7011004
    route["segments"] = route["segments"] * 300
    assert "segments: " in call("get_route", id=LAKE)["note"]


@pytest.mark.parametrize(
    "answer", [{"id": int(LAKE), "id_str": None}, {"id": float(LAKE), "id_str": LAKE}]
)
def test_id_in_the_reply_is_exact(call: Call, rig: Rig, monkeypatch: Any, answer: Any) -> None:
    monkeypatch.setattr(rig.source, "route", lambda number: answer)
    assert call("get_route", id=LAKE)["id"] == LAKE


@pytest.mark.parametrize("name", ["get_route", "export_route"])
@pytest.mark.parametrize(
    "wrong",
    [
        int(LAKE),
        float(LAKE),
        "",
        "0",
        "-5",
        "../athlete",
        "1/..",
        "9" * 19,
        "１２",
        True,
        "1" * 5000,
    ],
)
def test_invalid_id_is_rejected_without_a_call(call: Call, rig: Rig, name: str, wrong: Any) -> None:
    with pytest.raises(InvalidArguments, match="id of a route as text"):
        call(name, id=wrong)
    assert rig.calls == []


@pytest.mark.parametrize("given", [LAKE, f" {LAKE}\n"])
def test_id_in_the_arguments_is_exact(call: Call, given: str) -> None:
    assert call("get_route", id=given)["id"] == LAKE


@pytest.mark.parametrize("kind, point", [("gpx", "trkpt"), ("tcx", "Trackpoint")])
def test_export_embeds_the_file(export: Export, rig: Rig, kind: str, point: str) -> None:
    reply = export(id=LAKE, format=kind)
    assert reply.content and reply.structured
    (embedded,) = reply.content
    resource = embedded["resource"]
    assert embedded["type"] == "resource" and resource["mimeType"] == routes.MEDIA_TYPES[kind]
    assert resource["uri"] == f"https://sandbox.invalid/routes/{LAKE}/export_{kind}"
    assert resource["uri"] == reply.structured["download"]
    assert len(resource["text"].encode()) == reply.structured["bytes"]
    tree = ElementTree.fromstring(resource["text"])
    assert len([node for node in tree.iter() if node.tag.endswith(f"}}{point}")]) == 200
    assert "Zürichsee-Runde" in resource["text"]
    assert rig.calls == [f"GET /api/v3/routes/{LAKE}/export_{kind}"]


@pytest.mark.parametrize("version", LEGACY)
def test_content_blocks_are_valid_in_every_version(
    export: Export, shared: Path, version: str
) -> None:
    result = {"content": export(id=LAKE).content}
    validator(version, "CallToolResult").validate(result)


def test_gpx_is_the_default_format(export: Export) -> None:
    assert (export(id=LAKE).structured or {})["format"] == "gpx"
    with pytest.raises(InvalidArguments, match="gpx, tcx"):
        export(id=LAKE, format="fit")


def test_large_file_is_only_linked(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MAX_FILE_CHARACTERS", 5000)
    reply = export(id=LAKE)
    assert reply.content is None and reply.structured
    assert "download link" in reply.structured["note"]
    assert reply.structured["download"].endswith("export_gpx")
    assert reply.structured["bytes"] > 5000


def test_html_instead_of_a_file_raises_unavailable(export: Export, rig: Rig) -> None:
    rig.faults.add("/api/v3/routes", "html", times=2)
    with pytest.raises(Unavailable):
        export(id=LAKE)


def test_empty_list_has_a_note(call: Call, rig: Rig) -> None:
    rig.faults.add("/api/v3/athletes", "empty")
    assert "No routes" in call("get_routes")["note"]
