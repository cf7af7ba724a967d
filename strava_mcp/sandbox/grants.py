"""The sandbox's token endpoint: scopes, access tokens of six hours, refresh tokens that rotate."""

import hmac
import math
import time
from collections.abc import Callable
from secrets import token_hex

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.store import Store

# Not secrets: they open nothing but an invented athlete's invented data, in this process.
SANDBOX_CLIENT_ID = "10000"
SANDBOX_CLIENT_SECRET = "sandbox-client-secret"
SANDBOX_REFRESH_TOKEN = "sandbox-refresh-token"

SCOPES = (
    *("read", "read_all", "profile:read_all", "profile:write"),
    *("activity:read", "activity:read_all", "activity:write"),
)
LIFETIME_S = 6 * 3600
CODE_LIFETIME_S = 600
NAMESPACE = "sandbox-grants"
MAX_GRANTS = 100_000


def is_client(client_id: str, client_secret: str) -> bool:
    """Whether these are the credentials of the sandbox's one application."""
    said, known = f"{client_id}:{client_secret}", f"{SANDBOX_CLIENT_ID}:{SANDBOX_CLIENT_SECRET}"
    return hmac.compare_digest(said.encode("utf-8"), known.encode("utf-8"))


class Grants:
    """The tokens that were handed out. ``now``: seconds since the epoch."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        # Unlike Strava's it comes back with every start, so that nobody is ever locked out.
        granted = {"athlete_id": MIRA.id, "scopes": list(SCOPES)}
        self._store.create(NAMESPACE, f"refresh:{SANDBOX_REFRESH_TOKEN}", granted)

    def code(self, scopes: list[str], athlete: Athlete = MIRA) -> str:
        """An authorization code for scopes that an athlete left ticked."""
        code = token_hex(20)
        # Not as the store's expiry: the sandbox may live by another clock.
        expires_at = self._now() + CODE_LIFETIME_S
        value = {"athlete_id": athlete.id, "scopes": scopes, "expires_at": expires_at}
        self._store.put(NAMESPACE, f"code:{code}", value)
        return code

    def exchange(self, form: JSON) -> JSON | None:
        """The answer of the token endpoint, and whose it is; None for what it refuses."""
        if form.get("grant_type") == "authorization_code":
            return self._granted(self._store.take(NAMESPACE, f"code:{form.get('code')}"))
        if form.get("grant_type") == "refresh_token":
            # Taking it is what kills it: the new one is the only one that works from now on.
            return self._granted(
                self._store.take(NAMESPACE, f"refresh:{form.get('refresh_token')}")
            )
        return None

    def of_access(self, access_token: str) -> JSON | None:
        """``athlete_id`` and ``scopes`` of an access token; None where it is unknown or ended."""
        record = self._store.get(NAMESPACE, f"access:{access_token}")
        if record is None or record.value["expires_at"] <= self._now():
            return None
        return record.value

    def revoke(self, token: str) -> bool:
        """End an access token; a refresh token ends everything that its athlete granted."""
        record = self._store.get(NAMESPACE, f"refresh:{token}")
        if record is None:
            return self._store.delete(NAMESPACE, f"access:{token}")
        self._end(record.value["athlete_id"])
        return True

    def end_all(self, access_token: str) -> int | None:
        """End everything of the athlete whose access token this is, and tell who it was."""
        granted = self.of_access(access_token)
        if granted is None:
            return None
        self._end(granted["athlete_id"])
        return int(granted["athlete_id"])

    def _end(self, athlete_id: int) -> None:
        for record in self._store.records(NAMESPACE, MAX_GRANTS):
            if record.value["athlete_id"] == athlete_id:
                self._store.delete(NAMESPACE, record.key)

    def _granted(self, grant: JSON | None) -> JSON | None:
        if grant is None or grant.get("expires_at", math.inf) <= self._now():
            return None
        access, refresh = token_hex(20), token_hex(20)
        expires_at = int(self._now()) + LIFETIME_S
        granted = {name: grant[name] for name in ("athlete_id", "scopes")}
        self._store.put(NAMESPACE, f"access:{access}", granted | {"expires_at": expires_at})
        self._store.put(NAMESPACE, f"refresh:{refresh}", granted)
        return {
            "athlete_id": grant["athlete_id"],
            "token_type": "Bearer",
            "expires_at": expires_at,
            "expires_in": LIFETIME_S,
            "refresh_token": refresh,
            "access_token": access,
        }
