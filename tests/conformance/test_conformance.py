"""The official conformance suite: all against the fixture app, a part against the real one."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from tests.flow import Flow, Live
from tests.node import node, package
from tests.servers import flask_run, free_port, gunicorn, running

TOKEN = "5a" * 32
REQUIRED = {"2025-11-25": 30, "2026-07-28": 37}
PATIENCE = Path(__file__).with_name("patience.cjs")
#: How long a scenario, and all of them, may take at most.
SCENARIO_S, SUITE_S = 120, 900


#: Scenario → how many of its checks passed, and how many failed.
Results = dict[str, tuple[int, int]]


def suite(*arguments: str) -> list[str]:
    """The command line of the suite, with limits that a busy machine can keep."""
    script = package("@modelcontextprotocol/conformance") / "dist" / "index.js"
    return [str(node()), "--require", str(PATIENCE), str(script), *arguments]


def run_suite(url: str, revision: str, log: Path) -> tuple[Results, set[str]]:
    """Run what a revision requires; returns the results, and the scenarios that do not count."""
    command = suite("server", "--url", url, "-o", str(log / "out"), "--requirements", revision)
    command += ["--timeout", str(SCENARIO_S * 1000)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SUITE_S)
    summary, _, unscored = done.stdout.partition("=== SUMMARY ===")[2].partition("Not scored")
    assert summary, done.stdout[-6000:] + done.stderr[-2000:]
    lines = re.findall(r"^[✓✗] (\S+): (\d+) passed, (\d+) failed", summary, re.M)
    results = {name: (int(passed), int(failed)) for name, passed, failed in lines}
    return results, set(re.findall(r"[✓✗] (\S+) \(", unscored))


def errors(log: Path) -> list[str]:
    """The errors that the suite has written to its log."""
    checks = [check for file in log.rglob("checks.json") for check in json.loads(file.read_text())]
    return [check["errorMessage"] for check in checks if check.get("errorMessage")]


@pytest.fixture(scope="module", params=["flask run", "gunicorn with two processes"])
def fixture_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The fixture app, in one process, and in two that share sessions and messages."""
    node()  # skip before a server is started
    port = free_port()
    folder = tmp_path_factory.mktemp("conformance")
    command = flask_run(port, "tests.conformance.app")
    if "gunicorn" in request.param:
        # The suite leaves one stream per scenario open; each occupies a thread.
        command = gunicorn(port, threads=64, app="tests.conformance.app:create_app()")
    env = {"STRAVA_MCP_HOME": str(folder / "home")}
    with running(command, port, folder / "server.log", env) as base:
        yield base.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("revision", REQUIRED)
def test_every_required_scenario_passes(fixture_app: str, revision: str, tmp_path: Path) -> None:
    results, unscored = run_suite(f"{fixture_app}/mcp", revision, tmp_path)
    required = {name: result for name, result in results.items() if name not in unscored}
    assert [name for name, (_, failed) in required.items() if failed] == [], errors(tmp_path)
    assert sum(passed > 0 for passed, _ in required.values()) == REQUIRED[revision]


@pytest.fixture(scope="module")
def real_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node()
    port = free_port()
    folder = tmp_path_factory.mktemp("real")
    command = flask_run(port, "tests.conformance.authorized")
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "RATE_LIMIT": "100000"}
    with running(command, port, folder / "server.log", env) as base:
        yield base.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def real_results(
    real_app: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Results]:
    """The results of the real app, by revision. Each is run once, because Node starts slowly."""

    @cache
    def results(revision: str) -> Results:
        return run_suite(f"{real_app}/mcp", revision, tmp_path_factory.mktemp("results"))[0]

    return results


#: Scenarios that need no tool, prompt or resource of the suite.
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
    real_results: Callable[[str], Results], revision: str, scenario: str
) -> None:
    passed, failed = real_results(revision)[scenario]
    assert passed and not failed


def authorization(base: str, log: Path, client_id: str, port: int, version: str) -> str:
    """Run the scenarios for authorization servers; the owner approves when asked to."""
    command = suite(
        *("authorization", "--url", base, "-o", str(log)),
        *("--client-id", client_id, "--resource", f"{base}/mcp", "-p", str(port)),
        *("--spec-version", version, "--verbose"),
    )
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = ""
    try:
        assert process.stdout
        for line in process.stdout:
            printed += line
            if line.startswith(f"{base}/authorize?"):
                _approve(base, line.strip().removeprefix(base))
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]
    assert process.returncode == 0, printed
    return printed


def _approve(base: str, path: str) -> None:
    flow = Flow(Live(base), TOKEN)
    answer = flow.decide(flow.http.send("GET", path), path)
    with requests.Session() as session:
        # The suite prints the address before it listens for the redirect.
        session.mount(
            "http://",
            HTTPAdapter(max_retries=Retry(connect=100, backoff_factor=0.1, backoff_max=1)),
        )
        session.get(answer.headers["Location"], timeout=60)


@pytest.fixture(scope="module")
def oauth_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node()
    port, folder = free_port(), tmp_path_factory.mktemp("oauth")
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with running(flask_run(port), port, folder / "server.log", env) as base:
        yield base


@pytest.mark.parametrize("version", REQUIRED)
def test_the_authorization_server_passes_every_scenario(
    oauth_app: str, version: str, tmp_path: Path
) -> None:
    callback = free_port()
    flow = Flow(Live(oauth_app), TOKEN, f"http://127.0.0.1:{callback}/callback")
    flow.register()
    printed = authorization(oauth_app, tmp_path, flow.client["client_id"], callback, version)
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
