"""Personal tokens: named Bearer tokens, one per client, created at the command line.

``smcp_pat_<id>_<secret>``: the ID finds the record in one read and may be shown. Only the SHA-256
of the secret is stored, which is enough for 256 random bits.
"""

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from strava_mcp.errors import StravaMcpError
from strava_mcp.identity import READ, WRITE, Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import SECRET, digest, new_id, new_secret
from strava_mcp.oauth.token_records import BearerToken, TokenRecords, state_of
from strava_mcp.store import Record, Store

NAMESPACE = "pat"
PATTERN = re.compile(rf"smcp_pat_([a-z0-9]{{8}})_({SECRET})")
MAX_TOKENS = 1000

SCOPES: Mapping[str, frozenset[str]] = {
    "read": frozenset({READ}),
    "write": frozenset({READ, WRITE}),
}


class UnknownToken(StravaMcpError):
    """There is no usable token with this ID."""


class HashedSecret(NamedTuple):
    """A secret of a token: its hash, and until when it works after a rotation (None: no limit)."""

    hashed: str
    until: float | None


@dataclass(frozen=True)
class PersonalToken:
    """A personal token, without its secret. Times are seconds since the epoch."""

    id: str
    name: str
    scope: str
    created: float
    expires: float | None
    last_used: float | None = None
    revoked: float | None = None
    last_from: str = ""
    hashes: tuple[HashedSecret, ...] = field(default=(), repr=False)

    @classmethod
    def load(cls, record: Record) -> "PersonalToken":
        """Read a stored token."""
        hashes = tuple(HashedSecret(*item) for item in record.value["hashes"])
        return cls(**{**record.value, "id": record.key, "hashes": hashes})

    def dump(self) -> JSON:
        """The value to store."""
        value = asdict(self)
        del value["id"]
        return value

    @property
    def stored_until(self) -> float | None:
        """Never deleted: the owner sees expired and revoked tokens as well."""
        return None

    @property
    def state(self) -> str:
        """``active``, ``expired`` or ``revoked``."""
        return state_of(self.revoked, self.expires)

    def bearer_tokens(self) -> list[BearerToken]:
        """Its current secret and, for a grace period, the one before."""
        principal = Principal(self.id, SCOPES[self.scope], self.name)
        return [
            BearerToken(hashed, min(until or math.inf, self.expires or math.inf), principal)
            for hashed, until in self.hashes
        ]

    def with_last_use(self, now: float, address: str) -> "PersonalToken":
        """The record with a new time and client address of last use."""
        return replace(self, last_used=now, last_from=address)


class PersonalTokens:
    """The personal tokens in one store. Every method raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._records = TokenRecords(store, NAMESPACE, PATTERN, PersonalToken.load)

    def create(self, name: str, scope: str, lifetime_s: float | None) -> tuple[PersonalToken, str]:
        """Create a token. Returns it with its text, which cannot be read again.

        ``scope``: ``read`` or ``write``. ``lifetime_s``: None for a token that never expires.
        """
        now, secret = time.time(), new_secret()
        expires = now + lifetime_s if lifetime_s else None
        hashes = (HashedSecret(digest(secret), None),)
        while True:
            token = PersonalToken(new_id(8), name, scope, now, expires, hashes=hashes)
            if self._records.create(token.id, token):
                return token, f"smcp_pat_{token.id}_{secret}"

    def all(self) -> list[PersonalToken]:
        """Every token, oldest first."""
        return sorted(self._records.all(MAX_TOKENS), key=lambda token: token.created)

    def rotate(self, token_id: str, grace_s: float) -> str:
        """Give a token a new secret and return its text; the old one works for ``grace_s`` more.

        Raises UnknownToken if there is no such token, or it is revoked or expired.
        """
        secret = new_secret()

        def change(token: PersonalToken) -> PersonalToken:
            if token.state != "active":  # a new secret would not work either
                raise UnknownToken(f"The token {token_id} is {token.state}: create a new one.")
            old = HashedSecret(token.hashes[0].hashed, time.time() + grace_s)
            return replace(token, hashes=(HashedSecret(digest(secret), None), old))

        self._change(token_id, change)
        return f"smcp_pat_{token_id}_{secret}"

    def revoke(self, token_id: str) -> None:
        """Revoke a token: at once in this process, within CACHE_S in others.

        Raises UnknownToken if there is no such token.
        """
        self._change(
            token_id,
            lambda token: replace(token, revoked=token.revoked or time.time(), hashes=()),
        )

    def authenticate(self, token: str, address: str = "") -> Principal | None:
        """The principal of a token; None if it is unknown, expired or revoked.

        ``address``: the client's, stored with the time of last use.
        """
        return self._records.authenticate(token, address)

    def is_active(self, token_id: str) -> bool:
        """Whether a token of this id is neither revoked nor expired."""
        token = self._records.get(token_id)
        return bool(token and token.state == "active")

    def _change(self, token_id: str, change: Callable[[PersonalToken], PersonalToken]) -> None:
        if self._records.change(token_id, change) is None:
            raise UnknownToken(f"There is no token {token_id}: see `flask tokens list`.")
        self._records.clear_cache()
