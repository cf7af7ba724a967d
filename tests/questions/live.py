"""The sandbox's athlete as Strava's API has them: each read is a request that can be counted."""

import json
import re
from collections.abc import Sequence
from copy import copy
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.services import services
from strava_mcp.sources.activity_facts import start_epoch_s
from strava_mcp.sources.api.cache import MAX_AGE_S
from strava_mcp.store import open_store
from tests.questions.athlete import TOKEN, Athlete
from tests.questions.table import Call
from tests.rig import RecordingAdapter, Rig

#: Added to the ids of the sandbox for each copy of its activities.
COPY = 10**13
#: What the sandbox answered about recordings, which never change: computing them takes longest.
_recordings: dict[str, tuple[requests.Response, bytes]] = {}


class LiveAdapter(RecordingAdapter):
    """The sandbox's adapter, which remembers recordings from one athlete to the next.

    ``rows``: a list of activities in place of the sandbox's, newest first, with copies of these.
    """

    rows: Sequence[JSON] = ()

    def send(self, request: requests.PreparedRequest, *args: Any, **kw: Any) -> requests.Response:
        url = urlsplit(str(request.url))
        if self.rows and url.path.endswith("/athlete/activities"):
            response = super().send(request, *args, **kw)
            query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
            return _with_body(response, json.dumps(self._page(**query)).encode())
        if "/streams" not in url.path or self._faults.pending:
            return super().send(request, *args, **kw)
        key = re.sub(r"/\d+/", lambda number: f"/{int(number[0][1:-1]) % COPY}/", url.path)
        if key not in _recordings:
            original = request.copy()
            original.url = str(request.url).replace(url.path, key)
            response = super().send(original, *args, **kw)
            _recordings[key] = response, response.content
            self.sent.pop()
        self.sent.append(request)
        return _with_body(*_recordings[key])

    def _page(self, per_page: int, page: int = 1, before: int = 2**40) -> Sequence[JSON]:
        rows = [row for row in self.rows if (start_epoch_s(row) or 0) < before]
        return rows[(page - 1) * per_page : page * per_page]


def _with_body(response: requests.Response, body: bytes) -> requests.Response:
    changed = copy(response)
    changed.raw, changed._content = BytesIO(body), body
    return changed


def repeated(rows: Sequence[JSON], count: int) -> list[JSON]:
    """``count`` activities: ``rows``, newest first, again and again, each time further back."""
    starts = [datetime.fromisoformat(row["start_date"]) for row in (rows[0], rows[-1])]
    length = timedelta(days=(starts[0] - starts[1]).days + 2)
    return [
        {
            **row,
            "id": row["id"] + number * COPY,
            **{name: _earlier(row[name], number * length) for name in _STARTS},
        }
        for number in range(-(-count // len(rows)))
        for row in rows
    ][:count]


_STARTS = ("start_date", "start_date_local")


def _earlier(moment: str, by: timedelta) -> str:
    return (datetime.fromisoformat(moment) - by).strftime("%Y-%m-%dT%H:%M:%SZ")


class LiveAthlete(Athlete):
    """No metric is computed ahead. ``allowance``: Strava's limits; by default there are none."""

    def __init__(self, home: Path, allowance: Allowance | None = None) -> None:
        # Where there are limits, the sandbox has to count each recording.
        adapter = RecordingAdapter if allowance else LiveAdapter
        store = open_store("sqlite://:memory:")
        self.rig = Rig(store, allowance, Config(strava_cache_s=MAX_AGE_S), adapter).authorize()
        self.rig.source.keeps_metrics = False  # type: ignore[misc]
        self.rig.source.measured = None  # type: ignore[attr-defined]
        config = Config(auth_tokens=(TOKEN,), home=home, log_level="error", rate_limit=10_000)
        self.app = create_app(config)
        services(self.app)._source = self.rig.source
        super().__init__("sandbox", self.app)

    def close(self) -> None:
        services(self.app).close()
        self.rig.store.close()

    def read(self, call: Call) -> tuple[JSON, list[str]]:
        """The reply to a call, and the addresses that were read for it."""
        self.rig.forget_calls()
        reply = json.loads(self.text(call))
        return reply, [str(request.path_url) for request in self.rig.adapter.sent]


def unread(value: Any) -> int:
    """What an answer says it has not read yet, in all of its parts."""
    if not isinstance(value, dict):
        return 0
    own = sum(count for key, count in value.items() if "not_read" in key and type(count) is int)
    return own + sum(map(unread, value.values()))
