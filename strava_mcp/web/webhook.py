"""``/strava/webhook``: Strava's notifications of changed activities and revoked access.

Events are not signed. So an event only drops what is cached, and a deauthorization is carried out
only after Strava's API has confirmed it.
"""

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request

from strava_mcp.errors import StoreError
from strava_mcp.services import services
from strava_mcp.sources.api.events import Event
from strava_mcp.web.errors import refuse

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI

log = logging.getLogger(__name__)

bp = Blueprint("webhook", __name__)

MAX_BYTES = 4096


@bp.get("/strava/webhook")
def verify() -> Response:
    """Subscription handshake: echo the challenge if the verify token matches."""
    token = request.args.get("hub.verify_token", "")
    if not services().strava.subscription.verifies(token):
        return refuse(403, "not_subscribing", "No subscription with this verify token is pending.")
    return jsonify({"hub.challenge": request.args.get("hub.challenge", "")})


@bp.post("/strava/webhook")
def receive() -> Response:
    """Handle an event. Strava retries unless it gets a 200 within two seconds."""
    request.max_content_length = MAX_BYTES
    api = services().strava
    try:
        event = Event.parse(request.get_json(silent=True))
    except ValueError as error:
        abort(400, str(error))
    if not api.subscription.is_ours(event):
        return refuse(403, "not_subscribed", "This server has no such subscription.")
    if not event.is_deauthorization:
        _handle_once(api, event)
    # Added on every event: an earlier one may have been forged.
    elif api.find_connected(event.owner_id):
        api.deauthorizations.add(event.owner_id)
    if not _settle_pending(api) and event.is_deauthorization:
        return refuse(503, "unconfirmed", "Strava did not confirm it yet.")
    return jsonify({})


def _handle_once(api: "StravaAPI", event: Event) -> None:
    """Handle an event once; duplicates are ignored. Raises StoreError."""
    subscription = api.subscription
    if not subscription.mark_seen(event):
        return
    try:
        _invalidate_cache(api, event)
    except StoreError:
        subscription.forget(event)  # so that Strava's retry is handled
        raise


def _invalidate_cache(api: "StravaAPI", event: Event) -> None:
    """Drop the cached data of the athlete that the event is about."""
    connection = api.find_connected(event.owner_id)
    if connection:
        connection.invalidate_cache()
        log.info("Changed at Strava", extra={"athlete": event.owner_id, "kind": event.object_type})


def _settle_pending(api: "StravaAPI") -> bool:
    """Have Strava confirm pending deauthorizations; False if it could not be asked.

    Runs in a background thread, except on Lambda, which stops a process between requests: there it
    runs at once, and Strava's retries repeat what failed.
    """
    if not api.deauthorizations.pending():
        return True
    settle = services().disconnections.settle_pending
    if services().config.lambda_function:
        return settle()
    api.deauthorizations.settle_in_background(settle)
    return True
