"""``/strava/webhook``: Strava tells that something changed, or that an athlete has left."""

import logging

from flask import Blueprint, Response, abort, jsonify, request

from strava_mcp.errors import StoreError
from strava_mcp.services import Services, services
from strava_mcp.sources.api.events import Event
from strava_mcp.web.errors import refuse

log = logging.getLogger(__name__)

bp = Blueprint("webhook", __name__)

MAX_BYTES = 4096


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
    request.max_content_length = MAX_BYTES
    found = services()
    try:
        event = Event.parse(request.get_json(silent=True))
    except ValueError as error:
        abort(400, str(error))
    if not found.strava.subscription.is_ours(event):
        return refuse(403, "not_subscribed", "This server has no such subscription.")
    if not event.is_deauthorization:
        _once(found, event)
    elif found.strava.find_connected(
        event.owner_id
    ):  # however often: one before may have been forged
        found.strava.deauthorizations.add(event.owner_id)
    if not _are_settled(found) and event.is_deauthorization:
        return refuse(503, "unconfirmed", "Strava did not confirm it yet.")
    return jsonify({})


def _once(found: Services, event: Event) -> None:
    """Act on a change that was not told before. Raises StoreError."""
    subscription = found.strava.subscription
    if not subscription.mark_seen(event):
        return
    try:
        _changed(found, event)
    except StoreError:
        subscription.forget(event)  # it may come again
        raise


def _changed(found: Services, event: Event) -> None:
    """Look at the athlete's data anew."""
    theirs = found.strava.find_connected(event.owner_id)
    if theirs:
        theirs.invalidate_cache()
        log.info("Changed at Strava", extra={"athlete": event.owner_id, "kind": event.object_type})


def _are_settled(found: Services) -> bool:
    """Ask Strava who has left: now, or as soon as it answers. False: Strava has to tell it again.

    A function of Lambda stops between requests: there Strava's repeats do what a thread does
    elsewhere.
    """
    deauthorizations = found.strava.deauthorizations
    if not deauthorizations.pending():
        return True
    if found.config.lambda_function:
        return found.disconnections.settle_pending()
    deauthorizations.settle_in_background(found.disconnections.settle_pending)
    return True
