"""Grants: what the owner allowed to a client, and the tokens that live under it.

One record a grant holds everything, hashes only, and each token names its grant
(``smcp_at_<grant>_<secret>``): a token is checked with one read, revoked with one write. Opaque
tokens, not JWT, so that a revocation counts. Refresh tokens carry the seal of their grant, so that
one that was used is known again however long ago that was.
"""

import hmac
import logging
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.oauth.credentials import (
    SECRET,
    digest,
    has_valid_signature,
    new_id,
    new_secret,
    signed_secret,
)
from strava_mcp.oauth.token_cache import TokenCache
from strava_mcp.store import Record, Store

log = logging.getLogger(__name__)

NAMESPACE = "grant"
ID = "[a-z0-9]{16}"
ACCESS = re.compile(rf"smcp_at_({ID})_({SECRET})")
REFRESH = re.compile(rf"smcp_rt_({ID})_({SECRET})")

#: A refresh token lasts this long after the last refresh, and no grant longer than the cap.
SLIDING_S = 30 * 86400
CAP_S = 90 * 86400
#: Some hosts refresh from two machines at once: for so long, and so often, a refresh token that was
#: used works again. Later its use means that a copy is in other hands.
GRACE_S = 120
GRACE_USES = 4
#: Tokens of a grant that can be used at once; of more, the oldest no longer can.
MAX_ACCESS_TOKENS, MAX_REFRESH_TOKENS = 10, 20
#: How long a revoked grant is still shown, and keeps its code from being redeemed again.
REVOKED_S = 7 * 86400
#: How often the time of last use is written.
USE_S = 3600
MAX_GRANTS = 100_000


@dataclass(frozen=True)
class Grant:
    """What is known of a grant; never a token. Times are seconds since the epoch.

    ``seal``: the key with which its refresh tokens are made. Alone it makes none that works.
    ``athlete_id``: who signed in with Strava and whose data it reaches; None: the owner's.
    """

    id: str
    client_id: str
    client_name: str
    scope: str
    audience: str
    created: float
    created_from: str
    expires: float
    last_used: float | None
    last_from: str
    revoked: float | None
    seal: str = field(default="", repr=False)
    athlete_id: int | None = None

    @property
    def state(self) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked:
            return "revoked"
        return "expired" if self.expires <= time.time() else "active"

    # What Authlib asks a refresh token about.

    def check_client(self, client: Any) -> bool:
        """Whether the grant was made to this client."""
        return bool(client.get_client_id() == self.client_id)

    def get_scope(self) -> str:
        """What was granted."""
        return self.scope


@dataclass(frozen=True)
class Tokens:
    """A fresh pair: hashes, the scope of the access token, and the seconds that it lasts."""

    access: str
    refresh: str
    scope: str
    expires_in: int

    @classmethod
    def of(cls, response: Mapping[str, Any]) -> "Tokens":
        """What to keep of a token response (RFC 6749 §5.1)."""
        return cls(
            access=_parts(response["access_token"])[2],
            refresh=_parts(response["refresh_token"])[2],
            scope=response["scope"],
            expires_in=response["expires_in"],
        )


