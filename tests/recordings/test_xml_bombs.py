"""Small GPX and TCX files that describe more than any recording are refused within bounds."""

import gzip
from pathlib import Path
from typing import NamedTuple

import pytest

from strava_mcp import recordings
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.xml import Reader
from tests.recordings.memory_limit import read

pytestmark = pytest.mark.no_cover

MAX_XML_BYTES = 60 << 20
GPX, GPX_END = "<gpx><trk><trkseg>", "</trkseg></trk></gpx>"
TCX, TCX_END = "<TrainingCenterDatabase><Activities>", "</Activities></TrainingCenterDatabase>"
LAP, LAP_END = "<Activity><Lap><Track>", "</Track></Lap></Activity>"
TIME = "2024-01-01T00:00:00Z"
POINT = f"<trkpt lat='1' lon='1'><time>{TIME}</time></trkpt>"
TOO_LONG, NAMES = "longer than any recording's", "more or longer names"


class Bomb(NamedTuple):
    """A text: ``unit`` is repeated ``count`` times, with its number in place of ``#``."""

    head: str
    unit: str
    count: int
    reason: str
    tail: str = ""

    def encoded(self) -> bytes:
        """Return the text, no longer than MAX_XML_BYTES."""
        count = min(self.count, MAX_XML_BYTES // len(self.unit))
        if "#" not in self.unit:
            return (self.head + self.unit * count + self.tail).encode()
        units = (self.unit.replace("#", str(number)) for number in range(count))
        return (self.head + "".join(units) + self.tail).encode()


ANY = 1 << 30
BOMBS = {
    "elements": Bomb(GPX, "<a/>", ANY, "1,500,000 elements"),
    "points": Bomb(GPX, "<trkpt lat='1' lon='1'/>", 500_000, "345,600 samples", GPX_END),
    "segments": Bomb(GPX, f"{POINT}</trkseg><trkseg>", 360_000, "345,600 samples", GPX_END),
    "heart rates": Bomb(
        GPX, f"<heartRate time='{TIME}' bpm='1'/>", 800_000, "recorded point", GPX_END
    ),
    "activities": Bomb(TCX, "<Activity/>", ANY, "1,000 activities: divide it"),
    "laps": Bomb(f"{TCX}<Activity>", f"<Lap StartTime='{TIME}'></Lap>", ANY, "10,000 laps"),
    "trackpoints": Bomb(
        TCX + LAP,
        f"<Trackpoint><Time>{TIME}</Time></Trackpoint>",
        360_000,
        "345,600 samples",
        LAP_END + TCX_END,
    ),
    "depth": Bomb(GPX, "<a>", ANY, "nested more than 50 deep"),
    "attributes": Bomb("<gpx ", "a#='' ", 3_000_000, TOO_LONG, ">"),
    "attributes of one length": Bomb("<gpx><a ", "a#='' ", 99_999, NAMES, "/></gpx>"),
    "one long attribute": Bomb("<gpx a='", "x", ANY, TOO_LONG, "'>"),
    "namespaces": Bomb("<gpx ", "xmlns:a#='u' ", 999_999, TOO_LONG, ">"),
    "names": Bomb("<gpx>", "<a#/>", 1_400_000, NAMES),
    "one long name": Bomb(f"<gpx><{'n' * 200_000}>", "<name>x</name>", 1_400_000, NAMES),
    "one comment": Bomb("<gpx><!--", "x", ANY, TOO_LONG),
    "one text": Bomb(
        "<gpx><trk><name>", "9", ANY, "without a recorded point", "</name></trk></gpx>"
    ),
    "lines": Bomb("<gpx><trk><name>", "\n", ANY, "without a recorded point", "</name></trk></gpx>"),
    "instructions": Bomb("<gpx>", "<?a?>", ANY, "without a recorded point", "</gpx>"),
    "references": Bomb("<gpx><trk><name>", "&", ANY, "1,000,000 references"),
    "sections of text": Bomb("<gpx><trk><name>", "<![CDATA[]]>", ANY, "marks of CDATA"),
    "an encoding": Bomb(
        "<?xml version='1.0' encoding='punycode'?>", "abc-d", ANY, "save it as UTF-8"
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(tmp_path: Path, name: str) -> None:
    content = gzip.compress(BOMBS[name].encoded(), 1)
    assert BOMBS[name].reason in read(tmp_path / "bomb.gz", content)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_document_type_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    """Entities are refused in the decoded text, however its bytes look."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE gpx [<!ENTITY l0 "lol">{laughs}]><gpx><trk><name>&l9;</name></trk></gpx>'
    for declaration in ("", f'<?xml version="1.0" encoding="{encoding}"?>'):
        result = read(tmp_path / "bomb.gpx", (declaration + text).encode(encoding))
        assert "declares a document type" in result or "neither FIT nor GPX" in result


@pytest.mark.parametrize("unit", ["\n", "\r\n", "a\n", "<?a?>", "&#10;", "<![CDATA[\n]]>"])
def test_the_parser_calls_rarely(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    """A call for each line of 50 MB takes 15 seconds of a slow machine."""
    calls = []
    for name in ("characters", "processingInstruction"):
        monkeypatch.setattr(Reader, name, lambda *arguments: calls.append(arguments))
    text = f"<gpx><trk><name>{unit * 100_000}</name></trk></gpx>"
    with pytest.raises(CorruptFile, match="without a recorded point"):
        recordings.read(text.encode())
    assert len(calls) < 200
