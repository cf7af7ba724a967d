"""Importing exports: completely, repeatedly, interrupted and damaged."""

import gzip
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from strava_mcp import recordings
from strava_mcp.errors import Unavailable
from strava_mcp.sources.archive import workers
from strava_mcp.sources.archive.catalog import UnreadableTable
from strava_mcp.sources.archive.export import NotAnExport, open_export
from strava_mcp.sources.archive.importing import ImportSummary, import_export, import_lock
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.stored_activity import StoredActivity
from tests.conftest import ROOT
from tests.recordings import memory_limit
from tests.recordings.fit_maker import MORNING, activity, fit, ride
from tests.sources.archive import signalled_import
from tests.sources.archive.dying_worker import FATAL_ID, die_of_the_fifth
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import Truth, bulk_export, format_of
from tests.sources.archive.maker_csv import Wording
from tests.sources.archive.maker_harm import (
    BAIT,
    TRICKS,
    as_folder,
    encrypted,
    truncated,
    with_bomb,
    with_doubled_row,
    with_member_replaced,
    with_path_tricks,
    with_rows,
    without_member,
)
from tests.sources.archive.signalled_import import Report, read_report, resume

#: Half of the last digit of the least precise format: FIT has semicircles and steps of 0.2 m.
PRECISION = {"distance": 0.06, "latlng": 1.1e-6, "altitude": 0.11, "velocity_smooth": 0.002}
KINDS = (
    *("distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence", "watts"),
    *("temp", "time"),
)


def content(home: Path) -> list[tuple[Any, ...]]:
    """Return everything in a library, except when it was imported."""
    connection = sqlite3.connect(home / FILE)
    rows = connection.execute("SELECT * FROM activities ORDER BY id").fetchall()
    rows += connection.execute("SELECT * FROM recordings ORDER BY name").fetchall()
    statement = "SELECT * FROM belongings WHERE kind <> 'import' ORDER BY kind, key"
    rows += connection.execute(statement).fetchall()
    connection.close()
    return rows


def check(home: Path, truths: list[Truth], wording: Wording) -> None:
    source = archive_of(home)
    for truth in truths:
        activity = source.activity(truth.id)
        assert activity["start_date"] == truth.start_date
        assert activity["name"] == truth.name
        if wording != "old":  # old exports have one word for all kinds of rides
            assert activity["sport_type"] == truth.sport_type
            assert activity["moving_time"] == truth.moving_time
        assert activity["elapsed_time"] == truth.elapsed_time
        assert activity["distance"] == pytest.approx(truth.distance, abs=0.06)
        assert activity["manual"] == (truth.file is None)
        if truth.file:
            check_streams(source.streams(truth.id, KINDS), truth)


def check_streams(streams: dict[str, Any], truth: Truth) -> None:
    assert truth.file
    for key, wanted in truth.streams.items():
        if key == "moving":  # depends on speed in formats without a timer
            continue
        if key == "temp" and format_of(truth.file) == "tcx":
            continue
        data = streams[key]["data"]
        assert len(data) == len(wanted), key
        for got, want in zip(data, wanted, strict=True):
            assert got == pytest.approx(want, abs=PRECISION.get(key, 0)), key


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "count, wording", [(3, "english"), (300, "english"), (60, "german"), (60, "old")]
)
def test_export_is_imported_completely(tmp_path: Path, count: int, wording: Wording) -> None:
    truths = bulk_export(tmp_path / "export.zip", count, wording)
    summary = import_into(tmp_path / "home", tmp_path / "export.zip")
    assert (summary.rows, summary.imported, summary.damaged) == (count, count, 0)
    assert summary.unrecorded == sum(truth.file is None for truth in truths)
    assert summary.problems == []
    check(tmp_path / "home", truths, wording)


def test_export_in_miles(tmp_path: Path) -> None:
    truths = bulk_export(tmp_path / "export.zip", 30, "english", "miles")
    summary = import_into(tmp_path / "home", tmp_path / "export.zip")
    assert (summary.language, summary.units) == ("English", "miles")
    check(tmp_path / "home", truths, "english")


@pytest.mark.no_cover
def test_a_thousand_activities_in_two_processes(tmp_path: Path) -> None:
    truths = bulk_export(tmp_path / "export.zip", 1000, samples=10)
    summary = import_into(tmp_path / "home", tmp_path / "export.zip", jobs=2)
    assert (summary.imported, summary.damaged) == (1000, 0)
    check(tmp_path / "home", random.Random(5).sample(truths, 100), "english")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Truth]]:
    """An export of thirty activities; tests damage copies of it."""
    path = tmp_path_factory.mktemp("exported") / "export.zip"
    return path, bulk_export(path, 30)


