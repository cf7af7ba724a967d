"""Where the library is: in the data folder, or published and brought down when it is needed."""

from abc import ABC, abstractmethod
from pathlib import Path

from strava_mcp.errors import NotFound
from strava_mcp.sources.archive.library import FILE, Library


class LibraryStorage(ABC):
    """Where a library and its recordings are."""

    @abstractmethod
    def library(self) -> Library:
        """The library. Raises NotConnected where there is none, and Unavailable."""

    @abstractmethod
    def block(self, name: str) -> bytes:
        """The packed columns of a recording. Raises NotFound and Unavailable."""


class LocalStorage(LibraryStorage):
    """The library in the data folder, opened when first asked for."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._library: Library | None = None

    def library(self) -> Library:
        if self._library is None:
            self._library = Library(self._path)
        return self._library

    def block(self, name: str) -> bytes:
        found = self.library().block(name)
        if found is None:
            raise NotFound("The recording is no longer in the library.")
        return found
