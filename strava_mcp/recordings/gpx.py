"""GPX 1.0 and 1.1: tracks, or a planned route, which has no time.

gpxpy reads the points, one at a time as the hardened reader comes to them: a day's points, as
gpxpy keeps a whole file of them, would take a gigabyte.
"""

from typing import TYPE_CHECKING, Any

from gpxpy.gpx import GPXException, GPXTrackPoint
from gpxpy.gpxfield import gpx_fields_from_xml

from strava_mcp.recordings import xml
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Sample, Session, is_time
from strava_mcp.recordings.sports import sport_from_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Leaves of extensions, in lower case and whatever their namespace → stream types.
EXTENSIONS = {
    **dict.fromkeys(("hr", "heartrate"), "heartrate"),
    **dict.fromkeys(("cad", "cadence"), "cadence"),
    **dict.fromkeys(("power", "watts", "powerinwatts"), "watts"),
    **dict.fromkeys(("atemp", "temp"), "temp"),
    "speed": "velocity_smooth",
}
#: Where names are, the more telling first.
NAMES = ("trk/name", "rte/name", "metadata/name", "name")
#: Strava's own name is no device's.
STRAVA = "StravaGPX"


def read(text: xml.Text) -> list[Session]:
    """The recording of a file, all of its tracks as one. Raises CorruptFile."""
    reader = _Reader()
    try:
        for event, element in xml.elements(text):
            reader.take(event, element)
    except xml.Truncated as exc:
        raise CorruptFile(str(exc)) from exc
    session = reader.session
    session.name = next((reader.names[place] for place in NAMES if place in reader.names), None)
    if not reader.has_segments:
        session.samples = reader.route
    if not any("latlng" in sample for sample in session.samples):
        raise CorruptFile("it is a GPX file without a recorded point")
    return [session]


class _Reader:
    """A session from elements, begin and end of each in the order of the file."""

    def __init__(self) -> None:
        self.session = Session()
        self.route: list[Sample] = []
        self.names: dict[str, str] = {}
        self.has_segments = False
        self._open: list[Element] = []
        self._before: float | None = None
        self._is_timed = False

    def take(self, event: str, element: "Element") -> None:
        """Read one element's begin or end."""
        if event == "start":
            self._begin(xml.local(element.tag), element)
            self._open.append(element)
            return
        self._open.pop()
        tag = xml.local(element.tag)
        if tag == "trkpt":
            self._point(_sample(element))
        elif tag == "rtept":
            self.route.append(_sample(element))
        elif tag in ("name", "type"):
            self._say("/".join(xml.local(one.tag) for one in (*self._open, element)[1:]), element)
        if tag in ("trkpt", "rtept", "wpt"):
            self._open[-1].clear()

    def _begin(self, tag: str, element: "Element") -> None:
        if tag == "trkseg":
            samples = self.session.samples
            self._before = samples[-1].get("time") if samples else None
            self.has_segments, self._is_timed = True, False
        elif not self._open:
            creator = element.get("creator", "").removeprefix(STRAVA).strip()
            self.session.device = creator or None

    def _point(self, sample: Sample) -> None:
        """Between segments is a pause, until the first of its samples that tells the time."""
        self.session.samples.append(sample)
        now_s = sample.get("time")
        if self._is_timed or now_s is None or not is_time(now_s):
            return
        if self._before is not None:
            self.session.pauses.append((self._before, now_s))
        if self.session.start is None:
            self.session.start = now_s
        self._is_timed = True

    def _say(self, place: str, element: "Element") -> None:
        """Take a name or a type; the first of each place counts."""
        words = (element.text or "").strip()
        if place == "trk/type" and self.session.sport is None:
            self.session.sport = sport_from_text(words)
        elif words:
            self.names.setdefault(place, words)


def _sample(element: "Element") -> Sample:
    point = _point(element)
    found: Sample = {"latlng": [point.latitude, point.longitude]}
    if point.elevation is not None:
        found["altitude"] = point.elevation
    # GPX 1.0 has it, and some write it in 1.1 all the same.
    if (speed := xml.number(element.findtext("speed"))) is not None:
        found["velocity_smooth"] = speed
    if (time_s := xml.moment(point.time)) is not None:
        found["time"] = time_s
    for extension in point.extensions:
        for leaf in extension.iter():
            key = EXTENSIONS.get(xml.local(leaf.tag).casefold())
            value = xml.number(leaf.text) if key else None
            if key and value is not None:
                found[key] = value
    return found


def _point(element: "Element") -> Any:
    """A point as gpxpy has it. Raises CorruptFile."""
    for child in element:
        child.tag = xml.local(child.tag)
    try:
        return gpx_fields_from_xml(GPXTrackPoint, element, "1.1")  # type: ignore[arg-type]
    except (GPXException, ValueError, ArithmeticError, AttributeError) as exc:
        raise CorruptFile("it breaks the rules of GPX") from exc
