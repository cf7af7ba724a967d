"""A sandbox over HTTP, in the place of Strava."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from strava_mcp.sandbox.app import create_app
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.faults import inject_faults


@contextmanager
def serve_sandbox(now: Callable[[], float] = time.time, **options: Any) -> Iterator[Any]:
    """Serve a sandbox until the block ends; yields its app.

    ``url``, ``store`` and ``faults`` are attributes of it. ``options``: see ``create_app``; with
    ``athlete=None`` it asks who signs in. ``now`` is its clock.
    """
    store = open_store("sqlite://:memory:")
    app: Any = create_app(store, now, **options)
    app.store, app.faults = store, inject_faults(app)
    with serve(app, now=now) as served:
        app.url = served.url
        yield app
    store.close()
