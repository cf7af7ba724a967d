"""Strava's access and refresh tokens: refreshed ahead of expiry, never lost when rotated.

A refresh that returns a new refresh token kills the old one at once. So one refreshes at a time, by
a lease that threads, processes and instances share, and writes what came back, by compare and swap,
before anything else is done. A store that fails just then is tried again with every call. What
cannot be helped: a process that is killed after Strava has answered and before the write takes the
new token with it; Strava then refuses the old one, and the athlete has to connect again.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from strava_mcp.errors import NotConnected, StoreError, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.connections import NAMESPACE, Connection, Connections, parse_tokens
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Record, Store
from strava_mcp.store.lease import lease

log = logging.getLogger(__name__)

#: An access token is replaced this long before it ends, so that no request is sent with a dead one.
AHEAD_S = 300
#: How long one may take to refresh before another tries: more than the request's own time limits.
LEASE_S = 18.0
#: How often who waits for another's refresh looks.
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True)
class Credentials:
    """Of the API application, and the refresh token of the settings, which begins a connection."""

    client_id: str
    client_secret: str
    refresh_token: str


class Tokens:
    """The tokens of one athlete, encrypted at rest.

    ``athlete_id``: whose; None for the owner, whoever that is by now. ``refresh``: trades a
    refresh token for an answer of the token endpoint; raises NotConnected where it is dead.
    """

    def __init__(
        self,
        connections: Connections,
        store: Store,
        vault: Vault,
        credentials: Credentials,
        refresh: Callable[[str], JSON],
        athlete_id: int | None = None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._connections = connections
        self._credentials = credentials
        self._refresh = refresh
        self._athlete_id = athlete_id
        self._lock = threading.Lock()
        #: Tokens, and where they are kept: those of an owner who has left are not the next one's.
        self._current: tuple[str, JSON] = ("", {})
        #: Tokens that the store would not take, with the version that they replace.
        self._unwritten: tuple[str, Record | None, JSON] | None = None
        # A new STRAVA_REFRESH_TOKEN in the settings begins a record of its own.
        seed = f"{credentials.client_id}:{credentials.refresh_token}"
        self._seed = hashlib.sha256(seed.encode("utf-8")).hexdigest()[:32]

    @property
    def key(self) -> str:
        """Where the tokens are kept: under the athlete, or as what the settings began."""
        athlete_id = self._athlete_id or self._connections.owner()
        if not athlete_id or (self._begins_here() and not self._connections.get(athlete_id)):
            return self._seed
        return self._connections.key_of(athlete_id)

    @property
    def is_connected(self) -> bool:
        """Whether there are tokens to ask Strava with."""
        return bool(self._refresh_token(self.key, self._vault.get(NAMESPACE, self.key)))

    def connection(self) -> Connection | None:
        """Who is connected; None where it is not known, as with STRAVA_REFRESH_TOKEN."""
        athlete_id = self._athlete_id or self._connections.owner()
        return self._connections.get(athlete_id) if athlete_id else None

    def all(self) -> list[str]:
        """What there is to ask Strava with: the newest refresh token, and an access token."""
        found: list[str] = []
        for key in self.keys():
            record = self._vault.get(NAMESPACE, key)
            access = record.value.get("access_token") if record else None
            found += [token for token in (self._refresh_token(key, record), access) if token]
        return found

    def forget(self) -> None:
        """Delete the tokens, and the connection that they belong to."""
        with self._lock:
            found = self.connection()
            self._current, self._unwritten = ("", {}), None
            for key in self.keys():
                self._store.delete(NAMESPACE, key)
            if found:
                self._connections.remove(found.athlete_id)

    def _begins_here(self) -> bool:
        """Whether the settings begin the connection: it is then the owner's."""
        return bool(self._credentials.refresh_token) and self._athlete_id is None

    def keys(self) -> list[str]:
        """Where tokens of the athlete may be kept: what the settings began is the owner's."""
        return list(dict.fromkeys([self.key, self._seed] if self._begins_here() else [self.key]))

    def newest(self, key: str, token: str) -> str:
        """The access token in the store: not ``token`` where the athlete has connected again."""
        record = self._vault.get(NAMESPACE, key)
        if record is None or not _is_good(record.value, rejected=token):
            return token
        with self._lock:
            if not self._unwritten:
                self._current = (key, record.value)
        return str(record.value["access_token"])

    def access(self, key: str) -> str:
        """An access token good for some minutes, of those kept at ``key``.

        Raises NotConnected without credentials.
        """
        held = self._current
        if self._unwritten or not _is_held(held, key):
            with self._lock:
                self._write_again()
                if not _is_held(self._current, key):
                    self._current = (key, self._renewed(key, rejected=None))
                held = self._current
        return str(held[1]["access_token"])

    def replace(self, key: str, rejected: str) -> str:
        """Another access token than ``rejected``, which Strava did not take."""
        with self._lock:
            self._write_again()
            if not _is_held(self._current, key) or self._current[1]["access_token"] == rejected:
                self._current = ("", {})
                self._current = (key, self._renewed(key, rejected))
            return str(self._current[1]["access_token"])

    def _renewed(self, key: str, rejected: str | None) -> JSON:
        """Fresh tokens: those that another wrote, or new ones of Strava."""
        until = time.monotonic() + LEASE_S + 2
        while time.monotonic() < until:
            record = self._vault.get(NAMESPACE, key)
            if record and _is_good(record.value, rejected):
                return record.value
            with lease(self._store, f"strava:{key}", LEASE_S) as granted:
                if granted:
                    record = self._vault.get(NAMESPACE, key)  # it may have been written meanwhile
                    if record and _is_good(record.value, rejected):
                        return record.value
                    return self._exchange(key, record)
            time.sleep(POLL_INTERVAL_S)
        raise Unavailable(
            "Strava's tokens are being renewed by another process. Try again shortly."
        )

    def _exchange(self, key: str, record: Record | None) -> JSON:
        """Trade the refresh token for an access token and keep what comes back."""
        known = record.value if record else {}
        newest = self._refresh_token(key, record)
        if not newest:
            raise NotConnected(
                "Strava is not connected: run `flask strava connect`, or set STRAVA_REFRESH_TOKEN."
            )
        try:
            answer = self._refresh(newest)
        except NotConnected:
            newer = self._vault.get(
                NAMESPACE, key
            )  # of one whose lease ran out, but not its request
            if newer and newer.version > (record.version if record else 0):
                return newer.value
            raise
        try:
            value = {**known, **parse_tokens(answer)}
        except (KeyError, TypeError, ValueError) as exc:
            raise Unavailable("Strava's token endpoint gave no token. Try again later.") from exc
        return self._keep(key, record, value)

    def _refresh_token(self, key: str, record: Record | None) -> str:
        # What another key wrote cannot be read: the settings' token is the only one left then.
        known = record.value.get("refresh_token") if record else None
        return str(known or (self._credentials.refresh_token if key == self._seed else ""))

    def _keep(self, key: str, record: Record | None, value: JSON) -> JSON:
        """Write the new tokens, or take those of another process that was faster."""
        try:
            if record is None:
                written = self._vault.create(NAMESPACE, key, value)
            else:
                written = self._vault.replace(NAMESPACE, key, value, record.version)
            theirs = None if written else self._vault.get(NAMESPACE, key)
        except StoreError as exc:
            log.error("Strava's new tokens could not be kept yet: %s", exc)
            self._unwritten = (key, record, value)
            return value
        if written:
            return value
        if theirs is None:  # disconnected meanwhile
            raise NotConnected("Strava was disconnected: run `flask strava connect`.")
        return theirs.value

    def _write_again(self) -> None:
        if self._unwritten:
            pending, self._unwritten = self._unwritten, None
            self._current = (pending[0], self._keep(*pending))


def _is_held(held: tuple[str, JSON], key: str) -> bool:
    whose, tokens = held
    return whose == key and _is_fresh(tokens)


def _is_good(value: JSON, rejected: str | None) -> bool:
    return _is_fresh(value) and value["access_token"] != rejected


def _is_fresh(value: JSON) -> bool:
    return bool(value) and float(value["expires_at"]) - AHEAD_S > time.time()
