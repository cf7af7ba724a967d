"""A sandbox at a fixed time, callers with chosen scopes, and a sample of activities."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from strava_mcp.sandbox import recording
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
    SCOPES,
)
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.recording import Streams
from strava_mcp.store import Store, open_store

TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 21, 30, tzinfo=UTC).timestamp()

CLIENT = {"client_id": SANDBOX_CLIENT_ID, "client_secret": SANDBOX_CLIENT_SECRET}
REFRESH = CLIENT | {"grant_type": "refresh_token", "refresh_token": SANDBOX_REFRESH_TOKEN}


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


class Caller:
    """A client with an access token for certain scopes of an athlete."""

    def __init__(self, app: Flask, *scopes: str, athlete: Athlete = MIRA) -> None:
        code = app.extensions["sandbox"].grants.issue_code(list(scopes), athlete)
        form = CLIENT | {"grant_type": "authorization_code", "code": code}
        self._client = app.test_client(use_cookies=False)
        self.tokens: dict[str, Any] = self._client.post("/oauth/token", data=form).json or {}

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call an operation by its path below /api/v3."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return self._client.open(f"/api/v3{path}", method=method, headers=headers, **options)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET, which has to succeed."""
        reply = self.call("GET", path, query_string=query)
        assert reply.status_code == 200, reply.data
        return reply.json


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Iterator[Store]:
    store = open_store("sqlite://:memory:")
    yield store
    store.close()


@pytest.fixture
def app(store: Store, clock: Clock) -> Flask:
    return create_app(store, clock)


@pytest.fixture
def caller(app: Flask) -> Callable[..., Caller]:
    """Makes a caller with the given scopes."""
    return lambda *scopes: Caller(app, *scopes)


@pytest.fixture
def athlete(app: Flask) -> Caller:
    """A caller with all scopes."""
    return Caller(app, *SCOPES)


@pytest.fixture(scope="session")
def sample() -> list[Plan]:
    """One activity of every combination of sport, kind, place and sensors."""
    chosen: dict[tuple[object, ...], Plan] = {}
    for plan in sorted(
        plans(TODAY), key=lambda plan: plan.moving_s
    ):  # short ones are generated fast
        combination = (plan.sport, plan.kind, plan.indoor, plan.manual, plan.has_heart_rate)
        chosen.setdefault((*combination, bool(plan.pauses)), plan)
    return list(chosen.values())


@pytest.fixture(scope="session")
def recordings(sample: list[Plan]) -> dict[Plan, Streams]:
    """The streams of the sample."""
    return {plan: recording.streams(plan) for plan in sample if plan.is_recorded}


@pytest.fixture
def recorded(
    recordings: dict[Plan, Streams], monkeypatch: pytest.MonkeyPatch
) -> dict[Plan, Streams]:
    """The streams of the sample, from which the sandbox takes them, too, to save time."""
    generate = recording.streams
    monkeypatch.setattr(recording, "streams", lambda plan: recordings.get(plan) or generate(plan))
    return recordings
