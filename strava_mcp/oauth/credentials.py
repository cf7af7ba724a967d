"""How tokens are made, what is kept of them, and how long a good one is taken as good."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from secrets import choice, token_urlsafe

from strava_mcp.identity import Principal

ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
#: A secret of 256 random bits as it is written (RFC 4648 §5, without padding).
SECRET = "[A-Za-z0-9_-]{43}"

#: How long a token that was good is taken as good without asking the store.
CACHE_S = 30
MAX_CACHED = 1000


def new_id(length: int) -> str:
    """A random ID; it may be shown and logged."""
    return "".join(choice(ID_LETTERS) for _ in range(length))


def new_secret() -> str:
    """256 random bits, 43 characters that need no escaping anywhere."""
    return token_urlsafe(32)


def sealed_secret(key: str) -> str:
    """A secret of the same form, half random, half the seal of its maker: known again by
    ``is_sealed`` without being kept."""
    number = token_urlsafe(16)
    return number + _seal(key, number)


def is_sealed(key: str, secret: str) -> bool:
    """Whether a secret was made with ``key``; never with an empty one."""
    number, seal = secret[:22], secret[22:]
    return bool(key) and hmac.compare_digest(seal.encode(), _seal(key, number).encode())


def _seal(key: str, number: str) -> str:
    """21 characters, 126 bits, of an HMAC-SHA-256."""
    mac = hmac.new(key.encode(), number.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(mac)[:21].decode()


def digest(secret: str) -> str:
    """SHA-256, in hexadecimal: enough for a secret that is random, and all that is kept of it."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


class Remembered:
    """Tokens that were good a moment ago, so that most requests need no store.

    Only good ones: a new token works at once. A revocation is seen at once in this process and
    within CACHE_S in others.
    """

    def __init__(self) -> None:
        self._good: dict[str, tuple[float, Principal]] = {}
        self._changes = 0

    def ask(
        self, hashed: str, look_up: Callable[[float], tuple[Principal, float] | None]
    ) -> Principal | None:
        """Whose token this is, from memory or by ``look_up``: given the time, owner and end."""
        now = time.time()
        until, principal = self._good.get(hashed, (0.0, None))
        if principal and until > now:
            return principal
        changes = self._changes
        found = look_up(now)
        if found is None:
            return None
        principal, end = found
        if len(self._good) >= MAX_CACHED:
            self._good.clear()
        if changes == self._changes:  # or what was read may have been revoked meanwhile
            self._good[hashed] = (min(now + CACHE_S, end), principal)
        return principal

    def forget(self) -> None:
        """Ask the store again for every token."""
        self._changes += 1
        self._good.clear()
