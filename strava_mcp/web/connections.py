"""``/connections``: what is connected, shown to the owner, who can end each with one click."""

import logging
import time

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.personal_tokens import UnknownToken
from strava_mcp.services import services
from strava_mcp.web.owner import KNOWN, SIGNED_IN, mark, marked, prove, unmark
from strava_mcp.web.pages import blueprint, cookie, failure, page, redeemed

log = logging.getLogger(__name__)

bp = blueprint("connections")


@bp.get("/connections")
def show() -> Response:
    """The list, or the way in."""
    if not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return failure(503, "Not set up", message)
    return _list() if marked(SIGNED_IN) else _sign_in_page()


@bp.post("/connections")
def act() -> AnyResponse:
    """Sign in, revoke one, or sign out: the form's ``action``."""
    action, target = request.form.get("action", ""), request.form.get("id", "")
    if not redeemed(f"{action} {target} {_session()}"):
        message = "This page is too old or was used before. Nothing was changed."
        return failure(403, "Open the page again", message)
    if action == "sign-in":
        return _sign_in()
    if not marked(SIGNED_IN):
        return _sign_in_page(403, "You were signed out. Nothing was changed.")
    if action == "revoke":
        _revoke(target)
    elif action == "sign-out":
        unmark(SIGNED_IN)
    return redirect("/connections", 303)


def _sign_in() -> AnyResponse:
    try:
        prove()
    except NotTheOwner as error:
        response = _sign_in_page(error.status, str(error))
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    signed_in = Response(status=303, headers={"Location": "/connections"})
    mark(signed_in, SIGNED_IN)
    mark(signed_in, KNOWN)
    return signed_in


def _revoke(target: str) -> None:
    """End a grant or a named token; one that is gone already is just as good."""
    kind, _, found = target.partition(":")
    try:
        if kind == "grant":
            services().grants.revoke(found)
        else:
            services().tokens.revoke(found)
    except UnknownToken:
        return
    log.info("Revoked by the owner", extra={kind: found})


def _session() -> str:
    """What forms are bound to: one of another sign-in does nothing."""
    return cookie(SIGNED_IN.name)


def _sign_in_page(status: int = 200, problem: str = "") -> Response:
    asks_for = services().owner.asks_for()
    subject = f"sign-in  {_session()}"
    return page("sign_in.html", status, asks_for=asks_for, problem=problem, subject=subject)


def _list() -> Response:
    return page(
        "connections.html",
        grants=[grant for grant in services().grants.all() if grant.state == "active"],
        tokens=[token for token in services().tokens.all() if token.state == "active"],
        date=lambda when: time.strftime("%Y-%m-%d %H:%M", time.gmtime(when)) if when else "",
        session=_session(),
    )
