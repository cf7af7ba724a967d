"""The library on S3: the same answers as from the file, without positions in the privacy zone."""

import gzip
import hashlib
import re
import shutil
import sqlite3
import stat
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.errors import NotConnected, Unavailable
from strava_mcp.sources.archive.columns import unpack
from strava_mcp.sources.archive.library import AUTOMATIC_IMPORT, FILE, Library
from strava_mcp.sources.archive.privacy import PrivacyZone
from strava_mcp.sources.archive.publishing import KEY, publish
from strava_mcp.sources.archive.s3_prefix import S3Prefix
from strava_mcp.sources.archive.source import Archive
from tests.aws.cloud import cloud
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import Truth, bulk_export, sandbox_export
from tests.sources.archive.maker_harm import with_rows

URL = "s3://athlete/strava"
KEYS = ("time", "heartrate", "latlng", "distance")


class Cloud:
    """An S3 service with one bucket, for one test."""

    def __init__(self, endpoint: str) -> None:
        import boto3

        self.client = boto3.client("s3", endpoint_url=endpoint)
        self.client.create_bucket(Bucket="athlete")

    def objects(self) -> dict[str, bytes]:
        listed = self.client.list_objects_v2(Bucket="athlete").get("Contents", [])
        return {one["Key"]: self.read(one["Key"]) for one in listed}

    def read(self, key: str) -> bytes:
        content: bytes = self.client.get_object(Bucket="athlete", Key=key)["Body"].read()
        return content


@pytest.fixture
def s3_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud() as (endpoint, _):
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield Cloud(endpoint)


