"""``/connections``: what is connected, shown to the owner, who can end each with one click."""

import logging
import time

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.oauth.grants import UnknownGrant
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.personal_tokens import UnknownToken
from strava_mcp.services import services
from strava_mcp.web.address import client_network
from strava_mcp.web.pages import blueprint, cookie, failure, page, redeemed, set_cookie

log = logging.getLogger(__name__)

bp = blueprint("connections")

SPACE = "signin"
LIFETIME_S = 1800
COOKIE = "owner"


@bp.get("/connections")
def show() -> Response:
    """The list, or the way in."""
    if not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return failure(503, "Not set up", message)
    return _list() if _is_signed_in() else _sign_in_page()


@bp.post("/connections")
def act() -> AnyResponse:
    """Sign in, revoke one, or sign out: the form's ``action``."""
    action, target = request.form.get("action", ""), request.form.get("id", "")
    if not redeemed(f"{action} {target} {cookie(COOKIE)}"):
        message = "This page is too old or was used before. Nothing was changed."
        return failure(403, "Open the page again", message)
    if action == "sign-in":
        return _sign_in()
    if not _is_signed_in():
        return _sign_in_page(403, "You were signed out. Nothing was changed.")
    if action == "revoke":
        _revoke(target)
    elif action == "sign-out":
        services().store.delete(SPACE, digest(cookie(COOKIE)))
    return redirect("/connections", 303)


def _sign_in() -> AnyResponse:
    try:
        services().owner.check(request.form.get("passphrase", ""), client_network())
    except NotTheOwner as error:
        g.auth_failed = True
        log.warning("Sign-in refused", extra={"status": error.status})
        response = _sign_in_page(error.status, str(error))
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    secret = new_secret()
    services().store.put(SPACE, digest(secret), {}, time.time() + LIFETIME_S)
    signed_in = Response(status=303, headers={"Location": "/connections"})
    set_cookie(signed_in, COOKIE, secret)
    return signed_in


def _revoke(target: str) -> None:
    """End a grant or a named token; one that is gone already is just as good."""
    kind, _, found = target.partition(":")
    try:
        if kind == "grant":
            services().grants.revoke(found)
        else:
            services().tokens.revoke(found)
    except (UnknownGrant, UnknownToken):
        return
    log.info("Revoked by the owner", extra={kind: found})


def _is_signed_in() -> bool:
    value = cookie(COOKIE)
    return bool(value) and services().store.get(SPACE, digest(value)) is not None


def _sign_in_page(status: int = 200, problem: str = "") -> Response:
    asks_for = services().owner.asks_for()
    subject = f"sign-in  {cookie(COOKIE)}"
    return page("sign_in.html", status, asks_for=asks_for, problem=problem, subject=subject)


def _list() -> Response:
    return page(
        "connections.html",
        grants=[grant for grant in services().grants.all() if grant.state == "active"],
        tokens=[token for token in services().tokens.all() if token.state == "active"],
        date=lambda when: time.strftime("%Y-%m-%d %H:%M", time.gmtime(when)) if when else "",
        session=cookie(COOKIE),
    )
