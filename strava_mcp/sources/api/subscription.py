"""The application's webhook subscription, of which Strava allows one.

Source: developers.strava.com/docs/webhooks.
"""

import hmac
import time
from hashlib import sha256
from secrets import token_hex

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.errors import UNEXPECTED, decode
from strava_mcp.sources.api.events import Event
from strava_mcp.sources.api.tokens import Credentials
from strava_mcp.sources.api.transport import TRY_AGAIN, Transport
from strava_mcp.store import Store

NAMESPACE = "strava-subscription"
#: Deduplicates events: Strava retries deliveries that were not acknowledged in time. The latest
#: MAX_EVENTS of each connection are remembered, in one record.
EVENTS = "strava-events"
EVENT_LIFETIME_S = 86400
MAX_EVENTS = 32
#: How long Strava may take to send the verify token back.
HANDSHAKE_S = 120


class Subscription:
    """The subscription of the application. ``url``: STRAVA_API_URL."""

    def __init__(
        self, url: str, credentials: Credentials, transport: Transport, store: Store
    ) -> None:
        self._url = f"{url}/push_subscriptions"
        self._client_id = credentials.client_id
        # Strava takes the secret as a parameter, in the URL of requests without a body. It is sent
        # over TLS and never logged here.
        self._client = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        self._transport = transport
        self._store = store

    def create(self, callback_url: str) -> int:
        """Subscribe ``callback_url`` and return the subscription's ID.

        Before it responds, Strava calls that URL with the verify token. Raises SourceError and
        StoreError.
        """
        token = token_hex(20)
        value = {"verify": _hash(token)}
        self._store.put(NAMESPACE, f"creating:{self._client_id}", value, time.time() + HANDSHAKE_S)
        form = {**self._client, "callback_url": callback_url, "verify_token": token}
        created = decode(self._transport.call_app("POST", self._url, data=form), TRY_AGAIN)
        if not _has_id(created):
            raise Unavailable(f"{UNEXPECTED} {TRY_AGAIN}")
        self._store.put(NAMESPACE, self._client_id, {"id": created["id"], "url": callback_url})
        self._store.delete(NAMESPACE, f"creating:{self._client_id}")
        return int(created["id"])

    def verifies(self, token: str) -> bool:
        """Whether this is the verify token of the subscription that is being created."""
        record = self._store.get(NAMESPACE, f"creating:{self._client_id}")
        return record is not None and hmac.compare_digest(record.value["verify"], _hash(token))

    def registered(self) -> list[JSON]:
        """Subscriptions known to Strava: ``id`` and ``callback_url``. Raises SourceError."""
        rows = decode(self._transport.call_app("GET", self._url, params=self._client), TRY_AGAIN)
        if not isinstance(rows, list) or not all(_has_id(row) for row in rows):
            raise Unavailable(f"{UNEXPECTED} {TRY_AGAIN}")
        return rows

    def delete(self) -> int:
        """Delete the application's subscriptions. Returns how many. Raises SourceError."""
        rows = self.registered()
        for row in rows:
            url = f"{self._url}/{int(row['id'])}"
            response = self._transport.call_app("DELETE", url, data=self._client)
            if response.status_code != 204:
                decode(response, TRY_AGAIN)
        self._store.delete(NAMESPACE, self._client_id)
        return len(rows)

    def is_ours(self, event: Event) -> bool:
        """Whether an event names the subscription that this server created."""
        record = self._store.get(NAMESPACE, self._client_id)
        return record is not None and record.value["id"] == event.subscription_id

    def handled(self, key: str) -> list[str]:
        """The keys of the latest events that were handled. ``key``: that of the connection."""
        record = self._store.get(EVENTS, key)
        return list(record.value["handled"]) if record else []

    def mark_handled(self, key: str, events: list[str]) -> None:
        """Remember the latest of these events. A lost race only has one handled again."""
        value = {"handled": events[-MAX_EVENTS:]}
        self._store.put(EVENTS, key, value, time.time() + EVENT_LIFETIME_S)


def _has_id(subscription: object) -> bool:
    return isinstance(subscription, dict) and type(subscription.get("id")) is int


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
