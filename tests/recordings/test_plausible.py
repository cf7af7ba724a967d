"""Readings that cannot be, in files of every format: gaps, counted, and in no total."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.analysis.session import analyze
from strava_mcp.analysis.subject import Subject
from strava_mcp.recordings import read
from strava_mcp.recordings.write import Track, write
from strava_mcp.store import open_store
from tests.recordings.fit_maker import activity, fit, record
from tests.sources.archive.imported import archive_of, import_into

START_S, SECONDS, WRONG_AT = 1_700_222_400, 1200, (300, 301, 700)
#: Stream → what a broken device wrote.
WRONG: dict[str, Any] = {
    "heartrate": 94_000_000,
    "watts": 1_000_000_000,
    "cadence": 65_535,
    "temp": 127,
    "altitude": 1e7,
    "latlng": [91.0, 8.5],
    "distance": 3e8,
}


def streams(*wrong: str) -> dict[str, list[Any]]:
    """A steady ride north at 8 m/s, with errors in some of its streams."""
    seconds = range(SECONDS)
    result: dict[str, list[Any]] = {
        "time": list(seconds),
        "distance": [8.0 * s for s in seconds],
        "latlng": [[47.0 + 8 * s / 111_195, 8.5] for s in seconds],
        "altitude": [400.0] * SECONDS,
        "heartrate": [140] * SECONDS,
        "cadence": [90] * SECONDS,
        "watts": [200] * SECONDS,
        "temp": [20] * SECONDS,
    }
    for key in wrong:
        for second in WRONG_AT:
            result[key][second] = WRONG[key]
    return result


@pytest.mark.parametrize("kind", ["tcx", "gpx"])
def test_they_are_gaps_and_counted(kind: Any) -> None:
    wrong = WRONG.keys() - ({"latlng"} if kind == "gpx" else set())
    text = write(Track("Ride", "Ride", START_S, streams(*wrong)), kind)
    assert str(WRONG["heartrate"]) in text
    (recording,) = read(text.encode())
    series = recording.streams
    for key in wrong & series.keys() - {"distance"}:
        assert all(series[key][second] is None for second in WRONG_AT), key
        assert recording.left_out[key] == len(WRONG_AT)
        assert sum(value is None for value in series[key]) == len(WRONG_AT)
    assert series["distance"][-1] == pytest.approx(8 * (SECONDS - 1), rel=0.002)
    assert series["distance"] == sorted(series["distance"])


def test_a_point_of_a_gpx_file_needs_a_position() -> None:
    (recording,) = read(write(Track("Ride", "Ride", START_S, streams("latlng")), "gpx").encode())
    assert recording.problems == ("3 points without a valid position are left out",)
    assert len(recording.streams["time"]) == SECONDS - len(WRONG_AT)


def test_in_a_fit_file_too() -> None:
    """What the format can hold: 255 bpm and 127 °C are no value there."""
    wrong = {"heart_rate": 254, "power": 65_000, "enhanced_altitude": 12_000, "distance": 3e7}
    rows = [
        record(s, **{**{"heart_rate": 140, "power": 200, "enhanced_altitude": 400.0}, **far})
        for s in range(SECONDS)
        for far in [{"distance": 8.0 * s, **(wrong if s in WRONG_AT else {})}]
    ]
    (recording,) = read(fit(activity(*rows, total_elapsed_time=float(SECONDS))))
    assert recording.left_out == {
        **dict.fromkeys(("heartrate", "watts", "altitude", "distance"), len(WRONG_AT))
    }
    for key in ("heartrate", "watts", "altitude"):
        assert [recording.streams[key][s] for s in WRONG_AT] == [None] * len(WRONG_AT)
    assert recording.streams["distance"][-1] == pytest.approx(8 * (SECONDS - 1), abs=1)


def test_an_analysis_of_the_archive_says_how_many(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as export:
        export.writestr("a.tcx", write(Track("Ride", "Ride", START_S, streams(*WRONG)), "tcx"))
        row = '7,"Nov 17, 2023, 12:00:00 PM",Ride,Ride,a.tcx'
        header = "Activity ID,Activity Date,Activity Name,Activity Type,Filename"
        export.writestr("activities.csv", f"{header}\n{row}\n")
    import_into(tmp_path / "home", tmp_path / "export.zip")
    archive, store = archive_of(tmp_path / "home"), open_store("sqlite://:memory:")
    subject = Subject(archive, date(2024, 1, 1), AthleteSettings(store, "owner"))
    session = analyze(subject, 7)
    detail = archive.activity(7)
    store.close()
    assert session.coverage.left_out == {
        "power_spikes": "3 samples above 2,500 W",
        "heart_rate_outliers": "3 samples outside 20 to 250 bpm",
        "altitude_outliers": "3 samples outside -500 to 9,000 m",
        "distance_outliers": "3 samples contradicting the others",
        "gps_outliers": "3 samples outside of all latitudes and longitudes",
    }
    assert (detail["max_heartrate"], detail["max_watts"], detail["elev_high"]) == (140, 200, 400)
    best = archive.bests([detail]).values[7]
    assert {watts for watts, _ in best.power.values()} == {200}
    assert {rate for rate, _ in best.heart_rate.values()} == {140}
