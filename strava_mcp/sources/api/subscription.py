"""The application's webhook subscription: Strava tells what changed, so that nobody has to ask.

An application has one at most. Source: developers.strava.com/docs/webhooks.
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
#: What was told once is not done twice: Strava repeats what was not answered in time.
EVENTS = "strava-event"
EVENT_S = 86400
#: How long Strava may take to come back with the verify token.
CREATING_S = 120


class Subscription:
    """The subscription of the application. ``url``: STRAVA_API_URL."""

    def __init__(
        self, url: str, credentials: Credentials, transport: Transport, store: Store
    ) -> None:
        self._url = f"{url}/push_subscriptions"
        self._client_id = credentials.client_id
        # Strava wants the secret as a parameter: in the URL where there is no body. It is sent
        # over TLS and never logged here.
        self._client = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        self._transport = transport
        self._store = store

    def create(self, callback_url: str) -> int:
        """Subscribe; Strava asks ``callback_url`` for the verify token meanwhile. Returns the ID.

        Raises SourceError and StoreError.
        """
        token = token_hex(20)
        value = {"verify": _hash(token)}
        self._store.put(NAMESPACE, f"creating:{self._client_id}", value, time.time() + CREATING_S)
        form = {**self._client, "callback_url": callback_url, "verify_token": token}
        answer = decode(self._transport.call_app("POST", self._url, data=form), TRY_AGAIN)
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), int):
            raise Unavailable(f"{UNEXPECTED} {TRY_AGAIN}")
        self._store.put(NAMESPACE, self._client_id, {"id": answer["id"], "url": callback_url})
        self._store.delete(NAMESPACE, f"creating:{self._client_id}")
        return int(answer["id"])

    def verifies(self, token: str) -> bool:
        """Whether this is the token of the subscription that is being created."""
        record = self._store.get(NAMESPACE, f"creating:{self._client_id}")
        return record is not None and hmac.compare_digest(record.value["verify"], _hash(token))

    def registered(self) -> list[JSON]:
        """What Strava has on record: ``id`` and ``callback_url``. Raises SourceError."""
        answer = decode(self._transport.call_app("GET", self._url, params=self._client), TRY_AGAIN)
        if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
            raise Unavailable(f"{UNEXPECTED} {TRY_AGAIN}")
        return answer

    def delete(self) -> int:
        """End every subscription of the application; how many there were. Raises SourceError."""
        found = self.registered()
        for one in found:
            url = f"{self._url}/{int(one['id'])}"
            response = self._transport.call_app("DELETE", url, data=self._client)
            if response.status_code != 204:
                decode(response, TRY_AGAIN)
        self._store.delete(NAMESPACE, self._client_id)
        return len(found)

    def is_ours(self, event: Event) -> bool:
        """Whether an event names the subscription that was created here."""
        record = self._store.get(NAMESPACE, self._client_id)
        return record is not None and record.value["id"] == event.subscription_id

    def mark_seen(self, event: Event) -> bool:
        """Whether an event comes for the first time."""
        return self._store.create(EVENTS, event.key, {}, time.time() + EVENT_S)

    def forget(self, event: Event) -> None:
        """Let an event come again: what it asks for could not be done."""
        self._store.delete(EVENTS, event.key)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
