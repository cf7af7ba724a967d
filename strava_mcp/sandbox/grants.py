"""Tokens of the sandbox: codes, access tokens that live six hours, rotating refresh tokens."""

import hmac
import math
import time
from collections.abc import Callable, Mapping
from secrets import token_hex

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.athlete import MIRA, Athlete
from strava_mcp.store import Store

# Not secrets: they give access to invented athletes' data in this process, and to nothing else.
SANDBOX_CLIENT_ID = "10000"
SANDBOX_CLIENT_SECRET = "sandbox-client-secret"
SANDBOX_REFRESH_TOKEN = "sandbox-refresh-token"

SCOPES = (
    *("read", "read_all", "profile:read_all", "profile:write"),
    *("activity:read", "activity:read_all", "activity:write"),
)
ACCESS_LIFETIME_S = 6 * 3600
CODE_LIFETIME_S = 600
NAMESPACE = "sandbox-grants"
MAX_GRANTS = 100_000


def is_client(client_id: str, client_secret: str) -> bool:
    """Whether these are the credentials of the sandbox's only application."""
    given = f"{client_id}:{client_secret}"
    expected = f"{SANDBOX_CLIENT_ID}:{SANDBOX_CLIENT_SECRET}"
    return hmac.compare_digest(given.encode("utf-8"), expected.encode("utf-8"))


class Grants:
    """Issues and revokes tokens. ``now``: seconds since the epoch."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._now = now
        # Unlike Strava's, it is valid again after every start, so that nobody is locked out.
        grant = {"athlete_id": MIRA.id, "scopes": list(SCOPES)}
        self._store.create(NAMESPACE, f"refresh:{SANDBOX_REFRESH_TOKEN}", grant)

    def issue_code(self, scopes: list[str], athlete: Athlete = MIRA) -> str:
        """Issue an authorization code for the scopes that an athlete granted."""
        code = token_hex(20)
        # Not the store's own expiry: the sandbox may run on another clock.
        expires_at = self._now() + CODE_LIFETIME_S
        value = {"athlete_id": athlete.id, "scopes": scopes, "expires_at": expires_at}
        self._store.put(NAMESPACE, f"code:{code}", value)
        return code

    def exchange(self, form: Mapping[str, str]) -> JSON | None:
        """Exchange a code or a refresh token, which cannot be used again.

        Returns the token endpoint's response and ``athlete_id``; None if the grant is invalid.
        """
        if form.get("grant_type") == "authorization_code":
            key = f"code:{form.get('code')}"
        elif form.get("grant_type") == "refresh_token":
            key = f"refresh:{form.get('refresh_token')}"
        else:
            return None
        grant = self._store.take(NAMESPACE, key)
        if grant is None or grant.get("expires_at", math.inf) <= self._now():
            return None
        return self._issue_tokens(grant)

    def for_access_token(self, access_token: str) -> JSON | None:
        """``athlete_id`` and ``scopes`` of an access token; None if it is unknown or expired."""
        record = self._store.get(NAMESPACE, f"access:{access_token}")
        if record is None or record.value["expires_at"] <= self._now():
            return None
        return record.value

    def revoke(self, token: str) -> bool:
        """Revoke an access token, or with a refresh token everything that its athlete granted.

        Returns whether there was anything to revoke.
        """
        record = self._store.get(NAMESPACE, f"refresh:{token}")
        if record is None:
            return self._store.delete(NAMESPACE, f"access:{token}")
        self.revoke_all(record.value["athlete_id"])
        return True

    def deauthorize(self, access_token: str) -> int | None:
        """Revoke everything that the athlete of an access token granted; returns their id."""
        grant = self.for_access_token(access_token)
        if grant is None:
            return None
        athlete_id = int(grant["athlete_id"])
        self.revoke_all(athlete_id)
        return athlete_id

    def revoke_all(self, athlete_id: int) -> None:
        """Revoke every code and token of an athlete."""
        for record in self._store.records(NAMESPACE, MAX_GRANTS):
            if record.value["athlete_id"] == athlete_id:
                self._store.delete(NAMESPACE, record.key)

    def _issue_tokens(self, grant: JSON) -> JSON:
        access_token, refresh_token = token_hex(20), token_hex(20)
        expires_at = int(self._now()) + ACCESS_LIFETIME_S
        kept = {name: grant[name] for name in ("athlete_id", "scopes")}
        self._store.put(NAMESPACE, f"access:{access_token}", kept | {"expires_at": expires_at})
        self._store.put(NAMESPACE, f"refresh:{refresh_token}", kept)
        return {
            "athlete_id": grant["athlete_id"],
            "token_type": "Bearer",
            "expires_at": expires_at,
            "expires_in": ACCESS_LIFETIME_S,
            "refresh_token": refresh_token,
            "access_token": access_token,
        }
