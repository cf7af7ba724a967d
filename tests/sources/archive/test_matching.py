"""Importing single recording files, before and after exports with the same activities."""

import gzip
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.recordings.recording import Recording
from strava_mcp.services import services
from strava_mcp.sources.archive import matching
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.matching import import_file
from strava_mcp.sources.archive.stored_activity import StoredActivity
from strava_mcp.sources.source import FIRST_OWN_ID
from tests.cli.test_commands import TOKEN, fails, run
from tests.recordings import fit_maker
from tests.sources.archive import maker_harm
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker import Truth, bulk_export, encoded

MORNING = datetime(2024, 5, 1, 6, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def app(home: Path) -> Any:
    archive_app = create_app(Config(home=home, auth_tokens=(TOKEN,), strava_source="archive"))
    yield archive_app
    services(archive_app).close()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Truth]]:
    path = tmp_path_factory.mktemp("exported") / "export.zip"
    return path, [truth for truth in bulk_export(path, 24) if truth.file]


@pytest.fixture
def export(exported: tuple[Path, list[Truth]], tmp_path: Path) -> Path:
    return Path(shutil.copy(exported[0], tmp_path))


@pytest.fixture
def truths(exported: tuple[Path, list[Truth]]) -> list[Truth]:
    return exported[1]


@pytest.fixture
def watch(export: Path, truths: list[Truth], tmp_path: Path) -> Path:
    """A folder of a watch: the recordings of the export under other names."""
    unpacked, folder = maker_harm.as_folder(export, tmp_path / "unpacked"), tmp_path / "watch"
    (folder / "2024").mkdir(parents=True)
    for number, truth in enumerate(truths):
        name = str(truth.file)
        ending = name.partition(".")[2]
        target = folder / "2024" / f"ride {number}.{ending}"
        target.write_bytes((unpacked / name).read_bytes())
    (folder / "README.txt").write_text("not a recording")
    return folder


def listed(home: Path) -> list[dict[str, Any]]:
    return archive_of(home).activities(per_page=200)


def ids(home: Path) -> set[int]:
    return {row["id"] for row in listed(home)}


def run_of(seconds: int, start: datetime = MORNING, step: int = 4) -> Recording:
    """Make the recording of a run through Zurich at 3 m/s, uphill."""
    times = list(range(0, seconds + 1, step))
    return Recording(
        start=start,
        streams={
            "time": times,
            "moving": [False] + [True] * (len(times) - 1),
            "distance": [3.0 * s for s in times],
            "velocity_smooth": [3.0] * len(times),
            "latlng": [[round(47.37 + s * 27e-6, 6), 8.54] for s in times],
            "altitude": [400.0 + s / 4 for s in times],
            "heartrate": [140] * len(times),
        },
        offset_s=7200,
        sport="Run",
        device="Watch",
        totals={
            **{"elapsed_time": seconds, "moving_time": seconds, "distance": 3.0 * seconds},
            **{"total_elevation_gain": seconds / 4, "calories": 99, "average_heartrate": 140.0},
        },
    )


def take(home: Path, recording: Recording, name: str = "run.fit") -> list[tuple[str, int]]:
    """Import a recording from a file."""
    library = Library(home / FILE, create=True)
    try:
        return import_file(library, name, encoded(recording, name))
    finally:
        library.close()


@pytest.mark.parametrize("name", ["run.fit", "run.gpx", "run.tcx", "RUN.FIT", "run.gpx.gz"])
def test_one_file_is_an_activity_with_its_recording(
    app: Flask, home: Path, tmp_path: Path, name: str
) -> None:
    data = encoded(run_of(600), name.lower())
    (tmp_path / name).write_bytes(data)
    output = run(app, "archive", "import", str(tmp_path / name))
    (row,) = listed(home)
    assert output == f"{name}: imported, activity {row['id']}\n" and row["id"] >= FIRST_OWN_ID
    assert row["start_date"] == "2024-05-01T06:00:00Z"
    assert row["start_date_local"] == "2024-05-01T08:00:00Z"
    assert row["timezone"] == "(GMT+01:00) Europe/Zurich"
    assert row["elapsed_time"] == 600 and row["distance"] == pytest.approx(1800, rel=0.01)
    assert row["sport_type"] == "Run" and row["has_heartrate"] and not row["manual"]
    streams = archive_of(home).streams(row["id"], ["time", "latlng", "heartrate"])
    assert streams["time"]["data"] == list(range(0, 601, 4))
    assert streams["latlng"]["data"][0] == pytest.approx([47.37, 8.54], abs=1e-5)
    assert "up to 2024-05-01" in archive_of(home).status()["freshness"]
    (tmp_path / f"copy of {name}").write_bytes(data)
    for again in (name, f"copy of {name}"):
        output = run(app, "archive", "import", str(tmp_path / again))
        assert output == f"{again}: known, activity {row['id']}\n"
    assert listed(home) == [row]


