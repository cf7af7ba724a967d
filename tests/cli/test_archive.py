"""``flask archive``, run as from a terminal."""

import csv
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.sources.archive.columns import unpack
from strava_mcp.sources.archive.importing import import_lock
from strava_mcp.sources.archive.privacy import PrivacyZone
from tests.cli.test_commands import TOKEN, fails, run
from tests.conftest import ROOT
from tests.sources.archive import maker_harm
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import bulk_export
from tests.sources.archive.signalled_import import read_report, start
from tests.sources.archive.test_s3 import Cloud, s3_cloud  # noqa: F401


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> Iterator[Flask]:
    archive_app = create_app(Config(home=home, auth_tokens=(TOKEN,), strava_source="archive"))
    yield archive_app
    services(archive_app).close()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "export.zip"
    bulk_export(path, 41)
    return path


@pytest.fixture
def export(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(exported, tmp_path))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Commands handle SIGINT, even if the tests run in the background with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def one_line(app: Flask, *words: str, code: int = 1) -> str:
    """Run a command that fails; returns its error, the last line of its output."""
    done = app.test_cli_runner().invoke(args=["archive", *words])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    (line,) = [line for line in done.output.splitlines() if line.startswith("Error: ")]
    assert done.output.endswith(line + "\n") and "Traceback" not in done.output
    return line


def test_import_status_and_remove(app: Flask, home: Path, export: Path) -> None:
    assert "flask archive import" in fails(app, "archive", "status")
    output = run(app, "archive", "import", str(export), "--jobs", "1")
    assert "Language English, distances in kilometres." in output
    assert "41 imported, 0 updated, 0 unchanged; 1 of the new ones without a recording" in output
    assert "Set STRAVA_SOURCE" not in output and not (home / "archive-report.csv").exists()
    assert stat.S_IMODE((home / "library.db").stat().st_mode) == 0o600
    output = run(app, "archive", "status")
    assert "activities: 41 (40 recorded, 0 damaged)" in output and "imported: export.zip" in output
    assert services(app).source.activities(per_page=1)
    assert "0 imported, 0 updated, 41 unchanged" in run(app, "archive", "import", str(export))
    kept = app.test_cli_runner().invoke(args=["archive", "remove"], input="n\n")
    assert kept.exit_code != 0 and (home / "library.db").exists()
    (home / "archive-report.csv").touch()
    agreed = app.test_cli_runner().invoke(args=["archive", "remove"], input="y\n")
    assert agreed.exit_code == 0 and "deleted" in agreed.output
    assert not list(home.glob("library.db*")) and not (home / "archive-report.csv").exists()
    assert "There is no library" in one_line(app, "remove", "--yes")


def test_unpacked_folder_is_imported_like_its_zip(app: Flask, export: Path, tmp_path: Path) -> None:
    folder = maker_harm.as_folder(export, tmp_path / "unpacked")
    output = run(app, "archive", "import", str(folder), "--jobs", "2")
    assert "41 imported" in output and "0 damaged" in output
    before = services(app).source.activities(per_page=200)
    assert "0 imported, 0 updated, 41 unchanged" in run(app, "archive", "import", str(export))
    assert services(app).source.activities(per_page=200) == before
    assert "imported: export.zip" in run(app, "archive", "status")


def test_status_shows_the_newest_activity(app: Flask, export: Path) -> None:
    run(app, "archive", "import", str(export), "--jobs", "1")
    (newest,) = services(app).source.activities(per_page=1)
    started = datetime.fromisoformat(newest["start_date"])
    assert f"up to: {started:%Y-%m-%d %H:%M} UTC" in run(app, "archive", "status")


