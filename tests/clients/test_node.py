"""Clients of the Node world: the TypeScript client (both lines), the Inspector, mcp-remote."""

import json
import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.clients.conftest import WRONG, Running
from tests.clients.test_python import TOOLS
from tests.node import MODULES, node, package
from tests.servers import free_port

HERE = Path(__file__).resolve().parent
LAUNCH_S = 120


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    """Run a client to its end."""
    return subprocess.run(
        [str(node()), *command],
        capture_output=True,
        text=True,
        timeout=LAUNCH_S,
        stdin=subprocess.DEVNULL,
    )


def typescript(
    server: Running, token: str, which: str, era: str
) -> "subprocess.CompletedProcess[str]":
    package("@modelcontextprotocol/client")
    package("@modelcontextprotocol/sdk")
    return run(str(HERE / "typescript.mjs"), str(MODULES), server.url, token, which, era)


@pytest.mark.parametrize("which, era", [("v1", ""), ("v2", "legacy"), ("v2", "auto")])
def test_the_typescript_client_lists_and_calls(server: Running, which: str, era: str) -> None:
    done = typescript(server, server.token, which, era)
    assert done.returncode == 0, done.stderr[-3000:]
    printed = json.loads(done.stdout)
    assert set(printed["tools"]) >= TOOLS
    assert len(printed["called"]["structuredContent"]["activities"]) == 2


@pytest.mark.parametrize("token", ["", WRONG])
@pytest.mark.parametrize("which, era", [("v1", ""), ("v2", "auto")])
def test_the_typescript_client_is_refused_without_the_token(
    server: Running, token: str, which: str, era: str
) -> None:
    done = typescript(server, token, which, era)
    assert done.returncode != 0 and "get_athlete" not in done.stdout
    assert "401" in done.stderr or "Unauthorized" in done.stderr


def inspector(
    server: Running, token: str, era: str, *method: str
) -> "subprocess.CompletedProcess[str]":
    launcher = package("@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    headers = ["--header", f"Authorization: Bearer {token}"] if token else []
    return run(
        *(str(launcher), "--cli", server.url, "--transport", "http"),
        *("--protocol-era", era, *headers, "--format", "json", *method),
    )


@pytest.mark.parametrize("era", ["legacy", "auto", "modern"])
def test_the_inspector_lists_and_calls(server: Running, era: str) -> None:
    listed = inspector(server, server.token, era, "--method", "tools/list")
    assert listed.returncode == 0, listed.stderr[-3000:]
    assert {tool["name"] for tool in json.loads(listed.stdout)["result"]["tools"]} >= TOOLS
    call = ("--method", "tools/call", "--tool-name", "get_activities", "--tool-arg", "per_page=2")
    called = inspector(server, server.token, era, *call)
    assert called.returncode == 0, called.stderr[-3000:]
    assert len(json.loads(called.stdout)["result"]["structuredContent"]["activities"]) == 2


@pytest.mark.parametrize("token", ["", WRONG])
def test_the_inspector_is_refused_without_the_token(server: Running, token: str) -> None:
    done = inspector(server, token, "auto", "--method", "tools/list")
    assert done.returncode != 0 and "get_athlete" not in done.stdout


def mcp_remote(url: str) -> list[str]:
    """The arguments of Node for mcp-remote: stdio on one side, our endpoint on the other."""
    script = package("mcp-remote") / "dist" / "proxy.js"
    options = ["--transport", "http-only", "--auth-timeout", str(LAUNCH_S)]
    return [str(script), url, str(free_port()), *options]


def remote(server: Running, token: str, folder: Path) -> "subprocess.Popen[str]":
    """mcp-remote with a token; ``folder``: what it keeps, and finds of others, is there."""
    headers = ["--header", f"Authorization: Bearer {token}"] if token else []
    return subprocess.Popen(
        [str(node()), *mcp_remote(server.url), *headers],
        env={**os.environ, "HOME": str(folder), "MCP_REMOTE_CONFIG_DIR": str(folder / "auth")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def initialize(process: "subprocess.Popen[str]") -> None:
    params = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    }
    send(process, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})


def send(process: "subprocess.Popen[str]", message: object) -> None:
    assert process.stdin
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def test_mcp_remote_connects_a_stdio_client(server: Running, tmp_path: Path) -> None:
    with remote(server, server.token, tmp_path) as process:
        try:
            assert process.stdout
            initialize(process)
            assert "protocolVersion" in json.loads(process.stdout.readline())["result"]
            send(process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
            send(process, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
            listed = json.loads(process.stdout.readline())["result"]["tools"]
            assert {tool["name"] for tool in listed} >= TOOLS
            arguments = {"name": "get_activities", "arguments": {"per_page": 2}}
            send(process, {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": arguments})
            called = json.loads(process.stdout.readline())["result"]
            assert len(called["structuredContent"]["activities"]) == 2
        finally:
            process.kill()


@pytest.mark.parametrize("token", ["", WRONG])
def test_mcp_remote_is_refused_without_the_token(
    server: Running, token: str, tmp_path: Path
) -> None:
    process = remote(server, token, tmp_path)
    overdue = threading.Timer(LAUNCH_S, process.kill)
    overdue.start()
    try:
        initialize(process)
        assert process.stderr
        output = ""
        for line in process.stderr:
            output += line
            if "Waiting for authorization" in line:  # of a person at the consent page
                break
        assert "Authentication required" in output and "Connected to remote" not in output
    finally:
        overdue.cancel()
        process.kill()
        out, _ = process.communicate()
    assert out == ""
