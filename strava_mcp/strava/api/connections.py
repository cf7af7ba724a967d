"""Which athletes are connected: their tokens, and what they granted. Encrypted at rest."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from strava_mcp.errors import Unavailable
from strava_mcp.store import Store
from strava_mcp.strava.api.vault import Vault

JSON = dict[str, Any]

SPACE = "strava"
#: Whose the server is: the first athlete who was connected.
OWNER_SPACE, OWNER = "strava-owner", "owner"

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
    """The connections of one store."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def add(self, answer: JSON, scopes: Iterable[str]) -> Connection:
        """Keep what Strava's token endpoint answered to a code. Raises Unavailable.

        The first athlete is the owner. An athlete who connects again replaces the old tokens.
        """
        athlete: Any = answer.get("athlete")
        try:
            number = int(athlete["id"])
            names = [str(athlete.get(part) or "") for part in ("firstname", "lastname")]
            value = {
                **tokens_of(answer),
                "athlete_id": number,
                "name": " ".join(filter(None, names)),
                "scopes": sorted(set(scopes)),
                "since": time.time(),
            }
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            raise Unavailable("Strava did not say who connected. Try again later.") from exc
        self._vault.put(SPACE, key_of(number), value)
        self._store.create(OWNER_SPACE, OWNER, {"athlete_id": number})
        return _shown(value)

    def owner(self) -> int | None:
        """The owner's athlete ID; None before anybody was connected."""
        record = self._store.get(OWNER_SPACE, OWNER)
        return int(record.value["athlete_id"]) if record else None

    def get(self, athlete_id: int) -> Connection | None:
        """The connection of an athlete."""
        record = self._vault.get(SPACE, key_of(athlete_id))
        return _shown(record.value) if record and record.value else None

    def tokens(self, athlete_id: int) -> JSON:
        """The tokens of an athlete; empty where there are none."""
        record = self._vault.get(SPACE, key_of(athlete_id))
        return record.value if record else {}

    def remove(self, athlete_id: int) -> None:
        """Forget an athlete's tokens; the owner's place is free again if it was theirs."""
        self._store.delete(SPACE, key_of(athlete_id))
        if self.owner() == athlete_id:
            self._store.delete(OWNER_SPACE, OWNER)


def key_of(athlete_id: int) -> str:
    """Where an athlete's tokens are kept."""
    return f"athlete:{athlete_id}"


def tokens_of(answer: JSON) -> JSON:
    """What to keep of an answer of the token endpoint. Raises KeyError, TypeError, ValueError."""
    return {
        "access_token": str(answer["access_token"]),
        "refresh_token": str(answer["refresh_token"]),
        "expires_at": float(answer["expires_at"]),
    }


def _shown(value: JSON) -> Connection:
    return Connection(value["athlete_id"], value["name"], tuple(value["scopes"]), value["since"])
