"""The API client on a sandbox of its own, with a record of the requests it sends."""

from collections.abc import Callable
from typing import Any

import requests
from flask import Flask

from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sandbox import app as sandbox_app
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import NAMESPACE
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.sources import Source
from strava_mcp.sources.api.client import open_sandbox
from strava_mcp.store import Store
from tests.faults import Faults, FaultyAdapter, inject_faults

#: Without a cache every read of the source is a request that a test can count.
UNCACHED = Config(strava_cache_s=0)


class RecordingAdapter(FaultyAdapter):
    """The sandbox's adapter, which also records the requests that it sends."""

    def __init__(self, app: Flask, faults: Faults) -> None:
        super().__init__(app, faults)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        self.sent.append(request)
        return super().send(request, *args, **kw)


class Rig:
    """A sandbox and a source that reads it.

    ``now``: the sandbox's clock. By default it stands still, so that no activity is added and no
    window of its rate limits ends between two calls of a test.
    """

    def __init__(
        self,
        store: Store,
        allowance: Allowance | None = None,
        config: Config | None = None,
        adapter: type[RecordingAdapter] = RecordingAdapter,
        now: Callable[[], float] | None = None,
    ) -> None:
        self.store = store
        made_at = sandbox_app.time.time()
        self.app = create_app(
            store, now or (lambda: made_at), **({"allowance": allowance} if allowance else {})
        )
        self.sandbox = self.app.extensions["sandbox"]
        self.faults = inject_faults(self.app)
        self.adapter = adapter(self.app, self.faults)
        self.source: Source = open_sandbox(config or UNCACHED, store, self.adapter)

    @property
    def calls(self) -> list[str]:
        """Method and path of every request, including token requests, since ``forget_calls``."""
        return [f"{one.method} {one.path_url.partition('?')[0]}" for one in self.adapter.sent]

    def forget_calls(self) -> None:
        self.adapter.sent.clear()

    def authorize(self) -> "Rig":
        """Get an access token, so that it does not count among the calls of a test."""
        self.source.athlete()
        self.forget_calls()
        return self

    def restrict_scopes(self, *scopes: str) -> None:
        """Reduce every grant to these scopes, as if the athlete had ticked no others."""
        for record in self.store.records(NAMESPACE):
            self.store.put(NAMESPACE, record.key, record.value | {"scopes": list(scopes)})

    def all_activities(self) -> list[JSON]:
        """Every activity in the sandbox's list, newest first. Forgets all calls."""
        activities: list[JSON] = []
        page = 1
        while batch := self.source.activities(page=page, per_page=200):
            activities, page = activities + batch, page + 1
        self.forget_calls()
        return activities

    def find(self, **values: Any) -> JSON:
        """The newest activity with these values. Forgets all calls."""
        rows = self.all_activities()
        return next(row for row in rows if all(row.get(name) == v for name, v in values.items()))
