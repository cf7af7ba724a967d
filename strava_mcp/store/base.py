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


class Record(NamedTuple):
    """A stored value.

    ``version`` starts at 1 and grows with every write; ``expires_at`` is in seconds since the
    epoch, None for never.
    """

    key: str
    value: dict[str, Any]
    version: int
    expires_at: float | None = None


class Store(ABC):
    """Remembers. Every method raises StoreError where the store does not answer."""

    @property
    def poll_interval_s(self) -> float:
        """How often to look for what another process may have written, in seconds."""
        return 0.05

    @abstractmethod
    def get(self, namespace: str, key: str) -> Record | None:
        """The record, or None where there is none or it has expired."""

    @abstractmethod
    def put(self, namespace: str, key: str, value: Value, expires_at: float | None = None) -> None:
        """Write the record, whatever was there."""

    @abstractmethod
    def create(
        self, namespace: str, key: str, value: Value, expires_at: float | None = None
    ) -> bool:
        """Write the record only where there is none; False where there is one already."""

    @abstractmethod
    def replace(
        self, namespace: str, key: str, value: Value, version: int, expires_at: float | None = None
    ) -> bool:
        """Compare and swap: write only while the record is still at ``version``."""

    @abstractmethod
    def take(self, namespace: str, key: str) -> dict[str, Any] | None:
        """Remove the record and return its value; of many that ask, exactly one gets it."""

    @abstractmethod
    def delete(self, namespace: str, key: str) -> bool:
        """Remove the record; False where there was none."""

    @abstractmethod
    def records(self, namespace: str, limit: int = 1000) -> list[Record]:
        """The first ``limit`` records of a namespace, in the order of their keys."""

    @abstractmethod
    def increment(self, namespace: str, key: str, by: int, expires_at: float) -> int:
        """Add to a counter and return its new total.

        A counter begins at 0, with the ``expires_at`` of the call that began it.
        """

    @abstractmethod
    def sweep(self) -> int:
        """Remove expired records for good and return how many there were.

        0 from a store that does so by itself.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of connections; the store is not used afterwards."""