def test_same_run_of_a_second_device_is_recognized(home: Path) -> None:
    ((_, number),) = take(home, run_of(1800))
    later = run_of(1700, MORNING + timedelta(seconds=90), step=5)
    assert take(home, later, "bike computer.gpx") == [("known", number)]
    ((_, moment),) = take(home, run_of(0, MORNING + timedelta(days=1)))
    again = take(home, run_of(0, MORNING + timedelta(days=1)), "phone.gpx")
    assert again == [("known", moment)]
    assert ids(home) == {number, moment}


def test_similar_activities_stay_separate(home: Path) -> None:
    """Same start but much longer; later start; over when the other one started."""
    first = take(home, run_of(1800))
    others = [
        take(home, run_of(3600)),
        take(home, run_of(1800, MORNING + timedelta(seconds=150))),
        take(home, run_of(100, MORNING + timedelta(days=1))),
        take(home, run_of(100, MORNING + timedelta(days=1, seconds=100))),
    ]
    sessions = [each for each, in (first, *others)]
    assert [word for word, _ in sessions] == ["imported"] * 5
    assert ids(home) == {number for _, number in sessions} and len(ids(home)) == 5


def test_each_session_of_a_file_is_an_activity(home: Path, tmp_path: Path) -> None:
    """A swim, and a ride that starts when it ends."""
    records = [fit_maker.record(s, heart_rate=130, distance=2.0 * s) for s in range(0, 1200, 10)]
    sessions: list[tuple[str, dict[str, Any]]] = [
        (
            "SESSION",
            {
                **{"timestamp": fit_maker.MORNING + end, "start_time": fit_maker.MORNING + begin},
                **{"total_elapsed_time": float(end - begin), "sport": sport},
            },
        )
        for begin, end, sport in ((0, 600, "swimming"), (600, 1190, "cycling"))
    ]
    data = fit_maker.fit([fit_maker.file_id(), *records, *sessions])
    library = Library(home / FILE, create=True)
    imported = import_file(library, "race.fit", data)
    assert [word for word, _ in imported] == ["imported", "imported"]
    assert import_file(library, "race.fit", data) == [("known", number) for _, number in imported]
    library.close()
    assert [row["sport_type"] for row in listed(home)] == ["Ride", "Swim"]


def test_activities_of_one_start_in_one_file(home: Path) -> None:
    data = b"".join(
        fit_maker.fit(
            [
                fit_maker.file_id(),
                *(fit_maker.record(s, distance=s * speed) for s in range(601)),
                fit_maker.session(0, 600, sport),
            ]
        )
        for sport, speed in (("running", 3.0), ("cycling", 8.0))
    )
    library = Library(home / FILE, create=True)
    imported = import_file(library, "chain.fit", data)
    assert [word for word, _ in imported] == ["imported", "imported"]
    assert import_file(library, "again.fit.gz", gzip.compress(data)) == [
        ("known", number) for _, number in imported
    ]
    library.close()
    assert sorted((row["sport_type"], row["distance"]) for row in listed(home)) == [
        *(("Ride", 4800), ("Run", 1800))
    ]


def test_course_is_refused_by_its_name(app: Flask, tmp_path: Path) -> None:
    course = tmp_path / "loop.fit"
    course.write_bytes(fit_maker.fit([fit_maker.file_id("course"), *fit_maker.ride(60)]))
    output = fails(app, "archive", "import", str(course))
    assert "loop.fit: not imported: it is a course, not a recording" in output


def test_recording_of_a_clock_that_was_not_set(app: Flask, tmp_path: Path) -> None:
    records = [("RECORD", {"timestamp": 60 + s, "distance": s * 5.0}) for s in range(60)]
    file = tmp_path / "reset.fit"
    file.write_bytes(fit_maker.fit([fit_maker.file_id(), *records]))
    output = fails(app, "archive", "import", str(file))
    assert "it does not say when it was recorded; the device's clock was not set" in output


