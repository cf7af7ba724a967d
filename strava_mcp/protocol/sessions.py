"""Sessions: what ``initialize`` settled with a client (MCP up to 2025-11-25, Session Management).

They are kept in the store, because the next request may be served by another process.
"""

import time
from dataclasses import dataclass, field, replace
from secrets import token_urlsafe

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.store.base import Store

LIFETIME_S = 24 * 3600


@dataclass(frozen=True)
class Session:
    """One client's session. ``version`` is the agreed protocol version.

    ``principal_id`` is the ``session_owner`` of the principal that began it. ``store_version`` is
    that of the stored record, to detect concurrent updates.
    """

    id: str
    principal_id: str
    version: str
    capabilities: JSON = field(default_factory=dict)
    log_level: str = "info"
    store_version: int = 1


class Sessions:
    """Sessions in the store, each bound to the principal that began it.

    ``namespace`` keeps sessions of different transports apart; ``lifetime_s`` is counted from the
    last ``save``.
    """

    def __init__(
        self, store: Store, namespace: str = "session", lifetime_s: float = LIFETIME_S
    ) -> None:
        self._store = store
        self._namespace = namespace
        self._lifetime_s = lifetime_s

    def begin(self, principal: Principal, version: str, capabilities: JSON) -> Session:
        """Create a session with an unguessable ID."""
        session = Session(token_urlsafe(24), principal.session_owner, version, capabilities)
        self._store.put(self._namespace, session.id, _record(session), self._expiry())
        return session

    def find(self, session_id: str, principal: Principal) -> Session | None:
        """An open session of this principal, or None."""
        record = self._store.get(self._namespace, session_id)
        if record is None or record.value["principal_id"] != principal.session_owner:
            return None
        return Session(id=session_id, store_version=record.version, **record.value)

    def exists(self, session_id: str) -> bool:
        """Whether there is an open session with this ID, whosever it is."""
        return self._store.get(self._namespace, session_id) is not None

    def set_log_level(self, session: Session, level: str) -> None:
        """Store the level of ``logging/setLevel``."""
        self.save(replace(session, log_level=level))

    def save(self, session: Session) -> bool:
        """Save the session and restart its expiry; False if another process updated it first."""
        return self._store.replace(
            self._namespace, session.id, _record(session), session.store_version, self._expiry()
        )

    def subscribe(self, session: Session, uri: str) -> None:
        """Store a subscription to a resource, which lasts as long as a session."""
        self._store.put(f"watch:{uri}", session.id, {}, time.time() + LIFETIME_S)

    def unsubscribe(self, session: Session, uri: str) -> None:
        """Delete a subscription."""
        self._store.delete(f"watch:{uri}", session.id)

    def subscribers(self, uri: str) -> list[str]:
        """The IDs of the sessions to notify when a resource changes."""
        return [record.key for record in self._store.records(f"watch:{uri}")]

    def end(self, session: Session) -> None:
        """Delete the session."""
        self._store.delete(self._namespace, session.id)

    def _expiry(self) -> float:
        return time.time() + self._lifetime_s


def _record(session: Session) -> JSON:
    """The session as it is stored."""
    return {
        "principal_id": session.principal_id,
        "version": session.version,
        "capabilities": session.capabilities,
        "log_level": session.log_level,
    }
