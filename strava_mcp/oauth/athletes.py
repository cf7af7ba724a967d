"""Which athletes may use the server, and which of them owns it."""

from strava_mcp.config import Config
from strava_mcp.sources.api.connections import load_owner_id
from strava_mcp.store import Store


class Athletes:
    """ALLOWED_ATHLETES, or the owner alone if it is empty. Every method raises StoreError."""

    def __init__(self, config: Config, store: Store) -> None:
        self._allowed = config.allowed_athletes
        self._client_id = config.strava_client_id
        self._store = store

    def owner(self) -> int | None:
        """The athlete whose data is served to callers without an athlete; None: no owner yet."""
        return load_owner_id(self._store, self._client_id, self._allowed)

    def admits(self, athlete_id: int) -> bool:
        """Whether an athlete may use the server now."""
        return athlete_id in self._allowed if self._allowed else athlete_id == self.owner()

    def needs_proof(self) -> bool:
        """True while the server has no owner.

        Whoever signs in next becomes the owner, so they must also enter the owner's secret: a
        stranger may know the URL.
        """
        return not self._allowed and self.owner() is None

    def becomes_owner(self, athlete_id: int, proved: bool) -> bool:
        """Whether an athlete who signs in becomes the owner, if there is none yet.

        ``proved``: whether they entered the owner's secret.
        """
        return athlete_id == self._allowed[0] if self._allowed else proved
