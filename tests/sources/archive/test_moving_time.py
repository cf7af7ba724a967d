"""One activity, one moving time: header, splits, laps and streams agree, whoever measured it."""

import csv
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.json_types import JSON
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.matching import import_file
from strava_mcp.sources.archive.source import Archive
from strava_mcp.tools import load_tools
from strava_mcp.units import METRES_PER_MILE
from tests.recordings.fit_maker import MORNING, Message, activity, fit, record, ride, timer
from tests.sources.archive.imported import archive_of, import_into

READER = Principal("test", frozenset({READ}))
#: Speeds (m/s) and seconds of a trail run: running, a climb slower than Strava's limit for runs, a
#: rest with the timer running, one with the timer paused, and running again.
RUNNING, CLIMB, REST, PAUSE = (3.0, 1500), (0.6, 900), (0.0, 120), (0.0, 300)
ELAPSED_S, TIMER_S, METRES = 4320, 4020, 9540.0
PAUSED_FROM_S = 1500 + 900 + 120


def trail_run(**session: Any) -> bytes:
    """Make the FIT file of the run, with two laps; the first ends on the climb."""
    records: list[Message] = []
    second, metres = 0, 0.0
    for speed, seconds in (RUNNING, CLIMB, REST, PAUSE, RUNNING):
        for _ in range(seconds):
            if not PAUSED_FROM_S < second < PAUSED_FROM_S + PAUSE[1]:
                records.append(record(second, distance=metres, enhanced_speed=speed))
            second, metres = second + 1, metres + speed
    records.append(record(second, distance=metres, enhanced_speed=RUNNING[0]))
    assert (second, round(metres)) == (ELAPSED_S, METRES)
    laps = [
        ("LAP", {"start_time": MORNING, "total_elapsed_time": 2000.0, "total_timer_time": 2000.0}),
        (
            "LAP",
            {
                **{"start_time": MORNING + 2000, "total_elapsed_time": ELAPSED_S - 2000.0},
                "total_timer_time": TIMER_S - 2000.0,
            },
        ),
    ]
    pause = [timer(PAUSED_FROM_S, "stop_all"), timer(PAUSED_FROM_S + PAUSE[1], "start")]
    values = {
        **{"total_elapsed_time": float(ELAPSED_S), "total_timer_time": float(TIMER_S)},
        **{"total_distance": METRES, "enhanced_avg_speed": 2.9},
        **{"sport": "running", "sub_sport": "trail"},
        **session,
    }
    messages = activity(timer(0, "start"), *records, *pause, *laps, **values)
    head = messages[-1][1]
    return fit([*messages[:-1], ("SESSION", {k: v for k, v in head.items() if v is not None})])


def lap(begin: int, length_s: int, **totals: float) -> Message:
    """Make a lap that begins ``begin`` seconds after the start, with the timer running."""
    return "LAP", {
        **{"start_time": MORNING + begin, "timestamp": MORNING + begin + length_s},
        **{"total_elapsed_time": float(length_s), "total_timer_time": float(length_s), **totals},
    }


def import_alone(home: Path, data: bytes) -> tuple[Archive, int]:
    library = Library(home / FILE, create=True)
    ((_, number),) = import_file(library, "run.fit", data)
    library.close()
    return archive_of(home), number