@pytest.fixture
def s3_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which each call to S3 is appended."""
    names: list[str] = []
    ask = S3Prefix._call

    def noted(self: S3Prefix, operation: str, **options: Any) -> Any:
        names.append(f"{operation} {options.get('Key', '')}")
        return ask(self, operation, **options)

    monkeypatch.setattr(S3Prefix, "_call", noted)
    return names


@pytest.fixture
def truths(tmp_path: Path) -> list[Truth]:
    written = bulk_export(tmp_path / "export.zip", 20)
    import_into(tmp_path / "home", tmp_path / "export.zip")
    return written


def put(home: Path, hidden: PrivacyZone | None = None) -> tuple[int, int]:
    return publish(Library(home / FILE), URL, hidden, lambda *_: None)


def served(tmp_path: Path) -> Archive:
    return archive_of(tmp_path / "a server without a library", archive_url=URL)


def test_published_library_gives_the_same_answers(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path
) -> None:
    assert put(tmp_path / "home") == (sum(truth.file is not None for truth in truths), 0)
    here, there = archive_of(tmp_path / "home"), served(tmp_path)
    assert there.activities(per_page=200) == here.activities(per_page=200)
    assert there.athlete() == here.athlete() and there.status() == here.status()
    for truth in truths:
        assert there.activity(truth.id) == here.activity(truth.id)
        if truth.file:
            assert there.streams(truth.id, KEYS) == here.streams(truth.id, KEYS)


def test_catalog_is_downloaded_once_and_recordings_on_demand(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, s3_calls: list[str]
) -> None:
    put(tmp_path / "home")
    s3_calls.clear()
    source = served(tmp_path)
    assert s3_calls == []  # nothing before the first request
    for _ in range(3):
        source.activities()
        source.athlete()
    assert s3_calls == ["get_object strava/catalog.db.gz"]
    number = next(truth.id for truth in truths if truth.file)
    source.streams(number, KEYS)
    assert len(s3_calls) == 2 and s3_calls[1].startswith("get_object strava/recordings/")


def test_publishing_again_uploads_new_and_deletes_unused_recordings(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path
) -> None:
    put(tmp_path / "home")
    assert put(tmp_path / "home") == (0, 0)
    fewer = with_rows(tmp_path / "export.zip", lambda rows: rows.pop(1))
    import_into(tmp_path / "another", fewer)
    shutil.copy(tmp_path / "home" / KEY, tmp_path / "another")
    assert put(tmp_path / "another") == (0, 1)
    names = {key for key in s3_cloud.objects() if "recordings/" in key}
    assert len(names) == sum(truth.file is not None for truth in truths) - 1


def names_of(objects: dict[str, bytes]) -> set[str]:
    return {key.rpartition("/")[2] for key in objects if "recordings/" in key}


def test_names_tell_nothing_about_recordings_and_the_zone(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path
) -> None:
    """They differ by library and zone, and cannot be computed without the secret of the folder."""
    home, zone = tmp_path / "home", PrivacyZone(47.05, 8.3, 500.0)
    count = sum(truth.file is not None for truth in truths)
    put(home, zone)
    names = names_of(s3_cloud.objects())
    assert len(names) == count and all(re.fullmatch("[0-9a-f]{64}", name) for name in names)
    hashes = set(Library(home / FILE).recording_names())
    blocks = {key: block for key, block in s3_cloud.objects().items() if "recordings/" in key}
    guesses = [f"Home(latitude={47.05}, longitude={8.3}, radius_m={500.0})", str(zone), repr(zone)]
    for value in (*hashes, *(hashlib.sha256(block).hexdigest() for block in blocks.values())):
        assert not any(value[:16] in name for name in names)
        for guess in guesses:
            hashed = (hashlib.sha256(f"{text}".encode()) for text in (guess, f"{value} {guess}"))
            assert not {one.hexdigest() for one in hashed} & names
    assert stat.S_IMODE((home / KEY).stat().st_mode) == 0o600
    assert put(home, zone) == (0, 0), "the names are the same each time"
    assert put(home) == (count, count), "other content has another name"
    assert not names & names_of(s3_cloud.objects())
    import_into(tmp_path / "another", tmp_path / "export.zip")
    assert put(tmp_path / "another", zone) == (count, count), "so has that of another athlete"
    assert not names & names_of(s3_cloud.objects())


def test_published_catalog_has_no_hash_of_a_file_and_no_secret(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    library = Library(home / FILE)
    library.put_items(AUTOMATIC_IMPORT, {"export": {"path": "/home/athlete/export.zip"}})
    put(home)
    published = gzip.decompress(s3_cloud.read("strava/catalog.db.gz"))
    private = [library.source_hash(truth.id) for truth in truths]
    private += [*library.recording_names(), (home / KEY).read_text().strip(), "/home/athlete"]
    for value in private:
        assert value and value.encode() not in published


def test_names_of_an_earlier_version_are_replaced(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path
) -> None:
    for name in Library(tmp_path / "home" / FILE).recording_names():
        key = f"strava/recordings/{name}-0123456789abcdef"
        s3_cloud.client.put_object(Bucket="athlete", Key=key, Body=b"")
    count = sum(truth.file is not None for truth in truths)
    assert put(tmp_path / "home") == (count, count)
    assert all(len(name) == 64 for name in names_of(s3_cloud.objects()))
    truth = next(truth for truth in truths if truth.file)
    assert served(tmp_path).streams(truth.id, KEYS)["time"]


def test_server_picks_up_a_newer_catalog(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "home")
    source = served(tmp_path)
    assert len(source.activities(per_page=200)) == 20
    fewer = with_rows(tmp_path / "export.zip", lambda rows: rows.pop(1))
    import_into(tmp_path / "another", fewer)
    put(tmp_path / "another")
    with pytest.raises(Unavailable, match="published again"):
        source.streams(truths[0].id, KEYS)
    assert len(source.activities(per_page=200)) == 19


def test_unpublished_library_is_reported_with_advice(s3_cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(NotConnected, match="flask archive publish s3://athlete/strava"):
        served(tmp_path).activities()
    with pytest.raises(NotConnected, match="flask archive publish"):
        archive_of(tmp_path, archive_url="s3://nobodys-bucket/x").activities()


def test_downloaded_catalog_stays_in_use_while_s3_is_down(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "home")
    source = served(tmp_path)
    source.activities()

    def down(self: S3Prefix, operation: str, **_: Any) -> Any:
        raise Unavailable("S3 did not answer: connection refused")

    monkeypatch.setattr(S3Prefix, "_call", down)
    monkeypatch.setattr("strava_mcp.sources.archive.s3_storage.POLL_INTERVAL_S", 0)
    source._storage._check_at = 0.0  # type: ignore[attr-defined]  # as five minutes later
    assert len(source.activities(per_page=200)) == 20
    with pytest.raises(Unavailable, match="did not answer"):
        served(tmp_path).activities()


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize(
    ("catalog", "reason"),
    [
        (
            lambda: bomb(300),
            r"cannot be read \(it has more than 240 MB\): run `flask archive publish s3:",
        ),
        (lambda: gzip.compress(bytes(1000))[:-9], r"cannot be read \(it ends early\)"),
        (lambda: b"PK\3\4" * 10, r"cannot be read \(Error -3 while decompressing data"),
        (lambda: gzip.compress(b"no database" * 1000), "The library cannot be used"),
    ],
)
def test_a_catalog_that_cannot_be_used(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, catalog: Callable[[], bytes], reason: str
) -> None:
    """It is refused without filling memory or disk; one that was downloaded before stays in use."""
    put(tmp_path / "home")
    source = served(tmp_path)
    source.activities()
    s3_cloud.client.put_object(Bucket="athlete", Key="strava/catalog.db.gz", Body=catalog())
    tracemalloc.start()
    try:
        with pytest.raises(Unavailable, match=reason):
            served(tmp_path).activities()
        assert tracemalloc.get_traced_memory()[1] < 60 << 20
    finally:
        tracemalloc.stop()
    source._storage._check_at = 0.0  # type: ignore[attr-defined]  # as five minutes later
    assert len(source.activities(per_page=200)) == 20


def test_objects_are_bounded(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "home")
    truth = next(truth for truth in truths if truth.file)
    monkeypatch.setattr("strava_mcp.sources.archive.s3_storage.MAX_RECORDING_BYTES", 10)
    with pytest.raises(Unavailable, match="recordings/[0-9a-f]{64} in athlete has more than"):
        served(tmp_path).streams(truth.id, KEYS)
    monkeypatch.setattr("strava_mcp.sources.archive.s3_storage.MAX_GZIPPED_BYTES", 10)
    with pytest.raises(Unavailable, match="catalog.db.gz in athlete has more than"):
        served(tmp_path).activities()


def test_a_library_that_no_server_would_download_is_not_published(
    s3_cloud: Cloud, truths: list[Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MAX_CATALOG_BYTES", "MAX_GZIPPED_BYTES"):
        with monkeypatch.context() as limited:
            limited.setattr(f"strava_mcp.sources.archive.publishing.{limit}", 1000)
            with pytest.raises(Unavailable, match="too large to be published"):
                put(tmp_path / "home")
    assert not s3_cloud.objects()


def test_positions_in_the_zone_are_not_published(s3_cloud: Cloud, tmp_path: Path) -> None:
    sandbox_export(tmp_path / "export.zip", most=12, every_s=20)
    import_into(tmp_path / "home", tmp_path / "export.zip")
    plain = archive_of(tmp_path / "home")
    point = next(a["start_latlng"] for a in plain.activities() if a.get("start_latlng"))
    home = PrivacyZone(*point, 800.0)
    put(tmp_path / "home", home)
    objects = s3_cloud.objects()
    (tmp_path / "seen.db").write_bytes(gzip.decompress(objects["strava/catalog.db.gz"]))
    connection = sqlite3.connect(tmp_path / "seen.db")
    texts = [
        text
        for row in connection.execute("SELECT summary, detail FROM activities").fetchall()
        + connection.execute("SELECT value, '' FROM belongings").fetchall()
        for text in row
    ]
    connection.close()
    assert not any(str(point[0]) in text for text in texts)
    tracks = [
        unpack(block).get("latlng", []) for key, block in objects.items() if "recordings/" in key
    ]
    assert any(tracks) and not any(home.contains(p) for track in tracks for p in track)
    assert any(None in track for track in tracks)
    put(tmp_path / "home")  # without the setting, everything is published
    assert any(
        home.contains(point)
        for key, block in s3_cloud.objects().items()
        if "recordings/" in key
        for point in unpack(block).get("latlng", [])
    )
