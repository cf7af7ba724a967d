"""ARCHIVE_EXPORT: the export that the server imports by itself when it starts."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strava_mcp.config import Config
from strava_mcp.errors import ConfigError, NotConnected, Unavailable
from strava_mcp.sources.archive import automatic_import
from strava_mcp.sources.archive.importing import import_lock
from strava_mcp.sources.archive.library import FILE
from strava_mcp.sources.archive.source import Archive
from tests.sources.archive.imported import archive_of
from tests.sources.archive.maker import bulk_export
from tests.sources.archive.maker_harm import as_folder, truncated

Start = Callable[[Path], Archive]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers with the same data folder, and stops them."""
    started: list[Archive] = []

    def open_with(export: Path) -> Archive:
        started.append(archive_of(tmp_path / "home", archive_export=export))
        return started[-1]

    yield open_with
    for archive in started:
        archive.close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    bulk_export(path, 3)
    return path


@pytest.fixture
def imports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the exports that are read."""
    names: list[str] = []
    read = automatic_import.import_export

    def counted(export, *args):  # type: ignore[no-untyped-def]
        names.append(export.name)
        return read(export, *args)

    monkeypatch.setattr(automatic_import, "import_export", counted)
    return names


def test_first_question_waits_for_the_import(start: Start, export: Path, tmp_path: Path) -> None:
    archive = start(export)
    assert len(archive.activities()) == 3
    status = archive.status()
    assert status["connected"] and status["activities"] == 3
    assert "importing" not in status and "import_problem" not in status
    assert Config.load({"STRAVA_MCP_HOME": str(tmp_path / "home")}).strava_source == "sandbox"


def test_archive_stays_the_source_when_the_export_is_no_longer_named(
    start: Start, export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(export).activities()
    monkeypatch.setenv("STRAVA_MCP_HOME", str(tmp_path / "home"))
    assert Config.load().strava_source == "archive"


def test_same_file_is_read_once_and_a_changed_one_again(
    start: Start, export: Path, imports: list[str]
) -> None:
    for _ in range(2):
        assert len(start(export).activities()) == 3
    assert imports == ["export.zip"]
    bulk_export(export, 5)
    assert len(start(export).activities()) == 5
    assert imports == ["export.zip"] * 2
    newer = export.with_name("newer.zip")
    shutil.copy(export, newer)
    assert len(start(newer).activities()) == 5
    assert imports[2:] == ["newer.zip"]


def test_improved_parser_reads_the_same_file_again(
    start: Start, export: Path, imports: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(export).activities()
    monkeypatch.setattr(automatic_import, "PARSER_VERSION", 999)
    start(export).activities()
    assert len(imports) == 2


def test_unpacked_export_is_imported_too(start: Start, export: Path, tmp_path: Path) -> None:
    folder = as_folder(export, tmp_path / "unpacked")
    assert len(start(folder).activities()) == 3


def test_progress_is_reported_and_a_half_filled_library_gives_no_answer(
    start: Start, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic_import, "MAX_WAIT_S", 0)
    reached, resume = threading.Event(), threading.Event()
    show = automatic_import.AutomaticImport._show_progress

    def pause(self, summary):  # type: ignore[no-untyped-def]
        show(self, summary)
        if summary.done == 2:
            reached.set()
            assert resume.wait(120)

    monkeypatch.setattr(automatic_import.AutomaticImport, "_show_progress", pause)
    archive = start(export)
    assert reached.wait(120)
    try:
        assert archive.status() == {
            "source": "archive",
            "connected": False,
            "importing": "2 of 3 activities",
        }
        with pytest.raises(Unavailable, match=r"2 of 3 activities.*get_connection_status"):
            archive.activities()
    finally:
        resume.set()
    monkeypatch.setattr(automatic_import, "MAX_WAIT_S", 120)
    assert len(archive.activities()) == 3


def test_stopped_import_is_continued_by_the_next_start(
    start: Start, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = automatic_import.AutomaticImport._show_progress

    def stop(self, summary):  # type: ignore[no-untyped-def]
        if summary.done == 2:
            self._stopping.set()
        show(self, summary)

    with monkeypatch.context() as patch:
        patch.setattr(automatic_import.AutomaticImport, "_show_progress", stop)
        stopped = start(export)
        assert "interrupted" in wait_for_problem(stopped)
    assert len(start(export).activities()) == 3


def test_second_process_waits_for_the_first(start: Start, export: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automatic_import, "LOCK_POLL_INTERVAL_S", 0.01)
        with import_lock(home):
            archive = start(export)
            while archive.status().get("importing") != "another process imports it":
                pass
        assert len(archive.activities()) == 3


def wait_for_problem(archive: Archive) -> str:
    while "importing" in (status := archive._storage.import_status()):
        pass
    return str(status["import_problem"])


@pytest.mark.parametrize(
    "make, reason",
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: os.replace(truncated(path), path), "download it again"),
        (lambda path: path.write_text("hello"), "not a complete zip"),
    ],
    ids=["missing", "truncated", "not a zip"],
)
def test_unusable_export_is_named_with_the_reason(
    make: Callable[[Path], object], reason: str, start: Start, export: Path, tmp_path: Path
) -> None:
    make(export)
    with pytest.raises(NotConnected, match=reason) as error:
        start(export).activities()
    assert "export.zip" in str(error.value)
    assert not (tmp_path / "home" / FILE).exists()


def test_earlier_import_answers_when_the_export_is_gone(start: Start, export: Path) -> None:
    start(export).activities()
    export.unlink()
    archive = start(export)
    assert len(archive.activities()) == 3
    assert "No such file" in archive.status()["import_problem"]


@pytest.mark.parametrize("unfilled", ["", " ", "${user_config.export}"])
def test_empty_field_of_a_bundle_is_not_a_setting(unfilled: str) -> None:
    config = Config.load({"ARCHIVE_EXPORT": unfilled, "STRAVA_MCP_HOME": "${HOME}/strava-mcp"})
    assert config.archive_export is None
    assert config.strava_source == "sandbox"
    assert "$" not in str(config.home)


def test_export_makes_the_archive_the_source_unless_another_is_set() -> None:
    assert Config.load({"ARCHIVE_EXPORT": "/e.zip"}).strava_source == "archive"
    both = {"ARCHIVE_EXPORT": "/e.zip", "STRAVA_SOURCE": "sandbox"}
    assert Config.load(both).strava_source == "sandbox"
    with pytest.raises(ConfigError, match="ARCHIVE_EXPORT must not be set together"):
        Config.load({"ARCHIVE_EXPORT": "/e.zip", "ARCHIVE_URL": "s3://bucket/prefix"})
