"""Batches and single responses have a largest size on every transport."""

import io
import json
from typing import Any

import pytest
from flask import Flask

from strava_mcp.cli.stdio import serve_streams
from strava_mcp.protocol import batch, dispatch
from strava_mcp.services import services
from tests.web.conftest import app, bearer, make

__all__ = ["app", "make"]

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
NOTE = {"jsonrpc": "2.0", "method": "notifications/x"}
LISTING = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
#: Less than the list of tools, more than an error.
SMALL = 1000


@pytest.fixture
def small_responses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (batch, dispatch):
        monkeypatch.setattr(module, "MAX_RESPONSE_BYTES", SMALL)


def over_http(app: Flask, message: Any) -> Any:
    return app.test_client().post("/mcp", json=message, headers=bearer()).get_json()


def over_stdio(app: Flask, message: Any) -> Any:
    params = {"protocolVersion": "2025-03-26", "capabilities": {}}
    start = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in (start, message))
    sink = io.BytesIO()
    serve_streams(services(app).server, io.BytesIO(lines), sink)
    return json.loads(sink.getvalue().splitlines()[1])


@pytest.mark.parametrize("exchange", [over_http, over_stdio])
def test_a_response_that_is_too_large_becomes_an_error(
    app: Flask, small_responses: None, exchange: Any
) -> None:
    reply = exchange(app, LISTING)
    assert reply["id"] == 2 and reply["error"]["code"] == -32603
    assert "ask for less" in reply["error"]["message"]
    assert exchange(app, PING)["result"] == {}


@pytest.mark.parametrize("exchange", [over_http, over_stdio])
def test_a_batch_stops_when_its_responses_are_too_large(
    app: Flask, monkeypatch: pytest.MonkeyPatch, exchange: Any
) -> None:
    monkeypatch.setattr(batch, "MAX_RESPONSE_BYTES", SMALL)
    first, *rest = exchange(app, [LISTING, NOTE, PING, PING])
    assert first["result"]["tools"]
    assert [reply["id"] for reply in rest] == [1, 1]
    assert all("fewer messages" in reply["error"]["message"] for reply in rest)


def test_a_batch_of_notifications_has_no_response(app: Flask) -> None:
    reply = app.test_client().post("/mcp", json=[NOTE, NOTE], headers=bearer())
    assert reply.status_code == 202 and reply.data == b""
