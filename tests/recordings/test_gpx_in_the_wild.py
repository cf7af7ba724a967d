"""GPX as programs write it: cut off, and with wrong positions, prefixes, characters and times."""

import gzip
import re
from pathlib import Path

import pytest

from strava_mcp.recordings import read, xml_text
from strava_mcp.recordings.recording import CorruptFile
from tests.recordings.test_gpx import HEAD, WALK, gpx, only, point

SPOILED = 'lat="47.0000135" lon="8.5"'  # the point of the second second


def track(*points: str) -> str:
    return f"{HEAD}<trk><trkseg>{''.join(points)}</trkseg></trk></gpx>"


@pytest.mark.parametrize("seconds", [1, 30, 59])
def test_file_that_is_cut_off_keeps_the_points_before(seconds: int) -> None:
    text = gpx(WALK)
    recording = only(text[: text.index(f"06:00:{seconds:02d}Z")])
    assert recording.streams["time"] == list(range(seconds))
    (problem,) = recording.problems
    assert "not XML from line 2" in problem and "what follows is left out" in problem


def test_file_that_is_cut_off_before_its_first_point() -> None:
    with pytest.raises(CorruptFile, match="not XML from line 2"):
        read(gpx(WALK)[: len(HEAD) + 40].encode())


def test_cut_off_input(shared: Path) -> None:
    data = (shared / "data/imports_that_fail/17_gpx_cut_off.gpx").read_bytes()
    (recording,) = read(data)
    assert len(recording.streams["time"]) == data.count(b"</trkpt>") > 400
    assert "what follows is left out" in recording.problems[0]


def test_gzip_that_is_cut_off_keeps_the_points_before() -> None:
    (recording,) = read(gzip.compress(gpx(WALK).encode(), mtime=0)[:-100])
    assert 10 < len(recording.streams["time"]) < 60
    assert recording.problems[0] == "its gzip ends early; what follows is left out"


@pytest.mark.parametrize(
    "position",
    [
        *(
            'lat="north" lon="8.5"',
            'lon="8.5"',
            'lat="47"',
            "",
            'lat="" lon=""',
            'lat="91" lon="8"',
        ),
        *('lat="47" lon="181"', 'lat="0" lon="0"', 'lat="nan" lon="8.5"', 'lat="inf" lon="8.5"'),
    ],
)
def test_point_without_a_position_costs_only_that_point(position: str) -> None:
    assert SPOILED in WALK
    recording = only(gpx(WALK.replace(SPOILED, position)))
    assert recording.streams["time"] == [0, *range(2, 60)]
    assert None not in recording.streams["latlng"]
    assert recording.streams["distance"][-1] == pytest.approx(88.5, abs=0.2)
    assert recording.problems == ("1 point without a valid position is left out",)


def test_first_point_without_a_position_is_the_start() -> None:
    """As a receiver writes that has no position yet."""
    recording = only(gpx(WALK.replace('lat="47.0000000" lon="8.5"', "", 1)))
    assert recording.streams["time"] == list(range(1, 60))
    assert recording.start and recording.start.second == 0


def test_heart_rates_with_times_of_their_own() -> None:
    beats = "".join(
        f'<st:heartRate time="2024-05-06T06:00:{s:02d}Z" bpm="{100 + s}"/>' for s in range(60)
    )
    recording = only(gpx(WALK).replace("<trk>", f"<extensions>{beats}</extensions><trk>", 1))
    assert recording.streams["heartrate"] == list(range(100, 160))
    assert len(recording.streams["latlng"]) == 60


def test_recording_from_indoors_has_no_position_at_all() -> None:
    beats = "<extensions><hr>140</hr></extensions>"
    indoors = re.sub(' lat=".*?" lon="8.5"', "", "".join(point(s, 0, beats) for s in range(9)))
    recording = only(track(indoors))
    assert recording.streams["heartrate"] == [140] * 9 and "latlng" not in recording.streams
    assert not recording.problems


