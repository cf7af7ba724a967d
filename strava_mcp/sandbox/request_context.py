"""The sandbox that serves the current request, its athlete, and their data."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app, g

from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.sandbox.grants import Grants
from strava_mcp.sandbox.history import History
from strava_mcp.sandbox.rate_limits import RateLimits
from strava_mcp.sandbox.state import State
from strava_mcp.sandbox.subscriptions import Subscriptions
from strava_mcp.store import Store


@dataclass
class Sandbox:
    """The parts of one sandbox app.

    ``athlete`` is asked for consent; with None, the page at /oauth/authorize asks who signs in.
    ``approves``: whether they consent. ``unticked``: the scopes that they then leave out.
    """

    store: Store
    grants: Grants
    rate_limits: RateLimits
    subscriptions: Subscriptions
    now: Callable[[], float] = time.time
    athlete: Athlete | None = MIRA
    approves: bool = True
    unticked: set[str] = field(default_factory=set)

    def state_for(self, athlete: Athlete) -> State:
        """An athlete's changes."""
        return State(self.store, athlete.id)


def current_sandbox() -> Sandbox:
    """The sandbox of the app that serves this request."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox


def current_athlete() -> Athlete:
    """The athlete whose access token the request carries."""
    athlete: Athlete = g.athlete
    return athlete


def current_state() -> State:
    """The current athlete's changes."""
    return current_sandbox().state_for(current_athlete())


def current_history() -> History:
    """The current athlete's activities."""
    return History(current_athlete(), current_state(), current_sandbox().now)


def publish_activity(activity_id: int, aspect: str, **updates: str) -> None:
    """Send the webhook event of a change to one of the current athlete's activities."""
    subscriptions = current_sandbox().subscriptions
    subscriptions.publish(current_athlete().id, "activity", activity_id, aspect, **updates)
