"""The library on S3, for a server without a disk: the catalog in one object, recordings in theirs.

The catalog is brought down once, when a server first needs it; recordings are fetched as they are
asked for, under the name of their content, so that one name never means two things.
"""

import gzip
import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from strava_mcp.errors import NotConnected, NotFound, Unavailable
from strava_mcp.library_errors import AwsError, aws_errors
from strava_mcp.sources.archive import columns
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.privacy import PrivacyZone, redact
from strava_mcp.sources.archive.storage import LibraryStorage

CATALOG = "catalog.db.gz"
RECORDINGS = "recordings/"
#: Whether somebody published anew is asked this often.
POLL_INTERVAL_S = 300
UPLOADS = 8
GONE = ("NoSuchKey", "404", "NoSuchBucket")


class S3Prefix:
    """A prefix of an S3 bucket. Every method raises Unavailable, ``get`` also NotFound."""

    def __init__(self, url: str) -> None:
        self._bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._known: Any = None
        self._making = threading.Lock()

    @property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        with self._making:
            if self._known is None:
                patience = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 3})
                self._known = boto3.client("s3", config=patience)
            return self._known

    def get(self, name: str) -> tuple[bytes, str]:
        """An object and its tag."""
        found = self._ask("get_object", Key=self._prefix + name)
        return found["Body"].read(), found["ETag"]

    def tag(self, name: str) -> str:
        """What changes when the object does."""
        return str(self._ask("head_object", Key=self._prefix + name)["ETag"])

    def put(self, name: str, content: bytes) -> None:
        """Write an object, encrypted at rest."""
        key = self._prefix + name
        self._ask("put_object", Key=key, Body=content, ServerSideEncryption="AES256")

    def names(self, folder: str) -> set[str]:
        """What is in a folder, by the names below it."""
        found: set[str] = set()
        start = self._prefix + folder
        more: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", Prefix=start, **more)
            found |= {item["Key"].removeprefix(start) for item in page.get("Contents", ())}
            if not page.get("IsTruncated"):
                return found
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, name: str) -> None:
        """Remove an object, if it is there."""
        self._ask("delete_object", Key=self._prefix + name)

    def _ask(self, operation: str, **options: Any) -> Any:
        try:
            with aws_errors():
                return getattr(self._client, operation)(Bucket=self._bucket, **options)
        except AwsError as exc:
            if exc.code in GONE:
                what = f"{options['Key']} in {self._bucket}" if "Key" in options else ""
                what = what or f"bucket {self._bucket}: create it first, or check AWS_PROFILE"
                raise NotFound(f"There is no {what}.") from exc
            if exc.code:
                raise Unavailable(f"S3 refused {operation} on {self._bucket}: {exc}") from exc
            raise Unavailable(f"S3 did not answer: {exc}") from exc


class S3Storage(LibraryStorage):
    """A published library; one catalog a process, recordings as they are asked for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bucket = S3Prefix(url)
        self._bringing = threading.Lock()
        self._library: Library | None = None
        self._tag = ""
        self._look_at = 0.0

    def library(self) -> Library:
        with self._bringing:
            if self._library is None or time.monotonic() >= self._look_at:
                self._library = self._latest()
                self._look_at = time.monotonic() + POLL_INTERVAL_S
            return self._library

    def block(self, name: str) -> bytes:
        try:
            return self._bucket.get(f"{RECORDINGS}{name}")[0]
        except NotFound:
            self._look_at = 0.0  # what was published anew may have it under another name
            raise Unavailable("The archive was published anew meanwhile: ask again.") from None

    def _latest(self) -> Library:
        """The catalog as it is published now; the one at hand where that is still the same."""
        try:
            if self._library is not None and self._bucket.tag(CATALOG) == self._tag:
                return self._library
            content, self._tag = self._bucket.get(CATALOG)
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


def publish(
    library: Library, url: str, home: PrivacyZone | None, step: Callable[[int, int], None]
) -> tuple[int, int]:
    """Bring a prefix of S3 up to the library; how many recordings went up, and how many away.

    What is there already is not sent again. Recordings go first and the catalog next, so that a
    reader never knows of one that is not there; what is no longer known goes last. ``home``: no
    position within it leaves this machine. ``step`` is told how many are done, of how many.
    """
    bucket = S3Prefix(url)
    there = bucket.names(RECORDINGS)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "catalog.db"
        suffix = f"-{_digest(home)}" if home else ""
        library.copy_catalog(copy, lambda value: redact(value, home), suffix)
        names = {name + suffix: name for name in library.recording_names()}
        missing = sorted(names.keys() - there)

        def send(name: str) -> None:
            block = library.block(names[name])
            if block is not None:
                bucket.put(RECORDINGS + name, _without_home(block, home))

        with ThreadPoolExecutor(UPLOADS) as pool:
            for done, _ in enumerate(pool.map(send, missing), 1):
                step(done, len(missing))
        bucket.put(CATALOG, gzip.compress(copy.read_bytes(), 6))
    gone = there - names.keys()
    for name in gone:
        bucket.delete(RECORDINGS + name)
    return len(missing), len(gone)


def _digest(home: PrivacyZone) -> str:
    """What tells recordings without this area from those with it, and does not tell where it is."""
    return hashlib.sha256(repr(home).encode()).hexdigest()[:16]


def _without_home(block: bytes, home: PrivacyZone | None) -> bytes:
    if home is None or "latlng" not in columns.types(block):
        return block
    streams = columns.unpack(block)
    track = home.mask(streams["latlng"])
    return block if track == streams["latlng"] else columns.pack({**streams, "latlng": track})
