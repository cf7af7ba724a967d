"""Malformed requests to /mcp, hand-written and generated.

None causes a 500; every error is one that JSON-RPC clients can read.
"""

import json
import resource
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.wire import MODERN, check

pytestmark = pytest.mark.no_cover

TOKEN = "0f" * 32
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json, text/event-stream"}
METHODS = (
    *("initialize", "ping", "server/discover", "tools/list", "tools/call", "prompts/list"),
    *("prompts/get", "resources/list", "resources/read", "resources/templates/list"),
    *("completion/complete", "logging/setLevel", "notifications/cancelled", "nope", ""),
)

FUZZ = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("home")
    app = create_app(Config(auth_tokens=(TOKEN,), home=home, rate_limit=1_000_000))
    yield app
    services(app).close()


def post(app: Flask, body: bytes, **headers: str) -> Any:
    """Post a body and check that the response is well-formed and not a 500."""
    sent = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    response = app.test_client().post(
        "/mcp", data=body, headers=sent, content_type="application/json"
    )
    assert response.status_code < 500, (response.status_code, body[:200])
    if response.status_code == 202:
        assert response.data == b""
        return response
    if response.mimetype == "text/event-stream":
        return response
    reply = response.get_json()
    for message in reply if isinstance(reply, list) else [reply]:
        assert message["jsonrpc"] == "2.0"
        assert ("result" in message) != ("error" in message)
        if "error" in message:
            assert isinstance(message["error"]["code"], int) and message["error"]["message"]
        check(message, "2025-11-25")
    return response


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
params = st.dictionaries(
    st.sampled_from(
        ["name", "arguments", "uri", "ref", "argument", "cursor", "level", "_meta", "x"]
        + ["protocolVersion", "capabilities", "requestId", "inputResponses", "requestState"]
    ),
    json_values | st.sampled_from(["get_activities", "search", "strava://athlete"]),
    max_size=5,
)
requests = st.fixed_dictionaries(
    {"jsonrpc": st.sampled_from(["2.0", "1.0", None, 2])},
    optional={
        "id": json_values,
        "method": st.sampled_from(METHODS) | json_values,
        "params": params | json_values,
        "result": json_values,
        "error": json_values,
    },
)


@FUZZ
@given(body=st.binary(max_size=400))
def test_any_bytes(app: Flask, body: bytes) -> None:
    post(app, body)


@FUZZ
@given(value=json_values)
def test_any_json(app: Flask, value: Any) -> None:
    post(app, json.dumps(value).encode())


@FUZZ
@given(message=requests | st.lists(requests, max_size=3))
def test_request_like_messages(app: Flask, message: Any) -> None:
    post(app, json.dumps(message).encode())


@FUZZ
@given(message=requests, version=st.sampled_from(["2025-03-26", "2025-11-25", MODERN, "x", ""]))
def test_request_like_messages_of_any_version(app: Flask, message: Any, version: str) -> None:
    post(app, json.dumps(message).encode(), MCP_Protocol_Version=version)


@FUZZ
@given(data=st.data())
def test_any_arguments_to_read_only_tools(app: Flask, data: st.DataObject) -> None:
    tool = data.draw(st.sampled_from(list(services(app).server.tools.values())))
    if not tool.annotations["readOnlyHint"]:
        return
    names = list(tool.input_schema["properties"]) or ["x"]
    arguments = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=4))
    call = {"name": tool.name, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    reply = post(app, json.dumps(message).encode()).get_json()
    text = json.dumps(reply)
    assert "failed unexpectedly" not in text and "Traceback" not in text, (call, text[:500])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\xff" * 100,
        '{"jsonrpc": "2.0"}'.encode("utf-16"),
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"jsonrpc":"2.0","id":1,"method":"ping","id":2}',
        b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"ping"}',
        b'{"jsonrpc":"2.0","id":1e400,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":-0,"method":"ping"}',
        b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
        b'{"jsonrpc":"2.0","id":"' + b"i" * 100_000 + b'","method":"ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":"' + b"m" * 100_000 + b'"}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_activity_by_id",'
        b'"arguments":{"id":1e308}}}',
    ],
)
def test_hand_written_bodies(app: Flask, body: bytes) -> None:
    post(app, body)


