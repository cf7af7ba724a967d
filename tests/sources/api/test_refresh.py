"""The refresh of Strava's tokens under load and under kill -9, against a sandbox over HTTP."""

import multiprocessing
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

#: Processes that have no more in common with this one than others have, and begin soon.
APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload(["strava_mcp.sources.api.client", "strava_mcp.store.sqlite"])
PROCESSES, THREADS = 8, 25
KILLS = 20
#: A busy machine may let 200 callers of one sandbox wait for longer than Strava would.
PATIENCE_S = 100


class Strava:
    """A sandbox that others reach over HTTP, and how often its token endpoint was asked."""

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
        """End every access token."""
        for record in self.store.records(GRANTS):
            if record.key.startswith("access:"):
                self.store.delete(GRANTS, record.key)


@pytest.fixture
def strava() -> Iterator[Strava]:
    found = Strava()
    with serve(found.app) as there:
        found.url = there.url
        yield found
    found.store.close()


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
    """A process whose threads all call at the same moment."""
    transport.CONNECT_S = transport.READ_S = transport.TOKEN_READ_S = PATIENCE_S
    tokens.LEASE_S = PATIENCE_S + 1.0
    store = open_store(f"sqlite://{path}")
    source = open_api(config_for(url), store)
    said: list[str] = []

    def call() -> None:
        ready.wait(PATIENCE_S)
        try:
            said.append("ok" if source.athlete()["id"] else "odd")
        except Exception as exc:
            said.append(repr(exc))

    threads = [threading.Thread(target=call) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    results.put(said)
    store.close()


@pytest.mark.no_cover
@pytest.mark.parametrize("known", ["never", "expired", "ended"])
def test_200_calls_of_8_processes_refresh_once(strava: Strava, tmp_path: Path, known: str) -> None:
    """``expired``: as our record says; ``ended``: only Strava knows, and answers 401."""
    path = str(tmp_path / "store.db")
    if known != "never":
        store = open_store(f"sqlite://{path}")
        first = open_api(config_for(strava.url), store)
        first.athlete()
        if known == "ended":
            strava.end_access()
        else:
            vault = first._tokens._vault
            record = vault.get(tokens.NAMESPACE, first._tokens.key)
            assert record
            vault.put(tokens.NAMESPACE, record.key, {**record.value, "expires_at": time.time() - 1})
        store.close()
    strava.refreshes = 0
    ready, results = APART.Barrier(PROCESSES * THREADS), APART.Queue()
    arguments = (strava.url, path, ready, results)
    processes = [APART.Process(target=call_at_once, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    said = [one for _ in processes for one in results.get(timeout=2 * PATIENCE_S)]
    for process in processes:
        process.join(30)
    failed = [one for one in said if one != "ok"]
    assert (len(said), failed) == (PROCESSES * THREADS, [])
    assert strava.refreshes == 1


def refresh_until_killed(url: str, path: str, ready: Any) -> None:
    """A process that does nothing but refresh; a lease that it leaves behind is a short one."""
    tokens.LEASE_S = 1.0
    store = open_store(f"sqlite://{path}")
    source = open_api(config_for(url), store)
    source.athlete()
    ready.set()
    while True:
        tokens_of = source._tokens
        tokens_of.replace(tokens_of.key, tokens_of.access(tokens_of.key))


def connect(source: Any) -> None:
    """As ``flask strava connect`` does."""
    url = source.application.authorize_url("http://127.0.0.1:1/", SCOPES, "state")
    sent = requests.get(url, allow_redirects=False, timeout=20).headers["Location"]
    answer = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    source.connect(answer["code"], SCOPES, lambda _: True, lambda _: True)


@pytest.mark.no_cover
def test_killed_at_any_moment_it_works_afterwards_or_says_what_to_do(
    strava: Strava, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is killed between Strava's answer and the write takes the token with it: Strava has
    told nobody else. Then the athlete is told to connect again, and that works."""
    monkeypatch.setattr(tokens, "LEASE_S", 1.0)
    path = str(tmp_path / "store.db")
    store = open_store(f"sqlite://{path}")
    random.seed(5)
    worked = lost = 0
    for _ in range(KILLS):
        ready = APART.Event()
        process = APART.Process(target=refresh_until_killed, args=(strava.url, path, ready))
        process.start()
        assert ready.wait(60)
        time.sleep(random.random() / 10)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join(30)
        strava.end_access()  # so that it takes a refresh to go on
        source = open_api(config_for(strava.url), store)
        try:
            assert source.athlete()["id"]
            worked += 1
        except NotConnected as exc:
            assert "flask strava connect" in str(exc)
            record = source._tokens._vault.get(tokens.NAMESPACE, source._tokens.key)
            assert record and not strava.store.get(
                GRANTS, f"refresh:{record.value['refresh_token']}"
            ), "Strava had given another token, and told nobody else"
            connect(source)
            assert source.athlete()["id"]
            lost += 1
    store.close()
    print(f"of {KILLS} kills {worked} lost nothing, {lost} needed a new connection")
    assert worked + lost == KILLS and worked > 0
