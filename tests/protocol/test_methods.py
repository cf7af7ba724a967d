"""The methods of MCP over HTTP, in every revision; tests/wire.py checks each reply's schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.wire import LEGACY, MODERN, Wire, messages

Connect = Callable[..., Wire]


@pytest.mark.parametrize("version", LEGACY)
def test_initialize_agrees_on_the_version(connect: Connect, version: str) -> None:
    result = connect(version).start()
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "conformance-fixture"
    assert set(result["capabilities"]) == {
        "tools",
        "prompts",
        "resources",
        "completions",
        "logging",
    }


def test_initialize_offers_the_newest_legacy_version_for_an_unknown_one(
    connect: Connect,
) -> None:
    wire = connect("2025-11-25")
    params = {"protocolVersion": "2030-01-01", "capabilities": {}, "clientInfo": {}}
    assert wire.call("initialize", params)["protocolVersion"] == "2025-11-25"
    assert wire.error("initialize", {})["code"] == -32602


@pytest.mark.parametrize("version", [*LEGACY, MODERN])
def test_the_server_says_that_it_supports_mcp_apps(sandbox_home: Path, version: str) -> None:
    """ServerCapabilities.extensions of 2026-07-28; also to clients that do not name it."""
    app = create_app(Config(home=sandbox_home, auth_tokens=("t" * 64,)))
    wire = Wire(app.test_client(), version, token="t" * 64)
    described = wire.call("server/discover") if version == MODERN else wire.start()
    assert described["capabilities"]["extensions"] == {"io.modelcontextprotocol/ui": {}}
    services(app).close()


def test_discover_describes_the_server(modern: Wire) -> None:
    result = modern.call("server/discover")
    assert result["supportedVersions"][0] == MODERN
    assert result["resultType"] == "complete"
    assert "subscribe" not in result["capabilities"]["resources"]
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["version"] == "1.0.0"


def test_ping_is_legacy_only(legacy: Wire, modern: Wire) -> None:
    assert legacy.call("ping") == {}
    response = modern.post(modern.request("ping"))
    assert (response.status_code, response.get_json()["error"]["code"]) == (404, -32601)


@pytest.mark.parametrize(
    "method", ["initialize", "logging/setLevel", "resources/subscribe", "nope", "tools"]
)
def test_methods_missing_in_modern_versions_are_404(modern: Wire, method: str) -> None:
    response = modern.post(modern.request(method))
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == -32601
    assert response.get_json()["id"] == modern._next


def test_legacy_errors_have_http_status_200(legacy: Wire) -> None:
    response = legacy.post(legacy.request("server/discover"))
    assert (response.status_code, response.get_json()["error"]["code"]) == (200, -32601)


@pytest.mark.parametrize(
    "method", ["tools/list", "prompts/list", "resources/list", "resources/templates/list"]
)
def test_lists_are_paged_in_a_fixed_order(app: Flask, wire: Wire, method: str) -> None:
    key = {"resources/templates/list": "resourceTemplates"}.get(method, method.split("/")[0])
    every = wire.call(method)[key]
    services(app).server.lists.clear()
    services(app).server.page_size = 1
    names, params = [], {}
    for _ in range(len(every)):
        page = wire.call(method, params)
        names += page[key]
        params = {"cursor": page.get("nextCursor")}
    assert names == every
    assert params == {"cursor": None}


@pytest.mark.parametrize("cursor", ["", "x", "ZnJvbSAw", "ZnJvbSA5OTk5", 7, ["a"], {"a": 1}])
def test_an_unknown_cursor_is_refused(wire: Wire, cursor: Any) -> None:
    assert wire.error("tools/list", {"cursor": cursor})["code"] == -32602


def test_modern_lists_have_cache_hints(modern: Wire) -> None:
    for method in ("tools/list", "prompts/list", "resources/list", "resources/templates/list"):
        page = modern.call(method)
        assert page["ttlMs"] > 0 and page["cacheScope"] == "public"
    read = modern.call("resources/read", {"uri": "test://static-text"})
    assert read["ttlMs"] == 0 and read["cacheScope"] == "private"


def test_tool_failures_are_results_with_is_error(wire: Wire) -> None:
    assert wire.tool("test_simple_text")["content"][0]["type"] == "text"
    assert wire.tool("test_error_handling")["isError"] is True


def test_an_exception_in_a_tool_is_reported_without_details(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.conformance.tools import TOOLS

    def broken(ctx: Any, arguments: Any) -> Any:
        raise RuntimeError("a secret detail")

    monkeypatch.setitem(
        TOOLS, "broken", TOOLS["test_simple_text"].__class__("broken", "Broken", "", broken)
    )
    result = wire.tool("broken")
    assert result["isError"] is True
    assert "secret" not in json.dumps(result)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"name": 7},
        {"name": "nope"},
        {"name": ["test_simple_text"]},
        {"name": "test_simple_text", "arguments": []},
        {"name": "test_simple_text", "arguments": "{}"},
    ],
)
def test_calling_an_unknown_tool_is_a_protocol_error(legacy: Wire, params: Any) -> None:
    assert legacy.error("tools/call", params)["code"] == -32602


def test_resources_are_read_as_text_or_bytes(wire: Wire) -> None:
    assert "text" in wire.call("resources/read", {"uri": "test://static-text"})["contents"][0]
    assert "blob" in wire.call("resources/read", {"uri": "test://static-binary"})["contents"][0]
    template = wire.call("resources/read", {"uri": "test://template/a-7/data"})["contents"][0]
    assert json.loads(template["text"])["id"] == "a-7"


@pytest.mark.parametrize("uri", ["test://nope", "test://template/a/b/data", "", "x" * 10_000])
def test_a_missing_resource_has_the_code_of_its_version(
    legacy: Wire, modern: Wire, uri: str
) -> None:
    assert legacy.error("resources/read", {"uri": uri})["code"] == -32002
    if uri.isprintable() and len(uri) < 1000:
        response = modern.post(modern.request("resources/read", {"uri": uri}))
        assert (response.status_code, response.get_json()["error"]["code"]) == (200, -32602)


def test_prompts_take_their_arguments(wire: Wire) -> None:
    params = {"name": "test_prompt_with_arguments", "arguments": {"arg1": "a", "arg2": "b"}}
    assert "arg1='a'" in wire.call("prompts/get", params)["messages"][0]["content"]["text"]
    for wrong in ({}, {"arg1": "a"}, {"arg1": 1, "arg2": 2}, []):
        assert wire.error("prompts/get", {**params, "arguments": wrong})["code"] == -32602
    assert wire.error("prompts/get", {"name": "nope"})["code"] == -32602


@pytest.mark.parametrize(
    "ref",
    [
        {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
        {"type": "ref/resource", "uri": "test://template/{id}/data"},
    ],
)
def test_arguments_are_completed(wire: Wire, ref: dict[str, str]) -> None:
    name = "arg1" if "name" in ref else "id"
    params = {"ref": ref, "argument": {"name": name, "value": "par"}}
    assert wire.call("completion/complete", params)["completion"]["values"] == [
        "paris",
        "park",
        "party",
    ]
    unknown = {"ref": ref, "argument": {"name": "nope", "value": ""}}
    assert wire.call("completion/complete", unknown)["completion"]["values"] == []


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"ref": {"type": "ref/prompt", "name": "nope"}, "argument": {"name": "a", "value": ""}},
        {"ref": {"type": "ref/resource", "uri": "x"}, "argument": {"name": "a", "value": ""}},
        {"ref": {"type": "other"}, "argument": {"name": "a", "value": ""}},
        {"ref": [], "argument": {"name": "a", "value": ""}},
        {"ref": {"type": "ref/prompt", "name": "test_simple_prompt"}, "argument": {"name": "a"}},
    ],
)
def test_an_unknown_completion_is_refused(legacy: Wire, params: Any) -> None:
    assert legacy.error("completion/complete", params)["code"] == -32602


def test_notifications_and_responses_get_202_and_no_body(legacy: Wire, modern: Wire) -> None:
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    for wire in (legacy, modern):
        response = wire.post(note)
        assert (response.status_code, response.data) == (202, b"")
    answer = {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert legacy.post(answer).status_code == 202
    refused = modern.post(answer)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, -32600)


def test_only_one_version_has_batches(connect: Connect) -> None:
    wire = connect("2025-03-26")
    batch = [
        wire.request("ping"),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        wire.request("nope"),
        {"jsonrpc": "2.0", "id": "bad"},
        7,
        wire.request("initialize", {"protocolVersion": "2025-03-26"}),
    ]
    response = wire.post(batch, {"MCP-Protocol-Version": "2025-03-26"})
    replies = response.get_json()
    ids = [wire._next - 2, wire._next - 1, "bad", None, wire._next]
    assert [reply["id"] for reply in replies] == ids
    assert ["result" in r for r in replies] == [True, False, False, False, False]
    quiet = wire.post([batch[1]], {"MCP-Protocol-Version": "2025-03-26"})
    assert (quiet.status_code, quiet.data) == (202, b"")
    for version in ("2025-06-18", "2025-11-25", MODERN):
        refused = wire.post(batch, {"MCP-Protocol-Version": version})
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (400, -32600)
    for odd in ([], [batch[0]] * 51):
        assert wire.post(odd, {"MCP-Protocol-Version": "2025-03-26"}).status_code == 400


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Accept": "text/html"}, 406),
        ({"Accept": "application/json"}, 200),
        ({"Accept": "*/*"}, 200),
        ({"Accept": ""}, 200),
    ],
)
def test_media_types(app: Flask, connect: Connect, headers: dict[str, str], status: int) -> None:
    wire = connect(MODERN)
    request = wire.request("tools/list")
    sent = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/list", **headers}
    sent.setdefault("Content-Type", "application/json")
    response = wire.client.post("/mcp", data=json.dumps(request), headers=sent)
    assert response.status_code == status


def test_a_client_that_accepts_only_streams_gets_one(legacy: Wire) -> None:
    response = legacy.post(legacy.request("ping"), {"Accept": "text/event-stream"})
    assert response.mimetype == "text/event-stream"
    assert list(messages(response))[0]["result"] == {}


def test_the_base_url_is_the_same_endpoint(app: Flask) -> None:
    wire = Wire(app.test_client(), MODERN, path="/")
    assert wire.call("tools/list") == Wire(app.test_client(), MODERN).call("tools/list")
