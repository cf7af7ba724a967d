"""``tools/list`` by source: what can be answered is listed, and every argument is described."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import NotSupported
from strava_mcp.services import services
from strava_mcp.sources import SOURCES, UNSUPPORTED, Source, unsupported_by
from strava_mcp.sources.api.client import StravaAPI
from strava_mcp.sources.archive.source import Archive
from strava_mcp.tools import load_tools
from strava_mcp.tools.size import tokens
from tests.sources.archive.imported import import_sandbox
from tests.tools.test_faults import MANUAL
from tests.tools.test_uploads import base64_of, gpx
from tests.wire import MODERN, Wire

TOKEN = "0123456789abcdef" * 4
SEGMENT = 7011002
#: What an archive can never answer, with arguments for each.
NOT_IN_AN_ARCHIVE: dict[str, dict[str, Any]] = {
    "create_activity": MANUAL,
    "update_activity": {"id": 5, "name": "Renamed"},
    "get_activity_zones": {"id": 5},
    "get_activity_social": {"id": 5},
    "star_segment": {"id": SEGMENT},
    "create_upload": {"file": base64_of(gpx()), "data_type": "gpx"},
    "get_upload": {"id": 5},
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = import_sandbox(tmp_path_factory.mktemp("archive"), 8)
    app = create_app(Config(home=home, auth_tokens=(TOKEN,), strava_source="archive"))
    yield app
    services(app).close()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Config(home=tmp_path_factory.mktemp("home"), auth_tokens=(TOKEN,)))
    yield app
    services(app).close()


def wire(app: Flask) -> Wire:
    return Wire(app.test_client(), MODERN, TOKEN)


def listed(app: Flask) -> dict[str, Any]:
    return {tool["name"]: tool for tool in wire(app).call("tools/list")["tools"]}


def test_the_retired_tool_is_callable_but_not_listed(sandbox: Flask, archive: Flask) -> None:
    for app in (sandbox, archive):
        assert "get_club_activities" not in listed(app)
        result = wire(app).tool("get_club_activities", id=5, page=1, per_page=30)
        assert result["isError"] and "2026-09-01" in result["content"][0]["text"]


def test_a_sandbox_lists_every_other_tool(sandbox: Flask) -> None:
    assert set(listed(sandbox)) == set(load_tools()) - {"get_club_activities"}


def test_an_archive_lists_what_it_can_answer(sandbox: Flask, archive: Flask) -> None:
    assert set(listed(sandbox)) - set(listed(archive)) == set(NOT_IN_AN_ARCHIVE)


@pytest.mark.parametrize("name", NOT_IN_AN_ARCHIVE)
def test_an_unlisted_tool_still_says_why(archive: Flask, name: str) -> None:
    result = wire(archive).tool(name, **NOT_IN_AN_ARCHIVE[name])
    text = result["content"][0]["text"]
    assert result["isError"] and ("export" in text or "archive" in text), text


def test_every_listed_tool_answers_from_an_archive(archive: Flask) -> None:
    activities = wire(archive).tool("get_activities")["structuredContent"]["activities"]
    activity = next(row["id"] for row in activities if row.get("average_heartrate"))
    rows = {
        name: wire(archive).tool(tool)["structuredContent"][name][0]["id"]
        for name, tool in (("routes", "get_routes"), ("segments", "list_starred_segments"))
    }
    gear = wire(archive).tool("get_athlete")["structuredContent"]["bikes"][0]["id"]
    ids = {"get_gear": gear, "get_segment": rows["segments"]} | dict.fromkeys(
        ("get_route", "export_route"), rows["routes"]
    )
    for name, tool in listed(archive).items():
        required = tool["inputSchema"].get("required", [])
        arguments = {"id": ids.get(name, str(activity))} if "id" in required else {}
        arguments |= {"query": "run"} if "query" in required else {}
        arguments |= {"distance": "10 km"} if "distance" in required else {}
        arguments |= {"view": "form"} if "view" in required else {}
        if name == "compare_activities":  # needs one of two arguments
            arguments = {"similar_to": str(activity)}
        result = wire(archive).tool(name, **arguments)
        assert not result.get("isError"), (name, result)


def test_declared_reasons_are_those_that_the_methods_raise(archive: Flask) -> None:
    source = services(archive).source
    calls: dict[str, tuple[Any, ...]] = {
        "create_activity": ({},),
        "update_activity": (5, {}),
        "star_segment": (5, True),
        "create_upload": (b"", {}),
        "athlete_zones": (),
    }
    for method, entry in source.unsupported.items():
        with pytest.raises(NotSupported) as caught:
            getattr(source, method)(*calls.get(method, (5,)))
        assert str(caught.value) == entry.reason


def test_what_is_readable_without_opening_a_source_is_what_it_declares() -> None:
    classes: dict[str, type[Source]] = {"api": StravaAPI, "sandbox": StravaAPI, "archive": Archive}
    assert set(classes) == set(SOURCES) and set(UNSUPPORTED) <= set(SOURCES)
    for name, source in classes.items():
        assert unsupported_by(name) == source.unsupported
        for method in source.unsupported:
            assert hasattr(Source, method)
    for tool in load_tools().values():
        assert all(hasattr(Source, method) for method in tool.needs)


def test_the_guide_says_what_the_source_cannot_know(sandbox: Flask, archive: Flask) -> None:
    def guide(app: Flask) -> str:
        read = wire(app).call("resources/read", {"uri": "strava://guide"})
        text: str = read["contents"][0]["text"]
        return text

    assert "`archive` cannot know or do" in guide(archive)
    for reason in (
        "kudos",
        "time in zones",
        "efforts on segments",
        "changes of activities",
        "uploads",
    ):
        assert reason in guide(archive)
    assert "`sandbox` cannot know or do" in guide(sandbox) and "weather" in guide(sandbox)
    assert len(guide(archive)) < 4000


def test_every_listed_argument_is_described(sandbox: Flask) -> None:
    for name, tool in listed(sandbox).items():
        if name == "read_chart":  # its caller is our page
            continue
        for argument, schema in tool["inputSchema"]["properties"].items():
            if "enum" in schema:
                continue
            assert len(schema.get("description", "")) > 1, f"{name}.{argument}"


def test_parameters_of_the_original_stay_callable(sandbox: Flask) -> None:
    """They are not listed, because they add nothing."""
    tools = load_tools()
    for name, argument, value in (
        ("get_activity_streams", "key_by_type", True),
        ("get_athlete_stats", "id", 5),
        ("create_activity", "type", "Workout"),
        ("update_activity", "type", "Ride"),
    ):
        assert argument not in listed(sandbox)[name]["inputSchema"]["properties"]
        required = {"id": 5} if name != "create_activity" else MANUAL
        assert tools[name].load({**required, argument: value})[argument] == value


def test_hints_are_stated_by_every_tool(sandbox: Flask) -> None:
    for name, tool in listed(sandbox).items():
        hints = tool["annotations"]
        assert isinstance(hints["readOnlyHint"], bool) and isinstance(
            hints["destructiveHint"], bool
        )
        if hints["readOnlyHint"]:
            assert hints["destructiveHint"] is False, name


def test_tools_that_write_say_so_to_chatgpt(sandbox: Flask) -> None:
    """Without it, ChatGPT does not offer to sign in again after a refused call."""
    scopes = ["strava:read", "strava:write"]
    for name, entry in listed(sandbox).items():
        writes = not entry["annotations"]["readOnlyHint"]
        expected = {"securitySchemes": [{"type": "oauth2", "scopes": scopes}]} if writes else None
        meta = {k: v for k, v in entry.get("_meta", {}).items() if k == "securitySchemes"}
        assert (meta or None) == expected, name


def test_the_list_is_small(sandbox: Flask) -> None:
    """By our own estimate, which errs on the high side: o200k counts about 40 % less."""
    entries = list(listed(sandbox).values())
    read = [{k: entry[k] for k in ("name", "description", "inputSchema")} for entry in entries]
    assert tokens(read) / len(entries) < 270
    assert tokens([entry["outputSchema"] for entry in entries]) / len(entries) < 260


def test_no_link_leads_to_a_page_that_strava_does_not_have(archive: Flask) -> None:
    """Routes and clubs have ids of ours, where the export has none."""
    routes = wire(archive).tool("get_routes")["structuredContent"]
    assert routes["routes"] and routes["link"] == "https://www.strava.com/athlete/routes"
    clubs = wire(archive).tool("get_clubs")["structuredContent"]
    assert clubs["clubs"] and "link" not in clubs and "id" not in clubs["clubs"][0]


def test_no_description_promises_what_an_archive_lacks(archive: Flask) -> None:
    """What its starred segments lack is said to come from Strava's API."""
    rows = wire(archive).tool("list_starred_segments")["structuredContent"]["segments"]
    assert rows and all(set(row) == {"id", "name"} for row in rows)
    assert "from Strava's API" in listed(archive)["list_starred_segments"]["description"]
    assert "best time" not in listed(archive)["list_starred_segments"]["description"]
