"""``flask archive`` as a person types it."""

import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.strava.archive.importing import only_import
from tests.cli.test_commands import TOKEN, fails, run
from tests.conftest import ROOT
from tests.strava.archive import maker_harm
from tests.strava.archive.maker import bulk_export
from tests.strava.archive.test_published import Cloud, s3  # noqa: F401


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> Iterator[Flask]:
    made = create_app(Config(home=home, auth_tokens=(TOKEN,), strava_source="archive"))
    yield made
    services(made).close()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    bulk_export(path, 41)
    return path


def test_import_look_and_remove(app: Flask, home: Path, export: Path) -> None:
    assert "flask archive import" in fails(app, "archive", "status")
    said = run(app, "archive", "import", str(export), "--jobs", "1")
    assert "Language English, distances in kilometres." in said
    assert "41 imported, 0 updated, 0 unchanged; 1 of the new ones without a recording" in said
    assert "Set STRAVA_SOURCE" not in said and not (home / "archive-report.csv").exists()
    assert stat.S_IMODE((home / "library.db").stat().st_mode) == 0o600
    said = run(app, "archive", "status")
    assert "activities: 41 (40 recorded, 0 damaged)" in said and "imported: export.zip" in said
    assert services(app).source.activities(per_page=1)
    assert "0 imported, 0 updated, 41 unchanged" in run(app, "archive", "import", str(export))
    kept = app.test_cli_runner().invoke(args=["archive", "remove"], input="n\n")
    assert kept.exit_code != 0 and (home / "library.db").exists()
    assert "deleted" in run(app, "archive", "remove", "--yes")
    assert list(home.glob("library.db*")) == []
    assert "There is no library" in fails(app, "archive", "remove", "--yes")


def test_what_was_left_out_is_in_a_report(app: Flask, home: Path, export: Path) -> None:
    name = maker_harm.ZipFile(export).namelist()
    damaged = next(one for one in name if one.endswith(".fit.gz"))
    harmed = maker_harm.with_member_replaced(export, damaged, b"no recording")
    said = run(app, "archive", "import", str(harmed), "--jobs", "1")
    assert "1 damaged" in said and "1 lines of what was left out" in said
    report = home / "archive-report.csv"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert damaged in report.read_text() and "activity,file,problem" in report.read_text()
    run(app, "archive", "import", str(export), "--jobs", "1")
    assert not report.exists(), "with the whole export nothing is left out any more"


@pytest.mark.parametrize(
    "harm, said",
    [
        (maker_harm.truncated, "download it again from Strava"),
        (maker_harm.encrypted, "is encrypted: unpack it"),
    ],
)
def test_what_is_no_export_is_one_line(app: Flask, export: Path, harm: object, said: str) -> None:
    assert callable(harm)
    found = fails(app, "archive", "import", str(harm(export)))
    (line,) = [line for line in found.splitlines() if line.startswith("Error: ")]
    assert said in line and "Traceback" not in found
    assert "activities: 0" in run(app, "archive", "status")


def test_other_things_than_exports(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no zip")
    assert "no complete zip" in fails(app, "archive", "import", str(tmp_path / "notes.txt"))
    (tmp_path / "empty").mkdir()
    assert "no FIT, GPX or TCX" in fails(app, "archive", "import", str(tmp_path / "empty"))
    assert "does not exist" in fails(app, "archive", "import", str(tmp_path / "nowhere"))
    (tmp_path / "broken.fit").write_bytes(b"\x0e\x10.FIT")
    assert "broken.fit: not imported" in fails(
        app, "archive", "import", str(tmp_path / "broken.fit")
    )


def test_a_second_import_waits_for_its_turn(app: Flask, home: Path, export: Path) -> None:
    ready, done = threading.Event(), threading.Event()

    def other() -> None:
        with only_import(home):
            ready.set()
            done.wait(30)

    thread = threading.Thread(target=other)
    thread.start()
    try:
        assert ready.wait(30)
        said = fails(app, "archive", "import", str(export))
        assert "Another import" in said and "Traceback" not in said
        (home / "library.db").touch()
        assert "Another import" in fails(app, "archive", "remove", "--yes")
        (home / "library.db").unlink()
    finally:
        done.set()
        thread.join(30)
    assert "41 imported" in run(app, "archive", "import", str(export), "--jobs", "1")


def test_a_real_terminal_and_control_c(home: Path, tmp_path: Path) -> None:
    """Interrupted, it says how far it came, and goes on from there."""
    bulk_export(tmp_path / "large.zip", 300)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "archive", "import"]
    command += [str(tmp_path / "large.zip"), "--jobs", "1"]
    environ = {"STRAVA_MCP_HOME": str(home), "PATH": "/usr/bin:/bin", "STRAVA_SOURCE": "archive"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    library = home / "library.db"
    for _ in range(600):
        if library.exists() and library.stat().st_size > 60_000:
            break
        time.sleep(0.05)
    process.send_signal(2)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130 and "run it again to go on" in said, said
    assert "Traceback" not in said
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert " 0 unchanged" not in done.stdout and "0 damaged" in done.stdout


def test_publish(
    app: Flask, home: Path, export: Path, s3: Cloud, tmp_path: Path  # noqa: F811
) -> None:
    assert "s3://" in fails(app, "archive", "publish", "https://example.com/x")
    run(app, "archive", "import", str(export), "--jobs", "1")
    said = run(app, "archive", "publish", "s3://athlete/strava")
    assert "40 recordings sent, 0 taken away" in said
    assert "STRAVA_SOURCE=archive and ARCHIVE_URL=s3://athlete/strava" in said
    assert len(s3.objects()) == 41
    assert "0 recordings sent" in run(app, "archive", "publish", "s3://athlete/strava")
    assert "no bucket nobody: create it" in fails(app, "archive", "publish", "s3://nobody/x")


def test_the_doctor_says_how_to_begin(app: Flask, export: Path) -> None:
    assert "flask archive import" in fails(app, "doctor")
    run(app, "archive", "import", str(export), "--jobs", "1")
    services(app).close()
    assert "source archive: reached" in run(app, "doctor")
