"""How tokens are made, what is kept of them, and how long a good one is taken as good."""

import hashlib
from secrets import choice, token_urlsafe

from strava_mcp.identity import Principal

ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
#: A secret of 256 random bits as it is written (RFC 4648 §5, without padding).
SECRET = "[A-Za-z0-9_-]{43}"

#: How long a token that was good is taken as good without asking the store.
CACHE_S = 30
MOST_CACHED = 1000


def new_id(length: int) -> str:
    """A random ID; it may be shown and logged."""
    return "".join(choice(ID_LETTERS) for _ in range(length))


def new_secret() -> str:
    """256 random bits, 43 characters that need no escaping anywhere."""
    return token_urlsafe(32)


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
        self.changes = 0

    def get(self, hashed: str, now: float) -> Principal | None:
        """Whose token this is, if it was good lately."""
        until, principal = self._good.get(hashed, (0.0, None))
        return principal if until > now else None

    def put(self, hashed: str, principal: Principal, until: float, changes: int) -> None:
        """Remember until CACHE_S from now at most.

        ``until``: end of the token; ``changes``: as it was before the store was asked. What was
        read before a change may have been revoked by it, and is not remembered.
        """
        if len(self._good) >= MOST_CACHED:
            self._good.clear()
        if changes == self.changes:
            self._good[hashed] = (until, principal)

    def forget(self) -> None:
        """Ask the store again for every token."""
        self.changes += 1
        self._good.clear()
