"""The official conformance suite: the fixture app in full, the real one where it can."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.flow import Flow, Live
from tests.node import node, package
from tests.servers import flask_run, free_port, gunicorn, running

TOKEN = "5a" * 32
REQUIRED = {"2025-11-25": 30, "2026-07-28": 37}


def suite(url: str, log: Path, *options: str) -> str:
    """Run the suite against ``url`` and return what it printed; fails where it found a failure."""
    script = package("@modelcontextprotocol/conformance") / "dist" / "index.js"
    command = [str(node()), str(script), "server", "--url", url, "-o", str(log / "out"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module", params=["flask run", "gunicorn with two processes"])
def fixture_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The fixture app: in one process, and where a question and its answer may meet two."""
    node()  # skip before a server is started for nothing
    port = free_port()
    folder = tmp_path_factory.mktemp("conformance")
    command = flask_run(port, "tests.conformance.app")
    if "gunicorn" in request.param:
        # The suite leaves a stream a scenario behind; each holds its thread until it is written to.
        command = gunicorn(port, threads=64, app="tests.conformance.app:create_app()")
    env = {"STRAVA_MCP_HOME": str(folder / "home")}
    with running(command, port, folder / "server.log", env) as base:
        yield base.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("revision", REQUIRED)
def test_every_required_scenario_passes(fixture_app: str, revision: str, tmp_path: Path) -> None:
    printed = suite(f"{fixture_app}/mcp", tmp_path, "--requirements", revision)
    summary, _, unscored = printed.partition("=== SUMMARY ===")[2].partition("Not scored")
    optional = set(re.findall(r"[✓✗] (\S+) \(", unscored))
    passed = set(re.findall(r"^✓ (\S+): [1-9]", summary, re.M)) - optional
    assert len(passed) == REQUIRED[revision]
    assert not set(re.findall(r"^✗ (\S+):", summary, re.M)) - optional


@pytest.fixture(scope="module")
def real_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node()
    port = free_port()
    folder = tmp_path_factory.mktemp("real")
    command = flask_run(port, "tests.conformance.authorized")
    env = {"STRAVA_MCP_HOME": str(folder / "home")}
    with running(command, port, folder / "server.log", env) as base:
        yield base.replace("127.0.0.1", "localhost")


#: Scenarios that name no fixture.
PLAIN = {
    "2025-11-25": (
        *("server-initialize", "ping", "tools-list", "resources-list", "prompts-list"),
        "dns-rebinding-protection",
    ),
    "2026-07-28": (
        *("tools-list", "resources-list", "prompts-list", "caching"),
        *("sep-2164-resource-not-found", "dns-rebinding-protection"),
        *("input-required-result-unsupported-methods", "http-header-validation"),
    ),
}


@pytest.mark.parametrize(
    "revision, scenario", [(version, name) for version, names in PLAIN.items() for name in names]
)
def test_the_real_app_passes_what_needs_no_fixture(
    real_app: str, revision: str, scenario: str, tmp_path: Path
) -> None:
    options = ("--scenario", scenario, "--spec-version", revision)
    printed = suite(f"{real_app}/mcp", tmp_path, *options)
    assert re.search(r"Passed: [1-9]", printed), printed[-2000:]


def authorization(base: str, log: Path, client_id: str, port: int, version: str) -> str:
    """Run the authorization server's scenarios; the owner approves as soon as they are asked."""
    script = package("@modelcontextprotocol/conformance") / "dist" / "index.js"
    command = [
        *(str(node()), str(script), "authorization", "--url", base, "-o", str(log)),
        *("--client-id", client_id, "--resource", f"{base}/mcp", "-p", str(port)),
        *("--spec-version", version, "--verbose"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = ""
    try:
        assert process.stdout
        for line in process.stdout:
            printed += line
            if line.startswith(f"{base}/authorize?"):
                _say_yes(base, line.strip().removeprefix(base))
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    assert process.returncode == 0, printed
    return printed


def _say_yes(base: str, path: str) -> None:
    flow = Flow(Live(base), TOKEN)
    answer = flow.decide(flow.http.send("GET", path), path)
    requests.get(answer.headers["Location"], timeout=30)


@pytest.mark.parametrize("version", REQUIRED)
def test_the_authorization_server_passes_every_scenario(version: str, tmp_path: Path) -> None:
    node()
    port, callback = free_port(), free_port()
    env = {"STRAVA_MCP_HOME": str(tmp_path / "home"), "AUTH_TOKEN": TOKEN}
    with running(flask_run(port), port, tmp_path / "server.log", env) as base:
        flow = Flow(Live(base), TOKEN, f"http://127.0.0.1:{callback}/callback")
        flow.register()
        printed = authorization(base, tmp_path, flow.client["client_id"], callback, version)
    checks = {
        check["id"]: check["status"]
        for file in tmp_path.rglob("checks.json")
        for check in json.loads(file.read_text())
    }
    assert checks == {
        "authorization-server-metadata": "SUCCESS",
        "authorization-server-metadata-cimd": "SUCCESS",
        "authorization-code-grant": "SUCCESS",
    }, printed
