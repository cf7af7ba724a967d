"""The API client on a sandbox of its own, with a look at what goes over the line."""

from typing import Any

import requests
from flask import Flask

from strava_mcp.config import Config
from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.grants import NAMESPACE
from strava_mcp.sandbox.limits import Allowance
from strava_mcp.sources import Source
from strava_mcp.sources.api.client import open_sandbox
from strava_mcp.store import Store
from tests.faults import Faults, FaultyAdapter, inject_faults

#: Every question is a call that can be seen.
UNCACHED = Config(strava_cache_s=0)


class Line(FaultyAdapter):
    """The sandbox's adapter, remembering the requests that it carried."""

    def __init__(self, app: Flask, faults: Faults) -> None:
        super().__init__(app, faults)
        self.sent: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        self.sent.append(request)
        return super().send(request, *args, **kw)


class Rig:
    """A sandbox and the client that leads to it.

    ``calls``: method and path of every request since the last ``forget``, token requests included.
    """

    def __init__(
        self, store: Store, allowance: Allowance | None = None, config: Config | None = None
    ) -> None:
        self.store = store
        self.app = create_app(store, **({"allowance": allowance} if allowance else {}))
        self.sandbox = self.app.extensions["sandbox"]
        self.faults = inject_faults(self.app)
        self.line = Line(self.app, self.faults)
        self.source: Source = open_sandbox(config or UNCACHED, store, self.line)

    @property
    def calls(self) -> list[str]:
        return [f"{one.method} {one.path_url.partition('?')[0]}" for one in self.line.sent]

    def forget(self) -> None:
        self.line.sent.clear()

    def warm(self) -> "Rig":
        """With an access token, and nothing on record."""
        self.source.athlete()
        self.forget()
        return self

    def grants_only(self, *scopes: str) -> None:
        """As if the athlete had left no more than these scopes ticked."""
        for record in self.store.records(NAMESPACE):
            self.store.put(NAMESPACE, record.key, record.value | {"scopes": list(scopes)})

    def everything(self) -> list[dict[str, Any]]:
        """Every activity as the sandbox lists them, newest first, not counted as calls."""
        found: list[dict[str, Any]] = []
        page = 1
        while batch := self.source.activities(page=page, per_page=200):
            found, page = found + batch, page + 1
        self.forget()
        return found

    def one(self, **wanted: Any) -> dict[str, Any]:
        """The newest activity whose fields have these values."""
        rows = self.everything()
        return next(a for a in rows if all(a.get(name) == v for name, v in wanted.items()))
