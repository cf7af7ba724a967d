"""Pending sign-ins: what to do when an athlete returns from Strava."""

import hmac
import time
from dataclasses import asdict, dataclass, field

from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.store import Store

NAMESPACE = "sign-in"
LIFETIME_S = 600


@dataclass(frozen=True)
class SignIn:
    """What to do when the athlete returns.

    ``purpose``: ``consent``, ``connections`` or ``training``. ``parameters``: those of the
    authorization request, or of the chart. For consent, ``subject``: what the page showed about the
    client, ``scope``: what was chosen. ``proved``: whether the owner's secret was correct.
    """

    purpose: str
    parameters: dict[str, list[str]] = field(default_factory=dict)
    subject: str = ""
    scope: str = ""
    proved: bool = False


class SignIns:
    """The sign-ins in one store, by the hash of their ``state`` (RFC 6749 §10.12).

    Every method raises StoreError.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, browser: str, sign_in: SignIn) -> str:
        """Store a sign-in and return its ``state``.

        ``browser``: the cookie of the browser that must return.
        """
        state = new_secret()
        value = {"browser": digest(browser), **asdict(sign_in)}
        value["asked"] = value.pop("parameters")  # its name in the store
        self._store.put(NAMESPACE, digest(state), value, time.time() + LIFETIME_S)
        return state

    def finish(self, browser: str, state: str) -> SignIn | None:
        """The sign-in of this browser, which works once; None if there is none or it expired.

        A wrong browser does not consume the state, so a leaked URL cannot break a sign-in.
        """
        record = self._store.get(NAMESPACE, digest(state))
        if record is None or not browser:
            return None
        if not hmac.compare_digest(record.value["browser"], digest(browser)):
            return None
        value = self._store.take(NAMESPACE, digest(state))
        if not value:
            return None
        parameters = value["asked"]
        others = {k: v for k, v in value.items() if k not in ("browser", "asked")}
        return SignIn(parameters=parameters, **others)
