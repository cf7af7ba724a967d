"""GPX 1.0 and 1.1: tracks, or a planned route, which has no times.

gpxpy parses the points one by one, from the hardened XML parser: a whole file of a day in gpxpy's
objects would take a gigabyte.
"""

from typing import TYPE_CHECKING, Any

from gpxpy.gpx import GPXException, GPXTrackPoint
from gpxpy.gpxfield import gpx_fields_from_xml

from strava_mcp.recordings import xml
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, Sample, Session, is_time
from strava_mcp.recordings.sports import sport_from_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Elements of extensions, lowercase and in any namespace → stream type.
EXTENSIONS = {
    **dict.fromkeys(("hr", "heartrate"), "heartrate"),
    **dict.fromkeys(("cad", "cadence"), "cadence"),
    **dict.fromkeys(("power", "watts", "powerinwatts"), "watts"),
    **dict.fromkeys(("atemp", "temp"), "temp"),
    "speed": "velocity_smooth",
}
#: Paths of names, in order of preference.
NAMES = ("trk/name", "rte/name", "metadata/name", "name")
#: Strava's prefix of the creator, which is not part of a device's name.
STRAVA = "StravaGPX"


def read(text: xml.XmlText) -> list[Session]:
    """Parse the recording of a file; all of its tracks are one session. Raises CorruptFile."""
    reader = _Reader()
    try:
        for event, element in xml.elements(text):
            reader.take(event, element)
    except xml.Truncated as exc:
        raise CorruptFile(str(exc)) from exc
    session = reader.session
    session.name = next((reader.names[path] for path in NAMES if path in reader.names), None)
    if not reader.has_segments:
        session.samples = reader.route
    if not any("latlng" in sample for sample in session.samples):
        raise CorruptFile("it is a GPX file without a recorded point")
    return [session]


class _Reader:
    """Builds a session from the start and end of each element, in document order."""

    def __init__(self) -> None:
        self.session = Session()
        self.route: list[Sample] = []
        self.names: dict[str, str] = {}
        self.has_segments = False
        self._open: list[Element] = []
        self._last_s: float | None = None
        self._is_timed = False

    def take(self, event: str, element: "Element") -> None:
        """Process the start or end of an element."""
        if event == "start":
            self._begin(xml.local_name(element.tag), element)
            self._open.append(element)
            return
        self._open.pop()
        tag = xml.local_name(element.tag)
        if tag == "trkpt":
            self._point(_sample(element))
        elif tag == "rtept":
            self.route.append(_sample(element))
        elif tag in ("name", "type"):
            self._take_text(
                "/".join(xml.local_name(one.tag) for one in (*self._open, element)[1:]), element
            )
        if tag in ("trkpt", "rtept", "wpt"):
            self._open[-1].clear()

    def _begin(self, tag: str, element: "Element") -> None:
        if tag == "trkseg":
            samples = self.session.samples
            self._last_s = samples[-1].get("time") if samples else None
            self.has_segments, self._is_timed = True, False
        elif not self._open:
            creator = element.get("creator", "").removeprefix(STRAVA).strip()
            self.session.device = creator or None

    def _point(self, sample: Sample) -> None:
        """Add a point. Between segments is a pause, up to the first point that has a time."""
        self.session.samples.append(sample)
        now_s = sample.get("time")
        if self._is_timed or now_s is None or not is_time(now_s):
            return
        if self._last_s is not None:
            self.session.pauses.append(Pause(self._last_s, now_s))
        if self.session.start is None:
            self.session.start = now_s
        self._is_timed = True

    def _take_text(self, path: str, element: "Element") -> None:
        """Take a name or a type; the first one at each path is used."""
        text = (element.text or "").strip()
        if path == "trk/type" and self.session.sport is None:
            self.session.sport = sport_from_text(text)
        elif text:
            self.names.setdefault(path, text)


def _sample(element: "Element") -> Sample:
    point = _point(element)
    values: Sample = {"latlng": [point.latitude, point.longitude]}
    if point.elevation is not None:
        values["altitude"] = point.elevation
    # An element of GPX 1.0 that some programs also write in 1.1.
    if (speed := xml.parse_number(element.findtext("speed"))) is not None:
        values["velocity_smooth"] = speed
    if (time_s := xml.parse_time(point.time)) is not None:
        values["time"] = time_s
    for extension in point.extensions:
        for leaf in extension.iter():
            key = EXTENSIONS.get(xml.local_name(leaf.tag).casefold())
            value = xml.parse_number(leaf.text) if key else None
            if key and value is not None:
                values[key] = value
    return values


def _point(element: "Element") -> Any:
    """Parse a point with gpxpy. Raises CorruptFile."""
    for child in element:
        child.tag = xml.local_name(child.tag)
    try:
        return gpx_fields_from_xml(GPXTrackPoint, element, "1.1")  # type: ignore[arg-type]
    except (GPXException, ValueError, ArithmeticError, AttributeError) as exc:
        raise CorruptFile("it breaks the rules of GPX") from exc
