"""The sandbox as a WSGI app: who asks, within which limits, and what is to go wrong."""

import json
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from strava_mcp.store import Store, open_store
from strava_mcp.strava.sandbox import api, oauth
from strava_mcp.strava.sandbox.faults import Fault, Faults
from strava_mcp.strava.sandbox.grants import Grants
from strava_mcp.strava.sandbox.limits import Allowance, Limits
from strava_mcp.strava.sandbox.parts import Sandbox, fault_reply, sandbox
from strava_mcp.strava.sandbox.state import State
from strava_mcp.strava.sandbox.views import Views

#: Ten thousand times what a single-player app has: limits are for tests that ask for them.
GENEROUS = Allowance(2_000_000, 20_000_000, 1_000_000, 10_000_000)


def create_app(
    store: Store | None = None,
    now: Callable[[], float] = time.time,
    allowance: Allowance = GENEROUS,
) -> Flask:
    """Make the app; ``app.extensions["sandbox"]`` is its Sandbox.

    ``store`` keeps what callers change, in memory unless given. ``now`` is the clock.
    """
    app = Flask(__name__, static_folder=None)
    store = store or open_store("sqlite://:memory:")
    state = State(store)
    app.extensions["sandbox"] = Sandbox(
        state=state,
        grants=Grants(store, now),
        limits=Limits(allowance, now),
        views=Views(state, now),
        faults=Faults(),
    )
    app.before_request(_enter)
    app.after_request(_leave)
    app.register_error_handler(HTTPException, _http_error)
    app.register_blueprint(oauth.bp)
    app.register_blueprint(api.bp)
    return app


def _enter() -> Response | None:
    """Count the call, find out what its token may do, and let a fault happen."""
    g.fault = sandbox().faults.take(request.path)
    if g.fault and g.fault.kind == "slow":
        time.sleep(g.fault.seconds)
    if g.fault and g.fault.kind == "status":
        return fault_reply(g.fault.status, "Injected fault")
    if request.blueprint != "sandbox":
        return None
    within, g.limit_headers = sandbox().limits.count(request.method == "GET")
    if not within:
        return fault_reply(429, "Rate Limit Exceeded", ("Application", "rate limit", "exceeded"))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    scopes = sandbox().grants.scopes_of(token) if scheme.lower() == "bearer" else None
    if scopes is None:
        return fault_reply(401, "Authorization Error", ("Athlete", "access_token", "invalid"))
    g.scopes = scopes
    return None


def _leave(response: Response) -> Response:
    response.headers.extend(g.get("limit_headers", {}))
    if g.get("fault") and response.status_code == 200:
        _spoil(response, g.fault)
    return response


def _spoil(response: Response, fault: Fault) -> None:
    """Change a good reply into a bad one."""
    if fault.kind == "truncated":
        response.data = response.data[: len(response.data) // 2]
    elif fault.kind == "html":
        response.data = b"<!DOCTYPE html><title>Strava</title><p>We will be back soon."
        response.content_type = "text/html"
    elif fault.kind == "empty":
        response.data = b"[]"
    elif fault.kind in ("wrong-type", "unknown"):
        response.data = json.dumps(_mutated(json.loads(response.data), fault.kind)).encode()


def _mutated(value: Any, kind: str) -> Any:
    """Every number as text, or every object with a field and a sport that nobody knows yet."""
    if isinstance(value, list):
        return [_mutated(item, kind) for item in value]
    if isinstance(value, dict):
        changed = {k: _mutated(v, kind) for k, v in value.items()}
        if kind == "unknown":
            changed["brand_new_field"] = {"nested": True}
            changed |= {"sport_type": "MoonWalk"} if "sport_type" in value else {}
        return changed
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value} or so" if kind == "wrong-type" and is_number else value


def _http_error(error: HTTPException) -> Response:
    return fault_reply(error.code or 500, error.name)
