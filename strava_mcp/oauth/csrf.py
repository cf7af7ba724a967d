"""CSRF tokens: proof that this server rendered a form, for this browser and these parameters."""

import hashlib
import time
from secrets import token_hex

from itsdangerous import BadSignature, Signer

from strava_mcp.store import Store

LIFETIME_S = 600
NAMESPACE = "ticket"


class FormTokens:
    """Issues CSRF tokens; each can be redeemed once.

    Nothing is stored until one is redeemed, so that page views cannot fill the store.
    """

    def __init__(self, key: bytes, store: Store) -> None:
        self._key = key
        self._store = store

    def issue(self, browser: str, subject: str) -> str:
        """Issue a token for one rendered form.

        ``browser``: the cookie of the browser that must send the form back. ``subject``: what the
        form is about, including all parameters.
        """
        expires = int(time.time()) + LIFETIME_S
        return self._signer(browser, subject).sign(f"{token_hex(16)}.{expires}").decode()

    def redeem(self, token: str, browser: str, subject: str) -> bool:
        """Whether the token was issued for this browser and subject, is in time and unused."""
        if not browser:
            return False
        try:
            content = self._signer(browser, subject).unsign(token).decode()
        except BadSignature:
            return False
        number, _, expires = content.partition(".")
        if int(expires) <= time.time():
            return False
        return self._store.create(NAMESPACE, number, {}, float(expires))

    def _signer(self, browser: str, subject: str) -> Signer:
        # Hash the parts separately so that their boundaries are unambiguous.
        salt = b"".join(hashlib.sha256(part.encode()).digest() for part in (browser, subject))
        return Signer(self._key, salt, key_derivation="hmac", digest_method=hashlib.sha256)