@pytest.fixture
def export(exported: tuple[Path, list[Truth]], tmp_path: Path) -> Path:
    return Path(shutil.copy(exported[0], tmp_path / "export.zip"))


@pytest.fixture
def truths(exported: tuple[Path, list[Truth]]) -> list[Truth]:
    return exported[1]


def named(truths: list[Truth], ending: str) -> Truth:
    return next(truth for truth in truths if truth.file and truth.file.endswith(ending))


@pytest.mark.no_cover
def test_large_recordings_are_parsed_alone(
    export: Path, truths: list[Truth], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LARGE_PACKED_BYTES", 1900)
    monkeypatch.setattr(workers, "LARGE_PLAIN_BYTES", 18_000)
    alone, parse_alone = [], workers._parse_alone

    def noted(task: workers.Task) -> StoredActivity:
        alone.append(task.entry.file)
        return parse_alone(task)

    monkeypatch.setattr(workers, "_parse_alone", noted)
    summary = import_into(tmp_path / "home", export, jobs=2)
    assert (summary.imported, summary.damaged) == (30, 0)
    assert {format_of(str(name)) for name in alone} == {"fit", "tcx"} and len(alone) == 3
    check(tmp_path / "home", truths, "english")


def test_folder_and_zip_give_the_same_library(export: Path, tmp_path: Path) -> None:
    import_into(tmp_path / "one", export)
    folder = as_folder(export, tmp_path / "unpacked" / "export_1234")
    import_into(tmp_path / "two", folder.parent)  # a folder that contains it is accepted too
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_second_import_parses_nothing_and_changes_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    import_into(home, export)
    before = content(home)

    def fail(_: object) -> None:
        raise AssertionError("a recording was read again")

    monkeypatch.setattr("strava_mcp.sources.archive.workers.parse", fail)
    summary = import_into(home, export)
    assert (summary.imported, summary.updated, summary.unchanged) == (0, 0, 30)
    assert content(home) == before
    assert import_into(home, as_folder(export, tmp_path / "unpacked")).unchanged == 30


def test_a_newer_export_adds_and_updates(export: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"

    def older(rows: list[list[str]]) -> None:
        del rows[-1]
        rows[1][2] = "As it was called before"

    import_into(home, with_rows(export, older))
    summary = import_into(home, export)
    assert (summary.imported, summary.updated, summary.unchanged) == (1, 1, 28)
    import_into(tmp_path / "at once", export)
    assert content(home) == content(tmp_path / "at once")


def test_activity_missing_from_a_newer_export_is_kept(export: Path, tmp_path: Path) -> None:
    import_into(tmp_path / "home", export)
    import_into(tmp_path / "home", with_rows(export, lambda rows: rows.pop(5)))
    assert len(archive_of(tmp_path / "home").activities(per_page=200)) == 30


#: Kinds of corrupt recordings: the content of the file, and part of the report.
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "a page": (b"<!DOCTYPE html><html><body>Not found</body></html>", ""),
    "noise": (random.Random(1).randbytes(5000), ""),
    "half": (b"\x0e\x10\x43\x08\x78\x06\x09\x00.FIT\x00\x00", ""),
    "an empty gzip": (gzip.compress(b"", mtime=0), "empty"),
    "half a gzip": (gzip.compress(random.Random(2).randbytes(4000))[:900], ""),
}


@pytest.mark.parametrize("how", BROKEN)
def test_corrupt_recording_is_reported(
    export: Path, truths: list[Truth], tmp_path: Path, how: str
) -> None:
    harmed, words = BROKEN[how]
    truth = named(truths, ".fit.gz")
    assert truth.file
    path = with_member_replaced(export, truth.file, harmed)
    summary = import_into(tmp_path / "home", path)
    assert (summary.imported, summary.damaged) == (30, 1)
    ((number, file, problem),) = summary.problems
    assert (number, file) == (str(truth.id), truth.file) and words in problem
    activity = archive_of(tmp_path / "home").activity(truth.id)
    assert activity["distance"] == truth.distance and activity["manual"] is False


@pytest.mark.parametrize(
    "error, words, again",
    [
        (MemoryError, "tries again", (0, 1, 29)),
        (RecursionError, "tries again", (0, 1, 29)),
        (TypeError, "reading it failed (TypeError)", (0, 0, 30)),
        (OverflowError, "reading it failed (OverflowError)", (0, 0, 30)),
    ],
)
def test_a_reader_that_fails_costs_one_activity(
    export: Path,
    truths: list[Truth],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    words: str,
    again: tuple[int, int, int],
) -> None:
    truth = named(truths, ".fit.gz")
    assert truth.file
    with open_export(export) as opened:
        content = opened.read(truth.file)
    read = recordings._read

    def fail_once(data: bytes) -> Any:
        if data == content:
            raise error
        return read(data)

    with monkeypatch.context() as patched:
        patched.setattr(recordings, "_read", fail_once)
        summary = import_into(tmp_path / "home", export)
    assert (summary.imported, summary.damaged) == (30, 1)
    ((number, file, problem),) = summary.problems
    assert (number, file) == (str(truth.id), truth.file) and words in problem
    second = import_into(tmp_path / "home", export)
    assert (second.damaged, second.updated, second.unchanged) == again


def test_values_that_cannot_be_true_are_reported(
    export: Path, truths: list[Truth], tmp_path: Path
) -> None:
    truth = named(truths, ".tcx.gz")
    assert truth.file
    with open_export(export) as opened:
        text = gzip.decompress(opened.read(truth.file)).decode()
    long = re.sub("<TotalTimeSeconds>[^<]*<", "<TotalTimeSeconds>131067<", text, count=1)
    path = with_member_replaced(export, truth.file, gzip.compress(long.encode(), mtime=0))
    summary = import_into(tmp_path / "home", path)
    ((number, file, problem),) = summary.problems
    assert (number, file) == (str(truth.id), truth.file)
    assert "lap 1: moving time of 36:24:27 is left out: the recording lasts " in problem
    laps = archive_of(tmp_path / "home").activity(truth.id)["laps"]
    assert all(lap["moving_time"] <= truth.elapsed_time for lap in laps)


def test_missing_recording_is_reported_and_added_later(
    export: Path, truths: list[Truth], tmp_path: Path
) -> None:
    home, truth = tmp_path / "home", named(truths, ".fit.gz")
    assert truth.file
    summary = import_into(home, without_member(export, truth.file))
    assert [problem for *_, problem in summary.problems] == [f"{truth.file} is not in the export"]
    assert import_into(home, export).updated == 1
    check(home, [truth], "english")


def test_recording_with_another_extension(
    export: Path, truths: list[Truth], tmp_path: Path
) -> None:
    """The name gives another format and compression than the content."""
    fit, tcx = named(truths, ".fit.gz"), named(truths, ".tcx.gz")
    assert fit.file and tcx.file
    with open_export(export) as opened:
        content = opened.read(fit.file)
    renamed = without_member(export, fit.file)
    path = with_member_replaced(
        renamed, fit.file.replace(".fit.gz", ".gpx"), gzip.decompress(content)
    )
    assert import_into(tmp_path / "home", path).damaged == 0
    check(tmp_path / "home", [fit, tcx], "english")


def test_recording_of_another_day_is_rejected(
    export: Path, truths: list[Truth], tmp_path: Path
) -> None:
    one, other = (truth for truth in truths[:12] if str(truth.file).endswith(".fit.gz")), truths[
        20:
    ]
    first, last = next(iter(one)), named(list(other), ".fit.gz")
    assert first.file and last.file
    with open_export(export) as opened:
        path = with_member_replaced(export, first.file, opened.read(last.file))
    summary = import_into(tmp_path / "home", path)
    assert "it was recorded on" in summary.problems[0][2]


@pytest.mark.parametrize("ending", [".fit.gz", ".gpx"])
def test_decompression_bomb_is_rejected(
    export: Path, truths: list[Truth], tmp_path: Path, ending: str
) -> None:
    truth = named(truths, ending)
    assert truth.file
    summary = import_into(tmp_path / "home", with_bomb(export, truth.file))
    assert (summary.imported, summary.damaged) == (30, 1)
    assert "64 M" in summary.problems[0][2]


def test_path_traversal_is_impossible(export: Path, tmp_path: Path) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    summary = import_into(tmp_path / "home", with_path_tricks(export))
    assert summary.imported == 30 + len(TRICKS)
    assert len(summary.problems) == len(TRICKS)
    after = {path for path in tmp_path.rglob("*") if path.is_file()} - set(before)
    assert {path.name for path in after} == {FILE, "export-tricks.zip"}
    assert BAIT not in b"".join(repr(row).encode() for row in content(tmp_path / "home"))


def test_duplicate_row_is_reported(export: Path, truths: list[Truth], tmp_path: Path) -> None:
    summary = import_into(tmp_path / "home", with_doubled_row(export))
    assert summary.imported == 30
    assert "appears twice" in summary.problems[0][2]
    assert archive_of(tmp_path / "home").activity(truths[0].id)["name"] == truths[0].name


def test_invalid_cells_are_skipped_individually(
    export: Path, truths: list[Truth], tmp_path: Path
) -> None:
    def odd(rows: list[list[str]]) -> None:
        at = rows[0].index("Activity Date"), rows[0].index("Max Heart Rate")
        rows[1][at[0]] = "Jan 1, 1970, 0:00:00 AM"
        rows[2][at[0]] = "May 6, 2099, 4:02:34 AM"
        rows[3][at[1]] = "NaN"

    summary = import_into(tmp_path / "home", with_rows(export, odd))
    assert summary.imported == 30 and len(summary.problems) == 2
    first, _, third = (archive_of(tmp_path / "home").activity(t.id) for t in truths[:3])
    assert truths[0].file and first["start_date"] == truths[0].start_date  # from its recording
    assert third["max_heartrate"] > 0  # from the duplicate column


#: Exports that cannot be imported at all: how they are damaged, and the error.
HOPELESS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "half a download": (truncated, "not a complete zip.*download it again"),
    "encrypted": (encrypted, "encrypted: unpack it"),
    "no catalog": (lambda path: without_member(path, "activities.csv"), "no activities.csv"),
    "no dates": (
        lambda path: with_rows(path, lambda rows: [row.pop(1) for row in rows]),
        "no column with their dates",
    ),
    "an empty catalog": (lambda path: with_member_replaced(path, "activities.csv", b""), "empty"),
}


