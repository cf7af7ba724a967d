"""Disconnecting an athlete: revokes grants and Strava's tokens, deletes their data."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from strava_mcp.oauth.athletes import Athletes
from strava_mcp.oauth.grants import Grants

if TYPE_CHECKING:
    from strava_mcp.sources.api.client import StravaAPI


class Disconnections:
    """Disconnects athletes, on request or because Strava confirms that they revoked access.

    ``open_api``: returns Strava's live API, or raises NotSupported if there is none.
    ``forget_settings``: deletes what an athlete (None: the owner) gave about themselves.
    """

    def __init__(
        self,
        athletes: Athletes,
        grants: Grants,
        open_api: "Callable[[], StravaAPI]",
        forget_settings: Callable[[int | None], None],
    ) -> None:
        self._athletes = athletes
        self._grants = grants
        self._open_api = open_api
        self._forget_settings = forget_settings

    def disconnect(self, api: "StravaAPI", athlete_id: int | None) -> str:
        """Revoke an athlete's grants and tokens and delete their data. None is the owner.

        Returns the reason if Strava did not confirm it, else an empty string. Raises StoreError.
        """
        owner = self._athletes.owner()
        self._forget_settings(athlete_id)  # first: who the owner is may be forgotten next
        if athlete_id is None or athlete_id == owner:
            self._grants.revoke_all({None, owner})
            return api.disconnect()
        self._grants.revoke_all({athlete_id})
        return api.for_athlete(athlete_id).disconnect()

    def settle_pending(self) -> bool:
        """Disconnect every athlete whose deauthorization Strava confirms.

        Returns False if any is still unconfirmed. Raises StoreError.
        """
        api = self._open_api()

        def end(athlete_id: int, connection: "StravaAPI") -> None:
            self.disconnect(api, None if connection is api else athlete_id)

        return api.deauthorizations.settle_all(api.find_connected, end)
