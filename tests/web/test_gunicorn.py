"""gunicorn, the server for containers: two processes with threads share one store."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from packaging.requirements import Requirement

from tests.aws.environments import requirements_of
from tests.conftest import ROOT
from tests.servers import free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S

TOKEN = "0123456789abcdef" * 4


def call(base: str, tool: str, /, **arguments: Any) -> Any:
    params = {"name": tool, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urlopen(Request(f"{base}/mcp", body.encode(), headers), timeout=MAX_WAIT_S) as reply:
        return json.loads(reply.read())["result"]


def test_update_is_visible_in_every_process(tmp_path: Path) -> None:
    port = free_port()
    env = {
        "AUTH_TOKEN": TOKEN,
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "RATE_LIMIT": "100000",
    }
    with running(gunicorn(port, workers=2, threads=8), port, tmp_path / "log", env) as base:
        with ThreadPoolExecutor(16) as pool:
            first = list(pool.map(lambda _: call(base, "get_athlete"), range(64)))
        assert not [reply for reply in first if reply.get("isError")]
        listed = call(base, "get_activities", per_page=1)["structuredContent"]["activities"]
        call(base, "update_activity", id=listed[0]["id"], name="Shared")
        with ThreadPoolExecutor(8) as pool:
            seen = list(
                pool.map(lambda _: call(base, "get_activity_by_id", id=listed[0]["id"]), range(32))
            )
        assert {reply["structuredContent"]["name"] for reply in seen} == {"Shared"}


def test_bodies_that_stall_give_their_threads_back(tmp_path: Path) -> None:
    port = free_port()
    env = {"AUTH_TOKEN": TOKEN, "STRAVA_MCP_HOME": str(tmp_path / "home")}
    command = gunicorn(port, workers=1, threads=8, app="tests.web.impatient:app")
    head = b"POST /register HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % port
    head += b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    with running(command, port, tmp_path / "log", env) as base, ExitStack() as stack:
        stalled = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=MAX_WAIT_S))
            for _ in range(32)
        ]
        for connection in stalled:
            connection.sendall(head)
        with urlopen(f"{base}/health", timeout=MAX_WAIT_S) as reply:
            assert reply.status == 200
        statuses = {connection.recv(12) for connection in stalled}
        assert statuses <= {b"HTTP/1.1 400", b"HTTP/1.1 429"}  # 429: too many registrations
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("version", ["23.0.0", "24.1.0", "25.0.0", "25.1.0", "26.0.0"])
def test_versions_with_a_worse_thread_worker_are_refused(version: str) -> None:
    """They block a thread on each idle connection, or accept a body that is cut short."""
    required = [Requirement(line) for line in requirements_of(ROOT / "requirements.txt")]
    (server,) = (one for one in required if one.name == "gunicorn")
    assert not server.specifier.contains(version)