@pytest.mark.parametrize("how", HOPELESS)
def test_failed_import_leaves_the_library_unchanged(export: Path, tmp_path: Path, how: str) -> None:
    harm, words = HOPELESS[how]
    import_into(tmp_path / "home", export)
    before = content(tmp_path / "home")
    with pytest.raises((NotAnExport, UnreadableTable), match=words):
        import_into(tmp_path / "home", harm(export))
    assert content(tmp_path / "home") == before


def test_concurrent_import_is_rejected(export: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with import_lock(home):
        done = command(home, "archive", "import", str(export))
        assert done.returncode == 1
        assert "Another import is running" in done.stderr
        with pytest.raises(Unavailable, match="wait until it has ended"):
            with import_lock(home):
                pass
    assert command(home, "archive", "import", str(export)).returncode == 0


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "STRAVA_MCP_HOME": str(home), "STRAVA_SOURCE": "archive"}


def command(home: Path, *words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command of the CLI."""
    line = [sys.executable, "-m", "flask", *words]
    return subprocess.run(
        line,
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


@pytest.mark.no_cover
def test_full_disk_is_reported_and_the_next_import_continues(export: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(0o700)

    def limit_file_size() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = command(
        home, "archive", "import", str(export), "--jobs", "1", preexec_fn=limit_file_size
    )
    assert done.returncode == 1 and "Make room on the disk" in done.stderr
    assert "Traceback" not in done.stderr
    assert 0 < len(archive_of(home).activities(per_page=200)) < 30
    import_into(home, export)
    import_into(tmp_path / "at once", export)
    assert content(home) == content(tmp_path / "at once")


@pytest.mark.no_cover
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_import_killed_at_any_moment_is_completed_by_the_next(
    export: Path, tmp_path: Path, jobs: int
) -> None:
    whole = killed_import(tmp_path / "at once", export, jobs, step=0)
    wanted, counts = content(tmp_path / "at once"), []
    for tenths in (0, 3, 6, 9):
        home = tmp_path / f"home {tenths}"
        killed_import(home, export, jobs, step=1 + whole.steps * tenths // 10)
        counts.append(count(home))
        assert command(home, "archive", "import", str(export)).returncode == 0
        assert content(home) == wanted
    assert counts[0] == 0 and counts == sorted(set(counts)) and counts[2] < 30


def killed_import(home: Path, export: Path, jobs: int, step: int) -> Report:
    """Import in a process of its own, which kills itself at ``step`` unless that is 0."""
    home.mkdir(0o700)
    with signalled_import.start(signal.SIGKILL, step, home, export, jobs) as process:
        report = read_report(process)
        if step:
            resume(process)
        process.wait(120)
    assert process.returncode == (-signal.SIGKILL if step else 0)
    return report


def count(home: Path) -> int:
    """Count the activities in a library; 0 if an import was killed before it had tables."""
    connection = sqlite3.connect(home / FILE)
    try:
        number: int = connection.execute("SELECT count(*) FROM activities").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
    return number


@pytest.mark.no_cover
def test_workers_exit_when_their_import_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    bulk_export(path, 30, samples=100)
    workers_of = killed_import(tmp_path / "home", path, 2, step=200).workers
    assert workers_of
    deadline = time.monotonic() + 120
    while any(map(is_running, workers_of)):
        assert time.monotonic() < deadline, "a worker outlived its import"
        time.sleep(0.05)


def is_running(process_id: str) -> bool:
    """Whether a process has not ended, even if nobody has asked for its exit code yet."""
    try:
        text = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.no_cover
def test_a_dying_worker_costs_one_recording(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(workers, "parse", die_of_the_fifth)
        summary = import_into(tmp_path / "home", export, jobs=2)
    assert (summary.imported, summary.damaged) == (30, 1)
    ((number, _, problem),) = summary.problems
    assert number == str(FATAL_ID) and "ended the process" in problem
    again = import_into(tmp_path / "home", export)
    assert (again.damaged, again.updated, again.unchanged) == (0, 1, 29)


def test_the_summary_counts_every_row_once(export: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    def step(now: ImportSummary) -> None:
        seen.append((now.done, now.rows))

    library = Library(tmp_path / "home" / FILE, create=True)
    with open_export(export) as opened:
        import_export(opened, library, 1, step)
    library.close()
    assert [done for done, _ in seen] == list(range(31))
    assert {rows for _, rows in seen} == {30}


@pytest.mark.no_cover
def test_laps_that_overlap_without_end_are_not_computed(tmp_path: Path) -> None:
    """Their number times that of the samples would be the work."""
    seconds, count = 20_000, 5000
    laps = [("LAP", lap(seconds)) for _ in range(count)]
    content = fit(activity(*ride(seconds), *laps, total_elapsed_time=float(seconds)))
    code = """
import sys
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.workers import Task, parse
with open(sys.argv[1], "rb") as file:
    activity = parse(Task(Entry(1, {}), "", file.read()))
laps = activity.detail["laps"]
print(len(laps), sum("average_watts" in lap for lap in laps))
"""
    (tmp_path / "laps.fit").write_bytes(content)
    assert memory_limit.run(code, [tmp_path / "laps.fit"]) == f"{count} 4"


def lap(seconds: int) -> dict[str, Any]:
    """Make a lap of the whole recording."""
    times = {"timestamp": MORNING + seconds, "start_time": MORNING}
    return {**times, "total_elapsed_time": float(seconds), "total_timer_time": float(seconds)}


@pytest.mark.parametrize("is_folder", [False, True])
def test_one_file_in_many_rows_is_read_for_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_folder: bool
) -> None:
    """Otherwise a thousand rows that name a file of 50 MB take hours."""
    truths = bulk_export(tmp_path / "export.zip", 40)
    file = next(truth.file for truth in truths if truth.file)

    def name_it(rows: list[list[str]]) -> None:
        column = rows[0].index("Filename")
        for row in rows[1:]:
            row[column] = file

    path = with_rows(tmp_path / "export.zip", name_it)
    path = as_folder(path, tmp_path / "folder") if is_folder else path
    opened: list[str] = []
    monkeypatch.setattr(Path, "open", noting(Path.open, opened))
    monkeypatch.setattr(ZipFile, "open", noting(ZipFile.open, opened))
    summary = import_into(tmp_path / "home", path)
    assert summary.imported == 40
    reasons = [problem.reason for problem in summary.problems]
    assert reasons.count(f"{file} is in more than 10 rows: it is not read") == 30
    assert 0 < opened.count(Path(file).name) <= 10 + 5 + is_folder, "5 for the units, a checksum"
    opened.clear()
    assert import_into(tmp_path / "home", path).unchanged == 40
    assert opened.count(Path(file).name) <= 5 + is_folder


def noting(function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
    """Wrap a function that opens a file; notes the name of each."""

    def noted(*arguments: Any, **options: Any) -> Any:
        path = arguments[0] if isinstance(arguments[0], Path) else arguments[1]
        names.append(Path(str(path)).name)
        return function(*arguments, **options)

    return noted
