"""Publishing the library on S3, without the positions in the privacy zone.

The name of an object reveals neither its recording nor the zone: it is an HMAC with a secret of the
data folder. Without a secret, the zone could be found by hashing one place after another.
"""

import gzip
import hashlib
import hmac
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from strava_mcp import data_folder
from strava_mcp.errors import Unavailable
from strava_mcp.sources.archive import columns
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.privacy import PrivacyZone, redact
from strava_mcp.sources.archive.s3_prefix import S3Prefix
from strava_mcp.sources.archive.s3_storage import (
    CATALOG,
    MAX_CATALOG_BYTES,
    MAX_GZIPPED_BYTES,
    RECORDINGS,
)
from strava_mcp.sources.kept_metrics import without_positions

PARALLEL_UPLOADS = 8
#: The secret of the data folder, which is never published.
KEY = "publish.key"


class Published(NamedTuple):
    """Numbers of recordings uploaded and deleted."""

    uploaded: int
    deleted: int


def publish(
    library: Library,
    url: str,
    zone: PrivacyZone | None,
    on_progress: Callable[[int, int], None],
) -> Published:
    """Update the objects under ``url`` to the library.

    Only recordings that are new or have a new name are uploaded. They come first, then the catalog,
    and recordings that are no longer used are deleted last, so that no reader finds a recording
    missing. Positions within ``zone`` are not uploaded. ``on_progress`` is called with the
    recordings done and their total. Raises Unavailable, also if the library is larger than what a
    server downloads.
    """
    prefix = S3Prefix(url)
    published = prefix.names(RECORDINGS)
    key = bytes.fromhex(data_folder.get_or_create_secret(library.path.parent, KEY))

    def name_of(recording: str) -> str:
        """Return the name of a recording with this zone."""
        return hmac.new(key, f"{recording} {zone}".encode(), hashlib.sha256).hexdigest()

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "catalog.db"
        library.copy_catalog(
            copy,
            lambda value: redact(value, zone),
            lambda route: without_positions(route, zone.contains) if zone else route,
            name_of,
        )
        catalog = _packed(copy)
    names = {name_of(recording): recording for recording in library.recording_names()}
    missing = sorted(names.keys() - published)

    def upload(name: str) -> None:
        block = library.block(names[name])
        if block is not None:
            prefix.put(RECORDINGS + name, _masked(block, zone))

    with ThreadPoolExecutor(PARALLEL_UPLOADS) as pool:
        for done, _ in enumerate(pool.map(upload, missing), 1):
            on_progress(done, len(missing))
    prefix.put(CATALOG, catalog)
    unused = published - names.keys()
    for name in unused:
        prefix.delete(RECORDINGS + name)
    return Published(len(missing), len(unused))


def _packed(catalog: Path) -> bytes:
    """Return the gzipped catalog. Raises Unavailable if a server would not download it."""
    if catalog.stat().st_size <= MAX_CATALOG_BYTES:
        packed = gzip.compress(catalog.read_bytes(), 6)
        if len(packed) <= MAX_GZIPPED_BYTES:
            return packed
    raise Unavailable(
        f"The library without its recordings has more than {MAX_CATALOG_BYTES >> 20} MB, or"
        f" {MAX_GZIPPED_BYTES >> 20} MB gzipped: it is too large to be published."
    )


def _masked(block: bytes, zone: PrivacyZone | None) -> bytes:
    if zone is None or "latlng" not in columns.sizes(block):
        return block
    streams = columns.unpack(block)
    track = zone.mask(streams["latlng"])
    return block if track == streams["latlng"] else columns.pack({**streams, "latlng": track})