@pytest.mark.parametrize("path", ["/mcp", "/", "/message"])
@pytest.mark.parametrize("digits", [309, 4300, 5000])
def test_a_number_that_is_too_large(app: Flask, path: str, digits: int) -> None:
    """In our words, not in those of Python, whose integers have a limit of their own."""
    body = b'{"jsonrpc":"2.0","method":"ping","id":' + b"9" * digits + b"}"
    client = app.test_client()
    with client.get("/sse", headers=HEADERS) as stream:
        events = stream.iter_encoded()
        session = (next(events) + next(events)).decode().partition("session_id=")[2].split()[0]
        query = {"session_id": session}
        reply = client.post(
            path, query_string=query, data=body, headers=HEADERS, content_type="application/json"
        )
    message = reply.get_json()["error"]["message"]
    assert reply.status_code == 400
    assert message == f"Parse error: {'9' * 20}... is too large a number"


def test_huge_body_is_refused_without_using_memory(app: Flask) -> None:
    post(app, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    padding = b" " * (10 << 20)
    for _ in range(5):
        response = app.test_client().post(
            "/mcp", data=padding, headers=HEADERS, content_type="application/json"
        )
        assert response.status_code == 413
    growth_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert growth_kib < 64 << 10


@pytest.mark.parametrize("item", [b"[],", b"{},", b'{"":0},', b"1,", b'"",'])
def test_a_body_of_many_small_values_does_not_fill_the_memory(app: Flask, item: bytes) -> None:
    body = b"[" + item * ((7 << 20) // len(item)) + b"0]"
    post(app, b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(app, body).status_code == 400
    growth_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert growth_kib < 64 << 10


#: Longer than any reply that quotes what was sent.
LONG = 1 << 20
MAX_REPLY_BYTES = 128 << 10


@pytest.mark.parametrize("character", ["x", "9", "/", "é", " ", "\u0301", "["])
def test_no_reply_repeats_a_long_text(app: Flask, character: str) -> None:
    long = character * LONG
    reference = {"type": "ref/resource", "uri": "strava://activities/{id}"}
    calls: list[tuple[str, Any]] = [
        (long, {}),
        ("tools/call", {"name": long}),
        ("tools/call", {"name": "get_activities", "arguments": {long: 1}}),
        ("tools/list", {"cursor": long}),
        ("resources/read", {"uri": long}),
        ("resources/read", {"uri": f"strava://activities/{long}"}),
        ("resources/read", {"uri": f"strava://{long}"}),
        ("prompts/get", {"name": long}),
        ("prompts/get", {"name": "session_review", "arguments": {"activity": long, long: "x"}}),
        ("completion/complete", {"ref": reference, "argument": {"name": "id", "value": long}}),
        ("completion/complete", {"ref": reference, "argument": {"name": long, "value": "1"}}),
        ("completion/complete", {"ref": {"type": long}, "argument": {"name": "", "value": ""}}),
        ("initialize", {"protocolVersion": long, "capabilities": {}, "clientInfo": {"name": long}}),
    ]
    for tool in services(app).server.tools.values():
        if tool.annotations["readOnlyHint"]:
            calls += (
                ("tools/call", {"name": tool.name, "arguments": {name: value}})
                for name in tool.input_schema["properties"]
                for value in (long, [long])
            )
    for method, params_ in calls:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params_}
        reply = post(app, json.dumps(message, ensure_ascii=False).encode())
        assert len(reply.data) < MAX_REPLY_BYTES, (method, [*params_], reply.data[:200])


def test_many_unknown_arguments_are_refused_before_the_others_are_read(app: Flask) -> None:
    """Each would take marshmallow 20 µs."""
    many = {f"k{number}": 1 for number in range(190_000)} | {"per_page": "many"}
    call = {"name": "get_activities", "arguments": many}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    result = post(app, json.dumps(message).encode()).get_json()["result"]
    text = result["content"][0]["text"]
    assert "and 189995 more: Unknown argument" in text and "per_page: " not in text
