"""Who a request is from, and what they may do."""

from typing import NamedTuple

READ = "strava:read"
WRITE = "strava:write"
SCOPES = (READ, WRITE)

#: Whoever comes without a token where ALLOW_AUTHLESS lets them.
ANONYMOUS = "anonymous"


class Principal(NamedTuple):
    """An authenticated caller.

    ``id``: names the credential in logs and limits (``default``, a token ID, ``stdio``); never a
    secret. ``scopes``: those granted; ``strava:write`` implies ``strava:read``. ``athlete_id``:
    whose data they reach; None: the owner's.
    """

    id: str
    scopes: frozenset[str]
    name: str = ""
    athlete_id: int | None = None

    def may(self, scope: str) -> bool:
        """Whether ``scope`` is covered by what was granted."""
        return scope in self.scopes or (scope == READ and WRITE in self.scopes)
