"""``/authorize``: the page on which the owner, or an athlete who signs in, lets a client in."""

import logging
import time
from typing import Any

from flask import Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from strava_mcp.errors import SourceError, StoreError
from strava_mcp.identity import READ, WRITE
from strava_mcp.oauth import redirects
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.oauth.replies import AuthorizationRejected
from strava_mcp.oauth.sign_ins import SignIn
from strava_mcp.services import services
from strava_mcp.web.browser_sessions import KNOWN, remember, require_owner
from strava_mcp.web.client_address import client_address, client_network
from strava_mcp.web.oauth import send
from strava_mcp.web.pages import blueprint, failure, page, redeemed
from strava_mcp.web.sign_in import is_by_strava, redirect_to_strava

log = logging.getLogger(__name__)

bp = blueprint("consent")

#: What the two choices of the form grant.
CHOICES = {"read": READ, "write": f"{READ} {WRITE}"}
#: How long the athlete's name is taken as unchanged, and a failure to learn it as lasting.
NAME_S, FAILURE_S = 3600, 300


@bp.get("/authorize")
def show() -> Response:
    """Who asks, for what, and where it leads; nothing is ever approved without asking again."""
    return _no_owner() or _page(_grant())


@bp.post("/authorize")
def submit() -> AnyResponse:
    """The person's answer."""
    grant = _no_owner() or _grant()
    if isinstance(grant, Response):
        return grant
    if not redeemed(_subject(grant)):
        return failure(
            403,
            "Start again",
            "This page is too old, was used before, or belongs to another browser. Nothing was "
            "allowed. Go back to the app and connect again.",
        )
    decision, choice = request.form.get("decision"), request.form.get("scope", "")
    if decision == "deny":
        log.info("Consent denied", extra={"client": grant.client.id})
        return send(services().authorization.decide(grant, None))
    if decision != "approve" or choice not in _offered(grant):
        return failure(400, "Not understood", "The form was not complete. Nothing was allowed.")
    if _asks_for() and (refused := _not_proved(grant)):
        return refused
    if not is_by_strava():
        return _approve(grant, CHOICES[choice])
    asked, proved = request.args.to_dict(flat=False), bool(_asks_for())
    return redirect_to_strava(SignIn("consent", asked, _subject(grant), CHOICES[choice], proved))


def complete(sign_in: SignIn, athlete_id: int) -> Response:
    """An athlete said yes here, and signed in with Strava after that."""
    grant = _grant(sign_in.asked)
    if _subject(grant) != sign_in.subject:
        return failure(403, "Start again", "The app has changed meanwhile. Nothing was allowed.")
    return _approve(grant, sign_in.scope, athlete_id)


def cancel(sign_in: SignIn) -> Response:
    """Strava sent the athlete back without a code."""
    return send(services().authorization.decide(_grant(sign_in.asked), None))


@bp.errorhandler(AuthorizationRejected)
def on_refused(error: AuthorizationRejected) -> Response:
    """Tell the client where it may be told, or else the person."""
    if error.reply:
        return send(error.reply)
    message = f"{error} If this is your app, remove the connection there and add it again."
    return failure(400, "This app cannot be connected", message)


def _grant(earlier: dict[str, list[str]] | None = None) -> Any:
    """What the request, or an earlier one, asks for, validated. Raises AuthorizationRejected."""
    from strava_mcp.oauth.request import Request

    found = services()
    parameters = earlier or request.args.to_dict(flat=False)
    asked = Request("GET", f"{found.config.base_url}/authorize", parameters)
    return found.authorization.consent_grant(asked, client_network())


def _asks_for() -> str:
    """What the person has to type: of those who sign in with Strava only the owner, once."""
    found = services()
    return "" if is_by_strava() and not found.athletes.needs_proof() else found.owner.asks_for()


def _no_owner() -> Response | None:
    if services().owner.asks_for() or (is_by_strava() and not services().athletes.needs_proof()):
        return None
    message = (
        "Nobody can approve this yet: the owner of this server has to set OWNER_PASSPHRASE_HASH "
        "(`flask passphrase set --print` makes one) or AUTH_TOKEN."
    )
    return failure(503, "Not set up", message)


def _not_proved(grant: Any) -> Response | None:
    """The page once more, unless the pass-phrase is the owner's."""
    try:
        require_owner()
    except NotTheOwner as error:
        response = _page(grant, error.status, str(error))
        if error.retry_after_s:
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    return None


def _approve(grant: Any, scope: str, athlete_id: int | None = None) -> Response:
    from strava_mcp.oauth.authorization_code import Approval

    log.info("Consent given", extra={"client": grant.client.id, "scope": scope})
    approval = Approval(scope, client_address(), athlete_id)
    response = send(services().authorization.decide(grant, approval))
    if athlete_id is None:
        remember(response, KNOWN)
    return response


def _offered(grant: Any) -> list[str]:
    """The choices that the owner has: never more than the client asked for."""
    asked = set(grant.request.scope.split())
    return [choice for choice, scope in CHOICES.items() if set(scope.split()) <= asked]


def _subject(grant: Any) -> str:
    """What was shown besides the URL: a client's document may have changed meanwhile."""
    return f"consent {grant.redirect_uri} {grant.client.title}"


def _page(grant: Any, status: int = 200, problem: str = "") -> Response:
    offered = _offered(grant)
    # A client that named write needs it; one that named nothing gets less unless told otherwise.
    preferred = offered[-1] if grant.request.payload.scope else "read"
    kind, address = redirects.describe(grant.redirect_uri)
    return page(
        "consent.html",
        status,
        client=grant.client,
        kind=kind,
        address=address,
        choices=offered,
        chosen=request.form.get("scope", preferred),
        by_strava=is_by_strava(),
        athlete="" if is_by_strava() else _athlete(),
        invented=services().config.strava_source == "sandbox",
        asks_for=_asks_for(),
        problem=problem,
        subject=_subject(grant),
    )


def _athlete() -> str:
    """Whose data it is, as Strava names people to strangers: anybody can open this page."""
    until, name = current_app.extensions.get("strava_mcp.athlete", (0.0, ""))
    if until > time.time():
        return str(name)
    name, lasting = "", FAILURE_S
    try:
        athlete = services().source.athlete()
        first, last = (str(athlete.get(part) or "") for part in ("firstname", "lastname"))
        name, lasting = f"{first} {last[:1]}.".replace(" .", "").strip(), NAME_S
    except (SourceError, StoreError) as exc:
        log.warning("The athlete's name is not known: %s", exc)
    current_app.extensions["strava_mcp.athlete"] = (time.time() + lasting, name)
    return name
