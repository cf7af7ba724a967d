"""TCX as programs write it: zeros, laps without tracks or times, gaps, prefixes and characters."""

import re
from pathlib import Path

import pytest

from strava_mcp.recordings import read
from tests.recordings.test_tcx import HEAD, RUN, activity, clock, lap, only, point, points, tcx


def rest(begin: int, seconds: int, *tracks: str, metres: float = 0, kcal: int = 0) -> str:
    """A lap with few values; programs write 0 where the format requires a value."""
    body = "".join(f"<Track>{track}</Track>" for track in tracks)
    return (
        f'<Lap StartTime="{clock(begin)}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters><Calories>{kcal}</Calories>{body}</Lap>"
    )


def beats(begin: int, end: int) -> str:
    """Trackpoints of a pool swim: heart rate, and neither position nor distance."""
    return "".join(
        f"<Trackpoint><Time>{clock(s)}</Time><HeartRateBpm><Value>130</Value></HeartRateBpm>"
        "</Trackpoint>"
        for s in range(begin, end)
    )


def test_rest_laps_of_a_swim_count_as_0_m() -> None:
    laps = [
        rest(0, 60, beats(0, 60), metres=1000, kcal=20),
        rest(60, 30, beats(60, 90)),
        rest(90, 60, beats(90, 150), metres=1000, kcal=25),
    ]
    recording = only(tcx(activity(*laps, sport="Other")))
    assert recording.totals == {
        **{"moving_time": 150, "elapsed_time": 150, "distance": 2000, "calories": 45}
    }
    assert [part.totals["distance"] for part in recording.laps] == [1000, 0, 1000]
    assert [part.totals["calories"] for part in recording.laps] == [20, 0, 25]
    assert not recording.problems


def test_rest_laps_input(shared: Path) -> None:
    path = shared / "data/imports_that_fail/14_tcx_rest_laps_of_0_m_distance_lost.tcx"
    (recording,) = read(path.read_bytes())
    assert recording.totals["distance"] == 100 and not recording.problems
    assert [part.totals["distance"] for part in recording.laps] == [50, 0, 50]


def test_activity_of_0_m_has_a_distance_of_0() -> None:
    recording = only(tcx(activity(rest(0, 60, beats(0, 61)), sport="Other")))
    assert recording.totals == {"moving_time": 60, "distance": 0, "calories": 0}


def test_zeros_for_unknown_values_are_computed_from_the_samples() -> None:
    recording = only(tcx(activity(rest(0, 0, points(0, 700)))))
    assert recording.totals == {} == recording.laps[0].totals and not recording.problems


def test_maximum_speed_in_metres_per_hour() -> None:
    """As in Strava's own exports."""
    text = RUN.replace("<MaximumSpeed>4.5<", "<MaximumSpeed>16200.0<")
    assert only(text).totals == only(RUN).totals and not only(text).problems


def test_lap_without_a_distance_leaves_the_sum_unknown() -> None:
    unknown = rest(30, 30, points(30, 61)).replace("<DistanceMeters>0</DistanceMeters>", "", 1)
    assert "distance" not in only(tcx(activity(lap(0, 30, points(0, 30)), unknown))).totals


def test_times_of_laps_are_added_before_they_are_rounded() -> None:
    laps = (lap(s * 10, 10, points(s * 10, s * 10 + 10)) for s in range(40))  # 10.4 s each
    assert only(tcx(activity(*laps))).totals["moving_time"] == 416


def test_laps_without_tracks() -> None:
    recording = only(tcx(activity(rest(0, 600, metres=500), rest(700, 600, metres=500))))
    assert recording.streams == {} and [part.start_s for part in recording.laps] == [0, 700]
    assert recording.totals["distance"] == 1000 and recording.totals["moving_time"] == 1200
    assert recording.totals["elapsed_time"] == 1300


def test_lap_without_a_start_begins_with_its_first_trackpoint() -> None:
    second = lap(30, 30, points(30, 61)).replace(f' StartTime="{clock(30)}"', "", 1)
    recording = only(tcx(activity(lap(0, 30, points(0, 30)), second)))
    assert [part.start_s for part in recording.laps] == [0, 30]


