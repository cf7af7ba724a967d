"""Recordings that came alone, and the exports that come after them."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.strava.source import FIRST_OWN_ID
from tests.cli.test_commands import TOKEN, run
from tests.strava.archive import maker_harm
from tests.strava.archive.imported import archive_of, import_into
from tests.strava.archive.maker import Truth, bulk_export


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> Any:
    made = create_app(Config(home=home, auth_tokens=(TOKEN,), strava_source="archive"))
    yield made
    services(made).close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "export.zip"


@pytest.fixture
def truths(export: Path) -> list[Truth]:
    return [truth for truth in bulk_export(export, 24) if truth.file]


@pytest.fixture
def watch(export: Path, truths: list[Truth], tmp_path: Path) -> Path:
    """A folder as a watch has it: the recordings of the export, under names of its own."""
    unpacked, folder = maker_harm.as_folder(export, tmp_path / "unpacked"), tmp_path / "watch"
    (folder / "2024").mkdir(parents=True)
    for number, truth in enumerate(truths):
        name = str(truth.file)
        ending = name.partition(".")[2]
        there = folder / "2024" / f"ride {number}.{ending}"
        there.write_bytes((unpacked / name).read_bytes())
    (folder / "README.txt").write_text("not a recording")
    return folder


def listed(home: Path) -> list[dict[str, Any]]:
    return archive_of(home).activities(per_page=200)


def test_every_format_comes_alone(app: Flask, home: Path, watch: Path, truths: list[Truth]) -> None:
    said = run(app, "archive", "import", str(watch))
    assert said.count(": imported, activity") == len(truths) and "README" not in said
    endings = {path.name.partition(".")[2] for path in (watch / "2024").iterdir()}
    assert endings >= {"fit.gz", "gpx"} and any("tcx" in ending for ending in endings)
    rows = listed(home)
    assert len(rows) == len(truths) and all(row["id"] >= FIRST_OWN_ID for row in rows)
    first = archive_of(home)
    for row in rows:
        assert len(first.streams(row["id"], ["time"])["time"]["data"]) >= 10
    assert f"from single files: {len(truths)}" in run(app, "archive", "status")


def test_the_same_file_again_is_known(app: Flask, home: Path, watch: Path) -> None:
    run(app, "archive", "import", str(watch))
    before = listed(home)
    said = run(app, "archive", "import", str(watch))
    assert ": imported" not in said and said.count(": known") == len(before)
    assert listed(home) == before


def test_the_next_export_takes_their_place(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    run(app, "archive", "import", str(watch))
    alone = run(app, "archive", "status")
    said = run(app, "archive", "import", str(export), "--jobs", "1")
    assert f"{len(truths)} recordings that had come alone are among them now" in said
    rows = listed(home)
    assert len({row["start_date"] for row in rows}) == len(rows), "nothing is there twice"
    assert all(row["id"] < FIRST_OWN_ID for row in rows)
    assert {truth.id for truth in truths} <= {row["id"] for row in rows}
    assert "from single files" in alone
    assert "from single files" not in run(app, "archive", "status")


def test_after_an_export_its_recordings_are_known(
    app: Flask, home: Path, export: Path, watch: Path
) -> None:
    import_into(home, export)
    before = listed(home)
    said = run(app, "archive", "import", str(watch))
    assert ": imported" not in said and "known" in said
    assert listed(home) == before


def test_an_activity_without_its_recording_gets_it(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    """The export lacked the file; the watch still has it. Another import keeps it."""
    lacking = maker_harm.without_member(export, str(truths[3].file))
    import_into(home, lacking)
    assert "added to, activity" in (said := run(app, "archive", "import", str(watch)))
    assert str(truths[3].id) in said
    for _ in range(2):
        found = archive_of(home).streams(truths[3].id, ["time"])["time"]["data"]
        assert len(found) == len(truths[3].streams["time"])
        import_into(home, lacking)


def test_a_later_recording_says_how_far_the_data_reaches(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    """The export was asked for before the last ride."""
    newest = max(truths, key=lambda truth: truth.start_date)

    def before(rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if row[0] != str(newest.id)]

    import_into(home, maker_harm.with_rows(export, before))
    day = newest.start_date[:10]
    assert day not in archive_of(home).status()["freshness"]
    run(app, "archive", "import", str(watch))
    assert f"up to {day}" in archive_of(home).status()["freshness"]
    assert len(listed(home)) == 24