class Grants:
    """The grants of one store, for one audience (RFC 8707): this server's base URL.

    ``admits``: whether an athlete may still use the server; their grants work only as long.
    """

    def __init__(self, store: Store, audience: str, admits: Callable[[int], bool]) -> None:
        self._store = store
        self._audience = audience
        self._admits = admits
        self._cache = TokenCache()

    def begin(self, grant: Grant, tokens: Tokens) -> bool:
        """Make the grant with its first tokens; False where its code was redeemed before.

        This one write redeems the code: of many at once, exactly one makes the record.
        """
        value = {k: v for k, v in vars(grant).items() if k not in ("id", "expires")}
        value |= {"cap": time.time() + CAP_S, "access": [], "refresh": []}
        _add(value, tokens)
        return self._store.create(NAMESPACE, grant.id, value, _expires(value))

    def refreshable(self, token: str) -> Grant | None:
        """The grant of a refresh token that may be used; reuse out of time ends the grant."""
        shape = REFRESH.fullmatch(token)
        record = self._store.get(NAMESPACE, shape[1]) if shape else None
        if shape is None or record is None:
            return None
        state = self._state(record.value, shape[2])
        if state == "reused":
            log.warning("A used refresh token came back: grant revoked", extra={"grant": shape[1]})
            self.revoke(record.key)
        return _shown(record) if state == "good" else None

    def refresh(self, token: str, tokens: Tokens) -> bool:
        """Replace a refresh token by the next pair; False where that is no longer allowed."""
        shape = REFRESH.fullmatch(token)
        while shape:
            record = self._store.get(NAMESPACE, shape[1])
            if record is None or self._state(record.value, shape[2]) != "good":
                return False
            for entry in record.value["refresh"]:
                if entry[0] == digest(shape[2]):
                    entry[1] = entry[1] or time.time()
                    entry[2] += 1
            _add(record.value, tokens)
            if self._write(record):
                return True
        return False

    def authenticate(self, token: str, address: str = "") -> Principal | None:
        """Whose access token this is; None where it is unknown, expired, revoked or for another.

        ``address``: where it comes from, for the owner to see.
        """
        shape = ACCESS.fullmatch(token)
        if shape is None:
            return None
        hashed = digest(shape[2])
        return self._cache.get(hashed, lambda now: self._look_up(shape[1], hashed, address, now))

    def _look_up(
        self, grant_id: str, hashed: str, address: str, now: float
    ) -> tuple[Principal, float] | None:
        """Whose access token this is, and until when it is good."""
        record = self._store.get(NAMESPACE, grant_id)
        found = self._access(record.value, hashed, now) if record else None
        if record is None or found is None:
            return None
        if now - (record.value["last_used"] or 0) >= USE_S:
            record.value.update(last_used=now, last_from=address)
            self._write(record)  # losing the race to another use loses nothing
        expires, scope = found
        client, athlete_id = record.value["client_name"], record.value.get("athlete_id")
        return Principal(record.key, frozenset(scope.split()), client, athlete_id), expires

    def find(self, token: str) -> Grant | None:
        """The grant in which this token, access or refresh, can be used."""
        kind, grant_id, hashed = _parts(token)
        record = self._store.get(NAMESPACE, grant_id) if kind else None
        if record and any(hmac.compare_digest(e[0], hashed) for e in record.value[kind]):
            return _shown(record)
        return None

    def end(self, token: str) -> None:
        """Revoke what a client presents: an access token alone, with a refresh token the grant."""
        kind, grant_id, hashed = _parts(token)
        if kind == "refresh":
            self.revoke(grant_id)
            return
        while record := self._store.get(NAMESPACE, grant_id):
            record.value["access"] = [e for e in record.value["access"] if e[0] != hashed]
            if self._write(record):
                return self._cache.clear()

    def revoke(self, grant_id: str) -> bool:
        """End a grant: at once in this process, within CACHE_S in others. False: there is none."""
        while record := self._store.get(NAMESPACE, grant_id):
            if record.value["revoked"]:
                self._cache.clear()
                return True
            record.value.update(revoked=time.time(), access=[], refresh=[])
            if self._write(record):
                self._cache.clear()
                return True
        return False

    def revoke_all(self, athlete_ids: Collection[int | None]) -> None:
        """End every grant of these athletes; None stands for the owner's who did not sign in.

        What is kept of one, so that its code is not redeemed again, tells nothing of the athlete.
        """
        for grant in self.all():
            if grant.athlete_id in athlete_ids:
                self.revoke(grant.id)
                self._anonymize(grant.id)

    def _anonymize(self, grant_id: str) -> None:
        while record := self._store.get(NAMESPACE, grant_id):
            record.value.update(athlete_id=None, created_from="", last_from="")
            if self._write(record):
                return

    def all(self) -> list[Grant]:
        """Every grant, the oldest first."""
        found = [_shown(record) for record in self._store.records(NAMESPACE, MAX_GRANTS)]
        return sorted(found, key=lambda grant: grant.created)

    def _write(self, record: Record) -> bool:
        expires_at = _expires(record.value)
        return self._store.replace(NAMESPACE, record.key, record.value, record.version, expires_at)

    def _state(self, value: JSON, secret: str) -> str:
        """Of a refresh token: ``good``; ``refused``, for now or for ever; ``reused``: stolen.

        A guess is refused. It must not end a grant: IDs of grants are shown and logged.
        """
        now, hashed = time.time(), digest(secret)
        if value["revoked"] or not self._is_admitted(value):
            return "refused"
        for known, used_at, uses, expires in value["refresh"]:
            if hmac.compare_digest(known, hashed) and (used_at is None or _in_grace(used_at, now)):
                usable = expires > now and value["audience"] == self._audience
                return "good" if usable and uses <= GRACE_USES else "refused"
        return "reused" if has_valid_signature(value.get("seal", ""), secret) else "refused"

    def _access(self, value: JSON, hashed: str, now: float) -> tuple[float, str] | None:
        """End and scope of an access token that is good now."""
        found = None
        # All are compared, so that the time taken does not tell which one matched.
        for known, expires, scope in value["access"]:
            if hmac.compare_digest(known, hashed) and expires > now:
                found = (expires, scope)
        is_usable = value["audience"] == self._audience and self._is_admitted(value)
        return found if is_usable else None

    def _is_admitted(self, value: JSON) -> bool:
        athlete_id = value.get("athlete_id")
        return athlete_id is None or self._admits(athlete_id)


def new_grant_id() -> str:
    """An ID for a grant; it may be shown and logged."""
    return new_id(16)


def new_signing_key() -> str:
    """A key for the refresh tokens of one grant."""
    return new_secret()


def new_refresh_token(grant_id: str, seal: str) -> str:
    """A refresh token of a grant."""
    return f"smcp_rt_{grant_id}_{signed_secret(seal)}"


def _in_grace(used_at: float, now: float) -> bool:
    return now - used_at <= GRACE_S


def _parts(token: str) -> tuple[str, str, str]:
    """Kind (``access``, ``refresh`` or empty), grant ID and hash of a token."""
    for kind, pattern in (("access", ACCESS), ("refresh", REFRESH)):
        if shape := pattern.fullmatch(token):
            return kind, shape[1], digest(shape[2])
    return "", "", ""


def _add(value: JSON, tokens: Tokens) -> None:
    """Put a pair into a record, and take out what is too old to matter."""
    now = time.time()
    access = [entry for entry in value["access"] if entry[1] > now]
    entry = [tokens.access, min(now + tokens.expires_in, value["cap"]), tokens.scope]
    value["access"] = [*access, entry][-MAX_ACCESS_TOKENS:]
    refresh = [e for e in value["refresh"] if e[1] is None or _in_grace(e[1], now)]
    entry = [tokens.refresh, None, 0, min(now + SLIDING_S, value["cap"])]
    value["refresh"] = [*refresh, entry][-MAX_REFRESH_TOKENS:]


def _expires(value: JSON) -> float:
    """When the record may go."""
    if value["revoked"]:
        return float(value["revoked"]) + REVOKED_S
    return max((entry[3] for entry in value["refresh"]), default=float(value["cap"]))


def _shown(record: Record) -> Grant:
    hidden = ("cap", "access", "refresh")
    fields = {name: item for name, item in record.value.items() if name not in hidden}
    return Grant(id=record.key, expires=_expires(record.value), **fields)
