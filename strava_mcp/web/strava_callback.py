"""``/strava/callback``: where Strava's authorization page sends the athlete's browser back to."""

import logging

from flask import Response, g, request

from strava_mcp.errors import NotAdmitted, SourceError
from strava_mcp.oauth.replies import AuthorizationRejected
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web import connection_actions, consent, training_actions
from strava_mcp.web.cookies import browser_id
from strava_mcp.web.pages import CONNECTIONS, HOME, TRAINING, blueprint, error_page
from strava_mcp.web.sign_in import CALLBACK

log = logging.getLogger(__name__)

bp = blueprint("strava")
bp.register_error_handler(AuthorizationRejected, consent.on_refused)


@bp.get(CALLBACK)
def callback() -> Response:
    """Complete or cancel what the athlete signed in for."""
    sign_in = services().sign_ins.finish(browser_id(), request.args.get("state", ""))
    if sign_in is None:
        return error_page(
            403,
            "Start again",
            "This sign-in was not started in this browser, was used before, or took too long. "
            "Nothing was allowed. Go back to where you started and try again.",
        )
    is_consent = sign_in.purpose == "consent"
    code = request.args.get("code", "")
    if not code:
        log.info("Strava gave no access", extra={"purpose": sign_in.purpose})
        if is_consent:
            return consent.cancel(sign_in)
        page = TRAINING if sign_in.purpose == "training" else CONNECTIONS
        message = f"Nothing was changed. To see {page.label[0].lower()}{page.label[1:]}, sign in "
        message += "again and agree there."
        return error_page(403, "Strava gave no access", message, links=[page, HOME])
    try:
        athlete_id = _connect(code, sign_in)
    except NotAdmitted as error:
        g.auth_failed = True
        log.warning("Not admitted", extra={"athlete": error.athlete_id})
        return error_page(403, "Not for this account", f"{error} Nothing of yours was kept.")
    except SourceError as error:
        return error_page(502, "Strava did not confirm it", f"{error} Then start again in the app.")
    log.info("Signed in with Strava", extra={"athlete": athlete_id, "purpose": sign_in.purpose})
    if is_consent:
        return consent.complete(sign_in, athlete_id)
    if sign_in.purpose == "training":
        return training_actions.signed_in(athlete_id, sign_in.parameters)
    return connection_actions.signed_in(athlete_id)


def _connect(code: str, sign_in: SignIn) -> int:
    """Exchange the code and connect the athlete; returns the athlete's id.

    Raises NotAdmitted and SourceError.
    """
    athletes, api = services().athletes, services().strava
    granted = request.args.get("scope", "").replace(",", " ").split()

    def admits(athlete_id: int) -> bool:
        # Signing in to view a page must not create a new connection.
        is_known = sign_in.purpose == "consent" or api.connections.get(athlete_id) is not None
        return is_known and athletes.admits(athlete_id)

    def becomes_owner(athlete_id: int) -> bool:
        return sign_in.purpose == "consent" and athletes.becomes_owner(athlete_id, sign_in.proved)

    return api.connect(code, granted, becomes_owner, admits).athlete_id
