"""The real app, with settings of the test's choice, and clients for it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.web import rate_limit
from tests.app_server import Make, app_maker

TOKEN = "0123456789abcdef" * 4
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make an app with some settings; its token is TOKEN unless they say otherwise."""
    with app_maker(tmp_path / "home", TOKEN) as make_app:
        yield make_app


@pytest.fixture
def app(make: Make) -> Flask:
    """The app with nothing but a token."""
    return make()


class Clock:
    """A clock that stands still in the first half of a minute until a test moves it."""

    def __init__(self) -> None:
        self.now = time.time() // 60 * 60 + 20

    def time(self) -> float:
        return self.now


@pytest.fixture
def limit_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The limits' clock stands still, so that no minute ends within a test."""
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", clock)
    return clock


def bearer(token: str = TOKEN) -> dict[str, str]:
    """The header that a client sends."""
    return {"Authorization": f"Bearer {token}"}
