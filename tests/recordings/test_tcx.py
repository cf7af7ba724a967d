"""TCX: laps, extensions, several sports, and files that are hostile or cut off."""

import pytest

from strava_mcp.recordings import read
from strava_mcp.recordings.recording import CorruptFile, Recording
from tests.recordings.test_gpx import BOMBS

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase'
    ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    ' xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
)
END = "</TrainingCenterDatabase>"


def clock(second: int) -> str:
    return f"2024-05-06T06:{second // 60:02d}:{second % 60:02d}.000Z"


def point(second: int, metres: float, more: str = "") -> str:
    return (
        f"<Trackpoint><Time>{clock(second)}</Time><Position><LatitudeDegrees>"
        f"{47 + metres / 111_195}</LatitudeDegrees><LongitudeDegrees>8.5</LongitudeDegrees>"
        f"</Position><AltitudeMeters>400</AltitudeMeters><DistanceMeters>{metres}</DistanceMeters>"
        f"<HeartRateBpm><Value>{120 + second % 10}</Value></HeartRateBpm>{more}</Trackpoint>"
    )


def lap(begin: int, seconds: int, *tracks: str) -> str:
    body = "".join(f"<Track>{track}</Track>" for track in tracks)
    return (
        f'<Lap StartTime="{clock(begin)}"><TotalTimeSeconds>{seconds}.4</TotalTimeSeconds>'
        f"<DistanceMeters>{seconds * 3}</DistanceMeters><MaximumSpeed>4.5</MaximumSpeed>"
        "<Calories>10</Calories><AverageHeartRateBpm><Value>125</Value></AverageHeartRateBpm>"
        f"<MaximumHeartRateBpm><Value>{130 + begin // 10}</Value></MaximumHeartRateBpm>{body}"
        "<Extensions><x:LX><x:AvgRunCadence>82</x:AvgRunCadence><x:AvgWatts>210</x:AvgWatts>"
        "</x:LX></Extensions></Lap>"
    )


def activity(*laps: str, sport: str = "Running", more: str = "") -> str:
    return f'<Activity Sport="{sport}"><Id>{clock(0)}</Id>{"".join(laps)}{more}</Activity>'


def tcx(*activities: str) -> str:
    return f"{HEAD}<Activities>{''.join(activities)}</Activities>{END}"


def points(begin: int, end: int, more: str = "") -> str:
    return "".join(point(s, s * 3.0, more) for s in range(begin, end))


RUN = tcx(activity(lap(0, 30, points(0, 30)), lap(30, 30, points(30, 61))))


def only(text: str) -> Recording:
    (recording,) = read(text.encode())
    return recording


def test_a_run_with_laps() -> None:
    recording = only(RUN)
    assert recording.sport == "Run" and not recording.problems
    assert recording.start and recording.start.isoformat() == "2024-05-06T06:00:00+00:00"
    assert recording.streams["time"] == list(range(61))
    assert recording.streams["distance"][-1] == 180.0 and "distance" not in recording.computed
    assert recording.streams["heartrate"][3] == 123
    assert [lap.start_s for lap in recording.laps] == [0, 30]
    assert recording.laps[1].totals == {
        **{"moving_time": 30, "distance": 90.0, "max_speed": 4.5, "calories": 10},
        **{"average_heartrate": 125, "max_heartrate": 133},
        **{"average_cadence": 82, "average_watts": 210},
    }
    assert recording.totals == {
        **{"moving_time": 60, "distance": 180.0, "calories": 20},
        **{"max_speed": 4.5, "max_heartrate": 133},
    }


@pytest.mark.parametrize("before", ["          ", "\n\t ", "\ufeff", "\ufeff  \n"])
def test_whitespace_before_the_xml_declaration(before: str) -> None:
    assert len(only(before + RUN).streams["time"]) == 61


