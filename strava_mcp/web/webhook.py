"""``/strava/webhook``: Strava tells that something changed, or that an athlete has left."""

import logging

from flask import Blueprint, Response, abort, jsonify, request

from strava_mcp.errors import SourceError, StoreError
from strava_mcp.services import Services, services
from strava_mcp.strava.api.events import Event
from strava_mcp.strava.api.farewells import Farewell
from strava_mcp.web.errors import refuse

log = logging.getLogger(__name__)

bp = Blueprint("webhook", __name__)

MOST_BYTES = 4096


@bp.get("/strava/webhook")
def verify() -> Response:
    """The handshake: repeat the challenge to who knows the verify token."""
    token = request.args.get("hub.verify_token", "")
    if not services().strava.subscription.verifies(token):
        return refuse(403, "not_subscribing", "Nobody is subscribing with this verify token.")
    return jsonify({"hub.challenge": request.args.get("hub.challenge", "")})


@bp.post("/strava/webhook")
def receive() -> Response:
    """Take an event. Strava repeats what is not answered with 200 within two seconds."""
    request.max_content_length = MOST_BYTES
    found = services()
    try:
        event = Event.of(request.get_json(silent=True))
    except ValueError as error:
        abort(400, str(error))
    subscription = found.strava.subscription
    if not subscription.sent(event):
        return refuse(403, "not_subscribed", "This server has no such subscription.")
    if not subscription.begins(event):
        return jsonify({})
    try:
        if not event.is_deauthorization:
            _changed(found, event)
        elif found.strava.connected(event.owner_id):
            found.strava.farewells.add(event.owner_id)
            if not _is_seen_to(found):
                subscription.fails(event)
                return refuse(503, "unconfirmed", "Strava did not confirm it yet.")
    except StoreError:
        subscription.fails(event)  # it may come again
        raise
    return jsonify({})


def _changed(found: Services, event: Event) -> None:
    """Look at the athlete's data anew."""
    theirs = found.strava.connected(event.owner_id)
    if theirs:
        theirs.forget()
        log.info("Changed at Strava", extra={"athlete": event.owner_id, "kind": event.object_type})


def _is_seen_to(found: Services) -> bool:
    """Ask Strava who has left: now, or as soon as it answers. False: Strava has to tell it again.

    A function of Lambda stops between requests: there Strava's repeats do what a thread does
    elsewhere.
    """
    if found.config.lambda_function:
        return _settle(found)
    found.strava.farewells.see_to(lambda: _settle(found))
    return True


def _settle(found: Services) -> bool:
    """Settle what farewells can be settled; False: some are left. Raises StoreError."""
    return all([_left(found, farewell) for farewell in found.strava.farewells.pending()])


def _left(found: Services, farewell: Farewell) -> bool:
    """Delete everything of an athlete who has left, if Strava confirms it; False: not known yet."""
    athlete_id, farewells = farewell.athlete_id, found.strava.farewells
    try:
        theirs = found.strava.connected(athlete_id)
        if theirs is None:
            return farewells.settle(farewell)
        if not farewells.may_ask(farewell):
            return False
        if theirs.has_ended():
            found.disconnect(found.strava, None if theirs is found.strava else athlete_id)
            log.info("Left at Strava: everything deleted", extra={"athlete": athlete_id})
        else:
            log.warning("Not left at Strava", extra={"athlete": athlete_id})
        return farewells.settle(farewell)
    except (SourceError, StoreError) as error:
        log.warning("Not known whether they left: %s", error, extra={"athlete": athlete_id})
        return False
