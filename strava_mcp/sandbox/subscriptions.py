"""Webhooks: the sandbox's single subscription, its handshake, and the delivery of events."""

import logging
import threading
import time
from secrets import token_hex
from urllib.parse import urlsplit

import requests

from strava_mcp.json_types import JSON
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.store import Store

log = logging.getLogger(__name__)

NAMESPACE, KEY = "sandbox-subscription", "subscription"
TIMEOUT_S = 2
MAX_ATTEMPTS = 3


class Subscriptions:
    """The subscription of the sandbox's application. Events never leave this machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> JSON | None:
        """The subscription: ``id``, ``callback_url``."""
        record = self._store.get(NAMESPACE, KEY)
        return record.value if record else None

    def create(self, callback_url: str, verify_token: str) -> JSON | None:
        """Subscribe. Returns None if the callback URL does not pass the handshake.

        It passes if it is on this machine and echoes a challenge.
        """
        if urlsplit(callback_url).hostname not in ("localhost", "127.0.0.1"):
            return None
        challenge = token_hex(8)
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token,
        }
        try:
            with http_errors():
                reply = requests.get(callback_url, query, timeout=TIMEOUT_S, allow_redirects=False)
            echoed = reply.json().get("hub.challenge") if reply.status_code == 200 else None
        except (HttpError, ValueError, AttributeError):
            return None
        if echoed != challenge:
            return None
        value = {"id": int(time.time()), "callback_url": callback_url}
        self._store.put(NAMESPACE, KEY, value)
        return value

    def delete(self, subscription_id: int) -> bool:
        """Delete the subscription with this id; returns False if there is none."""
        current = self.get()
        is_current = current is not None and current["id"] == subscription_id
        return is_current and self._store.delete(NAMESPACE, KEY)

    def publish(
        self, athlete_id: int, object_type: str, object_id: int, aspect: str, **updates: str
    ) -> None:
        """Send an event to the subscriber, if there is one, in a separate thread."""
        subscription = self.get()
        if subscription is None:
            return
        event = {
            "object_type": object_type,
            "object_id": object_id,
            "aspect_type": aspect,
            "updates": updates,
            "owner_id": athlete_id,
            "subscription_id": subscription["id"],
            "event_time": int(time.time()),
        }
        delivery = (subscription["callback_url"], event)
        threading.Thread(target=_deliver, args=delivery, daemon=True).start()


def _deliver(url: str, event: JSON) -> None:
    """Post an event until it is accepted with 200, at most MAX_ATTEMPTS times."""
    for _ in range(MAX_ATTEMPTS):
        try:
            with http_errors():
                reply = requests.post(url, json=event, timeout=TIMEOUT_S, allow_redirects=False)
            if reply.status_code == 200:
                return
        except HttpError as exc:
            log.info("The event was not accepted: %s", exc)
