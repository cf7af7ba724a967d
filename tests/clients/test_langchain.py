"""LangChain's adapters on the 1.x line of the official SDK, which excludes the 2.x line."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import WRONG, Running
from tests.clients.environments import LANGCHAIN, NotInstalled, python_with
from tests.clients.test_python import TOOLS
from tests.conftest import require

PROGRAM = Path(__file__).with_name("langchain_agent.py")
VISIT_S = 120


@pytest.fixture(scope="module")
def python() -> Path:
    """The Python of an environment with LangChain's adapters."""
    try:
        return python_with(*LANGCHAIN)
    except NotInstalled as exc:
        require(False, str(exc))
        raise


def visit(python: Path, url: str, transport: str, token: str) -> "subprocess.CompletedProcess[str]":
    command = [str(python), str(PROGRAM), url, transport, token]
    return subprocess.run(command, capture_output=True, text=True, timeout=VISIT_S)


@pytest.mark.parametrize("path, transport", [("/mcp", "streamable_http"), ("/sse", "sse")])
def test_an_agent_with_a_read_only_token(
    python: Path, server: Running, reader: str, path: str, transport: str
) -> None:
    done = visit(python, server.base + path, transport, reader)
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["sdk"].startswith("1.") and set(report["tools"]) >= TOOLS
    assert len(report["listed"]["activities"]) == 2
    # A 403 would have ended the session.
    assert "may only read" in report["refused"] and report["after"]["name"]


def test_an_agent_with_a_wrong_token(python: Path, server: Running) -> None:
    done = visit(python, server.url, "streamable_http", WRONG)
    assert done.returncode != 0 and "401" in done.stderr
