"""The library on S3, for a server without a disk.

The catalog, which is the library without its recordings, is one object, downloaded on first use.
Each recording is an object of its own, fetched when it is needed. ``publishing`` uploads them.
"""

import logging
import shutil
import tempfile
import threading
import time
import zlib
from pathlib import Path

from strava_mcp.errors import NotConnected, NotFound, Unavailable
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.s3_prefix import S3Prefix
from strava_mcp.sources.archive.storage import LibraryStorage

log = logging.getLogger(__name__)

CATALOG = "catalog.db.gz"
RECORDINGS = "recordings/"
#: Seconds between checks whether a newer catalog was published.
POLL_INTERVAL_S = 300
#: An activity takes 11 KB of a catalog, and a fifth of that gzipped. The disk of a function, of
#: 512 MB, has the catalog in use and a newer one.
MAX_CATALOG_BYTES, MAX_GZIPPED_BYTES = 240 << 20, 100 << 20
#: Four days with all sensors take less.
MAX_RECORDING_BYTES = 64 << 20
GZIP_WBITS = 31
#: Expands to at most 17 MB.
CHUNK_BYTES = 16 << 10


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
            return self._prefix.get(f"{RECORDINGS}{name}", MAX_RECORDING_BYTES)[0]
        except NotFound:
            self._check_at = 0.0  # a newer catalog may have the recording under another name
            raise Unavailable(
                "The archive has been published again in the meantime: ask again."
            ) from None

    def _latest(self) -> Library:
        """Return the published catalog, downloaded only if it has changed.

        If S3 is unavailable or the catalog unusable, the one downloaded before stays in use.
        """
        try:
            if self._library is not None and self._prefix.etag(CATALOG) == self._etag:
                return self._library
            content, self._etag = self._prefix.get(CATALOG, MAX_GZIPPED_BYTES)
            library = self._expanded(content)
        except NotFound as exc:
            raise NotConnected(
                f"Nothing is published at {self._url}: run `flask archive publish {self._url}`."
            ) from exc
        except Unavailable as exc:
            if self._library is None:
                raise
            log.warning("The catalog downloaded before stays in use: %s", exc)
            return self._library
        if self._library is not None:
            shutil.rmtree(self._library.path.parent, ignore_errors=True)
        return library

    def _expanded(self, content: bytes) -> Library:
        """Open the library of a gzipped catalog. Raises Unavailable."""
        folder = Path(tempfile.mkdtemp(prefix="library-"))
        try:
            _expand(content, folder / "catalog.db")
            return Library(folder / "catalog.db")
        except BaseException as exc:
            shutil.rmtree(folder, ignore_errors=True)
            if not isinstance(exc, (_Damaged, zlib.error)):
                raise
            raise Unavailable(
                f"The catalog at {self._url} cannot be read ({exc}): run"
                f" `flask archive publish {self._url}`."
            ) from exc


class _Damaged(ValueError):
    """The gzipped catalog ends early or is too large; the message says which."""


def _expand(content: bytes, path: Path) -> None:
    """Write what was gzipped to a file. Raises _Damaged and zlib.error."""
    decompressor, size = zlib.decompressobj(GZIP_WBITS), 0
    with path.open("wb") as file:
        for at in range(0, len(content), CHUNK_BYTES):
            size += file.write(decompressor.decompress(content[at : at + CHUNK_BYTES]))
            if size > MAX_CATALOG_BYTES:
                raise _Damaged(f"it has more than {MAX_CATALOG_BYTES >> 20} MB")
    if not decompressor.eof:
        raise _Damaged("it ends early")
