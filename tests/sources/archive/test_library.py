"""The library: queries, transactions, migrations, and errors with advice."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from strava_mcp.errors import NotConnected, Unavailable
from strava_mcp.sources.archive.columns import pack
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.library_schema import MIGRATIONS
from strava_mcp.sources.archive.stored_activity import StoredActivity

BLOCK = pack({"time": [0, 1, 2], "heartrate": [100, 101, 102]})
OTHER = pack({"time": [0, 1, 2], "heartrate": [90, 91, 92]})


def kept(number: int, started: int = 1_700_000_000, block: bytes | None = BLOCK) -> StoredActivity:
    summary = {"id": number, "name": f"Activity {number}", "distance": 1000.0, "elapsed_time": 60}
    return StoredActivity(
        number, started, 60, summary, {"laps": []}, f"mark {number}", "export", block
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home" / "library.db", create=True)


def test_file_is_readable_by_its_owner_only(library: Library) -> None:
    assert stat.S_IMODE(library.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(library.path.parent.stat().st_mode) == 0o700


def test_pages_are_ordered_by_start(library: Library) -> None:
    for number, started in ((1, 100), (2, 300), (3, 200), (4, 0)):
        library.put(kept(number, started))
    ids = lambda **bounds: [  # noqa: E731
        row["id"] for row in library.page(**{"before": None, "after": None, **bounds})
    ]
    assert ids(limit=10, offset=0, oldest_first=False) == [2, 3, 1, 4]
    assert ids(limit=2, offset=1, oldest_first=False) == [3, 1]
    assert ids(before=300, limit=10, offset=0, oldest_first=False) == [3, 1, 4]
    assert ids(after=100, limit=10, offset=0, oldest_first=True) == [3, 2]


def test_recording_is_stored_once_and_deleted_when_unused(library: Library) -> None:
    library.put(kept(1))
    library.put(kept(2))
    (name,) = library.recording_names()
    assert library.block(name) == BLOCK
    library.put(kept(1, block=OTHER))
    assert library.block(name) == BLOCK
    library.put(kept(2, block=None))
    assert library.block(name) is None
    assert len(library.recording_names()) == 1


def test_activity_replaces_others(library: Library) -> None:
    library.put(kept(8_000_000_000_000_001))
    library.put(kept(1, block=OTHER), instead_of=[8_000_000_000_000_001])
    assert [row["id"] for row in library.page(None, None, 9, 0, False)] == [1]
    assert library.recording_names() == [library.activity(1)[2]]  # type: ignore[index]


def test_missing_file_is_reported_with_advice(library: Library) -> None:
    library.put(kept(1))
    library.path.unlink()
    with pytest.raises(NotConnected, match="flask archive import"):
        library.activity(1)  # the open connection is not used any more
    with pytest.raises(NotConnected, match="flask archive import"):
        Library(library.path)


def test_replaced_file_is_reopened(library: Library, tmp_path: Path) -> None:
    library.put(kept(1))
    other = Library(tmp_path / "other.db", create=True)
    other.put(kept(2))
    other.close()
    os.replace(other.path, library.path)
    assert library.activity(2)


def test_file_that_is_not_a_library_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"not a database, but long enough to be looked at" * 30)
    with pytest.raises(Unavailable, match="import the export again"):
        Library(path)


def test_library_of_a_newer_version_is_rejected(library: Library) -> None:
    library.close()
    with sqlite3.connect(library.path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    for create in (True, False):
        with pytest.raises(Unavailable, match="update strava_mcp"):
            Library(library.path, create=create)


def test_library_of_an_older_version_is_migrated(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.put(kept(1))
    library.close()
    more = "ALTER TABLE activities ADD COLUMN stars INTEGER NOT NULL DEFAULT 0"
    monkeypatch.setattr("strava_mcp.sources.archive.library_schema.MIGRATIONS", (*MIGRATIONS, more))
    with pytest.raises(Unavailable, match="run `flask archive import` again"):
        Library(library.path)
    again = Library(library.path, create=True)
    assert again.activity(1) == library.activity(1)
    again.close()
    with sqlite3.connect(library.path) as connection:
        assert connection.execute("SELECT stars FROM activities").fetchall() == [(0,)]
    connection.close()


def test_failed_migration_is_rolled_back(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.put(kept(1))
    library.close()
    broken = "ALTER TABLE activities ADD COLUMN stars INTEGER; CREATE TABLE activities (id)"
    with monkeypatch.context() as patched:
        patched.setattr(
            "strava_mcp.sources.archive.library_schema.MIGRATIONS", (*MIGRATIONS, broken)
        )
        with pytest.raises(Unavailable):
            Library(library.path, create=True)
    assert Library(library.path).activity(1)


def test_failed_write_is_rolled_back(library: Library) -> None:
    library.put(kept(1))
    bad = kept(1, block=OTHER)
    object.__setattr__(
        bad, "source_hash", None
    )  # NOT NULL refuses it, after the recording was written
    with pytest.raises(Unavailable):
        library.put(bad)
    assert library.source_hash(1) == "mark 1"
    assert [library.block(name) for name in library.recording_names()] == [BLOCK]


def test_catalog_copy_is_redacted_and_has_no_recordings(library: Library, tmp_path: Path) -> None:
    library.put(kept(1))
    library.put_items("gear", {"b1": {"id": "b1", "secret": 1}})
    target = tmp_path / "catalog.db"
    library.copy_catalog(
        target,
        lambda value: {k: v for k, v in value.items() if k != "secret"},
        lambda route: route,
        lambda name: f"{name}-x",
    )
    copy = Library(target)
    row = copy.activity(1)
    assert row and row[2] == f"{library.recording_names()[0]}-x"
    assert copy.block(row[2]) is None
    assert copy.items_of("gear") == {"b1": {"id": "b1"}}
