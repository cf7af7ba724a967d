"""``/authorize``: the person decides whether a client may connect.

``show`` displays the page and ``submit`` takes the decision. With AUTHORIZE_WITH=strava the athlete
then signs in with Strava, and ``strava_callback`` calls ``complete`` or ``cancel``. No server needs
the page's own module before a person visits it.
"""

import logging
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.errors import Unavailable
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.replies import AuthorizationRejected
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.browser_sessions import KNOWN_BROWSER, known_browser_id, remember, require_owner
from strava_mcp.web.client_address import client_address, client_network
from strava_mcp.web.oauth import send
from strava_mcp.web.pages import blueprint, error_page, redeem_form
from strava_mcp.web.server_url import base_url
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava

if TYPE_CHECKING:
    from strava_mcp.oauth.authorization_code import AuthorizationCodeGrant
    from strava_mcp.oauth.client_metadata_documents import Requester

log = logging.getLogger(__name__)

bp = blueprint("consent")


@bp.get("/authorize")
def show() -> Response:
    """Show the client, the scope and the redirect. Nothing is ever approved without this page."""
    from strava_mcp.web import consent_page

    return _not_set_up() or consent_page.render(_requested_grant())


@bp.post("/authorize")
def submit() -> AnyResponse:
    """Take the person's decision."""
    from strava_mcp.web import consent_page

    if response := _not_set_up():
        return response
    grant = _requested_grant()
    if not redeem_form(consent_page.subject(grant)):
        return error_page(
            403,
            "Start again",
            "This page is too old, was used before, or belongs to another browser. Nothing was "
            "allowed. Go back to the app and connect again.",
        )
    decision, choice = request.form.get("decision"), request.form.get("scope", "")
    if decision == "deny":
        log.info("Consent denied", extra={"client": grant.client.id})
        return send(services().authorization.decide(grant, None))
    if decision != "approve" or choice not in consent_page.offered_choices(grant):
        return error_page(400, "Not understood", "The form was not complete. Nothing was allowed.")
    asks_for = consent_page.requested_secret()
    if asks_for and (response := _check_passphrase(grant)):
        return response
    scope = consent_page.CHOICES[choice]
    if not is_by_strava():
        return _approve(grant, scope)
    parameters = request.args.to_dict(flat=False)
    subject = consent_page.subject(grant)
    return redirect_to_strava(SignIn("consent", parameters, subject, scope, bool(asks_for)))


def complete(sign_in: SignIn, athlete_id: int) -> Response:
    """Approve what an athlete agreed to before signing in with Strava."""
    from strava_mcp.web import consent_page

    grant = _requested_grant(sign_in.parameters)
    if consent_page.subject(grant) != sign_in.subject:
        message = "The app has changed since you agreed. Nothing was allowed."
        return error_page(403, "Start again", message)
    return _approve(grant, sign_in.scope, athlete_id)


def cancel(sign_in: SignIn) -> Response:
    """Deny what an athlete did not confirm at Strava."""
    return send(services().authorization.decide(_requested_grant(sign_in.parameters), None))


@bp.errorhandler(Unavailable)
def on_unavailable(error: Unavailable) -> Response:
    """Approve nothing while it is not known whose data it would be about."""
    return error_page(503, "Not ready", f"The data cannot be read yet. {error}")


@bp.errorhandler(AuthorizationRejected)
def on_refused(error: AuthorizationRejected) -> Response:
    """Report an invalid request to the client if its redirect URI is valid, else to the person."""
    if error.reply:
        return send(error.reply)
    if error.refused_uri:
        from strava_mcp.web import refused_redirect

        return refused_redirect.render(error.refused_uri)
    message = f"{error} If this is your app, remove the connection there and add it again."
    return error_page(400, "This app cannot be connected", message)


def _requested_grant(
    parameters: dict[str, list[str]] | None = None,
) -> "AuthorizationCodeGrant":
    """The grant that an authorization request asks for. Raises AuthorizationRejected.

    ``parameters``: those of an earlier request; by default those of the current one.
    """
    from strava_mcp.oauth.request import Request

    sent = parameters or request.args.to_dict(flat=False)
    authorize_request = Request("GET", base_url(), "/authorize", sent)
    grant: AuthorizationCodeGrant = services().authorization.consent_grant(
        authorize_request, _requester()
    )
    return grant


def _requester() -> "Requester":
    """Whom fetching a client's document counts against."""
    from strava_mcp.oauth.client_metadata_documents import Requester

    browser = known_browser_id()
    return Requester(browser, True) if browser else Requester(client_network())


def _not_set_up() -> Response | None:
    """An error page if nobody could approve a client yet."""
    if services().owner.asks_for() or (is_by_strava() and not services().athletes.needs_proof()):
        return None
    message = (
        "Nobody can approve this yet: the owner of this server has to set OWNER_PASSPHRASE_HASH "
        "(`flask passphrase set --print` makes one) or AUTH_TOKEN."
    )
    return error_page(503, "Not set up", message)


def _check_passphrase(grant: "AuthorizationCodeGrant") -> Response | None:
    """Re-render the page if the passphrase is wrong; None if it is right."""
    from strava_mcp.web import consent_page

    try:
        require_owner()
    except NotTheOwner as error:
        return consent_page.render(grant, error.status, str(error), error.retry_after_s)
    return None


def _approve(
    grant: "AuthorizationCodeGrant", scope: str, athlete_id: int | None = None
) -> Response:
    from strava_mcp.oauth.authorization_code import Approval

    log.info("Consent given", extra={"client": grant.client.id, "scope": scope})
    approval = Approval(scope, client_address(), athlete_id)
    response = send(services().authorization.decide(grant, approval))
    if athlete_id is None:
        remember(response, KNOWN_BROWSER)
    return response