def test_altitude_that_is_no_number_costs_only_the_altitude() -> None:
    recording = only(gpx(WALK.replace("<ele>400.15</ele>", "<ele>NaN</ele>", 1)))
    assert recording.streams["altitude"][2] is None and len(recording.streams["time"]) == 60


def test_decimal_commas() -> None:
    commas = re.sub(r'"(\d+)\.(\d+)"|>(\d+)\.(\d+)<', _with_comma, WALK)
    assert 'lat="47,0000135"' in commas and "<ele>400,07<" in commas
    recording = only(gpx(commas))
    assert recording.streams["latlng"] == only(gpx(WALK)).streams["latlng"]
    assert recording.streams["altitude"] == only(gpx(WALK)).streams["altitude"]


def _with_comma(match: re.Match[str]) -> str:
    a, b, c, d = match.groups()
    return f'"{a},{b}"' if a else f">{c},{d}<"


@pytest.mark.parametrize("prefix", ["gpxdata:", "gpxtpx:", "ns3:", "mapstogpx:", ""])
def test_extensions_of_any_prefix_declared_or_not(prefix: str) -> None:
    values = {"hr": 141, "cad": 88, "atemp": 19, "power": 230}
    inner = "".join(f"<{prefix}{name}>{value}</{prefix}{name}>" for name, value in values.items())
    more = f"<extensions><{prefix}Any>{inner}</{prefix}Any></extensions>"
    streams = only(track(*(point(s, s, more) for s in range(3)))).streams
    assert (streams["heartrate"], streams["cadence"]) == ([141] * 3, [88] * 3)
    assert (streams["temp"], streams["watts"]) == ([19] * 3, [230] * 3)


@pytest.mark.parametrize("prefix", ["", "gpx:", "undeclared:"])
def test_elements_of_any_prefix(prefix: str) -> None:
    renamed = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", gpx(WALK).split("\n", 1)[1])
    assert len(only(renamed).streams["time"]) == 60


def test_undeclared_prefix_input(shared: Path) -> None:
    path = shared / "data/imports_that_fail/19_gpx_undeclared_prefix.gpx"
    (recording,) = read(path.read_bytes())
    assert recording.streams["time"] == list(range(60)) and not recording.problems
    assert recording.streams["cadence"] == [76] * 60


@pytest.mark.parametrize(
    "before",
    ["\n", "   \r\n\t", "\ufeff\ufeff", "ï»¿", "\0\0", "HTTP/1.1 200 OK\r\n\r\n", "<!-- a -->"],
)
@pytest.mark.parametrize("declared", [True, False])
def test_text_before_the_declaration(before: str, declared: bool) -> None:
    text = gpx(WALK) if declared else gpx(WALK).split("\n", 1)[1]
    if before.startswith("<!--"):
        text = text.split("\n", 1)[-1]
    recording = only(before + text)
    assert len(recording.streams["time"]) == 60 and not recording.problems


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Tom & Jerry", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("M&uuml;nchen&nbsp;Ost", "München\xa0Ost"),
        ("&#252; &#xfc; &#128512;", "ü ü 😀"),
        ("&#0; &#xD800;", "\ufffd \ufffd"),
        ("&unknown; &; &#; &#x;", "&unknown; &; &#; &#x;"),
        ("bell \x07 and \x1b", "bell \ufffd and \ufffd"),
        ("<![CDATA[Tom & <Jerry> &amp; \x07]]> & Co", "Tom & <Jerry> &amp; \ufffd & Co"),
        ("<![CDATA[]]> ]] &lt;", "]] <"),
    ],
)
@pytest.mark.parametrize("characters", [1000, 1007, 1013, 1 << 18])
def test_characters_that_are_not_xml(
    monkeypatch: pytest.MonkeyPatch, name: str, shown: str, characters: int
) -> None:
    monkeypatch.setattr(xml_text, "CHUNK_CHARACTERS", characters)
    before = "x" * (1000 - len(HEAD) - len("<trk><cmt></cmt><name>") - 5)
    recording = only(gpx(WALK, more=f"<cmt>{before}</cmt><name>{name}</name>"))
    assert recording.name == shown
    assert len(recording.streams["time"]) == 60 and not recording.problems