def test_damaged_file_in_a_folder_is_skipped(app: Flask, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "a.fit").write_bytes(b"no recording")
    (folder / "b.fit").write_bytes(encoded(run_of(600), "b.fit"))
    timeless = encoded(run_of(600), "c.gpx").replace(b"<time>", b"<when>")
    (folder / "c.gpx.gz").write_bytes(gzip.compress(timeless.replace(b"</time>", b"</when>")))
    output = run(app, "archive", "import", str(folder))
    assert "a.fit: not imported: it is neither FIT nor GPX nor TCX" in output
    assert "b.fit: imported" in output
    assert "c.gpx.gz: not imported: it does not say when it was recorded" in output
    assert len(listed(home)) == 1
    (folder / "b.fit").unlink()
    assert "not imported" in fails(app, "archive", "import", str(folder))


def test_single_files_of_every_format(
    app: Flask, home: Path, watch: Path, truths: list[Truth]
) -> None:
    output = run(app, "archive", "import", str(watch))
    assert output.count(": imported, activity") == len(truths) and "README" not in output
    endings = {path.name.partition(".")[2] for path in (watch / "2024").iterdir()}
    assert endings >= {"fit.gz", "gpx"} and any("tcx" in ending for ending in endings)
    rows = listed(home)
    assert len(rows) == len(truths) and all(row["id"] >= FIRST_OWN_ID for row in rows)
    first = archive_of(home)
    for row in rows:
        assert len(first.streams(row["id"], ["time"])["time"]["data"]) >= 10
    assert f"from single files: {len(truths)}" in run(app, "archive", "status")


def test_same_file_is_imported_once(app: Flask, home: Path, watch: Path) -> None:
    run(app, "archive", "import", str(watch))
    before = listed(home)
    output = run(app, "archive", "import", str(watch))
    assert ": imported" not in output and output.count(": known") == len(before)
    assert listed(home) == before