def test_extensions_of_points() -> None:
    more = (
        "<Extensions><x:TPX><x:Speed>3.25</x:Speed><x:RunCadence>84</x:RunCadence>"
        "<x:Watts>220</x:Watts></x:TPX></Extensions>"
    )
    streams = only(tcx(activity(lap(0, 5, points(0, 5, more))))).streams
    assert streams["velocity_smooth"] == [3.25] * 5
    assert streams["cadence"] == [84] * 5 and streams["watts"] == [220] * 5


def test_cadence_of_a_bicycle_and_the_device() -> None:
    creator = "<Creator><Name>Garmin Edge 500</Name></Creator>"
    ride = activity(lap(0, 5, points(0, 5, "<Cadence>91</Cadence>")), sport="Biking", more=creator)
    recording = only(tcx(ride))
    assert (recording.sport, recording.device) == ("Ride", "Garmin Edge 500")
    assert recording.streams["cadence"] == [91] * 5


def test_pause_between_tracks_of_a_lap() -> None:
    second = "".join(point(200 + s, 30 + s * 3.0) for s in range(10))
    recording = only(tcx(activity(lap(0, 20, points(0, 10), second))))
    moving = recording.streams["moving"]
    assert [t for t, m in zip(recording.streams["time"], moving, strict=True) if not m] == [200]


def test_constant_distance_is_replaced_by_the_track() -> None:
    flat = points(0, 20)
    for second in range(20):
        flat = flat.replace(f"<DistanceMeters>{second * 3.0}<", "<DistanceMeters>0.0<")
    recording = only(tcx(activity(lap(0, 20, flat))))
    assert recording.streams["distance"][-1] == pytest.approx(57, abs=0.2)
    assert "distance" in recording.computed


def test_several_sports() -> None:
    bike = activity(lap(0, 9, points(0, 10)), sport="Biking")
    run = activity(lap(100, 9, points(100, 110)))
    sports = (
        "<MultiSportSession><Id>2024-05-06T06:00:00Z</Id>"
        f"<FirstSport>{bike}</FirstSport><NextSport>{run}</NextSport></MultiSportSession>"
    )
    recordings = read(f"{HEAD}<Activities>{sports}</Activities>{END}".encode())
    assert [item.sport for item in recordings] == ["Ride", "Run"]
    assert [len(item.streams["time"]) for item in recordings] == [10, 10]


def test_course_has_no_times() -> None:
    course = f"<Courses><Course><Name>Loop</Name><Track>{points(0, 9)}</Track></Course></Courses>"
    recording = only(f"{HEAD}{course}{END}")
    assert recording.name == "Loop" and recording.start is None and "time" not in recording.streams
    assert len(recording.streams["latlng"]) == 9


def test_truncated_file_is_read_up_to_the_cut() -> None:
    recording = only(RUN[: RUN.index(clock(45))])
    assert recording.streams["time"] == list(range(45))
    assert "not XML from line 2" in recording.problems[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (tcx(), "without a recorded point"),
        (HEAD, "not XML"),
        (tcx(activity()), "without a recorded point"),
    ],
)
def test_nothing_recorded(text: str, reason: str) -> None:
    with pytest.raises(CorruptFile, match=reason):
        read(text.encode())


@pytest.mark.parametrize("bomb", BOMBS)
def test_entities_are_refused(bomb: str) -> None:
    root = "<TrainingCenterDatabase"
    hostile = RUN.replace(root, BOMBS[bomb].replace("gpx", "x", 1) + root, 1)
    with pytest.raises(CorruptFile, match="document type"):
        read(hostile.encode())


def test_invalid_numbers_and_times_are_gaps() -> None:
    wrong = RUN.replace("<Value>123</Value>", "<Value>NaN</Value>", 1)
    wrong = wrong.replace(f"<Time>{clock(7)}</Time>", "<Time>noon</Time>", 1)
    recording = only(wrong)
    assert recording.streams["heartrate"][3] is None
    assert 7 not in recording.streams["time"] and "1 sample " in recording.problems[0]
