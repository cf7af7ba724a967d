"""A grant: what the owner or an athlete allowed a client, and the hashes of the tokens for it."""

import hmac
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import digest, has_valid_signature
from strava_mcp.oauth.grant_tokens import IssuedTokens, ParsedToken
from strava_mcp.oauth.token_records import BearerToken, state_of
from strava_mcp.store import Record

if TYPE_CHECKING:
    from strava_mcp.oauth.clients import Client

#: A refresh token expires this long after it was issued; no grant outlives MAX_LIFETIME_S.
REFRESH_LIFETIME_S = 30 * 86400
MAX_LIFETIME_S = 90 * 86400
#: Some MCP hosts refresh from two machines at once. A used refresh token stays valid for GRACE_S
#: seconds and GRACE_USES uses; after that, reuse is treated as theft and revokes the grant.
GRACE_S = 120
GRACE_USES = 4
#: Tokens of a grant that are usable at once; issuing more drops the oldest.
MAX_ACCESS_TOKENS, MAX_REFRESH_TOKENS = 10, 20
#: How long a revoked grant is kept: it is still listed, and its code cannot be redeemed again.
REVOKED_S = 7 * 86400
#: Fields that earlier releases do not know; not stored where they are empty.
LATER_FIELDS = ("label", "redirect_uri", "data")


class AccessToken(NamedTuple):
    """An access token, as stored."""

    hashed: str
    expires: float
    scope: str


class RefreshToken(NamedTuple):
    """A refresh token, as stored. ``used_at``: when it was first used."""

    hashed: str
    used_at: float | None
    uses: int
    expires: float

    def is_current(self, now: float) -> bool:
        """Whether it is unused, or within the grace period after its first use."""
        return self.used_at is None or now - self.used_at <= GRACE_S


