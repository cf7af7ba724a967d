"""Which athletes are connected: their tokens, and what they granted. Encrypted at rest."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Store

NAMESPACE = "strava"
#: Whose the server is, by API application.
OWNER_NAMESPACE = "strava-owner"

#: An access token whose end is not known is replaced after this.
UNKNOWN_S = 900

#: What is asked for, and what does not work without it (Strava's authentication page).
SCOPES = {
    "read": "public segments, routes and profiles",
    "read_all": "private routes and segments",
    "profile:read_all": "heart-rate and power zones, weight and FTP",
    "activity:read": "activities that others can see",
    "activity:read_all": "activities that only you can see, and privacy zones",
    "activity:write": "creating, uploading and changing activities",
    "profile:write": "starring segments",
}


@dataclass(frozen=True)
class Connection:
    """What is known of a connection; never a token. ``since``: seconds since the epoch."""

    athlete_id: int
    name: str
    scopes: tuple[str, ...]
    since: float

    @property
    def missing(self) -> dict[str, str]:
        """Scopes that were not granted, and what does not work for lack of them."""
        covered = {scope.removesuffix("_all") for scope in self.scopes} | set(self.scopes)
        return {scope: what for scope, what in SCOPES.items() if scope not in covered}


class Connections:
    """The connections of one API application, whose tokens are of no use to another.

    ``allowed``: ALLOWED_ATHLETES, of which the first is the owner.
    """

    def __init__(
        self, store: Store, vault: Vault, client_id: str, allowed: Sequence[int] = ()
    ) -> None:
        self._store = store
        self._vault = vault
        self._client_id = client_id
        self._allowed = allowed

    def claim(self, athlete_id: int) -> None:
        """Make an athlete the owner, unless there is one."""
        self._store.create(OWNER_NAMESPACE, self._client_id, {"athlete_id": athlete_id})

    def add(self, answer: JSON, scopes: Iterable[str]) -> Connection:
        """Keep what Strava's token endpoint answered to a code. Raises Unavailable.

        An athlete who connects again replaces the old tokens.
        """
        number = parse_athlete_id(answer)
        athlete = answer["athlete"]
        try:
            names = [str(athlete.get(part) or "") for part in ("firstname", "lastname")]
            value = {
                **parse_tokens(answer),
                "athlete_id": number,
                "name": " ".join(filter(None, names)),
                "scopes": sorted(set(scopes)),
                "since": time.time(),
            }
        except (KeyError, TypeError, ValueError) as exc:
            raise Unavailable("Strava gave no tokens. Try again later.") from exc
        self._vault.put(NAMESPACE, self.key_of(number), value)
        return _shown(value)

    def owner(self) -> int | None:
        """The owner's athlete ID; None where nobody is."""
        return load_owner_id(self._store, self._client_id, self._allowed)

    def get(self, athlete_id: int) -> Connection | None:
        """The connection of an athlete."""
        record = self._vault.get(NAMESPACE, self.key_of(athlete_id))
        return _shown(record.value) if record and record.value else None

    def remove(self, athlete_id: int) -> None:
        """Forget an athlete's tokens; the owner's place is free again if it was theirs."""
        self._store.delete(NAMESPACE, self.key_of(athlete_id))
        if load_owner_id(self._store, self._client_id) == athlete_id:
            self._store.delete(OWNER_NAMESPACE, self._client_id)

    def key_of(self, athlete_id: int) -> str:
        """Where an athlete's tokens are kept."""
        return f"athlete:{self._client_id}:{athlete_id}"


def load_owner_id(store: Store, client_id: str, allowed: Sequence[int] = ()) -> int | None:
    """The athlete ID of the owner: whose data is served where no athlete is named.

    The first of ``allowed`` (ALLOWED_ATHLETES), whoever connected first; without a list, the first
    to connect.
    """
    if allowed:
        return allowed[0]
    record = store.get(OWNER_NAMESPACE, client_id)
    return int(record.value["athlete_id"]) if record else None


def parse_athlete_id(answer: JSON) -> int:
    """The athlete that Strava's token endpoint named with its tokens. Raises Unavailable."""
    try:
        return int(answer["athlete"]["id"])
    except (KeyError, TypeError, ValueError) as exc:
        raise Unavailable("Strava did not say who connected. Try again later.") from exc


def parse_tokens(answer: JSON) -> JSON:
    """What to keep of an answer of the token endpoint. Raises KeyError."""
    return {
        "access_token": str(answer["access_token"]),
        "refresh_token": str(answer["refresh_token"]),
        "expires_at": _expires_at(answer),
    }


def _expires_at(answer: JSON) -> float:
    """When the access token ends; a short while from now where that cannot be read: the refresh
    token that came along is the only one that works, and must not be thrown away for it."""
    try:
        expires_at = float(answer["expires_at"])
        if math.isfinite(expires_at):
            return expires_at
    except (KeyError, TypeError, ValueError):
        pass
    return time.time() + UNKNOWN_S


def _shown(value: JSON) -> Connection:
    return Connection(value["athlete_id"], value["name"], tuple(value["scopes"]), value["since"])
