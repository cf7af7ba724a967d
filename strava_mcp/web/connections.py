"""``/connections``: what is connected, shown to whose data it is, who can end each with a click."""

import logging
import time
from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.personal_tokens import PersonalToken
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.browser_sessions import (
    ATHLETE,
    KNOWN,
    SIGNED_IN,
    forget,
    is_remembered,
    remember,
    require_owner,
    signed_in_athlete,
)
from strava_mcp.web.pages import blueprint, cookie, failure, page, redeemed
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava

log = logging.getLogger(__name__)

bp = blueprint("connections")


@bp.get("/connections")
def show() -> Response:
    """The list, or the way in."""
    if not is_by_strava() and not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return failure(503, "Not set up", message)
    return _list() if _is_signed_in() else _sign_in_page()


@bp.post("/connections")
def act() -> AnyResponse:
    """The form's ``action``: sign in, revoke one, disconnect, or sign out."""
    action, target = request.form.get("action", ""), request.form.get("id", "")
    if not redeemed(f"{action} {target} {_session()}"):
        message = "This page is too old or was used before. Nothing was changed."
        return failure(403, "Open the page again", message)
    if action == "sign-in":
        return redirect_to_strava(SignIn("connections")) if is_by_strava() else _sign_in()
    if not _is_signed_in():
        return _sign_in_page(403, "You were signed out. Nothing was changed.")
    if action in ACTIONS:
        ACTIONS[action](target)
    return redirect("/connections", 303)


def signed_in(athlete_id: int) -> Response:
    """An athlete came back from Strava's sign-in page."""
    response = Response(status=303, headers={"Location": "/connections"})
    remember(response, ATHLETE, athlete_id)
    return response


def _sign_in() -> AnyResponse:
    try:
        require_owner()
    except NotTheOwner as error:
        response = _sign_in_page(error.status, str(error))
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    response = Response(status=303, headers={"Location": "/connections"})
    remember(response, SIGNED_IN)
    remember(response, KNOWN)
    return response


def _is_signed_in() -> bool:
    return bool(signed_in_athlete() if is_by_strava() else is_remembered(SIGNED_IN))


def _revoke(target: str) -> None:
    """End a grant or a named token that the page shows; one that is gone is just as good."""
    kind, _, found = target.partition(":")
    if kind == "grant" and found in [grant.id for grant in _grants()]:
        services().grants.revoke(found)
    elif kind == "token" and found in [token.id for token in _tokens()]:
        services().tokens.revoke(found)
    else:
        return
    log.info("Revoked on /connections", extra={kind: found})


def _disconnect(target: str) -> None:
    """End the athlete's connection to Strava, and all that goes with it."""
    athlete_id = signed_in_athlete() if is_by_strava() else None
    if athlete_id:
        problem = services().disconnections.disconnect(services().strava, athlete_id)
        log.info("Disconnected", extra={"athlete": athlete_id, "problem": problem})
        forget(ATHLETE)


def _sign_out(target: str) -> None:
    forget(ATHLETE if is_by_strava() else SIGNED_IN)


ACTIONS: dict[str, Callable[[str], None]] = {
    "revoke": _revoke,
    "disconnect": _disconnect,
    "sign-out": _sign_out,
}


def _session() -> str:
    """What forms are bound to: one of another sign-in does nothing."""
    return cookie(ATHLETE.name if is_by_strava() else SIGNED_IN.name)


def _sign_in_page(status: int = 200, problem: str = "") -> Response:
    asks_for = "" if is_by_strava() else services().owner.asks_for()
    subject = f"sign-in  {_session()}"
    return page("sign_in.html", status, asks_for=asks_for, problem=problem, subject=subject)


def _grants() -> list[Grant]:
    """The active grants of who is signed in: with the pass-phrase all, else the athlete's own."""
    active = [grant for grant in services().grants.all() if grant.state == "active"]
    if not is_by_strava():
        return active
    own = {signed_in_athlete(), None} if _is_owner() else {signed_in_athlete()}
    return [grant for grant in active if grant.athlete_id in own]


def _tokens() -> list[PersonalToken]:
    """The active named tokens; they reach the owner's data, and are nobody else's business."""
    found = services().tokens.all() if _is_owner() else []
    return [token for token in found if token.state == "active"]


def _is_owner() -> bool:
    return not is_by_strava() or signed_in_athlete() == services().athletes.owner()


def _list() -> Response:
    return page(
        "connections.html",
        grants=_grants(),
        tokens=_tokens(),
        is_owner=_is_owner(),
        athlete_id=signed_in_athlete() if is_by_strava() else None,
        date=lambda when: time.strftime("%Y-%m-%d %H:%M", time.gmtime(when)) if when else "",
        session=_session(),
    )
