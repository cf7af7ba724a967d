"""Clients that called a tool beyond their scopes: how to refuse them, and what to offer next.

A 403 with a challenge should make a client ask its user for more scopes (RFC 6750 §3.1). Some do
not get there: the TypeScript SDK 1.x refreshes its token, which cannot widen it, and mcp-remote
asks again for the scopes that it had; and where a proxy renames the header, no client sees it. So
the next call gets words instead of another 403, and the next consent page of an app with this name
offers to write, whatever it requests. That gives nothing away: any client may request to write, and
a person decides.
"""

import time

from strava_mcp.identity import WRITE, Principal
from strava_mcp.oauth.credentials import digest
from strava_mcp.store import Store

NAMESPACE = "step-up"
LIFETIME_S = 3600


class StepUps:
    """The refused clients in one store, by name. Every method raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def challenge(self, caller: Principal, token: str) -> bool:
        """Remember that a caller was refused; returns whether to challenge its client.

        False for a client that was challenged before, and has requested to write already, or comes
        back with another ``token`` that still lacks the scope.
        """
        key, refused = digest(caller.name), {"client": caller.client_id, "token": digest(token)}
        record = self._store.get(NAMESPACE, key)
        if record and record.value["client"] == caller.client_id:
            if WRITE in caller.requested or record.value != refused:
                return False
        self._store.put(NAMESPACE, key, refused, time.time() + LIFETIME_S)
        return True

    def is_pending(self, client_name: str) -> bool:
        """Whether a client with this name was refused within LIFETIME_S."""
        return self._store.get(NAMESPACE, digest(client_name)) is not None