def test_lap_that_lasts_longer_than_the_recording() -> None:
    laps = rest(0, 1200, points(0, 1200), metres=3600) + rest(1200, 131_067, metres=50)
    recording = only(tcx(activity(laps)))
    assert recording.laps[1].totals == {"distance": 50}
    assert "moving_time" not in recording.totals
    assert any("36:24:27" in problem for problem in recording.problems)


@pytest.mark.parametrize(
    "spoiled",
    [
        "<Trackpoint/>",
        "<Trackpoint><AltitudeMeters>400</AltitudeMeters></Trackpoint>",
        "<Trackpoint><Time>noon</Time><DistanceMeters>9</DistanceMeters></Trackpoint>",
        "<Trackpoint><Position><LatitudeDegrees>47</LatitudeDegrees></Position></Trackpoint>",
    ],
)
def test_trackpoint_without_a_time_costs_only_itself(spoiled: str) -> None:
    text = RUN.replace(point(7, 21.0), spoiled, 1)
    assert text != RUN
    recording = only(text)
    assert recording.streams["time"] == [*range(7), *range(8, 61)]


def test_trackpoint_without_a_position_keeps_its_other_values() -> None:
    text = re.sub("<Position>.*?</Position>", "<Position/>", RUN, count=1)
    streams = only(text).streams
    assert streams["latlng"][0] is None and streams["heartrate"][0] == 120


def test_trackpoint_with_nothing_but_a_time_is_a_gap() -> None:
    text = RUN.replace(point(7, 21.0), f"<Trackpoint><Time>{clock(7)}</Time></Trackpoint>", 1)
    streams = only(text).streams
    assert streams["time"][7] == 7 and streams["heartrate"][7] is None
    assert streams["distance"][7] == 21.0


@pytest.mark.parametrize("namespace", ["", 'xmlns="urn:other"', 'xmlns:a="urn:a"'])
def test_any_namespace_or_none(namespace: str) -> None:
    root = re.sub("<TrainingCenterDatabase.*?>", f"<TrainingCenterDatabase {namespace}>", RUN)
    assert only(root).totals == only(RUN).totals
    assert only(root).streams == only(RUN).streams


def test_prefixes_of_all_elements() -> None:
    renamed = re.sub(r"<(/?)(?:x:)?(?=[A-Z])", r"<\1ns2:", RUN)
    assert only(renamed) == only(RUN)


def test_decimal_commas_and_white_space() -> None:
    commas = re.sub(r">(\d+)\.(\d+)<", r">\n  \1,\2\n<", RUN)
    assert only(commas) == only(RUN)


def test_heart_rate_without_value() -> None:
    text = RUN.replace("<HeartRateBpm><Value>", "<HeartRateBpm>").replace(
        "</Value></HeartRateBpm></Trackpoint>", "</HeartRateBpm></Trackpoint>"
    )
    text = text.replace("</Value></HeartRateBpm>", "</HeartRateBpm>")
    assert only(text).streams["heartrate"] == only(RUN).streams["heartrate"]


def test_cut_off_within_a_lap_keeps_what_the_device_said_before() -> None:
    text = tcx(activity(lap(0, 30, points(0, 30)), lap(30, 30, points(30, 61))))
    recording = only(text[: text.index(clock(50))])
    assert recording.streams["time"] == list(range(50))
    assert recording.laps[0].totals["distance"] == 90 and "distance" not in recording.totals
    # Its totals in the file are of the whole lap.
    assert (recording.laps[1].start_s, recording.laps[1].totals) == (30, {})


def test_notes_with_a_bare_ampersand() -> None:
    notes = "<Notes>hills &amp; wind & rain &nbsp; <b>x</b></Notes>"
    assert len(only(tcx(activity(lap(0, 30, points(0, 30)), more=notes))).streams["time"]) == 30


def test_not_a_number_as_a_total() -> None:
    text = RUN.replace("<TotalTimeSeconds>30.4", "<TotalTimeSeconds>NaN", 1)
    recording = only(text)
    assert "moving_time" not in recording.totals and "moving_time" not in recording.laps[0].totals
    assert HEAD in text