@dataclass(frozen=True)
class Grant:
    """A grant, without its tokens' secrets. Times are seconds since the epoch.

    ``client_name``: self-declared. ``label``: what the owner calls it. ``created_from``,
    ``redirect_uri``: the client address that it was approved from, and where its code was sent;
    empty if unknown. ``athlete_id``: the athlete who signed in with Strava and whose data it
    reaches; None for the owner's. ``signing_key``: signs its refresh tokens; knowing it is not
    enough to make a valid one, because their hashes are stored. ``latest_end``: no token outlives
    it. ``requested``: the scopes that the client asked for, ``data``: whose data it was given for
    (``sources.data_identity``); both are empty in records of earlier versions.
    """

    id: str
    client_id: str
    client_name: str
    scope: str
    audience: str
    created: float
    created_from: str
    latest_end: float
    last_used: float | None = None
    last_from: str = ""
    revoked: float | None = None
    athlete_id: int | None = None
    requested: str = ""
    label: str = ""
    redirect_uri: str = ""
    data: str = ""
    signing_key: str = field(default="", repr=False)
    access_tokens: tuple[AccessToken, ...] = field(default=(), repr=False)
    refresh_tokens: tuple[RefreshToken, ...] = field(default=(), repr=False)

    @classmethod
    def load(cls, record: Record) -> "Grant":
        """Read a stored grant."""
        value = dict(record.value)
        return cls(
            id=record.key,
            latest_end=value.pop("cap"),
            signing_key=value.pop("seal", ""),
            access_tokens=tuple(AccessToken(*item) for item in value.pop("access")),
            refresh_tokens=tuple(RefreshToken(*item) for item in value.pop("refresh")),
            **value,
        )

    def dump(self) -> JSON:
        """The value to store."""
        value = asdict(self)
        del value["id"]
        for name in LATER_FIELDS:
            if not value[name]:
                del value[name]
        value["cap"], value["seal"] = value.pop("latest_end"), value.pop("signing_key")
        value["access"], value["refresh"] = value.pop("access_tokens"), value.pop("refresh_tokens")
        return value

    @property
    def grant_id(self) -> str:
        """Its ID, by the name that an authorization code has for it as well."""
        return self.id

    @property
    def data_identity(self) -> str:
        """Whose data it was given for; empty if an earlier release did not record it."""
        # Those of athletes who signed in with Strava were all given for Strava's API.
        return self.data or (f"api:{self.athlete_id}" if self.athlete_id else "")

    def check_client(self, client: "Client") -> bool:
        """Whether the grant was made to this client. Called by Authlib, as is ``get_scope``."""
        return client.id == self.client_id

    def get_scope(self) -> str:
        """The scope that was granted."""
        return self.scope

    @property
    def expires(self) -> float:
        """When its last refresh token expires; for a revoked grant, when it is deleted."""
        if self.revoked:
            return self.revoked + REVOKED_S
        return max((token.expires for token in self.refresh_tokens), default=self.latest_end)

    @property
    def stored_until(self) -> float:
        """When the store may delete it."""
        return self.expires

    @property
    def state(self) -> str:
        """``active``, ``expired`` or ``revoked``."""
        return state_of(self.revoked, self.expires)

    def bearer_tokens(self) -> list[BearerToken]:
        """Its access tokens."""
        return [
            BearerToken(
                token.hashed,
                token.expires,
                Principal(
                    id=self.id,
                    scopes=frozenset(token.scope.split()),
                    name=self.client_name,
                    athlete_id=self.athlete_id,
                    client_id=self.client_id,
                    requested=frozenset((self.requested or self.scope).split()),
                ),
            )
            for token in self.access_tokens
        ]

    def live_tokens(self) -> str:
        """How many tokens work now, as ``1 access token and 2 refresh tokens``."""
        now = time.time()
        access = sum(token.expires > now for token in self.access_tokens)
        refresh = sum(t.expires > now and t.is_current(now) for t in self.refresh_tokens)
        return (
            f"{access} access token{'' if access == 1 else 's'} and "
            f"{refresh} refresh token{'' if refresh == 1 else 's'}"
        )

    def holds(self, token: ParsedToken) -> bool:
        """Whether an access or refresh token is one of its current ones."""
        hashed = token.hashed
        current = self.access_tokens if token.kind == "access" else self.refresh_tokens
        return any(hmac.compare_digest(item.hashed, hashed) for item in current)

    def refresh_state(self, secret: str) -> Literal["valid", "refused", "reused"]:
        """State of a refresh token: ``valid``, ``refused`` or ``reused`` (treated as stolen).

        A guess is refused, not reused: IDs of grants are shown and logged, and knowing one must
        not be enough to revoke a grant.
        """
        now, hashed = time.time(), digest(secret)
        for token in self.refresh_tokens:
            if hmac.compare_digest(token.hashed, hashed) and token.is_current(now):
                is_valid = token.expires > now and token.uses <= GRACE_USES
                return "valid" if is_valid else "refused"
        return "reused" if has_valid_signature(self.signing_key, secret) else "refused"

    def with_last_use(self, now: float, address: str) -> "Grant":
        """The grant with a new time and client address of last use."""
        return replace(self, last_used=now, last_from=address)

    def with_tokens(self, issued: IssuedTokens) -> "Grant":
        """The grant with a new pair of tokens, and without those that no longer matter."""
        now = time.time()
        access = AccessToken(
            issued.access, min(now + issued.expires_in, self.latest_end), issued.scope
        )
        refresh = RefreshToken(
            issued.refresh, None, 0, min(now + REFRESH_LIFETIME_S, self.latest_end)
        )
        live = [token for token in self.access_tokens if token.expires > now]
        current = [token for token in self.refresh_tokens if token.is_current(now)]
        return replace(
            self,
            access_tokens=tuple([*live, access][-MAX_ACCESS_TOKENS:]),
            refresh_tokens=tuple([*current, refresh][-MAX_REFRESH_TOKENS:]),
        )

    def refreshed(self, secret: str, issued: IssuedTokens) -> "Grant":
        """The grant after one use of a refresh token."""
        now, hashed = time.time(), digest(secret)
        tokens = tuple(
            (
                token._replace(used_at=token.used_at or now, uses=token.uses + 1)
                if hmac.compare_digest(token.hashed, hashed)
                else token
            )
            for token in self.refresh_tokens
        )
        return replace(self, refresh_tokens=tokens).with_tokens(issued)

    def ended(self) -> "Grant":
        """The grant, revoked."""
        return replace(self, revoked=time.time(), access_tokens=(), refresh_tokens=())
