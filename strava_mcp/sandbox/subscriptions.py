"""Webhooks in the sandbox: one subscription, its handshake, and events to it."""

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
PATIENCE_S = 2
MAX_TRIES = 3


class Subscriptions:
    """The subscription of the sandbox's one application. Nothing leaves this machine."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> JSON | None:
        """The subscription: ``id``, ``callback_url``."""
        record = self._store.get(NAMESPACE, KEY)
        return record.value if record else None

    def create(self, callback_url: str, verify_token: str) -> JSON | None:
        """Subscribe, if the address repeats the challenge; None where it does not."""
        challenge = token_hex(8)
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token,
        }
        if urlsplit(callback_url).hostname not in ("localhost", "127.0.0.1"):
            return None
        try:
            with http_errors():
                reply = requests.get(callback_url, query, timeout=PATIENCE_S, allow_redirects=False)
            said = reply.json().get("hub.challenge") if reply.status_code == 200 else None
        except (HttpError, ValueError, AttributeError):
            return None
        if said != challenge:
            return None
        value = {"id": int(time.time()), "callback_url": callback_url}
        self._store.put(NAMESPACE, KEY, value)
        return value

    def delete(self, number: int) -> bool:
        """End the subscription with this ID."""
        found = self.get()
        return bool(found and found["id"] == number and self._store.delete(NAMESPACE, KEY))

    def publish(self, athlete_id: int, kind: str, number: int, aspect: str, **updates: str) -> None:
        """Tell the subscriber, if there is one, in a thread of its own."""
        found = self.get()
        if found is None:
            return
        event = {
            "object_type": kind,
            "object_id": number,
            "aspect_type": aspect,
            "updates": updates,
            "owner_id": athlete_id,
            "subscription_id": found["id"],
            "event_time": int(time.time()),
        }
        threading.Thread(target=_deliver, args=(found["callback_url"], event), daemon=True).start()


def _deliver(url: str, event: JSON) -> None:
    for _ in range(MAX_TRIES):
        try:
            with http_errors():
                reply = requests.post(url, json=event, timeout=PATIENCE_S, allow_redirects=False)
            if reply.status_code == 200:
                return
        except HttpError as exc:
            log.info("The event was not taken: %s", exc)
