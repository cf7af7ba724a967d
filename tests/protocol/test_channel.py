"""What travels beside a response: progress, logs, questions to the client, and their state."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from strava_mcp.services import services
from tests.clock import Clock
from tests.waiting import MAX_WAIT_S
from tests.wire import MODERN, Wire, messages

Connect = Callable[..., Wire]
ALICE = {"action": "accept", "content": {"name": "Alice"}}


def stream(wire: Wire, name: str, **arguments: Any) -> list[Any]:
    """Every message of the reply to a tool call, the response last."""
    request = wire.request("tools/call", {"name": name, "arguments": arguments})
    return list(messages(wire.post(request)))


def next_message(chunks: Iterator[bytes]) -> Any:
    """The next message of a stream; keep-alives are passed over."""
    chunk = next(chunk for chunk in chunks if b"data: " in chunk)
    return json.loads(chunk.split(b"data: ")[1])


@pytest.mark.parametrize("token", ["abc", 0, 7])
def test_progress_precedes_the_response_if_a_token_requests_it(wire: Wire, token: Any) -> None:
    wire.meta = {"progressToken": token}
    *progress, response = stream(wire, "test_tool_with_progress")
    assert [m["params"]["progress"] for m in progress] == [0, 50, 100]
    assert {m["params"]["progressToken"] for m in progress} == {token}
    assert "result" in response
    wire.meta = {}
    assert len(stream(wire, "test_tool_with_progress")) == 1


def test_a_reply_is_json_if_nothing_precedes_the_response(wire: Wire) -> None:
    response = wire.post(wire.request("tools/call", {"name": "test_tool_with_progress"}))
    assert response.mimetype == "application/json"


def test_a_client_that_takes_only_json_gets_the_response_alone(wire: Wire) -> None:
    wire.meta = {"progressToken": 1}
    request = wire.request("tools/call", {"name": "test_tool_with_progress"})
    response = wire.post(request, {"Accept": "application/json"})
    assert response.mimetype == "application/json" and "result" in response.get_json()


def test_legacy_logs_follow_the_level_that_was_set(legacy: Wire) -> None:
    assert len(stream(legacy, "test_tool_with_logging")) == 4
    legacy.call("logging/setLevel", {"level": "error"})
    assert len(stream(legacy, "test_tool_with_logging")) == 1
    assert legacy.error("logging/setLevel", {"level": "loud"})["code"] == -32602


def test_modern_logs_are_sent_only_on_request(modern: Wire) -> None:
    assert len(stream(modern, "test_tool_with_logging")) == 1
    key = "io.modelcontextprotocol/logLevel"
    modern.meta = {key: "info"}
    assert len(stream(modern, "test_tool_with_logging")) == 4
    modern.meta = {key: "error"}
    assert len(stream(modern, "test_tool_with_logging")) == 1
    modern.meta = {key: "loud"}
    assert stream(modern, "test_tool_with_logging")[0]["error"]["code"] == -32602


def test_a_legacy_client_gets_questions_on_the_stream_and_posts_its_answers(
    app: Flask, connect: Connect
) -> None:
    wire = connect("2025-11-25", elicitation=True)
    request = wire.request(
        "tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}
    )
    headers = wire.headers | {"MCP-Protocol-Version": wire.version}
    reply = app.test_client().post("/mcp", json=request, headers=headers, buffered=False)
    chunks = reply.iter_encoded()
    question = next_message(chunks)
    assert question["method"] == "elicitation/create"
    answer = {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "decline"}}
    assert app.test_client().post("/mcp", json=answer, headers=headers).status_code == 202
    response = next_message(chunks)
    assert "action=decline" in response["result"]["content"][0]["text"]


def test_a_refusal_ends_the_call_and_another_sessions_answer_is_ignored(
    app: Flask, connect: Connect
) -> None:
    wire, stranger = (connect("2025-11-25", sampling=True) for _ in range(2))
    request = wire.request("tools/call", {"name": "test_sampling", "arguments": {"prompt": "?"}})
    headers = wire.headers | {"MCP-Protocol-Version": wire.version}
    reply = app.test_client().post("/mcp", json=request, headers=headers, buffered=False)
    chunks = reply.iter_encoded()
    question = next_message(chunks)
    forged = {"role": "assistant", "model": "m", "content": {"type": "text", "text": "forged"}}
    stranger.post({"jsonrpc": "2.0", "id": question["id"], "result": forged})
    error = {"code": -1, "message": "User rejected sampling request"}
    wire.post({"jsonrpc": "2.0", "id": question["id"], "error": error})
    response = next_message(chunks)
    assert "rejected" in response["error"]["message"]


def test_questions_need_the_declared_capability(legacy: Wire, modern: Wire) -> None:
    assert stream(legacy, "test_sampling", prompt="?")[-1]["error"]["code"] == -32021
    response = modern.post(modern.request("tools/call", {"name": "test_missing_capability"}))
    assert response.status_code == 400
    assert response.get_json()["error"]["data"] == {"requiredCapabilities": {"sampling": {}}}


def test_a_cancelled_call_stops_waiting(app: Flask, connect: Connect) -> None:
    wire = connect("2025-11-25", elicitation=True)
    request = wire.request(
        "tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}
    )
    headers = wire.headers | {"MCP-Protocol-Version": wire.version}
    reply = app.test_client().post("/mcp", json=request, headers=headers, buffered=False)
    chunks = reply.iter_encoded()
    next_message(chunks)
    params = {"requestId": request["id"], "reason": "changed my mind"}
    wire.post({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})
    response = next_message(chunks)
    assert "did not answer" in response["error"]["message"]


def test_closing_the_stream_cancels_the_call(app: Flask, connect: Connect) -> None:
    before = set(threading.enumerate())
    wire = connect("2025-11-25", elicitation=True)
    request = wire.request(
        "tools/call", {"name": "test_elicitation", "arguments": {"message": "?"}}
    )
    headers = wire.headers | {"MCP-Protocol-Version": wire.version}
    reply = app.test_client().post("/mcp", json=request, headers=headers, buffered=False)
    next(reply.iter_encoded())
    (at_work,) = set(threading.enumerate()) - before
    reply.close()
    at_work.join(MAX_WAIT_S)
    assert not at_work.is_alive()


def round_trip(wire: Wire, name: str, **more: Any) -> Any:
    params = {"name": name, "arguments": {}, **more}
    return wire.answer("tools/call", params)


def test_a_modern_client_gets_questions_as_result_and_repeats_the_call(connect: Connect) -> None:
    wire = connect(MODERN, elicitation=True)
    first = round_trip(wire, "test_input_required_result_multi_round")["result"]
    assert first["resultType"] == "input_required"
    assert list(first["inputRequests"]) == ["step1"]
    second = round_trip(
        wire,
        "test_input_required_result_multi_round",
        inputResponses={"step1": ALICE},
        requestState=first["requestState"],
    )["result"]
    assert list(second["inputRequests"]) == ["step2"]
    blue = {"action": "accept", "content": {"color": "blue"}}
    third = round_trip(
        wire,
        "test_input_required_result_multi_round",
        inputResponses={"step2": blue},
        requestState=second["requestState"],
    )["result"]
    assert third["resultType"] == "complete"
    text = third["content"][0]["text"]
    assert "Alice" in text and "blue" in text


def test_request_state_is_bound_to_its_request_and_expires(connect: Connect, clock: Clock) -> None:
    wire = connect(MODERN, elicitation=True)
    name = "test_input_required_result_request_state"
    state = round_trip(wire, name)["result"]["requestState"]
    answers = {"confirm": {"action": "accept", "content": {"ok": True}}}
    payload, signature = state.split(".")
    for bad in (
        state + "x",
        payload + "A." + signature,
        signature + "." + payload,
        "",
        ".",
        "a.b.c",
        "é.é",
        7,
        None,
    ):
        error = round_trip(wire, name, inputResponses=answers, requestState=bad)["error"]
        assert error["code"] == -32602
    other = "test_input_required_result_tampered_state"
    assert "error" in round_trip(wire, other, inputResponses=answers, requestState=state)
    good = round_trip(wire, name, inputResponses=answers, requestState=state)["result"]
    assert good["content"][0]["text"] == "state-ok"
    clock.advance(3600)
    late = round_trip(wire, name, inputResponses=answers, requestState=state)["error"]
    assert "expired" in late["message"]


@pytest.mark.parametrize("responses", [None, 7, [], "x"])
def test_input_responses_must_be_an_object(connect: Connect, responses: Any) -> None:
    wire = connect(MODERN, elicitation=True)
    name = "test_input_required_result_elicitation"
    assert round_trip(wire, name, inputResponses=responses)["error"]["code"] == -32602


def test_subscriptions_are_stored_per_session(app: Flask, connect: Connect) -> None:
    wire = connect("2025-11-25")
    uri = "test://watched-resource"
    wire.call("resources/subscribe", {"uri": uri})
    sessions = services(app).server.sessions
    assert sessions and sessions.subscribers(uri) == [wire.headers["Mcp-Session-Id"]]
    wire.call("resources/unsubscribe", {"uri": uri})
    assert sessions.subscribers(uri) == []
    assert wire.error("resources/subscribe", {"uri": "test://nope"})["code"] == -32002


def test_the_stream_of_a_session_delivers_its_messages(app: Flask, connect: Connect) -> None:
    wire = connect("2025-11-25")
    session_id = wire.headers["Mcp-Session-Id"]
    mailbox = services(app).server.mailbox
    assert mailbox
    params = {"uri": "test://watched-resource"}
    mailbox.post(
        session_id,
        {"jsonrpc": "2.0", "method": "notifications/resources/updated", "params": params},
    )
    reply = app.test_client().get("/mcp", headers=wire.headers, buffered=False)
    chunks = reply.iter_encoded()
    assert next(chunks) == b":\n\n"
    assert next_message(chunks)["params"] == params
    reply.close()


def test_sessions_begin_and_end(app: Flask, connect: Connect) -> None:
    wire = connect("2025-11-25")
    session_id = wire.headers["Mcp-Session-Id"]
    client = app.test_client()
    version = {"MCP-Protocol-Version": "2025-11-25"}
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert client.post("/mcp", json=ping, headers=version).status_code == 400
    unknown = version | {"Mcp-Session-Id": "unknown"}
    assert client.post("/mcp", json=ping, headers=unknown).status_code == 404
    for method in (client.get, client.delete):
        assert method("/mcp", headers=version).status_code == 400
        assert method("/mcp", headers=unknown).status_code == 404
    mine = version | {"Mcp-Session-Id": session_id}
    assert client.delete("/mcp", headers=mine).status_code == 204
    assert client.post("/mcp", json=ping, headers=mine).status_code == 404
