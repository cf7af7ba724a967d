"""Written files: read back, and valid where the samples are odd."""

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strava_mcp import recordings
from strava_mcp.recordings.data_type import data_type_of
from strava_mcp.recordings.write import Format, NothingToWrite, Track, write

START_S = 1_760_000_000.0
KINDS: tuple[Format, ...] = ("gpx", "tcx")


def track(name: str = "Lunch <run> & more", sport: str = "Run", **samples: Any) -> Track:
    return Track(name, sport, START_S, samples)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sport", ["Run", "Ride", "Swim"])
def test_values_are_read_back(kind: Format, sport: str) -> None:
    samples: dict[str, Any] = {
        "time": [0, 1, 2, 5],
        "latlng": [[47.372166, 8.5], [47.37, 8.500012], [47.37, 0.00005], [-0.000001, 8.6]],
        "altitude": [410.0, 410.2, None, -3.5],
        "heartrate": [120, None, 0, 131],
        "cadence": [80, 81, 82, 83],
        "watts": [200, 0, None, 210],
    }
    text = write(track(sport=sport, **samples), kind)
    (recording,) = recordings.read(text.encode())
    if kind == "gpx":  # of TCX it is a note
        assert recording.name == "Lunch <run> & more"
    assert "Lunch &lt;run&gt; &amp; more" in text
    assert list(recording.streams["time"]) == samples["time"]
    assert [list(p) for p in recording.streams["latlng"]] == samples["latlng"]
    assert recording.streams["cadence"] == samples["cadence"]
    assert recording.streams["watts"] == samples["watts"]
    assert data_type_of(text.encode(), "x") == kind
    assert "e-0" not in text and "None" not in text


def test_hidden_positions_keep_the_rest_in_tcx_only() -> None:
    samples = {"time": [0, 1, 2], "latlng": [None, [47.0, 8.0], None], "heartrate": [1, 2, 3]}
    assert write(track(**samples), "gpx").count("<trkpt") == 1
    tcx = write(track(**samples), "tcx")
    assert tcx.count("<Trackpoint>") == 3 and tcx.count("<Position>") == 1
    assert "DistanceMeters" not in tcx, "unknown, and not 0"


@pytest.mark.parametrize("unknown_s, segments", [(30, 1), (31, 2)])
def test_gpx_draws_no_line_where_positions_are_hidden(unknown_s: int, segments: int) -> None:
    places = [None, [47.0, 8.0], [47.1, 8.0], None, [47.2, 8.0], None]
    times = [0, 1, 2, 3, 2 + unknown_s, 40]
    text = write(track(time=times, latlng=places), "gpx")
    assert text.count("<trkseg>") == text.count("</trkseg>") == segments
    (recording,) = recordings.read(text.encode())
    assert len(recording.streams["latlng"]) == 3


def test_a_pause_without_samples_stays_in_one_segment() -> None:
    text = write(track(time=[0, 1, 600], latlng=[[47.0, 8.0]] * 3), "gpx")
    assert text.count("<trkseg>") == 1


def test_nothing_to_write() -> None:
    with pytest.raises(NothingToWrite, match="tcx"):
        write(track(time=[0], latlng=[None]), "gpx")
    with pytest.raises(NothingToWrite, match="Nothing was recorded"):
        write(track(), "tcx")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=50, deadline=None)
@given(name=st.text(max_size=30), sport=st.text(max_size=10))
def test_any_name_is_valid_xml(kind: Format, name: str, sport: str) -> None:
    text = write(track(name, sport, time=[0], latlng=[[1.0, 2.0]]), kind)
    ElementTree.fromstring(text.encode("utf-8", "strict"))


@pytest.mark.parametrize(
    "content, name, expected",
    [
        (b"0123456\0.FIT", "x", "fit"),
        (b"\x1f\x8b", "ride.fit.gz", "fit.gz"),
        (b"\x1f\x8b", "RIDE.GPX.GZ", "gpx.gz"),
        (b"\x1f\x8b", "ride.gz", None),
        (b"\xef\xbb\xbf <?xml?><gpx>", "x.tcx", "gpx"),
        (b"<?xml?><TrainingCenterDatabase", "x", "tcx"),
        (b"<html><body>", "x.gpx", None),
        (b"", "x.fit", None),
    ],
)
def test_data_types(content: bytes, name: str, expected: str | None) -> None:
    assert data_type_of(content, name) == expected
