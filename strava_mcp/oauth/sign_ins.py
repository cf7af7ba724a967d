"""What an athlete is signing in for, while they are away at Strava's page."""

import hmac
import time
from dataclasses import asdict, dataclass, field

from strava_mcp.oauth.credentials import digest, new_secret
from strava_mcp.store import Store

NAMESPACE = "sign-in"
LIFETIME_S = 600


@dataclass(frozen=True)
class SignIn:
    """What is to happen when the athlete comes back.

    ``purpose``: ``consent`` or ``connections``. For consent, ``asked``: the parameters of the
    authorization request, ``subject``: what was shown of the client besides, ``scope``: what was
    chosen. ``proved``: whether the pass-phrase was right.
    """

    purpose: str
    asked: dict[str, list[str]] = field(default_factory=dict)
    subject: str = ""
    scope: str = ""
    proved: bool = False


class SignIns:
    """The sign-ins of one store, by the hash of their ``state`` (RFC 6749 §10.12)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, browser: str, sign_in: SignIn) -> str:
        """The ``state`` to send along. ``browser``: the cookie of the one that must come back."""
        state = new_secret()
        value = {"browser": digest(browser), **asdict(sign_in)}
        self._store.put(NAMESPACE, digest(state), value, time.time() + LIFETIME_S)
        return state

    def finish(self, browser: str, state: str) -> SignIn | None:
        """What the browser came back for: once, in time, and only that browser; else None.

        Another browser does not use it up: an address that was passed on ends nobody's sign-in.
        """
        record = self._store.get(NAMESPACE, digest(state))
        if record is None or not browser:
            return None
        if not hmac.compare_digest(record.value["browser"], digest(browser)):
            return None
        value = self._store.take(NAMESPACE, digest(state))
        return SignIn(**{k: v for k, v in value.items() if k != "browser"}) if value else None
