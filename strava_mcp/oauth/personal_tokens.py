"""Named Bearer tokens, one a client, made at the command line.

``smcp_pat_<id>_<secret>``: the ID finds the record in one read and may be shown; of the secret only
the SHA-256 is kept, which is enough for 256 random bits.
"""

import hmac
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from strava_mcp.errors import StravaMcpError
from strava_mcp.identity import READ, WRITE, Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import SECRET, digest, new_id, new_secret
from strava_mcp.oauth.token_cache import TokenCache
from strava_mcp.store import Record, Store

NAMESPACE = "pat"
SHAPE = re.compile(rf"smcp_pat_([a-z0-9]{{8}})_({SECRET})")

#: How often the time of last use is written.
USE_S = 3600

SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({READ}),
    "write": frozenset({READ, WRITE}),
}


class UnknownToken(StravaMcpError):
    """No token has this ID."""


@dataclass(frozen=True)
class PersonalToken:
    """What is known of a token; never its secret. Times are seconds since the epoch."""

    id: str
    name: str
    scope: str
    created: float
    expires: float | None
    last_used: float | None
    revoked: float | None
    last_from: str = ""

    @property
    def state(self) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked:
            return "revoked"
        return "expired" if self.expires and self.expires <= time.time() else "active"


class PersonalTokens:
    """The named tokens of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache = TokenCache()

    def create(self, name: str, scope: str, lifetime_s: float | None) -> tuple[PersonalToken, str]:
        """Make a token. ``scope``: ``read`` or ``write``. Returns it and, this once, its secret."""
        now = time.time()
        secret = new_secret()
        value: JSON = {
            "name": name,
            "scope": scope,
            "created": now,
            "expires": now + lifetime_s if lifetime_s else None,
            "last_used": None,
            "revoked": None,
            "hashes": [[digest(secret), None]],
        }
        while not self._store.create(NAMESPACE, token_id := new_id(8), value):
            pass
        return _shown(token_id, value), f"smcp_pat_{token_id}_{secret}"

    def all(self) -> list[PersonalToken]:
        """Every token, the oldest first."""
        found = [_shown(record.key, record.value) for record in self._store.records(NAMESPACE)]
        return sorted(found, key=lambda token: token.created)

    def rotate(self, token_id: str, grace_s: float) -> str:
        """Give a token a new secret and return it; the old one works for ``grace_s`` more.

        Raises UnknownToken, also for one that is revoked or has expired.
        """
        secret = new_secret()

        def change(value: JSON) -> None:
            state = _shown(token_id, value).state
            if state != "active":  # a new secret would not work either
                raise UnknownToken(f"The token {token_id} is {state}: create a new one.")
            newest = value["hashes"][0][0]
            value["hashes"] = [[digest(secret), None], [newest, time.time() + grace_s]]

        self._change(token_id, change)
        return f"smcp_pat_{token_id}_{secret}"

    def revoke(self, token_id: str) -> None:
        """End a token: at once in this process, within CACHE_S in others. Raises UnknownToken."""

        def change(value: JSON) -> None:
            value["revoked"] = value["revoked"] or time.time()
            value["hashes"] = []

        self._change(token_id, change)

    def authenticate(self, token: str, address: str = "") -> Principal | None:
        """Whose token this is; None where it is unknown, expired or revoked.

        ``address``: where it comes from, for the owner to see.
        """
        shape = SHAPE.fullmatch(token)
        if shape is None:
            return None
        hashed = digest(shape[2])
        return self._cache.get(hashed, lambda now: self._look_up(shape[1], hashed, address, now))

    def _look_up(
        self, token_id: str, hashed: str, address: str, now: float
    ) -> tuple[Principal, float] | None:
        """Whose token this is, and until when it is good."""
        record = self._store.get(NAMESPACE, token_id)
        good_until = _good_until(record, hashed, now) if record else 0.0
        if record is None or good_until <= now:
            return None
        self._note_use(record, now, address)
        value = record.value
        return Principal(record.key, SCOPES[value["scope"]], value["name"]), good_until

    def _change(self, token_id: str, change: Callable[[JSON], None]) -> None:
        """Read, change and write back, again if somebody else wrote in between."""
        while True:
            record = self._store.get(NAMESPACE, token_id)
            if record is None:
                raise UnknownToken(f"There is no token {token_id}: see `flask tokens list`.")
            change(record.value)
            if self._store.replace(NAMESPACE, token_id, record.value, record.version):
                self._cache.clear()
                return

    def _note_use(self, record: Record, now: float, address: str) -> None:
        """Write the time of use, at most hourly. Losing the race to another use loses nothing."""
        if now - (record.value["last_used"] or 0) >= USE_S:
            value = {**record.value, "last_used": now, "last_from": address}
            self._store.replace(NAMESPACE, record.key, value, record.version)


def _good_until(record: Record, hashed: str, now: float) -> float:
    """Until when a secret with this hash is good; 0 for one that is not."""
    # All are compared, so that the time taken does not tell which one matched.
    ends = [
        min(until or float("inf"), record.value["expires"] or float("inf"))
        for known, until in record.value["hashes"]
        if hmac.compare_digest(known, hashed)
    ]
    return max(ends, default=0.0)


def _shown(token_id: str, value: JSON) -> PersonalToken:
    return PersonalToken(token_id, **{k: v for k, v in value.items() if k != "hashes"})
