"""Sign-ins of a browser: of the owner by passphrase, or of an athlete with Strava.

A browser holds a random value in a cookie; the store holds its hash.
"""

import logging
import time
from typing import NamedTuple

from flask import Response, g, request

from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.services import services
from strava_mcp.web.client_address import client_network
from strava_mcp.web.cookies import read_cookie, set_cookie

log = logging.getLogger(__name__)


class BrowserCookie(NamedTuple):
    """A cookie set only in browsers where the owner or an athlete has proved who they are.

    ``lifetime_s``: how long the server accepts it. ``max_age_s``: how long the browser keeps it;
    None until it is closed.
    """

    name: str
    lifetime_s: int
    max_age_s: int | None = None


#: Lets the owner see and revoke connections.
OWNER_SESSION = BrowserCookie("owner", 1800)
#: Lets an athlete who signed in with Strava see and revoke their own connections.
ATHLETE_SESSION = BrowserCookie("athlete", 1800)
#: Grants nothing, but gives this browser its own limits of passphrase attempts and client documents
#: when the shared ones are used up.
KNOWN_BROWSER = BrowserCookie("known", 90 * 86400, 90 * 86400)


def require_owner() -> None:
    """Check the passphrase of the submitted form. Raises NotTheOwner and StoreError."""
    try:
        passphrase = request.form.get("passphrase", "")
        services().owner.check(passphrase, client_network(), known_browser_id())
    except NotTheOwner as error:
        g.auth_failed = True
        log.warning("Not the owner", extra={"page": request.path, "status": error.status})
        raise


def remember(response: Response, cookie: BrowserCookie, athlete_id: int | None = None) -> None:
    """Set the cookie, after ``require_owner`` or for an athlete who signed in with Strava."""
    if athlete_id or not is_remembered(cookie):
        secret = new_secret()
        value = {"owner": services().owner.fingerprint(), "athlete_id": athlete_id}
        expires_at = time.time() + cookie.lifetime_s
        services().store.put(_namespace(cookie), digest(secret), value, expires_at)
        set_cookie(response, cookie.name, secret, max_age=cookie.max_age_s)


def is_remembered(cookie: BrowserCookie) -> bool:
    """Whether the browser sent a valid cookie."""
    return bool(_record(cookie))


def forget(cookie: BrowserCookie) -> None:
    """Make the browser's cookie invalid."""
    services().store.delete(_namespace(cookie), digest(read_cookie(cookie.name)))


def signed_in_athlete() -> int | None:
    """The athlete signed in at this browser; None if there is none, or they are not admitted."""
    athlete_id: int | None = _record(ATHLETE_SESSION).get("athlete_id")
    return athlete_id if athlete_id and services().athletes.admits(athlete_id) else None


def known_browser_id() -> str:
    """The ID under which the attempts of a known browser are counted; else empty."""
    return digest(read_cookie(KNOWN_BROWSER.name)) if is_remembered(KNOWN_BROWSER) else ""


def _record(cookie: BrowserCookie) -> JSON:
    """The stored record of the browser's cookie; empty if it is not valid.

    It becomes invalid when the owner's passphrase changes.
    """
    secret = read_cookie(cookie.name)
    record = services().store.get(_namespace(cookie), digest(secret)) if secret else None
    if record is None or record.value.get("owner") != services().owner.fingerprint():
        return {}
    return record.value


def _namespace(cookie: BrowserCookie) -> str:
    return f"browser:{cookie.name}"
