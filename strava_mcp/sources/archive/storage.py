"""Where the library is stored: locally, or downloaded from S3 on demand (``s3_storage``)."""

from abc import ABC, abstractmethod
from pathlib import Path

from strava_mcp.errors import NotConnected, NotFound
from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.library import FILE, Library


class LibraryStorage(ABC):
    """Gives access to a library and its recordings."""

    @abstractmethod
    def library(self) -> Library:
        """Return the library. Raises NotConnected if there is none, and Unavailable."""

    @abstractmethod
    def block(self, name: str) -> bytes:
        """Return the packed columns of a recording. Raises NotFound and Unavailable."""

    def athlete_id(self) -> int | None:
        """Return the athlete's ID; None if the library has none, or there is no library yet.

        Raises Unavailable.
        """
        try:
            athlete = self._present_library().item("athlete", "athlete") or {}
        except NotConnected:
            return None
        athlete_id: int | None = athlete.get("id")
        return athlete_id

    def _present_library(self) -> Library:
        """Return the library as it is now, without waiting for an import."""
        return self.library()

    def import_status(self) -> JSON:
        """Return ``importing`` (how far) or ``import_problem``, where this imports by itself."""
        return {}

    def close(self) -> None:
        """Stop what runs in the background."""


class LocalStorage(LibraryStorage):
    """The library in the data folder, opened on first use."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._library: Library | None = None

    def library(self) -> Library:
        if self._library is None:
            self._library = Library(self._path)
        return self._library

    def block(self, name: str) -> bytes:
        block = self.library().block(name)
        if block is None:
            raise NotFound("The recording is no longer in the library.")
        return block
