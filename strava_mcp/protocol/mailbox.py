"""Sessions, and the mailbox through which one process hands messages to another.

Both live in the store: the process that holds a client's stream and the one that receives its
posts need not be the same.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex, token_urlsafe
from typing import Any

from strava_mcp.identity import Principal
from strava_mcp.json_types import JSON
from strava_mcp.store.base import Store

SESSION_S = 24 * 3600
MESSAGE_S = 600


@dataclass(frozen=True)
class Session:
    """What ``initialize`` settled with one client (MCP to 2025-11-25, Session Management)."""

    id: str
    principal_id: str
    version: str
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    log_level: str = "info"
    version_in_store: int = 1


class Sessions:
    """Sessions in the store, each bound to whoever began it.

    ``namespace`` separates kinds of sessions in the store; ``lifetime_s``: seconds to their end.
    """

    def __init__(
        self, store: Store, namespace: str = "session", lifetime_s: float = SESSION_S
    ) -> None:
        self._store = store
        self._namespace = namespace
        self._lifetime_s = lifetime_s

    def begin(self, principal: Principal, version: str, capabilities: Mapping[str, Any]) -> Session:
        """A new session with an ID that cannot be guessed."""
        session = Session(token_urlsafe(24), principal.id, version, capabilities)
        self._store.put(self._namespace, session.id, _value(session), self._end())
        return session

    def find(self, session_id: str, principal: Principal) -> Session | None:
        """The session, or None where it ended, never was, or belongs to somebody else."""
        record = self._store.get(self._namespace, session_id)
        if record is None or record.value["principal_id"] != principal.id:
            return None
        return Session(id=session_id, version_in_store=record.version, **record.value)

    def set_log_level(self, session: Session, level: str) -> None:
        """Remember the level of ``logging/setLevel``."""
        self.keep(replace(session, log_level=level))

    def keep(self, session: Session) -> bool:
        """Write what has changed, and begin its time anew; False where others were faster."""
        kept = (session.id, _value(session), session.version_in_store, self._end())
        return self._store.replace(self._namespace, *kept)

    def subscribe(self, session: Session, uri: str) -> None:
        """Remember a subscription to a resource, for as long as a session lasts."""
        self._store.put(f"watch:{uri}", session.id, {}, time.time() + SESSION_S)

    def unsubscribe(self, session: Session, uri: str) -> None:
        """Forget a subscription."""
        self._store.delete(f"watch:{uri}", session.id)

    def subscribers(self, uri: str) -> list[str]:
        """The IDs of the sessions to tell when a resource changes."""
        return [record.key for record in self._store.records(f"watch:{uri}")]

    def end(self, session: Session) -> None:
        """End the session at the client's request."""
        self._store.delete(self._namespace, session.id)

    def _end(self) -> float:
        return time.time() + self._lifetime_s


class Mailbox:
    """Messages left for whoever waits at a box, each delivered once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._arrived = threading.Condition()

    def post(self, box: str, message: JSON) -> None:
        """Leave a message; boxes need no making, and what nobody collects expires."""
        key = f"{time.time_ns():020d}-{token_hex(4)}"  # in order of time, and unique
        self._store.put(f"mail:{box}", key, message, time.time() + MESSAGE_S)
        with self._arrived:
            self._arrived.notify_all()

    def collect(self, box: str) -> list[JSON]:
        """Take what has arrived, the oldest first."""
        store = self._store
        taken = [store.take(f"mail:{box}", r.key) for r in store.records(f"mail:{box}", limit=100)]
        return [message for message in taken if message is not None]

    def cancel(self, box: str) -> None:
        """Say that nobody waits for the response to the request of this box any more."""
        self._store.put("cancelled", box, {}, time.time() + MESSAGE_S)

    def is_cancelled(self, box: str) -> bool:
        """Whether that was said."""
        return self._store.get("cancelled", box) is not None

    def wait(self, box: str, timeout_s: float, stop: Callable[[], bool]) -> list[JSON]:
        """Collect, waiting for the first message at most ``timeout_s`` or until ``stop()``."""
        deadline = time.monotonic() + timeout_s
        while not (messages := self.collect(box)):
            if stop() or time.monotonic() >= deadline:
                break
            with self._arrived:
                self._arrived.wait(self._store.poll_interval_s)
        return messages


def box_for(session: Session, request_id: str | int) -> str:
    """The box where the answers to what a request asks its client arrive."""
    # Request IDs are the client's own; a digest of one is safe in a key.
    digest = hashlib.sha256(repr(request_id).encode("utf-8")).hexdigest()[:16]
    return f"{session.id}.{digest}"


def _value(session: Session) -> JSON:
    kept = ("principal_id", "version", "capabilities", "log_level")
    return {name: getattr(session, name) for name in kept}
