"""The sandbox as a WSGI app: routes, authentication and rate limits."""

import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from strava_mcp.flask_app import App
from strava_mcp.sandbox import oauth, v3
from strava_mcp.sandbox.athlete import ATHLETES, MIRA, Athlete
from strava_mcp.sandbox.errors import error_response
from strava_mcp.sandbox.grants import Grants
from strava_mcp.sandbox.rate_limits import Allowance, RateLimits
from strava_mcp.sandbox.request_context import Sandbox, current_sandbox
from strava_mcp.sandbox.subscriptions import Subscriptions
from strava_mcp.store import Store, open_store

#: 10,000 times the limits of a single-player app: never reached, except by tests that lower them.
GENEROUS = Allowance(2_000_000, 20_000_000, 1_000_000, 10_000_000)
API = "/api/v3/"
#: Blueprints that clients call with the application's own credentials, outside of the rate limits.
WITHOUT_TOKEN = ("sandbox_oauth", "sandbox_subscriptions")


def _now() -> float:
    return time.time()


def create_app(
    store: Store | None = None,
    now: Callable[[], float] = _now,
    allowance: Allowance = GENEROUS,
    athlete: Athlete | None = MIRA,
    approves: bool = True,
) -> Flask:
    """Make the app; ``app.extensions["sandbox"]`` is its Sandbox.

    ``store`` keeps what callers change; by default it is in memory. ``now`` is the clock, in
    seconds since the epoch. ``athlete`` is signed in, and ``approves`` is how they answer every
    application that requests access; with None, a page asks who signs in.

    To intercept requests and responses, wrap ``app.wsgi_app`` in WSGI middleware, as with any
    Flask app: tests inject faults this way.
    """
    app = App(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]
    store = store or open_store("sqlite://:memory:")
    app.extensions["sandbox"] = Sandbox(
        store=store,
        grants=Grants(store, now),
        rate_limits=RateLimits(allowance, now),
        subscriptions=Subscriptions(store),
        now=now,
        athlete=athlete,
        approves=approves,
    )
    app.before_request(_authenticate)
    app.after_request(_add_limit_headers)
    app.register_error_handler(HTTPException, _http_error)
    for bp in (oauth.bp, *v3.BLUEPRINTS):
        app.register_blueprint(bp)
    return app


def _authenticate() -> Response | None:
    """Count an API call and identify its athlete and scopes; returns an error, or None."""
    if request.blueprint in WITHOUT_TOKEN or not request.path.startswith(API):
        return None
    is_allowed, g.limit_headers = current_sandbox().rate_limits.count(request.method == "GET")
    if not is_allowed:
        error = ("Application", "rate limit", "exceeded")
        return error_response(429, "Rate Limit Exceeded", error)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer"
    grant = current_sandbox().grants.for_access_token(token) if is_bearer else None
    if grant is None:
        return error_response(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    g.athlete, g.scopes = ATHLETES[grant["athlete_id"]], grant["scopes"]
    return None


def _add_limit_headers(response: Response) -> Response:
    response.headers.extend(g.get("limit_headers", {}))
    return response


def _http_error(error: HTTPException) -> Response:
    if isinstance(error.response, Response):  # made by errors.bad_request or errors.or_not_found
        return error.response
    return error_response(error.code or 500, error.name)