def test_next_export_replaces_single_files(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    run(app, "archive", "import", str(watch))
    alone = run(app, "archive", "status")
    output = run(app, "archive", "import", str(export), "--jobs", "1")
    assert f"{len(truths)} recordings imported earlier as single files were merged" in output
    rows = listed(home)
    assert len({row["start_date"] for row in rows}) == len(rows), "nothing is there twice"
    assert all(row["id"] < FIRST_OWN_ID for row in rows)
    assert {truth.id for truth in truths} <= {row["id"] for row in rows}
    assert "from single files" in alone
    assert "from single files" not in run(app, "archive", "status")


def test_an_export_leaves_files_of_other_activities(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    """An activity of another day, and a much longer one that starts within minutes."""
    run(app, "archive", "import", str(watch))
    start = datetime.fromisoformat(truths[0].start_date)
    ((_, longer),) = take(home, run_of(7200, start + timedelta(seconds=60)))
    ((_, other),) = take(home, run_of(600, MORNING + timedelta(days=900)))
    output = run(app, "archive", "import", str(export), "--jobs", "1")
    assert f"{len(truths)} recordings imported earlier" in output
    assert ids(home) == {truth.id for truth in truths} | {longer, other}
    assert "from single files: 2" in run(app, "archive", "status")
    again = run(app, "archive", "import", str(export), "--jobs", "1")
    assert "0 imported, 0 updated, 24 unchanged" in again and "were merged" not in again
    assert ids(home) == {truth.id for truth in truths} | {longer, other}


def test_two_activities_of_one_start_in_an_export_are_kept(
    home: Path, export: Path, truths: list[Truth]
) -> None:
    """Two devices recorded and uploaded it."""

    def twice(rows: list[list[str]]) -> None:
        rows.append(["77", *rows[1][1:]])

    assert import_into(home, maker_harm.with_rows(export, twice)).merged == 0
    assert ids(home) == {truth.id for truth in truths} | {77}


def test_recordings_of_an_imported_export_are_known(
    app: Flask, home: Path, export: Path, watch: Path
) -> None:
    import_into(home, export)
    before = listed(home)
    output = run(app, "archive", "import", str(watch))
    assert ": imported" not in output and "known" in output
    assert listed(home) == before


def test_missing_recording_is_added_from_a_file(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    """The file is missing in the export but not on the watch. Another import keeps it."""
    lacking = maker_harm.without_member(export, str(truths[3].file))
    import_into(home, lacking)
    output = run(app, "archive", "import", str(watch))
    assert "added to, activity" in output and str(truths[3].id) in output
    for _ in range(2):
        times = archive_of(home).streams(truths[3].id, ["time"])["time"]["data"]
        assert len(times) == len(truths[3].streams["time"])
        import_into(home, lacking)


def lacking(export: Path, truth: Truth) -> Path:
    """Copy the export without the file and without the optional values of an activity."""
    left_out = ("Elevation Gain", "Max Heart Rate", "Average Heart Rate", "Calories")

    def change(rows: list[list[str]]) -> None:
        (row,) = (row for row in rows if row[0] == str(truth.id))
        row[:] = ["" if head in left_out else cell for head, cell in zip(rows[0], row, strict=True)]

    return maker_harm.without_member(maker_harm.with_rows(export, change), str(truth.file))


@pytest.mark.parametrize("export_first", [True, False])
def test_recording_fills_in_what_the_row_lacks(
    home: Path, export: Path, truths: list[Truth], export_first: bool
) -> None:
    """In either order. Values that Strava wrote are kept."""
    truth = truths[0]
    length = truth.elapsed_time // 4 * 4
    alone = replace(run_of(length, datetime.fromisoformat(truth.start_date)), name="By the watch")
    del alone.totals["distance"]  # so that it is computed
    export_without = lacking(export, truth)
    if export_first:
        import_into(home, export_without)
        assert "total_elevation_gain" not in archive_of(home).activity(truth.id)
        assert take(home, alone) == [("added to", truth.id)]
    else:
        ((_, own),) = take(home, alone)
        assert import_into(home, export_without).merged == 1 and own not in ids(home)
    activity = archive_of(home).activity(truth.id)
    assert activity["name"] == truth.name and activity["distance"] == truth.distance
    assert activity["total_elevation_gain"] == pytest.approx(length / 4, abs=0.5)
    assert activity["average_heartrate"] == 140 and activity["has_heartrate"]
    assert activity["calories"] == 99 and activity["laps"] is not None and activity["map"]
    assert activity["timezone"] == "(GMT+01:00) Europe/Zurich" and not activity["manual"]
    assert {"distance", "moving_time", "elapsed_time"}.isdisjoint(activity.get("computed", ()))
    assert len(archive_of(home).streams(truth.id, ["time"])["time"]["data"]) == length // 4 + 1
    assert take(home, alone) == [("known", truth.id)]
    import_into(home, export)  # with its own recording
    times = archive_of(home).streams(truth.id, ["time"])["time"]["data"]
    assert len(times) == len(truth.streams["time"])


def test_freshness_includes_single_files(
    app: Flask, home: Path, export: Path, watch: Path, truths: list[Truth]
) -> None:
    """The export was requested before the last rides."""
    newest = sorted(truths, key=lambda truth: truth.start_date)[-5:]
    left_out = {str(truth.id) for truth in newest}

    def before(rows: list[list[str]]) -> None:
        rows[:] = [row for row in rows if row[0] not in left_out]

    import_into(home, maker_harm.with_rows(export, before))
    earlier = archive_of(home).status()["freshness"]
    run(app, "archive", "import", str(watch))
    day = listed(home)[0]["start_date_local"][:10]
    assert f"up to {day}" in archive_of(home).status()["freshness"] and day not in earlier
    assert len(listed(home)) == 24


def test_an_improved_parser_reads_single_files_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that an earlier version took for two activities."""
    with monkeypatch.context() as earlier:
        earlier.setattr(matching, "PARSED_BY", "")
        ((_, number),) = take(home, run_of(600))
        ((_, other),) = take(home, run_of(600, MORNING + timedelta(hours=2)), "other.fit")
    right, _ = sorted(listed(home), key=lambda row: row["start_date"])
    library = Library(home / FILE)
    library.put_summaries([right | {"distance": 99.0}])
    stored, source_hash = library.activity(number), library.source_hash(number)
    assert stored and source_hash
    wrong = StoredActivity(
        *(number + 5, 0, 600, stored.summary | {"id": number + 5}, stored.detail),
        *(source_hash.replace(":0", ":1"), "file"),
    )
    library.put(wrong)
    library.close()
    assert take(home, run_of(600)) == [("updated", number)]
    assert listed(home)[1] == right and ids(home) == {number, other}
    streams = archive_of(home).streams(number, ["time"])
    assert streams["time"]["data"] == list(range(0, 601, 4))
    assert take(home, run_of(600)) == [("known", number)]


def test_an_export_alone_is_not_compared_with_itself(
    export: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any number of its activities may start together, and each would be compared with each."""
    compared: list[int] = []
    near = Library.near

    def counted(library: Library, started: int, within_s: int) -> Any:
        compared.append(started)
        return near(library, started, within_s)

    monkeypatch.setattr(Library, "near", counted)
    import_into(home, export)
    assert not compared
