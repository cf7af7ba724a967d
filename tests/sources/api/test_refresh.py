"""Refreshing Strava's tokens under load and under kill -9, against a sandbox over HTTP."""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from strava_mcp.config import Config
from strava_mcp.errors import NotConnected
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
    SCOPES,
)
from strava_mcp.sources.api import tokens, transport
from strava_mcp.sources.api.client import open_api
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.sources.api.processes import CONTEXT

PROCESSES, THREADS = 4, 25
KILLS = 5
#: The lease that a killed process leaves behind; the next one waits for its end.
KILLED_LEASE_S = 0.4
#: On a busy machine, 100 callers of one sandbox may wait longer than they would for Strava.
TIMEOUT_S = 100


class Strava:
    """A sandbox over HTTP that counts the calls of its token endpoint."""

    def __init__(self) -> None:
        self.store = open_store("sqlite://:memory:")
        self.app = create_app(self.store)
        self.refreshes = 0
        self.url = ""

        @self.app.before_request
        def count() -> None:
            from flask import request

            self.refreshes += request.path == "/oauth/token"

    def end_access(self) -> None:
        """Invalidate every access token."""
        for record in self.store.records(GRANTS):
            if record.key.startswith("access:"):
                self.store.delete(GRANTS, record.key)


@pytest.fixture
def strava() -> Iterator[Strava]:
    strava = Strava()
    with serve(strava.app) as server:
        strava.url = server.url
        yield strava
    strava.store.close()


def config_for(url: str) -> Config:
    return Config(
        strava_source="api",
        strava_client_id=SANDBOX_CLIENT_ID,
        strava_client_secret=SANDBOX_CLIENT_SECRET,
        strava_refresh_token=SANDBOX_REFRESH_TOKEN,
        strava_api_url=f"{url}/api/v3",
        strava_oauth_url=f"{url}/oauth",
        strava_cache_s=0,
    )


def call_at_once(url: str, path: str, ready: Any, results: Any) -> None:
    """Run a process whose threads all call at the same moment."""
    transport.CONNECT_S = transport.READ_S = transport.TOKEN_READ_S = TIMEOUT_S
    tokens.LEASE_S = TIMEOUT_S + 1.0
    store = open_store(f"sqlite://{path}")
    source = open_api(config_for(url), store)
    outcomes: list[str] = []

    def call() -> None:
        ready.wait(TIMEOUT_S)
        try:
            outcomes.append("ok" if source.athlete()["id"] else "odd")
        except Exception as exc:
            outcomes.append(repr(exc))

    threads = [threading.Thread(target=call) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * TIMEOUT_S)
    results.put(outcomes)
    store.close()


@pytest.mark.no_cover
@pytest.mark.parametrize("stored_token", ["none", "expired", "revoked"])
def test_concurrent_processes_refresh_once(
    strava: Strava, tmp_path: Path, stored_token: str
) -> None:
    """``expired``: by our own record; ``revoked``: only Strava knows, and responds with 401."""
    path = str(tmp_path / "store.db")
    if stored_token != "none":
        store = open_store(f"sqlite://{path}")
        first = open_api(config_for(strava.url), store)
        first.athlete()
        if stored_token == "revoked":
            strava.end_access()
        else:
            vault = first._tokens._vault
            record = vault.get(tokens.NAMESPACE, first._tokens.key)
            assert record
            vault.put(tokens.NAMESPACE, record.key, {**record.value, "expires_at": time.time() - 1})
        store.close()
    strava.refreshes = 0
    ready, results = CONTEXT.Barrier(PROCESSES * THREADS), CONTEXT.Queue()
    arguments = (strava.url, path, ready, results)
    processes = [CONTEXT.Process(target=call_at_once, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    outcomes = [one for _ in processes for one in results.get(timeout=2 * TIMEOUT_S)]
    for process in processes:
        process.join(TIMEOUT_S)
    failed = [one for one in outcomes if one != "ok"]
    assert (len(outcomes), failed) == (PROCESSES * THREADS, [])
    assert strava.refreshes == 1


def refresh_until_killed(url: str, path: str, ready: Any, is_idle: bool) -> None:
    """Run a process that refreshes again and again, or waits if ``is_idle``."""
    transport.READ_S = transport.TOKEN_READ_S = TIMEOUT_S
    tokens.LEASE_S = KILLED_LEASE_S
    store = open_store(f"sqlite://{path}")
    source = open_api(config_for(url), store)
    source.athlete()
    ready.set()
    if is_idle:
        time.sleep(TIMEOUT_S)
    while True:
        tokens_of = source._tokens
        tokens_of.replace(tokens_of.key, tokens_of.access(tokens_of.key))


def connect(source: Any) -> None:
    """Connect as ``flask strava connect`` does."""
    url = source.application.authorize_url("http://127.0.0.1:1/", SCOPES, "state")
    sent = requests.get(url, allow_redirects=False, timeout=TIMEOUT_S).headers["Location"]
    answer = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    source.connect(answer["code"], SCOPES, lambda _: True, lambda _: True)


@pytest.mark.no_cover
def test_killed_refresh_recovers_or_asks_to_connect_again(
    strava: Strava, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process killed between Strava's response and the write takes the new token with it. Then
    the athlete is asked to connect again, and that works."""
    monkeypatch.setattr(tokens, "LEASE_S", KILLED_LEASE_S)
    path = str(tmp_path / "store.db")
    store = open_store(f"sqlite://{path}")
    random.seed(5)
    worked = lost = 0
    for number in range(KILLS):
        ready = CONTEXT.Event()
        arguments = (strava.url, path, ready, number == 0)  # the first is idle, and loses nothing
        process = CONTEXT.Process(target=refresh_until_killed, args=arguments)
        process.start()
        assert ready.wait(TIMEOUT_S)
        time.sleep(random.random() / 10)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(TIMEOUT_S)
        strava.end_access()  # so that the next call needs a refresh
        source = open_api(config_for(strava.url), store)
        try:
            assert source.athlete()["id"]
            worked += 1
        except NotConnected as exc:
            assert number > 0
            assert "flask strava connect" in str(exc)
            record = source._tokens._vault.get(tokens.NAMESPACE, source._tokens.key)
            assert record and not strava.store.get(
                GRANTS, f"refresh:{record.value['refresh_token']}"
            ), "Strava had issued another token, which only the killed process received"
            connect(source)
            assert source.athlete()["id"]
            lost += 1
    store.close()
    print(f"{KILLS} kills: {worked} lost nothing, {lost} needed a new connection")
    assert worked + lost == KILLS and worked > 0
