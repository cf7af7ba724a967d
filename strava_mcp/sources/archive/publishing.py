"""Publishing the library on S3, without the positions in the privacy zone."""

import gzip
import hashlib
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from strava_mcp.sources.archive import columns
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.privacy import PrivacyZone, redact
from strava_mcp.sources.archive.s3_prefix import S3Prefix
from strava_mcp.sources.archive.s3_storage import CATALOG, RECORDINGS
from strava_mcp.sources.kept_metrics import without_positions

PARALLEL_UPLOADS = 8


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

    Only new recordings are uploaded. They come first, then the catalog, and recordings that are no
    longer used are deleted last, so that no reader finds a recording missing. Positions within
    ``zone`` are not uploaded. ``on_progress`` is called with the recordings done and their total.
    """
    prefix = S3Prefix(url)
    published = prefix.names(RECORDINGS)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "catalog.db"
        suffix = f"-{_digest(zone)}" if zone else ""
        library.copy_catalog(
            copy,
            lambda value: redact(value, zone),
            lambda route: without_positions(route, zone.contains) if zone else route,
            suffix,
        )
        names = {name + suffix: name for name in library.recording_names()}
        missing = sorted(names.keys() - published)

        def upload(name: str) -> None:
            block = library.block(names[name])
            if block is not None:
                prefix.put(RECORDINGS + name, _masked(block, zone))

        with ThreadPoolExecutor(PARALLEL_UPLOADS) as pool:
            for done, _ in enumerate(pool.map(upload, missing), 1):
                on_progress(done, len(missing))
        prefix.put(CATALOG, gzip.compress(copy.read_bytes(), 6))
    unused = published - names.keys()
    for name in unused:
        prefix.delete(RECORDINGS + name)
    return Published(len(missing), len(unused))


def _digest(zone: PrivacyZone) -> str:
    """Tell recordings with this zone from others, without revealing where it is.

    The text must never change: recordings that are published already have the digest in their name.
    """
    circle = f"latitude={zone.latitude}, longitude={zone.longitude}, radius_m={zone.radius_m}"
    return hashlib.sha256(f"Home({circle})".encode()).hexdigest()[:16]


def _masked(block: bytes, zone: PrivacyZone | None) -> bytes:
    if zone is None or "latlng" not in columns.sizes(block):
        return block
    streams = columns.unpack(block)
    track = zone.mask(streams["latlng"])
    return block if track == streams["latlng"] else columns.pack({**streams, "latlng": track})
