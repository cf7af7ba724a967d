"""``/connections``: lists the apps and tokens that can reach an athlete's data, and revokes them.

The owner signs in with the passphrase and manages all of them. With AUTHORIZE_WITH=strava, every
athlete signs in with Strava and manages their own.
"""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.personal_tokens import PersonalToken
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.browser_sessions import (
    ATHLETE_SESSION,
    KNOWN_BROWSER,
    OWNER_SESSION,
    forget,
    is_remembered,
    remember,
    require_owner,
    signed_in_athlete,
)
from strava_mcp.web.cookies import read_cookie
from strava_mcp.web.pages import blueprint, error_page, redeem_form, render_page
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava

log = logging.getLogger(__name__)

bp = blueprint("connections")


class SignInContext(NamedTuple):
    """What ``sign_in.html`` displays. ``asks_for`` is empty for signing in with Strava."""

    asks_for: str
    problem: str
    subject: str


class ConnectionsContext(NamedTuple):
    """What ``connections.html`` displays. ``athlete_id`` is None for the owner by passphrase."""

    grants: list[Grant]
    tokens: list[PersonalToken]
    is_owner: bool
    athlete_id: int | None
    date: Callable[[float | None], str]
    session: str


@bp.get("/connections")
def show() -> Response:
    """Show the connections, or the sign-in form."""
    if not is_by_strava() and not services().owner.asks_for():
        message = "The owner of this server has to set OWNER_PASSPHRASE_HASH or AUTH_TOKEN first."
        return error_page(503, "Not set up", message)
    return _list_page() if _is_signed_in() else _sign_in_page()


@bp.post("/connections")
def act() -> AnyResponse:
    """Carry out the form's ``action``: sign in or out, revoke one connection, or disconnect."""
    action, target = request.form.get("action", ""), request.form.get("id", "")
    if not redeem_form(f"{action} {target} {_session()}"):
        message = "This page is too old or was used before. Nothing was changed."
        return error_page(403, "Open the page again", message)
    if action == "sign-in":
        return redirect_to_strava(SignIn("connections")) if is_by_strava() else _sign_in()
    if not _is_signed_in():
        return _sign_in_page(403, "You were signed out. Nothing was changed.")
    if action in ACTIONS:
        ACTIONS[action](target)
    return redirect("/connections", 303)


def signed_in(athlete_id: int) -> Response:
    """Sign in an athlete who has come back from Strava."""
    response = Response(status=303, headers={"Location": "/connections"})
    remember(response, ATHLETE_SESSION, athlete_id)
    return response


def _sign_in() -> Response:
    """Sign in the owner by passphrase."""
    try:
        require_owner()
    except NotTheOwner as error:
        return _sign_in_page(error.status, str(error), error.retry_after_s)
    response = Response(status=303, headers={"Location": "/connections"})
    remember(response, OWNER_SESSION)
    remember(response, KNOWN_BROWSER)
    return response


def _is_signed_in() -> bool:
    return bool(signed_in_athlete() if is_by_strava() else is_remembered(OWNER_SESSION))


def _revoke(target: str) -> None:
    """Revoke a grant or token shown on the page; already revoked is fine."""
    kind, _, revoked_id = target.partition(":")
    if kind == "grant" and revoked_id in [grant.id for grant in _grants()]:
        services().grants.revoke(revoked_id)
    elif kind == "token" and revoked_id in [token.id for token in _tokens()]:
        services().tokens.revoke(revoked_id)
    else:
        return
    log.info("Revoked on /connections", extra={kind: revoked_id})


def _disconnect(target: str) -> None:
    """End the athlete's connection to Strava, and delete what is kept of their data."""
    athlete_id = signed_in_athlete() if is_by_strava() else None
    if athlete_id:
        problem = services().disconnections.disconnect(services().strava, athlete_id)
        log.info("Disconnected", extra={"athlete": athlete_id, "problem": problem})
        forget(ATHLETE_SESSION)


def _sign_out(target: str) -> None:
    forget(ATHLETE_SESSION if is_by_strava() else OWNER_SESSION)


#: What each ``action`` of a signed-in person does with the form's ``id``.
ACTIONS: dict[str, Callable[[str], None]] = {
    "revoke": _revoke,
    "disconnect": _disconnect,
    "sign-out": _sign_out,
}


def _session() -> str:
    """The session cookie that form tickets are bound to."""
    return read_cookie(ATHLETE_SESSION.name if is_by_strava() else OWNER_SESSION.name)


def _sign_in_page(status: int = 200, problem: str = "", retry_after_s: int = 0) -> Response:
    asks_for = "" if is_by_strava() else services().owner.asks_for()
    context = SignInContext(asks_for, problem, subject=f"sign-in  {_session()}")
    return render_page("sign_in.html", context, status, retry_after_s)


def _grants() -> list[Grant]:
    """The active grants that this person may see: the owner by passphrase all, athletes their own.

    Grants from before AUTHORIZE_WITH=strava name no athlete; they are the owner's.
    """
    active = [grant for grant in services().grants.all() if grant.state == "active"]
    if not is_by_strava():
        return active
    own = {signed_in_athlete(), None} if _is_owner() else {signed_in_athlete()}
    return [grant for grant in active if grant.athlete_id in own]


def _tokens() -> list[PersonalToken]:
    """The active named tokens. They reach the owner's data, so only the owner sees them."""
    tokens = services().tokens.all() if _is_owner() else []
    return [token for token in tokens if token.state == "active"]


def _is_owner() -> bool:
    return not is_by_strava() or signed_in_athlete() == services().athletes.owner()


def _list_page() -> Response:
    context = ConnectionsContext(
        grants=_grants(),
        tokens=_tokens(),
        is_owner=_is_owner(),
        athlete_id=signed_in_athlete() if is_by_strava() else None,
        date=_date,
        session=_session(),
    )
    return render_page("connections.html", context)


def _date(timestamp: float | None) -> str:
    """A time as the page shows it, in UTC; empty for none."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(timestamp)) if timestamp else ""
