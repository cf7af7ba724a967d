"""What a sandbox app is made of, and how it says no."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, current_app, json

from strava_mcp.strava.sandbox.faults import Faults
from strava_mcp.strava.sandbox.grants import Grants
from strava_mcp.strava.sandbox.limits import Limits
from strava_mcp.strava.sandbox.state import State
from strava_mcp.strava.sandbox.views import Views


@dataclass
class Sandbox:
    """The parts of one sandbox.

    ``approves``: whether the athlete consents; ``unticked``: the scopes that they leave out then.
    """

    state: State
    grants: Grants
    limits: Limits
    views: Views
    faults: Faults
    now: Callable[[], float] = time.time
    approves: bool = True
    unticked: set[str] = field(default_factory=set)


def sandbox() -> Sandbox:
    """The sandbox that is answering."""
    found: Sandbox = current_app.extensions["sandbox"]
    return found


def fault_reply(status: int, message: str, error: tuple[str, str, str] | None = None) -> Response:
    """A Fault of the API description. ``error``: resource, field, code."""
    errors = [dict(zip(("resource", "field", "code"), error, strict=True))] if error else []
    body = json.dumps({"message": message, "errors": errors})
    return Response(body, status, content_type="application/json")
