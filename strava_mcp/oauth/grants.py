"""The grants of a store: issued, refreshed, authenticated and revoked."""

import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from strava_mcp.identity import Principal
from strava_mcp.oauth import audience
from strava_mcp.oauth.grant import Grant
from strava_mcp.oauth.grant_tokens import ACCESS, IssuedTokens, parse
from strava_mcp.oauth.token_records import TokenRecords
from strava_mcp.sources.data_identity import DataIdentity
from strava_mcp.store import Store

log = logging.getLogger(__name__)

NAMESPACE = "grant"
MAX_GRANTS = 100_000


class Grants:
    """The grants in one store, for one audience (RFC 8707): see ``oauth.audience``.

    ``public_url``: PUBLIC_URL, if it is set. ``admits``: whether an athlete may use the server;
    otherwise their grants stop working, as do those that were given for other ``data`` than the
    server has now. Every method raises StoreError.
    """

    def __init__(
        self, store: Store, public_url: str, admits: Callable[[int], bool], data: DataIdentity
    ) -> None:
        self._public_url = public_url
        self._admits = admits
        self.data = data
        self._records = TokenRecords(store, NAMESPACE, ACCESS, Grant.load, self._is_usable)

    def begin(self, grant: Grant, tokens: IssuedTokens) -> bool:
        """Store a new grant with its first tokens; False if its code was redeemed before.

        This single write redeems the code: of several requests at once, only one creates the
        record.
        """
        return self._records.create(grant.id, grant.with_tokens(tokens))

    def refreshable(self, token: str) -> Grant | None:
        """The grant of a valid refresh token. Reuse after the grace period revokes the grant."""
        parsed = parse(token)
        if parsed is None or parsed.kind != "refresh":
            return None
        grant = self._records.get(parsed.grant_id)
        state = self._refresh_state(grant, parsed.secret) if grant else "refused"
        if state == "reused":
            log.warning(
                "A used refresh token was presented again: grant revoked",
                extra={"grant": parsed.grant_id},
            )
            self.revoke(parsed.grant_id)
        return grant if state == "valid" else None

    def refresh(self, token: str, tokens: IssuedTokens) -> bool:
        """Use a refresh token for the next pair; False if it is no longer valid."""
        parsed = parse(token)
        if parsed is None or parsed.kind != "refresh":
            return False
        secret = parsed.secret

        def change(grant: Grant) -> Grant | None:
            is_valid = self._refresh_state(grant, secret) == "valid"
            return grant.refreshed(secret, tokens) if is_valid else None

        return self._records.change(parsed.grant_id, change) is not None

    def authenticate(self, token: str, address: str = "") -> Principal | None:
        """The principal of an access token; None if it is unknown, expired or revoked.

        None also if it is for another audience or other data, or its athlete is no longer admitted.
        ``address``: the client's, stored with the time of last use.
        """
        return self._records.authenticate(token, address)

    def find(self, token: str) -> Grant | None:
        """The grant of a current access or refresh token."""
        parsed = parse(token)
        grant = self._records.get(parsed.grant_id) if parsed else None
        return grant if parsed and grant and grant.holds(parsed) else None

    def end(self, token: str) -> None:
        """Revoke a token for its client: an access token alone, a refresh token with its grant."""
        parsed = parse(token)
        if parsed is None:
            return
        if parsed.kind == "refresh":
            self.revoke(parsed.grant_id)
            return
        hashed = parsed.hashed

        def change(grant: Grant) -> Grant:
            remaining = (item for item in grant.access_tokens if item.hashed != hashed)
            return replace(grant, access_tokens=tuple(remaining))

        self._records.change(parsed.grant_id, change)
        self._records.clear_cache()

    def revoke(self, grant_id: str) -> Grant | None:
        """Revoke a grant: at once in this process, within CACHE_S in others.

        Returns the grant as it was before; None if there is no such grant.
        """
        before: list[Grant] = []

        def change(grant: Grant) -> Grant:
            before[:] = [grant]
            return grant if grant.revoked else grant.ended()

        self._records.change(grant_id, change)
        self._records.clear_cache()
        return before[0] if before else None

    def set_label(self, grant_id: str, label: str) -> bool:
        """Give a grant a label, or none if it is empty; False if there is no such grant.

        Raises InvalidLabel.
        """
        from strava_mcp.oauth import labels  # no request with a token needs it

        parsed = labels.parse(label)
        return self._records.change(grant_id, lambda one: replace(one, label=parsed)) is not None

    def revoke_all(self, athlete_ids: Collection[int | None]) -> None:
        """Revoke every grant of these athletes; None stands for the owner's grants.

        A revoked grant is kept for a while, so that its code cannot be redeemed again; whatever
        identifies the athlete is removed from it.
        """
        for grant in self.all():
            if grant.athlete_id in athlete_ids:
                self.revoke(grant.id)
                self._records.change(
                    grant.id,
                    lambda ended: replace(
                        ended, athlete_id=None, created_from="", last_from="", label="", data=""
                    ),
                )

    def all(self) -> list[Grant]:
        """Every grant, oldest first."""
        return sorted(self._records.all(MAX_GRANTS), key=lambda grant: grant.created)

    def is_for_current_data(self, grant: Grant) -> bool:
        """Whether it was given for the data that the server has now."""
        return self.data.is_served(grant.data_identity, grant.athlete_id)

    def is_active(self, grant_id: str) -> bool:
        """Whether a grant of this id still opens the data that it was given for."""
        grant = self._records.get(grant_id)
        return bool(grant and not grant.revoked and self._is_usable(grant))

    def _refresh_state(self, grant: Grant, secret: str) -> str:
        """``valid``, ``refused`` or ``reused``; see ``Grant.refresh_state``."""
        if grant.revoked or not self._is_admitted(grant):
            return "refused"
        state = grant.refresh_state(secret)
        return "refused" if state == "valid" and not self._is_usable(grant) else state

    def _is_usable(self, grant: Grant) -> bool:
        return (
            audience.includes(grant.audience, self._public_url)
            and self._is_admitted(grant)
            and self.is_for_current_data(grant)
        )

    def _is_admitted(self, grant: Grant) -> bool:
        return grant.athlete_id is None or self._admits(grant.athlete_id)
