"""The connected athletes: their tokens and the scopes they granted, encrypted at rest."""

import math
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.api.vault import Vault
from strava_mcp.store import Store

NAMESPACE = "strava"
#: Owner of the server, per API application.
OWNER_NAMESPACE = "strava-owner"

#: An access token whose expiry is unknown is replaced after this.
DEFAULT_LIFETIME_S = 900
#: Strava's access tokens live for six hours: a later expiry is not in seconds, or wrong.
MAX_LIFETIME_S = 7 * 24 * 3600
#: Larger ids are no athlete's.
MAX_ID = 2**63 - 1

#: Scopes requested → what does not work without them (Strava's authentication page).
SCOPES = {
    "read": "public segments, routes and profiles",
    "read_all": "private routes and segments",
    "profile:read_all": "heart-rate and power zones, weight and FTP",
    "activity:read": "activities that others can see",
    "activity:read_all": "activities that only you can see, and privacy zones",
    "activity:write": "creating, uploading and changing activities",
    "profile:write": "starring segments",
}


class Connection(NamedTuple):
    """A connected athlete, without their tokens. ``since``: seconds since the epoch."""

    athlete_id: int
    name: str
    scopes: tuple[str, ...]
    since: float

    @property
    def missing(self) -> dict[str, str]:
        """Scopes that were not granted → what does not work without them."""
        covered = {scope.removesuffix("_all") for scope in self.scopes} | set(self.scopes)
        return {scope: what for scope, what in SCOPES.items() if scope not in covered}


class Connections:
    """The connections of one API application.

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
        """Make an athlete the owner if there is none yet."""
        self._store.create(OWNER_NAMESPACE, self._client_id, {"athlete_id": athlete_id})

    def add(self, response: JSON, scopes: Iterable[str]) -> Connection:
        """Store the token endpoint's response to a code; replaces an earlier connection.

        Raises Unavailable if it has no tokens.
        """
        athlete_id = parse_athlete_id(response)
        athlete = response["athlete"]
        try:
            names = [str(athlete.get(part) or "") for part in ("firstname", "lastname")]
            value = {
                **parse_tokens(response),
                "athlete_id": athlete_id,
                "name": " ".join(filter(None, names)),
                "scopes": sorted(set(scopes)),
                "since": time.time(),
            }
        except (KeyError, TypeError, ValueError) as exc:
            raise Unavailable("Strava gave no tokens. Try again later.") from exc
        self._vault.put(NAMESPACE, self.key_of(athlete_id), value)
        return _connection(value)

    def owner(self) -> int | None:
        """The owner's athlete ID; None if there is no owner yet."""
        return load_owner_id(self._store, self._client_id, self._allowed)

    def get(self, athlete_id: int) -> Connection | None:
        """An athlete's connection; None if they are not connected."""
        record = self._vault.get(NAMESPACE, self.key_of(athlete_id))
        return _connection(record.value) if record and record.value else None

    def remove(self, athlete_id: int) -> None:
        """Delete an athlete's tokens; if they were the owner, there is none afterwards."""
        self._store.delete(NAMESPACE, self.key_of(athlete_id))
        if load_owner_id(self._store, self._client_id) == athlete_id:
            self._store.delete(OWNER_NAMESPACE, self._client_id)

    def key_of(self, athlete_id: int) -> str:
        """The key of an athlete's tokens in the store."""
        return _key_of(self._client_id, athlete_id)


def is_stored(store: Store, client_id: str, athlete_id: int) -> bool:
    """Whether an athlete's tokens are stored, without decrypting them."""
    return store.get(NAMESPACE, _key_of(client_id, athlete_id)) is not None


def _key_of(client_id: str, athlete_id: int) -> str:
    return f"athlete:{client_id}:{athlete_id}"


def load_owner_id(store: Store, client_id: str, allowed: Sequence[int] = ()) -> int | None:
    """The owner's athlete ID: the athlete whose data is served unless another is named.

    The first of ``allowed`` (ALLOWED_ATHLETES); if that is empty, the first athlete to connect.
    """
    if allowed:
        return allowed[0]
    record = store.get(OWNER_NAMESPACE, client_id)
    return int(record.value["athlete_id"]) if record else None


def parse_athlete_id(response: JSON) -> int:
    """The athlete's ID in a response of the token endpoint. Raises Unavailable."""
    try:
        number = int(response["athlete"]["id"])
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise Unavailable("Strava did not say who connected. Try again later.") from exc
    if not 0 < number <= MAX_ID:
        raise Unavailable("Strava did not say who connected. Try again later.")
    return number


def parse_tokens(response: JSON) -> JSON:
    """The tokens, and when the access token expires, of a response.

    Raises KeyError or ValueError without them.
    """
    return {
        "access_token": _token(response, "access_token"),
        "refresh_token": _token(response, "refresh_token"),
        "expires_at": _expires_at(response),
    }


def _token(response: JSON, name: str) -> str:
    token = response[name]
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise ValueError(f"{name} is not a token")
    return token


def _expires_at(response: JSON) -> float:
    """When the access token expires, in seconds since the epoch.

    Unreadable values do not raise: the refresh token beside them is the only valid one by now, and
    must be stored.
    """
    try:
        expires_at = float(response["expires_at"])
    except (KeyError, TypeError, ValueError, OverflowError):
        expires_at = math.nan
    now = time.time()
    # One in the past would have every call renew the tokens.
    return expires_at if now < expires_at <= now + MAX_LIFETIME_S else now + DEFAULT_LIFETIME_S


def _connection(value: JSON) -> Connection:
    return Connection(value["athlete_id"], value["name"], tuple(value["scopes"]), value["since"])
