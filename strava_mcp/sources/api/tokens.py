"""Strava's access and refresh tokens: refreshed before they expire, not lost when rotated.

A refresh that returns a new refresh token invalidates the old one at once. So one caller refreshes
at a time, under a lease that threads, processes and instances share, and stores the new tokens by
compare and swap before anything else is done. If the store fails just then, each later call tries
again. One case remains: a process that is killed after Strava's response and before the write takes
the new token with it. Strava then rejects the old one, and the athlete has to connect again.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from strava_mcp.errors import NotConnected, StoreError, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.connections import NAMESPACE, Connection, Connections, parse_tokens
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Record, Store
from strava_mcp.store.lease import lease

log = logging.getLogger(__name__)

#: An access token is replaced this long before it expires, so that no request uses an expired one.
REFRESH_AHEAD_S = 300
#: How long a refresh may take before another caller tries: more than its request's timeouts.
LEASE_S = 18.0
#: Polling interval while another process holds the refresh lease.
POLL_INTERVAL_S = 0.05


@dataclass(frozen=True)
class Credentials:
    """The API application's credentials, and STRAVA_REFRESH_TOKEN ("" if it is not set)."""

    client_id: str
    client_secret: str
    refresh_token: str


class CachedTokens(NamedTuple):
    """Tokens in memory. ``key``: their key in the store, which changes with the owner."""

    key: str = ""
    value: JSON = {}

    def is_valid_for(self, key: str) -> bool:
        """Whether these are tokens of ``key`` that do not need a refresh."""
        return self.key == key and _is_fresh(self.value)


class FailedWrite(NamedTuple):
    """Tokens that could not be stored. ``record``: what they replace in the store."""

    key: str
    record: Record | None
    value: JSON


