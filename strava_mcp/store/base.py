"""The interface of every store: JSON records, each under a namespace and a key.

A namespace groups what is listed together (``pat``, ``session``, ``mail:<session>``). Every
operation is atomic, and none spans two records, so that one conditional write of DynamoDB and one
statement of SQLite can both implement it. An expired record counts as absent, whether or not it has
been deleted yet.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, NamedTuple

Value = Mapping[str, Any]

#: Maximum size of a key: DynamoDB's of a sort key.
MAX_KEY_BYTES = 1024


def may_exist(key: str) -> bool:
    """Whether a record can have this key.

    Keys often come from clients. DynamoDB refuses empty and long ones, SQLite lone surrogates; for
    both stores a record with such a key is absent.
    """
    try:
        return 0 < len(key.encode("utf-8")) <= MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False


class Record(NamedTuple):
    """A stored value.

    ``version`` starts at 1 and increases with every write. ``expires_at``: seconds since the epoch;
    None for never.
    """

    key: str
    value: dict[str, Any]
    version: int
    expires_at: float | None = None


class Store(ABC):
    """Key-value store with versions and expiry.

    Every method raises StoreError if the backend fails.
    """

    @property
    def poll_interval_s(self) -> float:
        """How often to poll for the writes of other processes, in seconds."""
        return 0.05

    @abstractmethod
    def get(self, namespace: str, key: str) -> Record | None:
        """The record, or None if there is none or it has expired."""

    @abstractmethod
    def put(self, namespace: str, key: str, value: Value, expires_at: float | None = None) -> None:
        """Write the record, overwriting what was there."""

    @abstractmethod
    def create(
        self, namespace: str, key: str, value: Value, expires_at: float | None = None
    ) -> bool:
        """Write the record unless there is one. Returns whether it was written."""

    @abstractmethod
    def replace(
        self, namespace: str, key: str, value: Value, version: int, expires_at: float | None = None
    ) -> bool:
        """Compare and swap: write the record if it is still at ``version``; else return False."""

    @abstractmethod
    def take(self, namespace: str, key: str) -> dict[str, Any] | None:
        """Delete the record and return its value; of concurrent callers, one gets it."""

    @abstractmethod
    def delete(self, namespace: str, key: str) -> bool:
        """Delete the record. Returns False if there was none."""

    @abstractmethod
    def records(self, namespace: str, limit: int = 1000) -> list[Record]:
        """The first ``limit`` records of a namespace, ordered by key."""

    @abstractmethod
    def increment(self, namespace: str, key: str, by: int, expires_at: float) -> int:
        """Add ``by`` to a counter and return the new total.

        A counter starts at 0 and keeps the ``expires_at`` of the call that created it.
        """

    @abstractmethod
    def sweep(self) -> int:
        """Delete expired records and return how many there were.

        Stores that delete them by themselves return 0.
        """

    @abstractmethod
    def close(self) -> None:
        """Close all connections."""
