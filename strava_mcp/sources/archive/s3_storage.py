"""The library on S3, for a server without a disk.

The catalog, which is the library without its recordings, is one object, downloaded on first use.
Each recording is an object of its own, fetched when it is needed. ``publishing`` uploads them.
"""

import gzip
import shutil
import tempfile
import threading
import time
from pathlib import Path

from strava_mcp.errors import NotConnected, NotFound, Unavailable
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.s3_prefix import S3Prefix
from strava_mcp.sources.archive.storage import LibraryStorage

CATALOG = "catalog.db.gz"
RECORDINGS = "recordings/"
#: Seconds between checks whether a newer catalog was published.
POLL_INTERVAL_S = 300


class S3Storage(LibraryStorage):
    """A published library, with one downloaded catalog per process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._prefix = S3Prefix(url)
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._etag = ""
        self._check_at = 0.0

    def library(self) -> Library:
        with self._lock:
            if self._library is None or time.monotonic() >= self._check_at:
                self._library = self._latest()
                self._check_at = time.monotonic() + POLL_INTERVAL_S
            return self._library

    def block(self, name: str) -> bytes:
        try:
            return self._prefix.get(f"{RECORDINGS}{name}")[0]
        except NotFound:
            self._check_at = 0.0  # a newer catalog may have the recording under another name
            raise Unavailable(
                "The archive has been published again in the meantime: ask again."
            ) from None

    def _latest(self) -> Library:
        """Return the published catalog, downloaded only if it has changed.

        If S3 is unavailable, the catalog that was downloaded before stays in use.
        """
        try:
            if self._library is not None and self._prefix.etag(CATALOG) == self._etag:
                return self._library
            content, self._etag = self._prefix.get(CATALOG)
        except NotFound as exc:
            raise NotConnected(
                f"Nothing is published at {self._url}: run `flask archive publish {self._url}`."
            ) from exc
        except Unavailable:
            if self._library is None:
                raise
            return self._library
        folder = Path(tempfile.mkdtemp(prefix="library-"))
        (folder / "catalog.db").write_bytes(gzip.decompress(content))
        if self._library is not None:
            shutil.rmtree(self._library.path.parent, ignore_errors=True)
        return Library(folder / "catalog.db")