class Tokens:
    """The tokens of one athlete, encrypted at rest.

    ``athlete_id``: None for whoever is the owner at the time. ``refresh``: exchanges a refresh
    token for a response of the token endpoint; raises NotConnected if it is no longer valid.
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
        self._cached = CachedTokens()
        self._failed_write: FailedWrite | None = None
        # Each STRAVA_REFRESH_TOKEN has a record of its own, so that a new setting takes effect.
        setting = f"{credentials.client_id}:{credentials.refresh_token}"
        self._setting_key = hashlib.sha256(setting.encode("utf-8")).hexdigest()[:32]

    @property
    def key(self) -> str:
        """The key of the tokens in the store: that of the athlete, or of STRAVA_REFRESH_TOKEN.

        Rate limits and the cache use it as well, as the key of the athlete (``athlete_key``).
        """
        athlete_id = self._athlete_id or self._connections.owner()
        if not athlete_id or (self._may_use_setting() and not self._connections.get(athlete_id)):
            return self._setting_key
        return self._connections.key_of(athlete_id)

    @property
    def is_connected(self) -> bool:
        """Whether there is a refresh token."""
        return bool(self._refresh_token(self.key, self._vault.get(NAMESPACE, self.key)))

    def connection(self) -> Connection | None:
        """The connected athlete; None if unknown, as with STRAVA_REFRESH_TOKEN."""
        athlete_id = self._athlete_id or self._connections.owner()
        return self._connections.get(athlete_id) if athlete_id else None

    def all(self) -> list[str]:
        """The refresh tokens and access tokens of the athlete."""
        tokens: list[str] = []
        for key in self.keys():
            record = self._vault.get(NAMESPACE, key)
            access = record.value.get("access_token") if record else None
            tokens += [token for token in (self._refresh_token(key, record), access) if token]
        return tokens

    def delete(self) -> None:
        """Delete the tokens and their connection."""
        with self._lock:
            connection = self.connection()
            self._cached, self._failed_write = CachedTokens(), None
            for key in self.keys():
                self._store.delete(NAMESPACE, key)
            if connection:
                self._connections.remove(connection.athlete_id)

    def _may_use_setting(self) -> bool:
        """Whether these are the owner's tokens and STRAVA_REFRESH_TOKEN is set."""
        return bool(self._credentials.refresh_token) and self._athlete_id is None

    def keys(self) -> list[str]:
        """All keys that the athlete's tokens may have in the store."""
        keys = [self.key, self._setting_key] if self._may_use_setting() else [self.key]
        return list(dict.fromkeys(keys))

    def newest(self, key: str, token: str) -> str:
        """The access token that has replaced ``token`` in the store, or ``token`` if none has.

        Connecting again replaces it, perhaps with more scopes.
        """
        record = self._vault.get(NAMESPACE, key)
        if record is None or not _is_usable(record.value, rejected=token):
            return token
        with self._lock:
            if not self._failed_write:
                self._cached = CachedTokens(key, record.value)
        return str(record.value["access_token"])

    def access(self, key: str) -> str:
        """An access token of ``key`` that is valid for at least REFRESH_AHEAD_S.

        Raises NotConnected without credentials.
        """
        cached = self._cached
        if self._failed_write or not cached.is_valid_for(key):
            with self._lock:
                self._retry_write()
                if not self._cached.is_valid_for(key):
                    self._cached = CachedTokens(key, self._renew(key, rejected=None))
                cached = self._cached
        return str(cached.value["access_token"])

    def replace(self, key: str, rejected: str) -> str:
        """An access token other than ``rejected``, which Strava did not accept."""
        with self._lock:
            self._retry_write()
            cached = self._cached
            if not cached.is_valid_for(key) or cached.value["access_token"] == rejected:
                self._cached = CachedTokens()
                self._cached = CachedTokens(key, self._renew(key, rejected))
            return str(self._cached.value["access_token"])

    def _renew(self, key: str, rejected: str | None) -> JSON:
        """Usable tokens: those that another process stored, or new ones from Strava."""
        deadline = time.monotonic() + LEASE_S + 2
        while True:
            record = self._vault.get(NAMESPACE, key)
            if record and _is_usable(record.value, rejected):
                return record.value
            with lease(self._store, f"strava:{key}", LEASE_S) as is_granted:
                if is_granted:
                    record = self._vault.get(NAMESPACE, key)  # may have been written since
                    if record and _is_usable(record.value, rejected):
                        return record.value
                    return self._exchange(key, record)
            if time.monotonic() > deadline:
                raise Unavailable(
                    "Strava's tokens are being renewed by another process. Try again shortly."
                )
            time.sleep(POLL_INTERVAL_S)

    def _exchange(self, key: str, record: Record | None) -> JSON:
        """Exchange the refresh token for new tokens, and store them."""
        refresh_token = self._refresh_token(key, record)
        if not refresh_token:
            raise NotConnected(
                "Strava is not connected: run `flask strava connect`, or set STRAVA_REFRESH_TOKEN."
            )
        try:
            response = self._refresh(refresh_token)
        except NotConnected:
            # A process whose lease expired during its request may have been faster.
            current = self._vault.get(NAMESPACE, key)
            if current and current.version > (record.version if record else 0):
                return current.value
            raise
        try:
            value = {**(record.value if record else {}), **parse_tokens(response)}
        except (KeyError, TypeError, ValueError) as exc:
            raise Unavailable("Strava's token endpoint gave no token. Try again later.") from exc
        return self._save(key, record, value)

    def _refresh_token(self, key: str, record: Record | None) -> str:
        # The value is empty if another SECRET_KEY encrypted it: only the setting's token is left.
        stored = record.value.get("refresh_token") if record else None
        return str(stored or (self._credentials.refresh_token if key == self._setting_key else ""))

    def _save(self, key: str, record: Record | None, value: JSON) -> JSON:
        """Store new tokens. Returns them, or those that another process stored first."""
        try:
            if record is None:
                is_saved = self._vault.create(NAMESPACE, key, value)
            else:
                is_saved = self._vault.replace(NAMESPACE, key, value, record.version)
            other = None if is_saved else self._vault.get(NAMESPACE, key)
        except StoreError as exc:
            log.error("Strava's new tokens could not be stored yet: %s", exc)
            self._failed_write = FailedWrite(key, record, value)
            return value
        if is_saved:
            return value
        if other is None:  # disconnected during the refresh
            raise NotConnected("Strava was disconnected: run `flask strava connect`.")
        return other.value

    def _retry_write(self) -> None:
        if self._failed_write:
            failed, self._failed_write = self._failed_write, None
            self._cached = CachedTokens(failed.key, self._save(*failed))


def _is_usable(value: JSON, rejected: str | None) -> bool:
    return _is_fresh(value) and value["access_token"] != rejected


def _is_fresh(value: JSON) -> bool:
    return bool(value) and float(value["expires_at"]) - REFRESH_AHEAD_S > time.time()
