"""Whole exports whose words or columns are unusual, imported with their recordings."""

import json
import sqlite3
from pathlib import Path

import pytest

from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.matching import import_file
from tests.conftest import require
from tests.recordings.test_gpx import WALK, gpx
from tests.sources.archive.imported import archive_of, import_into
from tests.sources.archive.maker_csv import ENGLISH

RIDE = gpx(WALK, more="<type>cycling</type>")
JULY_2019 = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,"
    "Distance,Commute,Activity Gear,Filename\n"
)


def export(folder: Path, catalog: str, **recordings: str) -> Path:
    """Write an unpacked export; recordings by their number."""
    (folder / "export/activities").mkdir(parents=True)
    (folder / "export/activities.csv").write_text(catalog, encoding="utf-8")
    for name, content in recordings.items():
        (folder / f"export/activities/{name[1:]}.gpx").write_text(content)
    return folder / "export"


def row(**cells: str) -> str:
    """Make a line by English headers with underscores for spaces."""
    values = {name.replace("_", " "): value for name, value in cells.items()}
    return ",".join('"' + values.get(head, "").replace('"', '""') + '"' for head in ENGLISH) + "\n"


def test_the_sport_of_the_recording_counts_if_the_word_is_unknown(tmp_path: Path) -> None:
    header = "".join(f"слово {n}," for n in range(9)) + "слово 9\n"
    lines = [
        f'{n},"Sep 12, 2018, 3:02:23 PM",Name,{word},,783,3.68,false,,{file}\n'
        for n, (word, file) in enumerate(
            [("Kerékpározás", "activities/1.gpx"), ("Futás", ""), ("Run", "activities/1.gpx")], 1
        )
    ]
    recording = RIDE.replace("2024-05-06", "2018-09-12")
    summary = import_into(
        tmp_path / "home", export(tmp_path, header + "".join(lines), _1=recording)
    )
    source = archive_of(tmp_path / "home")
    assert [source.activity(n)["sport_type"] for n in (1, 2, 3)] == ["Ride", "Workout", "Run"]
    assert [problem.activity for problem in summary.problems] == ["1", "2"]


@pytest.mark.parametrize("export_first", [True, False])
def test_the_sport_of_a_single_file_counts_if_the_word_is_unknown(
    tmp_path: Path, export_first: bool
) -> None:
    header = "".join(f"слово {n}," for n in range(9)) + "слово 9\n"
    line = '1,"May 6, 2024, 6:00:00 AM",Kör,Kerékpározás,,59,0.09,false,,activities/9.gpx\n'
    folder, home = export(tmp_path, header + line), tmp_path / "home"
    for is_export in (export_first, not export_first):
        if is_export:
            import_into(home, folder)
        else:
            library = Library(home / FILE, create=True)
            import_file(library, "ride.gpx", RIDE.encode())
            library.close()
    (activity,) = archive_of(home).activities()
    assert (activity["id"], activity["name"], activity["sport_type"]) == (1, "Kör", "Ride")
    assert "is_sport_unknown" not in archive_of(home).activity(1)
    assert archive_of(home).streams(1, ["time"])["time"]["data"][-1] == 59


def test_unknown_word_in_a_czech_export(tmp_path: Path, shared: Path) -> None:
    folder = shared / "data/imports_that_fail/20_unknown_word_for_sport"
    require(folder.is_dir(), "the inputs that failed once are not in the shared folder")
    summary = import_into(tmp_path / "home", folder)
    activity = archive_of(tmp_path / "home").activity(20061183385)
    assert summary.language == "Czech" and summary.units == "kilometres"
    assert (activity["sport_type"], activity["distance"]) == ("Ride", 33227.2)
    assert (activity["elapsed_time"], activity["moving_time"]) == (7052, 6490)
    assert activity["start_date"] == "2026-09-06T11:18:40Z"


def test_export_of_july_2019(tmp_path: Path, shared: Path) -> None:
    folder = shared / "data/imports_that_fail/21_export_of_july_2019"
    require(folder.is_dir(), "the inputs that failed once are not in the shared folder")
    assert import_into(tmp_path / "home", folder).units == "kilometres"
    source = archive_of(tmp_path / "home")
    assert [source.activity(1836776031 + n)["distance"] for n in (0, 1)] == [3680.0, 20500.0]


@pytest.mark.parametrize(
    "miles, unit, metres", [(False, "kilometres", 20500.0), (True, "miles", 32991.55)]
)
def test_recordings_tell_the_unit_of_a_single_distance(
    tmp_path: Path, miles: bool, unit: str, metres: float
) -> None:
    points = "".join(
        f'<trkpt lat="{47 + n * 0.0001:.6f}" lon="8"><ele>400</ele>'
        f"<time>2018-09-12T15:{n // 60:02}:{n % 60:02}Z</time></trkpt>"
        for n in range(600)
    )
    recording = gpx(points, more="<type>1</type>")
    displayed = 599 * 11.1195 / (1609.344 if miles else 1000)
    catalog = JULY_2019 + (
        f'1,"Sep 12, 2018, 3:00:00 PM",Ride,Ride,,600,{displayed:.2f},true,,activities/1.gpx\n'
        '2,"Sep 13, 2018, 3:02:23 PM",Manual Ride,Ride,,3600,20.5,false,,\n'
    )
    summary = import_into(tmp_path / "home", export(tmp_path, catalog, _1=recording))
    activity = archive_of(tmp_path / "home").activity(2)
    assert summary.units == unit and activity["distance"] == pytest.approx(metres, abs=0.01)


def test_texts_are_kept_where_lists_can_filter_them(tmp_path: Path) -> None:
    catalog = ",".join(ENGLISH) + "\n"
    description = 'Wind, "much" of it\r\n\r\nand München; 雨 🚴\n'
    cells = {"Elapsed_Time": "60", "Activity_Private_Note": "knee\nagain", "Activity_Type": "Ride"}
    catalog += row(
        Activity_ID="1",
        Activity_Date="May 6, 2024, 4:02:34 AM",
        Activity_Description=description,
        Competition="1.0",
        **cells,
    )
    import_into(tmp_path / "home", export(tmp_path, catalog))
    (listed,) = archive_of(tmp_path / "home").activities()
    assert listed["description"] == description.strip() and listed["private_note"] == "knee\nagain"
    assert listed["workout_type"] == 11
    connection = sqlite3.connect(tmp_path / "home/library.db")
    ((stored,),) = connection.execute("SELECT summary FROM activities")
    connection.close()
    assert json.loads(stored)["private_note"] == "knee\nagain"
