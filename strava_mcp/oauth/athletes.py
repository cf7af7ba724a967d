"""Which athletes may use the server, and whose it is."""

from strava_mcp.config import Config
from strava_mcp.sources.api.connections import load_owner_id
from strava_mcp.store import Store


class Athletes:
    """ALLOWED_ATHLETES, or else the owner alone. Everything raises StoreError."""

    def __init__(self, config: Config, store: Store) -> None:
        self._allowed = config.allowed_athletes
        self._client_id = config.strava_client_id
        self._store = store

    def owner(self) -> int | None:
        """The athlete whose data is served where no athlete is named; None: nobody yet."""
        return load_owner_id(self._store, self._client_id, self._allowed)

    def admits(self, athlete_id: int) -> bool:
        """Whether an athlete may use the server, as of now."""
        return athlete_id in self._allowed if self._allowed else athlete_id == self.owner()

    def needs_proof(self) -> bool:
        """Whether who signs in next becomes the owner, and so has to prove that the server is
        theirs: a stranger may know its address."""
        return not self._allowed and self.owner() is None

    def becomes_owner(self, athlete_id: int, proved: bool) -> bool:
        """Whether the server is to be this athlete's, unless it has an owner."""
        return athlete_id == self._allowed[0] if self._allowed else proved
