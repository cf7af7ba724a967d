"""Webhook subscriptions: asked with the application's credentials, without an athlete's token."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.sandbox.grants import is_client
from strava_mcp.sandbox.parts import fault_reply, sandbox
from strava_mcp.sandbox.v3.access import found

bp = Blueprint("sandbox_subscriptions", __name__, url_prefix="/api/v3/push_subscriptions")


@bp.before_request
def identify() -> Response | None:
    """Only the application itself."""
    said = request.values
    if is_client(said.get("client_id", ""), said.get("client_secret", "")):
        return None
    return fault_reply(401, "Authorization Error", ("Application", "client_id", "invalid"))


@bp.post("")
def create() -> Any:
    """Subscribe; the address is asked at once."""
    if sandbox().subscriptions.get():
        error = ("PushSubscription", "", "already exists")
        return fault_reply(400, "Bad Request", error)
    form = request.form
    made = sandbox().subscriptions.create(
        form.get("callback_url", ""), form.get("verify_token", "")
    )
    if made is None:
        error = ("PushSubscription", "callback url", "not verifiable")
        return fault_reply(400, "Bad Request", error)
    return make_response(jsonify({"id": made["id"]}), 201)


@bp.get("")
def look() -> Response:
    """What there is."""
    known = sandbox().subscriptions.get()
    return jsonify([known] if known else [])


@bp.delete("/<int:number>")
def delete(number: int) -> Response:
    """End it."""
    found(sandbox().subscriptions.delete(number) or None, "PushSubscription")
    return Response(status=204)
