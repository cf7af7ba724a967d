"""A call beyond the granted scopes: refused by status where its client sees the header, else by
the result of the tool."""

import json
from typing import Any

import pytest
from flask import Flask

from strava_mcp.services import services
from strava_mcp.store import Record
from tests.flow import BOTH, Answer, Flow, InProcess
from tests.web.conftest import TOKEN, Make

WRITE = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
CALL = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": WRITE}
#: What a client asks for that has not read the challenge of the 401: all scopes, or none.
UNSEEN = (BOTH, None, "strava:write")
CHALLENGE = (
    f'Bearer error="insufficient_scope", scope="{BOTH}", '
    'resource_metadata="http://127.0.0.1:5000/.well-known/oauth-protected-resource/mcp", '
    'error_description="Writing was not granted. Reconnect and choose Read and write."'
)


def connect(app: Flask, scope: str | None) -> tuple[Flow, str]:
    """A client that asks for ``scope`` and is granted to read, and its access token."""
    flow = Flow(InProcess(app), TOKEN)
    tokens = flow.connect("read", scope=scope)
    assert tokens["scope"] == "strava:read"
    return flow, tokens["access_token"]


def send(flow: Flow, token: str, body: Any, path: str = "/mcp", **headers: str) -> Answer:
    answer: Answer = flow.http.send(
        "POST", path, json=body, headers={"Authorization": f"Bearer {token}", **headers}
    )
    return answer


def assert_tool_error(result: Any) -> None:
    """Check that the result says what to do, to the user and to a client that reads it."""
    assert result["isError"] and result["_meta"]["mcp/www_authenticate"] == [CHALLENGE]
    assert "reconnect and choose Read and write" in result["content"][0]["text"]


def test_a_client_that_saw_the_challenge_gets_403(app: Flask) -> None:
    flow, token = connect(app, "strava:read")
    for accept in ("application/json", "application/json, text/event-stream"):
        answer = send(flow, token, CALL, Accept=accept)
        assert answer.status == 403 and answer.headers["WWW-Authenticate"] == CHALLENGE
        assert "reconnect and choose Read and write" in answer.text


def test_a_client_that_only_refreshes_gets_words(app: Flask) -> None:
    """As the TypeScript SDK 1.x does. Another 403 would end in an error without our words."""
    flow = Flow(InProcess(app), TOKEN)
    tokens = flow.connect("read", scope="strava:read")
    assert send(flow, tokens["access_token"], CALL).status == 403
    refreshed = flow.refresh(tokens["refresh_token"]).json["access_token"]
    answer = send(flow, refreshed, CALL)
    assert answer.status == 200
    assert_tool_error(answer.json["result"])


def test_a_client_that_asks_for_what_it_had_is_offered_more(app: Flask, clock: Any) -> None:
    """As mcp-remote does. An app of the same name that registers again is offered it, too."""
    flow, token = connect(app, "strava:read")
    write = 'name="scope" value="write"'
    assert write not in flow.look(scope="strava:read").text
    assert send(flow, token, CALL).status == 403
    assert write in flow.look(scope="strava:read").text
    again = flow.connect("read", scope="strava:read")["access_token"]
    assert_tool_error(send(flow, again, CALL).json["result"])
    same_name, other = (Flow(InProcess(app), TOKEN) for _ in range(2))
    assert same_name.register().status == other.register(client_name="Another").status == 201
    assert write not in other.look(scope="strava:read").text
    clock.advance(600)
    tokens = same_name.connect("write", scope="strava:read")
    assert tokens["scope"] == BOTH
    answer = send(same_name, tokens["access_token"], CALL)
    assert answer.status == 200 and "needs the scope" not in answer.text
    clock.advance(3600)
    assert write not in flow.look(scope="strava:read").text
    assert send(flow, flow.connect()["access_token"], CALL).status == 403


def test_clients_of_one_name_are_challenged_apart(app: Flask) -> None:
    (one, first), (two, second) = (connect(app, "strava:read") for _ in range(2))
    assert send(one, first, CALL).status == send(two, second, CALL).status == 403


@pytest.mark.parametrize("scope", UNSEEN)
def test_a_client_that_has_asked_for_all_is_challenged_once(app: Flask, scope: str | None) -> None:
    """Its user has declined to let it write, or it did not see the header, behind a proxy."""
    flow, token = connect(app, scope)
    answer = send(flow, token, CALL)
    assert answer.status == 403 and answer.headers["WWW-Authenticate"] == CHALLENGE
    answer = send(flow, token, CALL)
    assert answer.status == 200 and answer.json["id"] == 7
    assert_tool_error(answer.json["result"])


@pytest.mark.parametrize("scope", ["strava:read", BOTH])
def test_no_client_sees_the_header_on_lambda(make: Make, scope: str) -> None:
    app = make(
        lambda_function="strava-mcp",
        secret_key="k" * 64,
        public_url="http://127.0.0.1:5000",
    )
    flow, token = connect(app, scope)
    answer = send(flow, token, CALL)
    assert answer.status == 200
    assert_tool_error(answer.json["result"])


def test_a_batch_is_answered_whole(app: Flask) -> None:
    """Other members have been carried out when the one is refused."""
    flow, token = connect(app, "strava:read")
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    answer = send(flow, token, [ping, CALL], **{"MCP-Protocol-Version": "2025-03-26"})
    assert answer.status == 200
    first, second = answer.json
    assert first == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert_tool_error(second["result"])


def test_reading_needs_no_more(app: Flask) -> None:
    flow, token = connect(app, BOTH)
    answer = flow.call(token, "tools/call", name="get_athlete", arguments={})
    assert answer.status == 200 and "isError" not in answer.json["result"]


def test_a_grant_of_an_earlier_version_is_challenged(app: Flask) -> None:
    """Its record does not say what the client asked for."""
    flow, token = connect(app, BOTH)
    store = services(app).store
    (record,) = store.records("grant")
    assert isinstance(record, Record)
    earlier = {name: value for name, value in record.value.items() if name != "requested"}
    store.put("grant", record.key, earlier)
    assert [send(flow, token, CALL).status for _ in range(2)] == [403, 403]


def test_a_token_is_not_asked_to_reconnect(app: Flask) -> None:
    _, secret = services(app).tokens.create("reader", "read", None)
    flow = Flow(InProcess(app), TOKEN)
    result = send(flow, secret, CALL).json["result"]
    assert result["isError"] and "_meta" not in result
    assert "--scope write" in json.dumps(result)