def test_utf_16_that_is_declared_and_not_used() -> None:
    assert only(gpx(WALK).replace("UTF-8", "utf-16")).name == "Früh"


def test_utf_16_without_a_mark() -> None:
    (recording,) = read(gpx(WALK).encode("utf-16-le"))
    assert recording.name == "Früh"


@pytest.mark.parametrize(
    "clock",
    [
        *("2023 01 24 14:40:{:02d}", "2023-01-24 14:40:{:02d}", "2023-01-24T14:40:{:02d}"),
        *("2023/01/24 14:40:{:02d}", "2023-1-24T14:40:{:02d}Z", "2023.01.24 14:40:{:02d} UTC"),
        *("2023-01-24T14:40:{:02d}.5Z", "2023-01-24T14:40:{:02d},500Z", "20230124T1440{:02d}Z"),
        *(
            "2023-01-24T16:40:{:02d}+02:00",
            "2023-01-24T16:40:{:02d}+0200",
            " 2023-01-24T14:40:{:02d}z ",
        ),
        *("2023-01-24T06:40:{:02d} -08:00", "2023-01-24T15:40:{:02d}+01:00[Europe/Zurich]"),
    ],
)
def test_forms_of_times(clock: str) -> None:
    points = (
        f'<trkpt lat="{47 + s / 1e5}" lon="8"><time>{clock.format(s)}</time></trkpt>'
        for s in range(20, 30)
    )
    recording = only(track(*points))
    assert recording.start and recording.start.isoformat() == "2023-01-24T14:40:20+00:00"
    assert recording.streams["time"] == list(range(10))


def test_segments_in_reverse_order_are_sorted_with_a_pause_between_them() -> None:
    first = "".join(point(s, s * 2) for s in range(10))
    second = "".join(point(300 + s, 500 + s * 2) for s in range(10))
    assert only(gpx(second, first)) == only(gpx(first, second))
    tracks = "".join(f"<trk><trkseg>{part}</trkseg><trkseg/></trk>" for part in (second, first))
    recording = only(f"{HEAD}{tracks}</gpx>")
    streams = recording.streams
    assert streams["time"] == [*range(10), *range(300, 310)]
    assert [t for t, m in zip(streams["time"], streams["moving"], strict=True) if not m] == [300]


def test_points_in_reverse_order() -> None:
    backward = "".join(point(s, s * 1.5) for s in reversed(range(60)))
    assert only(gpx(backward)).streams == only(gpx(WALK)).streams


def test_point_whose_time_runs_backward_is_left_out() -> None:
    points = [point(s, s * 3) for s in range(60)]
    points[40] = point(10, 40 * 3)
    recording = only(gpx(*["".join(points)]))
    assert recording.streams["time"] == [*range(40), *range(41, 60)]
    assert recording.streams["distance"][-1] == pytest.approx(177, abs=0.5)
    assert recording.problems == ("1 sample whose time runs backward is left out",)


def test_same_track_twice_is_one() -> None:
    recording = only(gpx(WALK, WALK))
    assert recording.streams["time"] == list(range(60)) and not recording.problems
    assert recording.streams["distance"][-1] == pytest.approx(88.5, abs=0.2)


def test_some_points_without_a_time() -> None:
    points = [point(s, s * 1.5, time=s % 10 != 5) for s in range(60)]
    recording = only(gpx("".join(points)))
    assert len(recording.streams["time"]) == 54
    assert recording.problems == ("6 samples without a plausible time are left out",)


def test_elements_nested_too_deep() -> None:
    deep = "<a>" * 60 + "</a>" * 60
    with pytest.raises(CorruptFile, match="nested more than 50 deep"):
        read(gpx(WALK, more=deep).encode())


def test_two_documents_in_one_file() -> None:
    recording = only(gpx(WALK) + "\n" + gpx(WALK))
    assert len(recording.streams["time"]) == 60 and "not XML from line 3" in recording.problems[0]
