"""What the page at ``/authorize`` displays, for ``consent``."""

import logging
import time
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, current_app, request

from strava_mcp.errors import SourceError, StoreError
from strava_mcp.escaping import isolated, visible
from strava_mcp.identity import READ, WRITE
from strava_mcp.oauth import redirects
from strava_mcp.oauth.display_names import AppName, app_name
from strava_mcp.oauth.redirects import Destination
from strava_mcp.services import services
from strava_mcp.web.pages import render_page
from strava_mcp.web.sign_in import is_by_strava

if TYPE_CHECKING:
    from strava_mcp.oauth.authorization_code import AuthorizationCodeGrant

log = logging.getLogger(__name__)

#: The choices of the form, and the scope that each grants.
CHOICES = {"read": READ, "write": f"{READ} {WRITE}"}
#: Where the data comes from, by STRAVA_SOURCE, after the athlete's name.
ORIGINS = {
    "sandbox": " (sandbox, invented)",
    "archive": ", from their own Strava export",
    "api": ", from Strava",
}
#: How long the athlete's name is cached, and a failure to get it.
NAME_S, FAILURE_S = 3600, 300

NAME_EXTENSION = "strava_mcp.athlete"


class ConsentContext(NamedTuple):
    """What ``consent.html`` displays.

    ``choices``, ``chosen``: names of CHOICES. ``asks_for``: see ``requested_secret``. ``problem``:
    what was wrong with it.
    """

    app: AppName
    destination: Destination
    choices: list[str]
    chosen: str
    by_strava: bool
    whose_data: str
    asks_for: str
    problem: str
    subject: str


def render(
    grant: "AuthorizationCodeGrant", status: int = 200, problem: str = "", retry_after_s: int = 0
) -> Response:
    """Render the page."""
    context = ConsentContext(
        app=app_name(grant.client.id, grant.client.name, grant.redirect_uri),
        destination=redirects.describe(grant.redirect_uri),
        choices=offered_choices(grant),
        chosen=request.form.get("scope", "read"),
        by_strava=is_by_strava(),
        whose_data=_whose_data(),
        asks_for=requested_secret(),
        problem=problem,
        subject=subject(grant),
    )
    return render_page("consent.html", context, status, retry_after_s)


def offered_choices(grant: "AuthorizationCodeGrant") -> list[str]:
    """The choices within the scope that the client requests, or needed lately (``step_ups``)."""
    requested = set(grant.request.scope.split())
    if services().step_ups.is_pending(grant.client.name):
        requested.add(WRITE)
    return [choice for choice, scope in CHOICES.items() if set(scope.split()) <= requested]


def subject(grant: "AuthorizationCodeGrant") -> str:
    """What the page displayed: if it changes afterwards, it is not approved.

    That may be the client's document, or the data of the server. Raises Unavailable.
    """
    data = "" if is_by_strava() else services().data.of(None)
    return f"consent {grant.redirect_uri} {grant.client.id} {grant.client.name} {data}"


def requested_secret() -> str:
    """Which secret the form asks for: ``passphrase``, ``AUTH_TOKEN`` or none (empty).

    None when signing in with Strava, except for the first owner.
    """
    if is_by_strava() and not services().athletes.needs_proof():
        return ""
    return services().owner.asks_for()


def _whose_data() -> str:
    """Whose data the app will reach, and where it comes from."""
    if is_by_strava():
        return "the Strava account that you sign in with next"
    athlete = _athlete_name() or "the athlete of this server"
    return f"{isolated(athlete)}{ORIGINS[services().config.strava_source]}"


def _athlete_name() -> str:
    """The athlete's public name (first name and initial), cached: this page needs no login."""
    data = services().data.of(None)
    expires_at, cached_for, name = current_app.extensions.get(NAME_EXTENSION, (0.0, "", ""))
    if expires_at > time.time() and cached_for == data:
        return str(name)
    name, lifetime_s = "", FAILURE_S
    try:
        athlete = services().source.athlete()
        first, last = (str(athlete.get(part) or "") for part in ("firstname", "lastname"))
        name, lifetime_s = visible(f"{first} {last[:1]}.".replace(" .", "").strip()), NAME_S
    except (SourceError, StoreError) as exc:
        log.warning("The athlete's name is not known: %s", exc)
    current_app.extensions[NAME_EXTENSION] = (time.time() + lifetime_s, data, name)
    return name
