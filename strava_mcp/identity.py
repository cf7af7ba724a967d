"""The caller of a request and the scopes they were granted."""

from typing import NamedTuple

READ = "strava:read"
WRITE = "strava:write"
SCOPES = (READ, WRITE)

#: ``Principal.id`` of callers without a token (ALLOW_AUTHLESS).
ANONYMOUS = "anonymous"
#: ``Principal.id`` of whoever has AUTH_TOKEN.
OWNER_TOKEN = "default"
#: ``Principal.id`` of the caller on standard input (``python -m strava_mcp``).
STDIO = "stdio"


class Principal(NamedTuple):
    """An authenticated caller.

    ``id``: identifies the credential in logs and rate limits, and is never a secret: a token ID,
    ``default`` for AUTH_TOKEN, ``stdio`` or ``anonymous``. ``scopes``: those granted;
    ``strava:write`` implies ``strava:read``. ``name``: that of the token or of its client.
    ``athlete_id``: the athlete whose data they can read; None for the server's owner.
    ``client_id``: the OAuth client; empty for a caller who did not connect by OAuth.
    ``requested``: the scopes that this client asked for.
    """

    id: str
    scopes: frozenset[str]
    name: str = ""
    athlete_id: int | None = None
    client_id: str = ""
    requested: frozenset[str] = frozenset()

    @property
    def can_step_up(self) -> bool:
        """Whether its client can ask for more scopes, as OAuth clients can."""
        return bool(self.client_id)

    @property
    def limit_key(self) -> str:
        """Whom limits count: all apps of one athlete share them."""
        return self.id if self.athlete_id is None else f"athlete:{self.athlete_id}"

    @property
    def session_owner(self) -> str:
        """Who may use a session: all grants of one client to one athlete, else the credential.

        A client that is granted more scopes gets another grant, and keeps its session.
        """
        return f"{self.client_id} {self.athlete_id}" if self.client_id else self.id

    def may(self, scope: str) -> bool:
        """Whether the granted scopes include ``scope``."""
        return scope in self.scopes or (scope == READ and WRITE in self.scopes)
