"""``/strava/webhook``: Strava's notifications of changed activities and revoked access.

Events are not signed: anybody can send one who knows the ID of the subscription and of an athlete.
So an event only drops what is cached, and a deauthorization is carried out only after Strava's API
has confirmed it. An event that changes nothing gets the same answer, after as many reads and writes
of the store, so that nobody can find the subscription's ID by trying.
"""

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, jsonify, request

from strava_mcp.services import services
from strava_mcp.web.errors import refuse

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI
    from strava_mcp.sources.api.events import Event

log = logging.getLogger(__name__)

bp = Blueprint("webhook", __name__)

MAX_BYTES = 4096
#: Namespace and key of a record that never exists.
NOBODY = ("strava-nobody", "nobody")


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
    from strava_mcp.sources.api.events import Event

    request.max_content_length = MAX_BYTES
    api = services().strava
    try:
        event = Event.parse(request.get_json(silent=True))
    except (ValueError, RecursionError) as error:  # also for JSON that is nested too deeply
        abort(400, str(error))
    connection = api.find_connected(event.owner_id)
    if not api.subscription.is_ours(event) or connection is None:
        _pretend_to_handle(api, event)
    elif event.is_deauthorization:
        # Added on every event: an earlier one may have been forged.
        api.deauthorizations.add(event.owner_id, connection)
    else:
        _handle_once(api, event, connection)
    _settle_pending(api)
    return jsonify({})


def _handle_once(api: "StravaAPI", event: "Event", connection: "StravaAPI") -> None:
    """Drop the cached data of the athlete that the event is about, unless it is a duplicate.

    Raises StoreError; Strava then sends the event again.
    """
    handled = api.subscription.handled(connection.key)
    if event.key in handled:
        return
    connection.invalidate_cache()
    api.subscription.mark_handled(connection.key, [*handled, event.key])
    log.info("Changed at Strava", extra={"athlete": event.owner_id, "kind": event.object_type})


def _pretend_to_handle(api: "StravaAPI", event: "Event") -> None:
    """Read and write as often as for an event that counts, and leave nothing behind."""
    if not event.is_deauthorization:
        api.subscription.handled(NOBODY[1])
        services().store.delete(*NOBODY)
    services().store.delete(*NOBODY)


def _settle_pending(api: "StravaAPI") -> None:
    """Have Strava confirm pending deauthorizations.

    In a background thread, except on Lambda, which stops a process between requests: there at once.
    What Strava does not confirm now is tried again later, also by other processes.
    """
    if not api.deauthorizations.pending():
        return
    settle = services().disconnections.settle_pending
    if services().config.lambda_function:
        settle()
    else:
        api.deauthorizations.settle_in_background(settle)
