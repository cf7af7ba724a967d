"""What the forms on ``/connections`` do: sign in or out, revoke or label one, or disconnect."""

import logging
from collections.abc import Callable

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.escaping import isolated
from strava_mcp.oauth.display_names import display_name
from strava_mcp.oauth.labels import InvalidLabel
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.personal_tokens import PersonalToken
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web import connections_page, notices
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
from strava_mcp.web.pages import CONNECTIONS, HOME, error_page, redeem_form
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava

log = logging.getLogger(__name__)


def carry_out() -> AnyResponse:
    """Carry out the ``action`` of the submitted form."""
    action = request.form.get("action", "")
    target = request.form.get("grant" if action == "label" else "id", "")
    if not redeem_form(f"{action} {target} {connections_page.session()}"):
        message = "This page is too old or was used before. Nothing was changed."
        return error_page(403, "Open the page again", message, links=[CONNECTIONS, HOME])
    if action == "sign-in":
        return redirect_to_strava(SignIn("connections")) if is_by_strava() else _sign_in()
    if not is_signed_in():
        return connections_page.render_sign_in(403, "You were signed out. Nothing was changed.")
    try:
        if action in ACTIONS:
            ACTIONS[action](target)
    except InvalidLabel as error:
        return connections_page.render(400, f"{error} The label was not changed.")
    return redirect("/connections", 303)


def is_signed_in() -> bool:
    """Whether this browser may see and revoke connections."""
    return bool(signed_in_athlete() if is_by_strava() else is_remembered(OWNER_SESSION))


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
        return connections_page.render_sign_in(error.status, str(error), error.retry_after_s)
    response = Response(status=303, headers={"Location": "/connections"})
    remember(response, OWNER_SESSION)
    remember(response, KNOWN_BROWSER)
    return response


def _revoke(target: str) -> None:
    """Revoke a grant or token shown on the page; already revoked is fine."""
    kind, _, revoked_id = target.partition(":")
    ended = "That connection had already ended."
    if kind == "grant" and revoked_id in [grant.id for grant in connections_page.grants()]:
        ended = _revoke_grant(revoked_id)
    elif kind == "token" and (found := _token(revoked_id)):
        services().tokens.revoke(revoked_id)
        ended = f"Ended: the token {isolated(display_name(found.name).text)}. It no longer works."
    notices.leave(ended)
    log.info("Revoked on /connections", extra={kind: revoked_id})


def _revoke_grant(grant_id: str) -> str:
    """Revoke a grant; returns what ended."""
    before = services().grants.revoke(grant_id)
    if before is None or before.revoked:
        return "That connection had already ended."
    return f"Ended: {connections_page.name_of(before)}. {before.live_tokens()} no longer work."


def _set_label(grant_id: str) -> None:
    """Label a grant shown on the page. Raises InvalidLabel."""
    if grant_id in [grant.id for grant in connections_page.grants()]:
        services().grants.set_label(grant_id, request.form.get("label", ""))
        notices.leave("The label is saved." if request.form.get("label") else "The label is gone.")


def _disconnect(target: str) -> None:
    """End the athlete's connection to Strava, and delete what is kept of their data."""
    athlete_id = signed_in_athlete() if is_by_strava() else None
    if athlete_id:
        number = len(connections_page.grants())
        apps = f"{number} app{'' if number == 1 else 's'}"
        problem = services().disconnections.disconnect(services().strava, athlete_id)
        log.info("Disconnected", extra={"athlete": athlete_id, "problem": problem})
        forget(ATHLETE_SESSION)
        unconfirmed = f" Strava did not confirm it: {problem}" if problem else ""
        notices.leave(
            f"Disconnected: {apps} ended, and what this server kept of your data is deleted."
            f"{unconfirmed}"
        )


def _sign_out(target: str) -> None:
    notices.leave("You are signed out.")
    forget(ATHLETE_SESSION if is_by_strava() else OWNER_SESSION)


#: What each ``action`` of a signed-in person does with the form's ``id`` or ``grant``.
ACTIONS: dict[str, Callable[[str], None]] = {
    "revoke": _revoke,
    "label": _set_label,
    "disconnect": _disconnect,
    "sign-out": _sign_out,
}


def _token(token_id: str) -> PersonalToken | None:
    return next((one for one in connections_page.tokens() if one.id == token_id), None)
