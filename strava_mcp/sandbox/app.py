"""The sandbox as a WSGI app: authentication and rate limits of its API."""

import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from strava_mcp.sandbox import oauth, v3
from strava_mcp.sandbox.athlete import ATHLETES, MIRA, Athlete
from strava_mcp.sandbox.grants import Grants
from strava_mcp.sandbox.limits import Allowance, Limits
from strava_mcp.sandbox.parts import Sandbox, fault_reply, sandbox
from strava_mcp.sandbox.subscriptions import Subscriptions
from strava_mcp.store import Store, open_store

#: Ten thousand times what a single-player app has: limits are for tests that ask for them.
GENEROUS = Allowance(2_000_000, 20_000_000, 1_000_000, 10_000_000)
API = "/api/v3/"
#: Asked with the application's own credentials, outside of the limits.
WITHOUT_TOKEN = ("sandbox_oauth", "sandbox_subscriptions")


def create_app(
    store: Store | None = None,
    now: Callable[[], float] = time.time,
    allowance: Allowance = GENEROUS,
    athlete: Athlete | None = MIRA,
    approves: bool = True,
) -> Flask:
    """Make the app; ``app.extensions["sandbox"]`` is its Sandbox.

    ``store`` keeps what callers change, in memory unless given. ``now`` is the clock.
    ``athlete``: who is signed in when an application asks for access, and ``approves``: whether
    they say yes; None: a page asks who it is.

    Middleware can be put around it as around every Flask app, by way of ``app.wsgi_app``: that is
    how tests inject faults.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    store = store or open_store("sqlite://:memory:")
    app.extensions["sandbox"] = Sandbox(
        store=store,
        grants=Grants(store, now),
        limits=Limits(allowance, now),
        subscriptions=Subscriptions(store),
        now=now,
        athlete=athlete,
        approves=approves,
    )
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(HTTPException, _http_error)
    for bp in (oauth.bp, *v3.BLUEPRINTS):
        app.register_blueprint(bp)
    return app


def _enter() -> Response | None:
    """Count the call, and find out what its token may do."""
    if request.blueprint in WITHOUT_TOKEN or not request.path.startswith(API):
        return None
    within, g.limit_headers = sandbox().limits.count(request.method == "GET")
    if not within:
        return fault_reply(429, "Rate Limit Exceeded", ("Application", "rate limit", "exceeded"))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    granted = sandbox().grants.of_access(token) if scheme.lower() == "bearer" else None
    if granted is None:
        return fault_reply(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    g.athlete, g.scopes = ATHLETES[granted["athlete_id"]], granted["scopes"]
    return None


def _leave(response: Response) -> Response:
    response.headers.extend(g.get("limit_headers", {}))
    return response


def _http_error(error: HTTPException) -> Response:
    if isinstance(error.response, Response):  # a refusal that was worded where it arose
        return error.response
    return fault_reply(error.code or 500, error.name)
