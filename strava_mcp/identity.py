"""The caller of a request and the scopes they were granted."""

from typing import NamedTuple

READ = "strava:read"
WRITE = "strava:write"
SCOPES = (READ, WRITE)

#: ``Principal.id`` of callers without a token (ALLOW_AUTHLESS).
ANONYMOUS = "anonymous"


class Principal(NamedTuple):
    """An authenticated caller.

    ``id``: identifies the credential in logs and rate limits, and is never a secret: a token ID,
    ``default`` for AUTH_TOKEN, ``stdio`` or ``anonymous``. ``scopes``: those granted;
    ``strava:write`` implies ``strava:read``. ``name``: that of the token or of its client.
    ``athlete_id``: the athlete whose data they can read; None for the server's owner.
    ``can_step_up``: whether the client can ask its athlete for more scopes, as OAuth clients can.
    """

    id: str
    scopes: frozenset[str]
    name: str = ""
    athlete_id: int | None = None
    can_step_up: bool = False

    def may(self, scope: str) -> bool:
        """Whether the granted scopes include ``scope``."""
        return scope in self.scopes or (scope == READ and WRITE in self.scopes)
