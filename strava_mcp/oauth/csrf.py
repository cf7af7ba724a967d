"""Proof that a form was rendered by us, for this browser and these parameters, and used once."""

import hashlib
import hmac
import time
from secrets import token_hex

from strava_mcp.store import Store

LIFETIME_S = 600
NAMESPACE = "ticket"


class FormTokens:
    """CSRF tokens. Nothing is stored until one is redeemed, so that views cannot fill the store."""

    def __init__(self, key: bytes, store: Store) -> None:
        self._key = key
        self._store = store

    def issue(self, browser: str, subject: str) -> str:
        """A ticket for one render. ``subject``: what the form is about, all parameters included."""
        number, expires = token_hex(16), int(time.time()) + LIFETIME_S
        return f"{number}.{expires}.{self._seal(number, str(expires), browser, subject)}"

    def redeem(self, ticket: str, browser: str, subject: str) -> bool:
        """Whether the ticket is ours, for this, in time, and presented for the first time."""
        number, _, rest = ticket.partition(".")
        expires, _, seal = rest.partition(".")
        expected = self._seal(number, expires, browser, subject)
        if not browser or not hmac.compare_digest(seal.encode(), expected.encode()):
            return False
        if int(expires) <= time.time():
            return False
        return self._store.create(NAMESPACE, number, {}, float(expires))

    def _seal(self, *parts: str) -> str:
        # Hashed one by one: no character in one can move the border to the next.
        message = b"".join(hashlib.sha256(part.encode("utf-8")).digest() for part in parts)
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