def import_with_row(home: Path, data: bytes, **row: object) -> tuple[Archive, int]:
    """Import an export of one activity with Strava's own values."""
    folder = home / "export"
    (folder / "activities").mkdir(parents=True)
    (folder / "activities" / "7.fit").write_bytes(data)
    values = {
        **{"Activity ID": 7, "Activity Date": "Apr 28, 2024, 8:00:00 AM"},
        **{"Activity Name": "Ridge", "Activity Type": "Trail Run", "Activity Description": ""},
        **{"Elapsed Time": ELAPSED_S, "Distance": 9.54, "Filename": "activities/7.fit"},
        **row,
    }
    with (folder / "activities.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(values))
        writer.writeheader()
        writer.writerow(values)
    import_into(home, folder)
    return archive_of(home), 7


def ask(archive: Archive, name: str, **arguments: object) -> JSON:
    tool = load_tools()[name]
    reply = tool.function(Context(READER, optional_source=archive), tool.load(arguments))
    assert isinstance(reply, dict)
    return reply


def seconds(shown: str) -> int:
    hours, minutes, rest = map(int, shown.split(":"))
    return 3600 * hours + 60 * minutes + rest


def moving_times(archive: Archive, number: int) -> dict[str, int]:
    """The moving time of an activity, wherever it is stored or shown."""
    stored = archive.activity(number)
    streams = archive.streams(number, ["time", "moving"])
    time_s, moving = streams["time"]["data"], streams["moving"]["data"]
    reply = ask(archive, "get_activity_by_id", id=number, detail="full")
    (row,) = ask(archive, "get_activities")["activities"]
    statistics = ask(archive, "get_activity_streams", id=number)["statistics"]
    steps = zip(time_s, time_s[1:], moving[1:], strict=False)
    return {
        "header": stored["moving_time"],
        "kilometres": sum(split["moving_time"] for split in stored["splits_metric"]),
        "miles": sum(split["moving_time"] for split in stored["splits_standard"]),
        "laps": sum(lap["moving_time"] for lap in stored["laps"]),
        "stream": sum(after - before for before, after, moves in steps if moves),
        "shown header": seconds(reply["moving_time"]),
        "shown splits": sum(seconds(split["moving_time"]) for split in reply["splits"]),
        "shown laps": sum(seconds(lap["moving_time"]) for lap in reply["laps"]),
        "list": seconds(row["moving_time"]),
        "statistics": statistics["moving_time_s"],
    }


def speeds_agree(archive: Archive, number: int) -> None:
    """The average speed of the activity and of each part is its distance over its moving time."""
    stored = archive.activity(number)
    for part in (stored, *stored["laps"], *stored["splits_metric"], *stored["splits_standard"]):
        speed = part["distance"] / part["moving_time"]
        assert part["average_speed"] == pytest.approx(speed, rel=0.002), part


def test_the_device_timer_is_the_moving_time(tmp_path: Path) -> None:
    """A climb below Strava's limit counts, because the runner used the pause button."""
    archive, number = import_alone(tmp_path, trail_run())
    times = moving_times(archive, number)
    assert times == dict.fromkeys(times, TIMER_S)
    speeds_agree(archive, number)
    assert archive.activity(number)["average_speed"] == round(METRES / TIMER_S, 3)
    laps = archive.activity(number)["laps"]
    assert [lap["moving_time"] for lap in laps] == [2000, TIMER_S - 2000]


def test_strava_moving_time_is_that_of_every_part(tmp_path: Path) -> None:
    """Strava left the rest out, which the timer counted: so do splits, laps and streams."""
    archive, number = import_with_row(tmp_path, trail_run(), **{"Moving Time": TIMER_S - 120})
    times = moving_times(archive, number)
    assert times == pytest.approx(dict.fromkeys(times, TIMER_S - 120), abs=1)
    speeds_agree(archive, number)
    rest = archive.streams(number, ["moving"])["moving"]["data"][1500 + 900 + 1 : PAUSED_FROM_S]
    assert not any(rest)
    assert [lap["moving_time"] for lap in archive.activity(number)["laps"]] == [2000, 1900]


def test_a_shorter_moving_time_takes_the_slowest_seconds(tmp_path: Path) -> None:
    archive, number = import_with_row(tmp_path, trail_run(), **{"Moving Time": TIMER_S - 520})
    times = moving_times(archive, number)
    assert times == pytest.approx(dict.fromkeys(times, TIMER_S - 520), abs=2)
    moving = archive.streams(number, ["moving"])["moving"]["data"]
    assert all(moving[:1500]) and all(moving[PAUSED_FROM_S + PAUSE[1] + 1 :])


def test_without_a_known_moving_time_the_samples_decide(tmp_path: Path) -> None:
    archive, number = import_alone(tmp_path, trail_run(total_timer_time=None))
    times = moving_times(archive, number)
    assert times == pytest.approx(dict.fromkeys(times, TIMER_S - 120), abs=1)
    assert "moving_time" in archive.activity(number)["computed"]


def test_average_speed_is_distance_over_moving_time(tmp_path: Path, shared: Path) -> None:
    """The Strava app wrote 1.683 m/s beside 474.67 m in 312 s."""
    name = "12_average_speed_not_of_its_distance.fit"
    data = (shared / "data" / "imports_that_fail" / name).read_bytes()
    archive, number = import_alone(tmp_path, data)
    assert archive.activity(number)["average_speed"] == 1.521
    (row,) = ask(archive, "get_activities")["activities"]
    assert row.get("speed", 0) == 5.5 or row["pace"] == "10:57"


def test_average_speed_of_the_row_gives_way(tmp_path: Path) -> None:
    row = {"Moving Time": TIMER_S, "Average Speed": 1.0}
    archive, number = import_with_row(tmp_path, trail_run(), **row)
    assert archive.activity(number)["average_speed"] == round(METRES / TIMER_S, 3)


def test_a_cropped_activity_keeps_the_moving_flags_of_its_recording(tmp_path: Path) -> None:
    row = {"Moving Time": 1500, "Elapsed Time": 1500}
    archive, number = import_with_row(tmp_path, trail_run(), **row)
    moving = archive.streams(number, ["moving"])["moving"]["data"]
    assert sum(moving) > 3600 and archive.activity(number)["moving_time"] == 1500


def test_miles_and_kilometres_cover_the_whole_distance(tmp_path: Path) -> None:
    archive, number = import_alone(tmp_path, trail_run())
    stored = archive.activity(number)
    for key, size_m in (("splits_metric", 1000), ("splits_standard", METRES_PER_MILE)):
        parts = stored[key]
        assert len(parts) == METRES // size_m + 1
        assert sum(part["distance"] for part in parts) == pytest.approx(METRES, abs=1)


def test_a_distance_along_positions_is_that_of_the_row(tmp_path: Path) -> None:
    """Strava smooths the jitter of a phone; splits and speeds are of its distance."""
    positions = [record(s, latlng=(47 + s * 3e-5, 8.5)) for s in range(901)]
    data = fit(activity(*positions, sport="running", total_elapsed_time=900.0))
    row = {"Elapsed Time": 900, "Moving Time": 900, "Distance": 2.88, "Activity Type": "Run"}
    archive, number = import_with_row(tmp_path, data, **row)
    stored = archive.activity(number)
    assert stored["distance"] == 2880
    assert sum(part["distance"] for part in stored["splits_metric"]) == pytest.approx(2880, abs=1)
    streams = archive.streams(number, ["distance", "velocity_smooth"])
    assert streams["distance"]["data"][-1] == pytest.approx(2880, abs=0.1)
    assert streams["velocity_smooth"]["data"][450] == pytest.approx(3.2, abs=0.01)
    assert stored["average_speed"] == 3.2


def test_a_stop_with_the_timer_running_is_not_part_of_a_ride(tmp_path: Path) -> None:
    """An hour at a café, after which the ride goes on."""
    stop = [record(s, distance=14_400.0, enhanced_speed=0.0) for s in range(1801, 5400)]
    rest = [record(s, distance=(s - 3600) * 8.0, enhanced_speed=8.0) for s in range(5400, 7201)]
    laps = [lap(0, 1800, total_distance=14_400.0), lap(1800, 5400, total_distance=14_400.0)]
    values = {"total_elapsed_time": 7200.0, "total_distance": 28_800.0}
    data = fit(activity(*ride(1800), *stop, *rest, *laps, **values))
    archive, number = import_alone(tmp_path, data)
    stored = archive.activity(number)
    assert stored["moving_time"] == pytest.approx(3600, abs=1) and stored["elapsed_time"] == 7200
    assert stored["average_speed"] == pytest.approx(8.0, abs=0.01)
    assert "moving_time" in stored["computed"]
    assert [one["moving_time"] for one in stored["laps"]] == pytest.approx([1800, 1800], abs=1)
    (row,) = ask(archive, "get_activities")["activities"]
    statistics = ask(archive, "get_activity_streams", id=number)["statistics"]
    assert seconds(row["moving_time"]) == statistics["moving_time_s"] == stored["moving_time"]
    assert row["speed"] == 28.8


def test_a_trainer_that_turns_without_distance_counts_by_its_timer(tmp_path: Path) -> None:
    turning = [record(s, distance=0.0, enhanced_speed=0.0, power=200) for s in range(601)]
    values = {"sub_sport": "indoor_cycling", "total_elapsed_time": 600.0}
    archive, number = import_alone(tmp_path, fit(activity(*turning, **values)))
    assert archive.activity(number)["moving_time"] == 600


def test_a_speed_sensor_that_falls_off_does_not_stop_the_ride(tmp_path: Path) -> None:
    """The satellites go on to count the distance."""
    records = [record(s, distance=s * 8.0, enhanced_speed=8.0 * (s < 60)) for s in range(1801)]
    values = {"total_elapsed_time": 1800.0, "total_distance": 14_400.0}
    archive, number = import_alone(tmp_path, fit(activity(*records, **values)))
    stored = archive.activity(number)
    assert (stored["moving_time"], stored["average_speed"]) == (1800, 8.0)
    statistics = ask(archive, "get_activity_streams", id=number)["statistics"]
    assert statistics["moving_time_s"] == 1800


def test_power_of_a_rowing_machine_is_measured(tmp_path: Path) -> None:
    """Only that on foot is an estimate."""
    for sport, key in (("rowing", "average_watts"), ("running", "estimated_watts")):
        records = [record(s, distance=s * 3.5, power=180) for s in range(601)]
        values = {"sport": sport, "total_elapsed_time": 600.0}
        archive, number = import_alone(tmp_path / sport, fit(activity(*records, **values)))
        assert ask(archive, "get_activity_by_id", id=number)[key] == 180
