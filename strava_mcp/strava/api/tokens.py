"""Strava's access and refresh tokens: refreshed ahead of expiry, never lost when rotated.

A refresh that returns a new refresh token kills the old one at once, so it is written by compare
and swap before anything else is done. One thread of a process refreshes at a time; of several
processes the one that loses the swap uses what the winner wrote.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from strava_mcp.errors import NotConnected, StoreError, Unavailable
from strava_mcp.store import Record
from strava_mcp.strava.api.vault import Vault

JSON = dict[str, Any]

SPACE = "strava"
#: An access token is replaced this long before it ends, so that no request is sent with a dead one.
AHEAD_S = 300
#: How long the winner of a race for new tokens is given to write them.
AWAIT_S = 1.0
#: How often and how long to wait for another process to write what it got from Strava.
WAITS, WAIT_S = 8, 0.25


@dataclass(frozen=True)
class Credentials:
    """Of the API application, and the athlete's first refresh token."""

    client_id: str
    client_secret: str
    refresh_token: str


class Tokens:
    """The tokens of one connection, encrypted at rest.

    ``refresh``: posts a form to Strava's token endpoint and returns the decoded answer; raises
    NotConnected where the refresh token is not accepted.
    """

    def __init__(
        self, vault: Vault, credentials: Credentials, refresh: Callable[[JSON], JSON]
    ) -> None:
        self._vault = vault
        self._credentials = credentials
        self._refresh = refresh
        self._lock = threading.Lock()
        self._current: JSON = {}
        self._refused = ""
        # A new STRAVA_REFRESH_TOKEN in the settings begins a record of its own.
        seed = f"{credentials.client_id}:{credentials.refresh_token}"
        self._key = hashlib.sha256(seed.encode("utf-8")).hexdigest()[:32]

    def access(self) -> str:
        """An access token good for some minutes. Raises NotConnected without credentials."""
        current = self._current
        if not _is_fresh(current):
            with self._lock:
                if not _is_fresh(self._current):
                    self._current = self._renewed(rejected=None)
                current = self._current
        return str(current["access_token"])

    def replace(self, rejected: str) -> str:
        """Another access token than ``rejected``, which Strava did not take."""
        with self._lock:
            self._current = self._renewed(rejected)
            return str(self._current["access_token"])

    def _renewed(self, rejected: str | None) -> JSON:
        record = self._vault.get(SPACE, self._key)
        if record and _is_fresh(record.value) and record.value["access_token"] != rejected:
            return record.value
        return self._exchange(record)

    def _exchange(self, record: Record | None) -> JSON:
        """Trade the refresh token for an access token and keep what comes back."""
        if not self._credentials.refresh_token:
            raise NotConnected("Strava is not connected: set STRAVA_REFRESH_TOKEN.")
        # What another key wrote cannot be read: the settings' token is the only one left then.
        known = record.value.get("refresh_token") if record else None
        newest = known or self._credentials.refresh_token
        form = {
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "grant_type": "refresh_token",
            "refresh_token": newest,
        }
        try:
            answer = self._refresh(form)
        except NotConnected:
            # Another process may have traded the same token a moment ago; a token that was
            # refused before is not worth another wait.
            theirs = self._theirs(record, waits=0 if newest == self._refused else WAITS)
            self._refused = newest
            if theirs is None:
                raise
            return theirs
        try:
            value = {
                "access_token": str(answer["access_token"]),
                "refresh_token": str(answer["refresh_token"]),
                "expires_at": float(answer["expires_at"]),
            }
        except (KeyError, TypeError, ValueError) as exc:
            raise Unavailable("Strava's token endpoint gave no token. Try again later.") from exc
        return self._keep(record, value)

    def _theirs(self, record: Record | None, waits: int) -> JSON | None:
        """The tokens that another process wrote after ``record``, waiting a little for them."""
        version = record.version if record else 0
        for wait_s in (0.0, *[WAIT_S] * waits):
            time.sleep(wait_s)
            newer = self._vault.get(SPACE, self._key)
            if newer and newer.version > version:
                return newer.value
        return None

    def _awaited(self, version: int) -> JSON | None:
        """The tokens that another process writes within AWAIT_S, if one does."""
        deadline = time.monotonic() + AWAIT_S
        while time.monotonic() < deadline:
            record = self._vault.get(SPACE, self._key)
            if record and record.version > version and _is_fresh(record.value):
                return record.value
            time.sleep(0.05)
        return None

    def _keep(self, record: Record | None, value: JSON) -> JSON:
        """Write the new tokens, or take those of another process that was faster."""
        if record is None:
            written = self._vault.create(SPACE, self._key, value)
        else:
            written = self._vault.replace(SPACE, self._key, value, record.version)
        if written:
            return value
        theirs = self._vault.get(SPACE, self._key)
        if theirs is None:
            raise StoreError("Strava's new tokens could not be kept.")
        return theirs.value


def _is_fresh(value: JSON) -> bool:
    return bool(value) and float(value["expires_at"]) - AHEAD_S > time.time()
