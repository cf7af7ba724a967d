"""Whose data the server serves, as a short text: what a grant records, so that it opens no other.

``sandbox``, ``archive:<athlete>`` or ``api:<athlete>``, with the athlete's ID at Strava; with
nothing after the colon while no athlete is known. STRAVA_REFRESH_TOKEN does not say whose it is:
its data is ``api:`` and a hash of it.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from strava_mcp.config import Config
from strava_mcp.errors import Unavailable
from strava_mcp.sources.api.connections import is_stored, load_owner_id
from strava_mcp.sources.source import Source
from strava_mcp.store import Store

if TYPE_CHECKING:
    from strava_mcp.sources.archive.source import Archive


class DataIdentity:
    """The identity of the data that a server serves now. It makes no request to Strava.

    ``open_source``: opens the source; it is called only if that is the archive.
    """

    def __init__(self, config: Config, store: Store, open_source: Callable[[], Source]) -> None:
        self._config = config
        self._store = store
        self._open_source = open_source

    def of(self, athlete_id: int | None) -> str:
        """The identity of the data of an athlete who signed in with Strava; None is the owner.

        Raises StoreError, and Unavailable if the archive cannot be read.
        """
        source = self._config.strava_source
        if source == "sandbox":
            return source
        athlete = self._archive_athlete() if source == "archive" else athlete_id or self._owner()
        return f"{source}:{athlete or ''}"

    def is_served(self, identity: str, athlete_id: int | None) -> bool:
        """Whether this is still the data that the athlete reaches. Raises StoreError."""
        try:
            return identity == self.of(athlete_id)
        except Unavailable:  # then nothing can be read, and tools say why
            return identity.partition(":")[0] == self._config.strava_source

    def _archive_athlete(self) -> int | None:
        archive: "Archive" = self._open_source()  # type: ignore[assignment]
        return archive.athlete_id()

    def _owner(self) -> int | str | None:
        """The owner, or a hash of STRAVA_REFRESH_TOKEN if that is used (``tokens.Tokens.key``)."""
        config = self._config
        owner = load_owner_id(self._store, config.strava_client_id, config.allowed_athletes)
        token = config.strava_refresh_token
        if token and not (owner and is_stored(self._store, config.strava_client_id, owner)):
            return sha256(token.encode()).hexdigest()[:16]
        return owner
