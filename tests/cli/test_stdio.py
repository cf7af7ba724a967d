"""MCP over stdio: one message per line, nothing else on standard output."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.cli import stdio
from strava_mcp.cli.stdio import serve_streams
from strava_mcp.services import services
from tests.conformance.app import create_app
from tests.wire import MODERN, check

INITIALIZE = {"capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}


def request(number: Any, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def modern(number: Any, method: str, **params: Any) -> dict[str, Any]:
    prefix = "io.modelcontextprotocol/"
    meta = {prefix + "protocolVersion": MODERN, prefix + "clientCapabilities": {}}
    return request(number, method, **params, _meta=meta)


def exchange(tmp_path: Path, *sent: Any) -> list[Any]:
    """Send lines to the fixture server; returns its messages. Bytes are sent as they are."""
    app = create_app(tmp_path)
    lines = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in sent]
    sink = io.BytesIO()
    serve_streams(services(app).server, io.BytesIO(b"\n".join(lines) + b"\n"), sink)
    services(app).close()
    received = [json.loads(line) for line in sink.getvalue().splitlines()]
    for message in received:
        check(message, "2025-11-25")
    return received


def by_id(received: list[Any]) -> dict[Any, Any]:
    return {message.get("id"): message for message in received}


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_legacy_session(tmp_path: Path, version: str) -> None:
    received = exchange(
        tmp_path,
        request(1, "initialize", protocolVersion=version, **INITIALIZE),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        request(2, "tools/list"),
        request("x", "tools/call", name="test_simple_text"),
        request(4, "server/discover"),
    )
    replies = by_id(received)
    assert received[0]["id"] == 1 and received[0]["result"]["protocolVersion"] == version
    assert replies[2]["result"]["tools"] and "content" in replies["x"]["result"]
    assert replies[4]["error"]["code"] == -32601
    assert len(received) == 4


def test_modern_client_needs_no_initialize(tmp_path: Path) -> None:
    replies = by_id(exchange(tmp_path, modern(1, "server/discover"), modern(2, "ping")))
    assert replies[1]["result"]["resultType"] == "complete"
    assert replies[2]["error"]["code"] == -32601


def test_progress_is_sent_before_the_response(tmp_path: Path) -> None:
    call = request(1, "tools/call", name="test_tool_with_progress", _meta={"progressToken": "p"})
    *progress, response = exchange(tmp_path, call)
    assert [message["params"]["progress"] for message in progress] == [0, 50, 100]
    assert response["id"] == 1


def test_invalid_lines_are_answered_with_errors(tmp_path: Path) -> None:
    received = exchange(
        tmp_path, b"", b"nonsense", b"\xff\xfe", b"[]", b"{}", b"7", request(9, "ping")
    )
    assert [m["error"]["code"] for m in received if "error" in m] == [-32700] * 2 + [-32600] * 3
    assert by_id(received)[9]["result"] == {}


def test_a_number_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (reply,) = exchange(tmp_path, b'{"jsonrpc":"2.0","method":"ping","id":' + b"9" * 5000 + b"}")
    assert reply["error"]["message"] == f"Parse error: {'9' * 20}... is too large a number"


def test_batches_are_accepted_in_2025_03_26_only(tmp_path: Path) -> None:
    start = request(1, "initialize", protocolVersion="2025-03-26", **INITIALIZE)
    batch = [request(2, "ping"), {"jsonrpc": "2.0", "method": "notifications/x"}, 7]
    received = exchange(tmp_path, start, batch)
    assert [message["id"] for message in received[1]] == [2, None]
    for odd in ([], [batch[0]] * 51):
        assert exchange(tmp_path, start, odd)[1]["error"]["code"] == -32600
    start = request(1, "initialize", protocolVersion="2025-11-25", **INITIALIZE)
    assert exchange(tmp_path, start, batch)[1]["error"]["code"] == -32600


def test_a_line_that_is_too_long_is_skipped(tmp_path: Path) -> None:
    padding = b" " * (2 * stdio.MAX_LINE_BYTES + 5)
    long = json.dumps(request(1, "ping")).encode() + padding
    received = exchange(tmp_path, long, request(2, "ping"), padding, request(3, "ping"))
    errors = [message for message in received if "error" in message]
    assert len(errors) == 2 and all("longer than 8 MiB" in e["error"]["message"] for e in errors)
    assert set(by_id(received)) == {None, 2, 3}


def test_cancelled_call_gets_no_response(tmp_path: Path) -> None:
    cancel = {
        "jsonrpc": "2.0",
        "method": "notifications/cancelled",
        "params": {"requestId": 1},
    }
    odd = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": []}}
    call = request(1, "tools/call", name="test_tool_with_progress")
    assert exchange(tmp_path, call, odd, cancel, request(2, "ping")) == [
        {"jsonrpc": "2.0", "id": 2, "result": {}}
    ]


def test_process_prints_only_protocol_messages(tmp_path: Path) -> None:
    messages = [
        request(1, "initialize", protocolVersion="2025-06-18", **INITIALIZE),
        request(2, "tools/call", name="get_athlete", arguments={}),
        request(3, "tools/call", name="update_activity", arguments={"id": 1}),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "strava_mcp"],
        input="".join(json.dumps(message) + "\n" for message in messages),
        capture_output=True,
        text=True,
        env={**os.environ, "STRAVA_MCP_HOME": str(tmp_path), "LOG_LEVEL": "debug"},
        timeout=120,
    )
    replies = by_id([json.loads(line) for line in done.stdout.splitlines()])
    assert set(replies) == {1, 2, 3} and done.returncode == 0
    assert replies[2]["result"]["structuredContent"]["name"]
    assert replies[3]["result"]["isError"] is True


def test_invalid_settings_end_it_with_one_line_each(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "strava_mcp"],
        input="",
        capture_output=True,
        text=True,
        env={**os.environ, "UNITS": "x", "RATE_LIMIT": "y"},
        timeout=120,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["RATE_LIMIT", "UNITS"]
