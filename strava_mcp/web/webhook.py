"""``/strava/webhook``: Strava tells that something changed, or that an athlete has left."""

import logging
import threading
import time

from flask import Blueprint, Response, abort, jsonify, request

from strava_mcp.errors import SourceError, StoreError
from strava_mcp.services import Services, services
from strava_mcp.strava.api.events import Event
from strava_mcp.web.errors import refuse

log = logging.getLogger(__name__)

bp = Blueprint("webhook", __name__)

MOST_BYTES = 4096
#: Events are not signed: Strava is asked whether an athlete has left, and no more often than this.
ASK_S = 60


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
    if not event.is_deauthorization:
        _changed(found, event)
    elif not found.config.lambda_function:
        threading.Thread(target=_left, args=(found, event), daemon=True).start()
    elif not _left(found, event):  # a function stops between requests
        return refuse(503, "unconfirmed", "Strava did not confirm it yet.")
    return jsonify({})


def _changed(found: Services, event: Event) -> None:
    """Look at the athlete's data anew."""
    theirs = found.strava.connected(event.owner_id)
    if theirs:
        theirs.forget()
        log.info("Changed at Strava", extra={"athlete": event.owner_id, "kind": event.object_type})


def _left(found: Services, event: Event) -> bool:
    """Delete everything of an athlete who has left, if Strava confirms it; False: not known yet."""
    try:
        theirs = found.strava.connected(event.owner_id)
        if theirs is None:
            return True
        key, until = f"asked:{event.owner_id}", time.time() + ASK_S
        if not found.store.create("strava-event", key, {}, until):
            found.strava.subscription.fails(event)
            return False
        if theirs.has_ended():
            is_owner = theirs is found.strava
            found.disconnect(found.strava, None if is_owner else event.owner_id)
            log.info("Left at Strava: everything deleted", extra={"athlete": event.owner_id})
        else:
            log.warning("Not left at Strava", extra={"athlete": event.owner_id})
        return True
    except (SourceError, StoreError) as error:
        log.warning("Not known whether they left: %s", error, extra={"athlete": event.owner_id})
        found.strava.subscription.fails(event)
        return False
