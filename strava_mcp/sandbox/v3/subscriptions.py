"""Webhook subscriptions, which the application manages with its own credentials."""

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.sandbox.errors import error_response, or_not_found
from strava_mcp.sandbox.grants import is_client
from strava_mcp.sandbox.request_context import current_sandbox

bp = Blueprint("sandbox_subscriptions", __name__, url_prefix="/api/v3/push_subscriptions")


@bp.before_request
def authenticate() -> Response | None:
    """Let only the application itself in."""
    client_id = request.values.get("client_id", "")
    client_secret = request.values.get("client_secret", "")
    if is_client(client_id, client_secret):
        return None
    return error_response(401, "Authorization Error", ("Application", "client_id", "invalid"))


@bp.post("")
def create() -> Response:
    """Subscribe; the callback URL has to pass the handshake at once."""
    subscriptions = current_sandbox().subscriptions
    if subscriptions.get():
        error = ("PushSubscription", "", "already exists")
        return error_response(400, "Bad Request", error)
    callback_url = request.form.get("callback_url", "")
    created = subscriptions.create(callback_url, request.form.get("verify_token", ""))
    if created is None:
        error = ("PushSubscription", "callback url", "not verifiable")
        return error_response(400, "Bad Request", error)
    return make_response(jsonify({"id": created["id"]}), 201)


@bp.get("")
def show() -> Response:
    """List the subscription, if there is one."""
    subscription = current_sandbox().subscriptions.get()
    return jsonify([subscription] if subscription else [])


@bp.delete("/<int:subscription_id>")
def delete(subscription_id: int) -> Response:
    """Unsubscribe."""
    is_deleted = current_sandbox().subscriptions.delete(subscription_id)
    or_not_found(is_deleted or None, "PushSubscription")
    return Response(status=204)