def test_import_makes_the_archive_the_source(
    home: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = create_app(Config(home=home, auth_tokens=(TOKEN,)))
    output = run(sandbox, "archive", "import", str(export), "--jobs", "1")
    assert "From now on this server answers from it." in output
    assert Config.load().strava_source == "archive"
    listed = run(sandbox, "settings")
    assert re.search(r"^STRAVA_SOURCE +archive +data folder +sandbox$", listed, re.M)
    assert re.search(r"^AUTH_TOKEN +\(hidden\)", listed, re.M) and TOKEN not in listed
    assert re.search(r"^UNITS +metric +default +metric$", listed, re.M)
    monkeypatch.setenv("STRAVA_SOURCE", "sandbox")
    assert Config.load().strava_source == "sandbox", "a word in the environment wins"
    output = run(sandbox, "archive", "import", str(export))
    assert "STRAVA_SOURCE=sandbox is set (environment)" in output
    monkeypatch.delenv("STRAVA_SOURCE")
    run(sandbox, "archive", "remove", "--yes")
    assert Config.load().strava_source == "sandbox"
    services(sandbox).close()


def test_skipped_values_are_in_a_report(app: Flask, home: Path, export: Path) -> None:
    name = maker_harm.ZipFile(export).namelist()
    damaged = next(one for one in name if one.endswith(".fit.gz"))
    harmed = maker_harm.with_member_replaced(export, damaged, b"no recording")
    output = run(app, "archive", "import", str(harmed), "--jobs", "1")
    assert "1 damaged" in output and "1 values or files were skipped" in output
    report = home / "archive-report.csv"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert damaged in report.read_text() and "activity,file,problem" in report.read_text()
    run(app, "archive", "import", str(export), "--jobs", "1")
    assert not report.exists(), "with the whole export nothing is left out any more"


def test_report_is_safe_to_open_in_a_spreadsheet(app: Flask, home: Path, export: Path) -> None:
    """Cells of the export that look like formulas are texts in the report."""
    files = ["=1+1.gpx", "+1.gpx", "-1.gpx", "@SUM(A1).gpx", "\t=1.gpx", "＝1.gpx", "a;=1.gpx"]

    def rename(rows: list[list[str]]) -> None:
        at = rows[0].index("Filename")
        for row, file in zip(rows[1:], files, strict=False):
            row[at] = file

    run(app, "archive", "import", str(maker_harm.with_rows(export, rename)), "--jobs", "1")
    text = (home / "archive-report.csv").read_text()
    rows = list(csv.reader(text.splitlines()))
    problems = [row for row in rows[1:] if "is not in the export" in row[2]]
    assert len(problems) == len(files)
    for row in problems:
        for cell in (part for cell in row for part in cell.split(";")):
            assert cell[:1] not in tuple("=+-@＝\t\r")


@pytest.mark.parametrize(
    "harm, output",
    [
        (maker_harm.truncated, "download it again from Strava"),
        (maker_harm.encrypted, "is encrypted: unpack it"),
        (lambda path: maker_harm.without_member(path, "activities.csv"), "has no activities.csv"),
        (lambda path: maker_harm.with_rows(path, list.clear), "activities.csv is empty"),
    ],
)
def test_invalid_export_is_one_line_and_creates_no_library(
    app: Flask, home: Path, export: Path, harm: Callable[[Path], Path], output: str
) -> None:
    assert output in one_line(app, "import", str(harm(export)))
    assert not list(home.glob("library.db*"))
    assert "flask archive import export.zip" in one_line(app, "status")


def test_invalid_export_does_not_change_the_library(app: Flask, export: Path) -> None:
    run(app, "archive", "import", str(export), "--jobs", "1")
    before = services(app).source.activities(per_page=200)
    one_line(app, "import", str(maker_harm.truncated(export)))
    one_line(app, "import", str(maker_harm.with_rows(export, list.clear)))
    assert services(app).source.activities(per_page=200) == before


def test_unusable_data_folder_is_reported_in_one_line(app: Flask, home: Path, export: Path) -> None:
    (home / "library.lock").mkdir(parents=True)
    assert str(home) in one_line(app, "import", str(export))
    (home / "library.lock").rmdir()
    (home / "library.lock").write_text("This is no SQLite file. " * 50)
    output = one_line(app, "import", str(export))
    assert "Another import" not in output and str(home) in output


def test_other_files_than_exports_are_refused(app: Flask, home: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no zip")
    assert "notes.txt is not a complete zip" in one_line(app, "import", str(tmp_path / "notes.txt"))
    (tmp_path / "activities.csv").write_text("Activity ID\n")
    assert "give the folder" in one_line(app, "import", str(tmp_path / "activities.csv"))
    (tmp_path / "activities.csv").unlink()
    (tmp_path / "empty").mkdir()
    assert "no FIT, GPX or TCX" in one_line(app, "import", str(tmp_path / "empty"))
    assert "does not exist" in one_line(app, "import", str(tmp_path / "nowhere"), code=2)
    (tmp_path / "broken.fit").write_bytes(b"\x0e\x10.FIT")
    broken = fails(app, "archive", "import", str(tmp_path / "broken.fit"))
    assert broken.startswith("broken.fit: not imported: ") and broken.count("\n") == 1
    assert not list(home.glob("library.db*"))


def test_second_import_is_refused_while_one_runs(app: Flask, home: Path, export: Path) -> None:
    ready, done = threading.Event(), threading.Event()

    def other() -> None:
        with import_lock(home):
            ready.set()
            done.wait()

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert ready.wait(120)
        output = fails(app, "archive", "import", str(export))
        assert "Another import" in output and "Traceback" not in output
        (home / "library.db").touch()
        assert "Another import" in fails(app, "archive", "remove", "--yes")
        (home / "library.db").unlink()
    finally:
        done.set()
        thread.join(120)
    assert "41 imported" in run(app, "archive", "import", str(export), "--jobs", "1")


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("jobs", [1, 2])
def test_control_c_stops_between_activities(
    app: Flask, home: Path, export: Path, tmp_path: Path, jobs: int
) -> None:
    """A terminal sends SIGINT to every process; the next import continues from there."""
    with start(signal.SIGINT, 0, tmp_path / "whole", export, jobs) as whole:
        steps = read_report(whole).steps
    process = start(signal.SIGINT, steps // 2, home, export, jobs)
    try:
        read_report(process)
        assert "Another import is running" in one_line(app, "import", str(export))
        output, _ = process.communicate("\n", timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 130, output
    assert (
        output.rstrip().endswith("of 41; run it again to continue.") and "Traceback" not in output
    )
    done = import_into(home, export)
    assert done.unchanged and done.imported and not done.damaged
    assert done.unchanged + done.imported == 41


#: SIGINT while a time is parsed, in the middle of a file.
INTERRUPTED = """
import signal, sys
from flask.cli import cli
from strava_mcp.recordings import gpx

def read_interrupted(words):
    gpx.parse_time = read
    signal.raise_signal(signal.SIGINT)
    return read(words)

read, gpx.parse_time = gpx.parse_time, read_interrupted
cli.main(["--app", "wsgi", "archive", "import", sys.argv[1], "--jobs", "1"])
"""


@pytest.mark.usefixtures("interruptible")
def test_interrupt_loses_no_sample(home: Path, export: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, export],
        cwd=ROOT,
        env={"STRAVA_MCP_HOME": str(home), "PATH": "/usr/bin:/bin", "STRAVA_SOURCE": "archive"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 130 and "run it again to continue" in done.stdout, done.stdout
    assert not import_into(home, export).damaged
    import_into(tmp_path / "another", export)
    here, there = archive_of(home), archive_of(tmp_path / "another")
    for row in there.activities(per_page=200):
        if not row["manual"]:
            assert here.streams(row["id"], ["time"]) == there.streams(row["id"], ["time"])


def test_truncated_zip_is_one_line_on_standard_error(home: Path, export: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "archive", "import", maker_harm.truncated(export)],
        cwd=ROOT,
        env={"STRAVA_MCP_HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1


def test_publish(
    app: Flask, home: Path, export: Path, s3_cloud: Cloud, tmp_path: Path  # noqa: F811
) -> None:
    assert "s3://" in fails(app, "archive", "publish", "https://example.com/x")
    run(app, "archive", "import", str(export), "--jobs", "1")
    output = run(app, "archive", "publish", "s3://athlete/strava")
    assert "40 recordings sent, 0 deleted" in output
    assert "STRAVA_SOURCE=archive and ARCHIVE_URL=s3://athlete/strava" in output
    assert len(s3_cloud.objects()) == 41
    assert "0 recordings sent" in run(app, "archive", "publish", "s3://athlete/strava")
    assert "no bucket nobody: create it" in fails(app, "archive", "publish", "s3://nobody/x")


def test_publish_needs_a_library_and_a_url(app: Flask) -> None:
    assert "flask archive import export.zip" in one_line(app, "publish", "s3://athlete/strava")
    assert "must be s3://bucket/prefix" in one_line(app, "publish")


def test_publish_uses_the_settings_and_hides_the_privacy_zone(
    home: Path, export: Path, s3_cloud: Cloud  # noqa: F811
) -> None:
    tokyo = (35.6852, 139.7528, 20_000.0)
    hiding_app = create_app(
        Config(
            home=home,
            auth_tokens=(TOKEN,),
            strava_source="archive",
            archive_url="s3://athlete/mine",
            archive_hide_home=tokyo,
        )
    )
    import_into(home, export)
    assert "Published at s3://athlete/mine: 40 recordings" in run(hiding_app, "archive", "publish")
    tracks = [
        unpack(block).get("latlng", [])
        for key, block in s3_cloud.objects().items()
        if key.startswith("mine/recordings/")
    ]
    assert len(tracks) == 40
    assert any(None in track for track in tracks)
    assert not any(PrivacyZone(*tokyo).contains(point) for track in tracks for point in track)
    services(hiding_app).close()


def test_doctor_says_how_to_import(app: Flask, home: Path, export: Path) -> None:
    assert "FAIL  source archive: No archive has been imported" in (output := fails(app, "doctor"))
    assert "flask archive import export.zip" in output
    one_line(app, "import", str(maker_harm.truncated(export)))
    assert "flask archive import export.zip" in fails(app, "doctor")
    run(app, "archive", "import", str(export), "--jobs", "1")
    (home / "archive-report.csv").touch(mode=0o600)
    output = run(app, "doctor")
    assert "ok    source archive: reached" in output and "closed to others" in output
    assert "FAIL" not in output and "warn" not in output


def test_doctor_explains_a_damaged_library(app: Flask, home: Path) -> None:
    home.mkdir(mode=0o700, exist_ok=True)
    (home / "library.db").write_bytes(b"not a library" * 1000)
    (home / "library.db").chmod(0o600)
    output = fails(app, "doctor")
    assert "FAIL  source archive: " in output and "flask archive remove" in output
    run(app, "archive", "remove", "--yes")
    assert "flask archive import export.zip" in fails(app, "doctor")


def test_doctor_checks_the_published_archive(
    tmp_path: Path, export: Path, s3_cloud: Cloud  # noqa: F811
) -> None:
    url = "s3://athlete/strava"
    server = create_app(
        Config(
            home=tmp_path / "server",
            auth_tokens=(TOKEN,),
            strava_source="archive",
            archive_url=url,
        )
    )
    assert f"run `flask archive publish {url}`" in fails(server, "doctor")
    owner = create_app(Config(home=tmp_path / "own", auth_tokens=(TOKEN,)))
    run(owner, "archive", "import", str(export), "--jobs", "1")
    run(owner, "archive", "publish", url)
    assert "ok    source archive: reached" in run(server, "doctor")
    services(server).close()
    services(owner).close()
