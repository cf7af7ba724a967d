"""The Inspector and mcp-remote connect by OAuth: they print an address, a person opens it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.clients.conftest import TIMEOUT_S, TOKEN, Running
from tests.clients.test_node import HERE, LAUNCH_S, initialize, mcp_remote, send
from tests.clients.test_python import TOOLS
from tests.flow import BOTH, Flow, Live
from tests.node import MODULES, node, package
from tests.servers import free_port

#: How often to try to connect to a program that has printed an address before it listens there.
RETRIES = 100


class Program:
    """A program with pipes, whose lines are read as they come."""

    def __init__(self, command: list[str], folder: Path, **env: str) -> None:
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        for name in ("xdg-open", "open", "google-chrome"):  # no browser opens by itself here
            (folder / "bin" / name).write_text("#!/bin/sh\nexit 0\n")
            (folder / "bin" / name).chmod(0o755)
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [str(node()), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PATH": path, "HOME": str(folder), **env},
        )
        self.errors = ""
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.errors += line

    def end(self) -> None:
        """Stop it and close its pipes."""
        self.process.kill()
        self.process.wait()
        self._reader.join(LAUNCH_S)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def consent_path(self, base: str, number: int = 1) -> str:
        """Wait for the path of the consent page that it prints.

        ``number``: which one, if there are several.
        """
        return self.printed(rf"{re.escape(base)}(/authorize\?\S+)\s", number)[1]

    def printed(self, pattern: str, number: int = 1) -> re.Match[str]:
        """Wait until it has printed a text ``number`` times among its errors; returns the last."""
        for _ in range(LAUNCH_S * 10):
            is_over = not self._reader.is_alive()  # nothing is printed after this
            matches = list(re.finditer(pattern, self.errors))
            if len(matches) >= number:
                return matches[number - 1]
            if is_over:
                break
            self._reader.join(0.1)
        raise AssertionError(f"{pattern} was not printed: {self.errors[-3000:]}")


@contextmanager
def started(command: list[str], folder: Path, **env: str) -> Iterator[Program]:
    program = Program(command, folder, **env)
    try:
        yield program
    finally:
        program.end()


def approve(base: str, path: str, choice: str = "read") -> str:
    """Open the page and approve; returns the address that the browser is sent to."""
    flow = Flow(Live(base), TOKEN)
    answer = flow.decide(flow.http.send("GET", path), path, choice)
    assert answer.status == 303, answer.text
    return str(answer.headers["Location"])


def follow(address: str) -> None:
    """Follow a redirect that leads to the program itself, as soon as that listens."""
    with requests.Session() as session:
        retry = Retry(connect=RETRIES, backoff_factor=0.1, backoff_max=1)
        session.mount("http://", HTTPAdapter(max_retries=retry))
        arrived = session.get(address, timeout=TIMEOUT_S)
    assert arrived.status_code == 200, arrived.text


def typescript(
    server: Running, folder: Path, which: str, wire: str, choices: list[str]
) -> dict[str, Any]:
    """Run oauth.mjs; the owner makes one choice per consent page that it opens."""
    package("@modelcontextprotocol/client")
    package("@modelcontextprotocol/sdk")
    command = [str(HERE / "oauth.mjs"), str(MODULES), f"{server.base}/{wire or 'mcp'}", which, wire]
    remaining = list(choices)
    with started(command, folder) as program:
        assert program.process.stdout and program.process.stdin
        for line in program.process.stdout:
            printed = json.loads(line)
            if "done" in printed:
                assert not remaining
                return dict(printed["done"])
            path = printed["authorize"].removeprefix(server.base)
            program.process.stdin.write(approve(server.base, path, remaining.pop(0)) + "\n")
            program.process.stdin.flush()
        program.process.wait(LAUNCH_S)
    raise AssertionError(program.errors[-3000:])


@pytest.mark.parametrize("era", ["legacy", "auto"])
def test_the_inspector_connects_by_oauth(server: Running, era: str, tmp_path: Path) -> None:
    launcher = package("@modelcontextprotocol/inspector") / "clients/launcher/build/index.js"
    command = [
        *(str(launcher), "--cli", server.url, "--transport", "http", "--format", "json"),
        *("--protocol-era", era, "--connect-timeout", "0", "--method", "tools/list"),
        *("--callback-url", f"http://127.0.0.1:{free_port()}/oauth/callback"),
    ]
    with started(command, tmp_path, MCP_AUTO_OPEN_ENABLED="true") as program:
        follow(approve(server.base, program.consent_path(server.base)))
        assert program.process.stdout
        listed = json.loads(program.process.stdout.read())
        assert {tool["name"] for tool in listed["result"]["tools"]} >= TOOLS


def test_mcp_remote_connects_by_oauth(server: Running, tmp_path: Path) -> None:
    command = mcp_remote(server.url)
    with started(command, tmp_path, MCP_REMOTE_CONFIG_DIR=str(tmp_path / "auth")) as program:
        initialize(program.process)
        follow(approve(server.base, program.consent_path(server.base)))
        assert program.process.stdout
        assert "protocolVersion" in json.loads(program.process.stdout.readline())["result"]
        send(program.process, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        send(program.process, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        listed = json.loads(program.process.stdout.readline())["result"]["tools"]
        assert {tool["name"] for tool in listed} >= TOOLS
        # Step-up: it asks for the scope that it had, and is offered more.
        call = {"name": "update_activity", "arguments": {"id": 1, "name": "Renamed"}}
        send(program.process, {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call})
        path = program.consent_path(server.base, 2)
        assert parse_qs(path)["scope"] == ["strava:read"]
        program.printed("OAuth callback server running", 2)
        follow(approve(server.base, path, "write"))
        written = json.loads(program.process.stdout.readline())["result"]
        assert "Activity id not found" in written["content"][0]["text"]


def test_the_second_typescript_client_asks_for_more(server: Running, tmp_path: Path) -> None:
    done = typescript(server, tmp_path, "v2", "", ["read", "write"])
    assert (done["granted"], done["scope"]) == ("strava:read", BOTH)
    assert "Activity id not found" in done["written"]["content"][0]["text"]


def test_the_first_typescript_client_is_told_to_reconnect(server: Running, tmp_path: Path) -> None:
    """It refreshes its token instead of asking for more."""
    done = typescript(server, tmp_path, "v1", "", ["read"])
    assert done["scope"] == "strava:read" and done["written"]["isError"]
    assert "reconnect and choose Read and write" in done["written"]["content"][0]["text"]
