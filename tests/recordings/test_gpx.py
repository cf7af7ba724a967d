"""GPX: extensions in any namespace, segments, missing times, hostile and corrupt files."""

import pytest

from strava_mcp.recordings import read, xml
from strava_mcp.recordings.recording import CorruptFile, Recording

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="StravaGPX Edge 530"'
    ' xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"'
    ' xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">'
)
DEGREES_PER_METRE = 1 / 111_195


def point(second: int, metres: float, more: str = "", time: bool = True) -> str:
    clock = f"<time>2024-05-06T06:{second // 60:02d}:{second % 60:02d}Z</time>" if time else ""
    return (
        f'<trkpt lat="{47 + metres * DEGREES_PER_METRE:.7f}" lon="8.5">'
        f"<ele>{400 + metres / 20:.2f}</ele>{clock}{more}</trkpt>"
    )


def gpx(*segments: str, more: str = "<name>Früh</name><type>trail_running</type>") -> str:
    body = "".join(f"<trkseg>{segment}</trkseg>" for segment in segments)
    return f"{HEAD}<trk>{more}{body}</trk></gpx>"


def only(text: str, encoding: str = "utf-8") -> Recording:
    (recording,) = read(text.encode(encoding))
    return recording


WALK = "".join(point(s, s * 1.5) for s in range(60))


def test_a_track() -> None:
    recording = only(gpx(WALK))
    assert (recording.name, recording.sport, recording.device) == ("Früh", "TrailRun", "Edge 530")
    assert recording.start and recording.start.isoformat() == "2024-05-06T06:00:00+00:00"
    assert recording.streams["time"] == list(range(60))
    assert recording.streams["distance"][-1] == pytest.approx(88.5, abs=0.2)
    assert recording.streams["velocity_smooth"][30] == pytest.approx(1.5, abs=0.02)
    assert recording.streams["grade_smooth"][30] == pytest.approx(5.0, abs=0.1)
    assert all(recording.streams["moving"])
    assert recording.computed == {"distance", "velocity_smooth", "moving", "grade_smooth"}


@pytest.mark.parametrize(
    "extensions",
    [
        "<gpxtpx:TrackPointExtension><gpxtpx:atemp>19</gpxtpx:atemp><gpxtpx:hr>140</gpxtpx:hr>"
        "<gpxtpx:cad>88</gpxtpx:cad></gpxtpx:TrackPointExtension><power>230</power>",
        "<ns3:TrackPointExtension><ns3:hr>140</ns3:hr><ns3:cad>88</ns3:cad><ns3:atemp>19"
        "</ns3:atemp></ns3:TrackPointExtension><ns3:PowerInWatts>230</ns3:PowerInWatts>",
    ],
)
def test_extensions(extensions: str) -> None:
    more = f"<extensions>{extensions}</extensions>"
    streams = only(gpx("".join(point(s, s, more) for s in range(3)))).streams
    assert streams["heartrate"] == [140] * 3 and streams["cadence"] == [88] * 3
    assert streams["temp"] == [19] * 3 and streams["watts"] == [230] * 3


def test_pause_without_distance_between_segments() -> None:
    first = "".join(point(s, s * 2) for s in range(10))
    second = "".join(point(300 + s, 500 + s * 2) for s in range(10))
    streams = only(gpx(first, second)).streams
    assert [t for t, m in zip(streams["time"], streams["moving"], strict=True) if not m] == [300]
    assert streams["distance"][-1] == pytest.approx(36, abs=0.2)
    assert streams["time"][-1] == 309


def test_without_time() -> None:
    untimed = "".join(point(s, s * 10, time=False) for s in range(20))
    recording = only(gpx(untimed))
    assert recording.start is None
    assert set(recording.streams) == {"latlng", "altitude", "distance", "grade_smooth"}
    assert recording.streams["distance"][-1] == pytest.approx(190, abs=0.2)


def test_identical_times_are_removed() -> None:
    recording = only(gpx("".join(point(5, s * 10) for s in range(20))))
    assert "time" not in recording.streams and len(recording.streams["latlng"]) == 20
    assert recording.start and recording.start.second == 5


def test_a_planned_route() -> None:
    points = '<rtept lat="47" lon="8"/><rtept lat="47.001" lon="8"/>'
    recording = only(f"{HEAD}<rte><name>Loop</name>{points}</rte></gpx>")
    assert recording.name == "Loop" and recording.start is None
    assert recording.streams["distance"][-1] == pytest.approx(111.2, abs=0.1)


def test_gpx_1_0_with_speed_and_a_time_without_zone() -> None:
    points = "".join(
        f'<trkpt lat="{47 + s / 1e5}" lon="8"><time>2010-01-02T03:04:0{s}</time>'
        "<speed>1.25</speed></trkpt>"
        for s in range(5)
    )
    recording = only(
        '<gpx version="1.0" creator="x" xmlns="http://www.topografix.com/GPX/1/0">'
        f"<trk><trkseg>{points}</trkseg></trk></gpx>"
    )
    assert recording.streams["velocity_smooth"] == [1.25] * 5
    assert recording.start and recording.start.hour == 3


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = gpx(WALK).replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert only(text, encoding).name == "Früh"


def test_invalid_characters_are_replaced() -> None:
    recording = only(gpx(WALK), "latin-1")
    assert recording.name == "Fr\ufffdh" and len(recording.streams["time"]) == 60


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (gpx(WALK).replace("UTF-8", "klingon"), "encoding klingon"),
        (gpx(WALK.replace("lat=", "x=")), "without a recorded point"),
        (gpx(""), "without a recorded point"),
        (f"{HEAD}<wpt lat='1' lon='2'/></gpx>", "without a recorded point"),
    ],
)
def test_corrupt_files(text: str, reason: str) -> None:
    with pytest.raises(CorruptFile, match=reason):
        read(text.encode())


LOLS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": f'<!DOCTYPE gpx [<!ENTITY l0 "lol">{LOLS}]>',
    "external entity": '<!DOCTYPE gpx [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "quadratic": f'<!DOCTYPE gpx [<!ENTITY l9 "{"x" * 100_000}">]>',
    "external document type": '<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/gpx.dtd">',
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_entities_are_refused(bomb: str) -> None:
    hostile = gpx(WALK, more=f"<name>{'&l9;' * 1000}</name>").replace(
        "<gpx", BOMBS[bomb] + "<gpx", 1
    )
    with pytest.raises(CorruptFile, match="document type"):
        read(hostile.encode())


def test_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 100)
    with pytest.raises(CorruptFile, match="100 elements"):
        read(gpx(WALK).encode())
