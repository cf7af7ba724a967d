"""What a sandbox app is made of, and how it says no."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Response, current_app, g, json

from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.grants import Grants
from strava_mcp.sandbox.limits import Limits
from strava_mcp.sandbox.state import State
from strava_mcp.sandbox.subscriptions import Subscriptions
from strava_mcp.sandbox.views import Views
from strava_mcp.store import Store


@dataclass
class Sandbox:
    """The parts of one sandbox.

    ``athlete``: who is asked for consent; None: the page at /oauth/authorize asks who it is.
    ``approves``: whether they consent; ``unticked``: the scopes that they leave out then.
    """

    store: Store
    grants: Grants
    limits: Limits
    subscriptions: Subscriptions
    now: Callable[[], float] = time.time
    athlete: Athlete | None = MIRA
    approves: bool = True
    unticked: set[str] = field(default_factory=set)

    def state_of(self, athlete: Athlete) -> State:
        """What callers changed of an athlete's."""
        return State(self.store, athlete.id)


def sandbox() -> Sandbox:
    """The sandbox that is answering."""
    found: Sandbox = current_app.extensions["sandbox"]
    return found


def asking() -> Athlete:
    """The athlete whose token the call came with."""
    found: Athlete = g.athlete
    return found


def state() -> State:
    """What was changed of theirs."""
    return sandbox().state_of(asking())


def views() -> Views:
    """What they have done."""
    return Views(asking(), state(), sandbox().now)


def publish(activity_id: int, aspect: str, **updates: str) -> None:
    """Tell the subscriber of a change to an activity of theirs."""
    told = sandbox().subscriptions.publish
    told(asking().id, "activity", activity_id, aspect, **updates)


def fault_reply(status: int, message: str, error: tuple[str, str, str] | None = None) -> Response:
    """A Fault of the API description. ``error``: resource, field, code."""
    errors = [dict(zip(("resource", "field", "code"), error, strict=True))] if error else []
    body = json.dumps({"message": message, "errors": errors})
    return Response(body, status, content_type="application/json")
