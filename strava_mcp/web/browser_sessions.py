"""Who is at a browser: the owner by the pass-phrase, or an athlete who signed in with Strava."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.services import services
from strava_mcp.web.client_address import client_network
from strava_mcp.web.pages import cookie, set_cookie

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BrowserCookie:
    """A cookie that only a browser has in which the pass-phrase was right.

    ``max_age_s``: how long the browser keeps it; None until it is closed.
    """

    name: str
    lifetime_s: int
    max_age_s: int | None = None


#: Sees and ends connections.
SIGNED_IN = BrowserCookie("owner", 1800)
#: The same for an athlete's own connections, after signing in with Strava.
ATHLETE = BrowserCookie("athlete", 1800)
#: May do nothing, but has tries of its own while others use up those of all.
KNOWN = BrowserCookie("known", 90 * 86400, 90 * 86400)


def require_owner() -> None:
    """Return if the form's pass-phrase is the owner's. Raises NotTheOwner, and StoreError."""
    try:
        given = request.form.get("passphrase", "")
        services().owner.check(given, client_network(), is_remembered(KNOWN))
    except NotTheOwner as error:
        g.auth_failed = True
        log.warning("Not the owner", extra={"page": request.path, "status": error.status})
        raise


def remember(response: Response, kind: BrowserCookie, athlete_id: int | None = None) -> None:
    """BrowserCookie the browser, after ``prove`` or for an athlete who signed in with Strava."""
    if athlete_id or not is_remembered(kind):
        secret = new_secret()
        value = {"owner": services().owner.fingerprint(), "athlete_id": athlete_id}
        services().store.put(_space(kind), digest(secret), value, time.time() + kind.lifetime_s)
        set_cookie(response, kind.name, secret, max_age=kind.max_age_s)


def is_remembered(kind: BrowserCookie) -> str:
    """The mark's ID; empty where there is none, or the owner's secret has changed since."""
    return digest(cookie(kind.name)) if _value(kind) else ""


def signed_in_athlete() -> int | None:
    """The athlete at the browser; None where nobody is signed in, or they may no longer be."""
    athlete_id = _value(ATHLETE).get("athlete_id")
    return athlete_id if athlete_id and services().athletes.admits(athlete_id) else None


def _value(kind: BrowserCookie) -> dict[str, Any]:
    """What is known of the mark; empty where it is not good."""
    value = cookie(kind.name)
    record = services().store.get(_space(kind), digest(value)) if value else None
    is_good = record is not None and record.value.get("owner") == services().owner.fingerprint()
    return record.value if record and is_good else {}


def forget(kind: BrowserCookie) -> None:
    """Take the mark away."""
    services().store.delete(_space(kind), digest(cookie(kind.name)))


def _space(kind: BrowserCookie) -> str:
    return f"browser:{kind.name}"
