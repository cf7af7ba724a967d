"""GPX 1.0 and 1.1: tracks, or a planned route, which has no times."""

from xml.sax.xmlreader import AttributesImpl

from strava_mcp.recordings import limits, xml
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, Sample, Session, counted, is_plausible, is_time
from strava_mcp.recordings.sports import sport_from_text
from strava_mcp.recordings.xml_text import XmlText
from strava_mcp.recordings.xml_values import parse_number, parse_time

POINTS = ("trkpt", "rtept")
#: Elements of a point's extensions, lowercase → stream type. GPX 1.0 has ``speed`` in the point.
EXTENSIONS = {
    **dict.fromkeys(("hr", "heartrate", "heart_rate", "bpm"), "heartrate"),
    **dict.fromkeys(("cad", "cadence", "runcadence"), "cadence"),
    **dict.fromkeys(("power", "watts", "powerinwatts"), "watts"),
    **dict.fromkeys(("atemp", "temp", "temperature"), "temp"),
    "speed": "velocity_smooth",
}
#: Paths of names, in order of preference.
NAMES = ("trk/name", "rte/name", "metadata/name", "name")
MAX_NAME_DEPTH = 3
#: Strava's prefix of the creator, which is not part of a device's name.
STRAVA = "StravaGPX"


def read(text: XmlText) -> list[Session]:
    """Parse the recording of a file; all of its tracks are one session.

    A truncated file is parsed as far as it goes. Raises CorruptFile.
    """
    reader = _Reader()
    problem = xml.parse(text, reader)
    session = reader.session()
    if not session.samples:
        raise CorruptFile(problem or "it is a GPX file without a recorded point")
    if problem:
        session.problems.append(f"{problem}; what follows is left out")
    if reader.samples > limits.MAX_SAMPLES:
        session.problems.append(limits.samples_left_out())
    return [session]


class _Reader(xml.Reader):
    """Collects the points, and what the file says about them."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._sport: str | None = None
        self._device: str | None = None
        self._track: list[Sample] = []
        self._route: list[Sample] = []
        self._unlocated: list[Sample] = []
        self._heart_rates: list[Sample] = []
        #: Times of the first and the last point of each segment.
        self._segments: list[list[float]] = []
        self._point: Sample | None = None

    def session(self) -> Session:
        """Return the session, whose samples are the track, or a route if there is no track."""
        session = Session(sport=self._sport, device=self._device)
        session.name = next((self._names[path] for path in NAMES if path in self._names), None)
        session.samples = self._track or self._route
        if session.samples and self._unlocated:
            points = counted(len(self._unlocated), "point")
            are = "is" if len(self._unlocated) == 1 else "are"
            session.problems.append(f"{points} without a valid position {are} left out")
        elif any(sample.keys() & set(EXTENSIONS.values()) for sample in self._unlocated):
            # A recording from indoors.
            session.samples = self._unlocated
        if session.samples:
            session.samples += self._heart_rates
        times = sorted(segment for segment in self._segments if segment)
        if times:
            session.start = times[0][0]
        for (_, last_s), (first_s, _) in zip(times, times[1:], strict=False):
            session.pauses.append(Pause(last_s, first_s))
        return session

    def begin(self, name: str, attributes: AttributesImpl) -> None:
        """Begin a segment or a point."""
        if name in POINTS:
            position = [parse_number(attributes.get(key)) for key in ("lat", "lon")]
            is_valid = None not in position and is_plausible("latlng", position)
            self._point = {"latlng": position} if is_valid else {}
        elif name == "heartRate":
            self._add_heart_rate(attributes)
        elif name == "trkseg":
            self._segments.append([])
        elif len(self.path) == 1:
            creator = attributes.get("creator", "").removeprefix(STRAVA).strip()
            self._device = creator or None

    def end(self, name: str, text: str) -> None:
        """Add a point, a value of it, or a name."""
        if name in POINTS:
            if self._point and self.take_sample():
                self._add(name, self._point)
            self._point = None
        elif self._point is not None:
            self._add_value(self._point, name, text)
        elif name in ("name", "type") and text and len(self.path) <= MAX_NAME_DEPTH:
            path = "/".join(self.path[1:])
            if path in NAMES:
                self._names.setdefault(path, text)
            if path == "trk/type" and self._sport is None:
                self._sport = sport_from_text(text)

    def _add_value(self, point: Sample, name: str, text: str) -> None:
        """Add a value of a point: its own altitude and time, and any extension."""
        if self.path[-2] in POINTS and name == "time":
            time_s = parse_time(text)
            if time_s is not None:
                point["time"] = time_s
            return
        is_altitude = self.path[-2] in POINTS and name == "ele"
        key = "altitude" if is_altitude else EXTENSIONS.get(name.casefold())
        value = parse_number(text) if key else None
        if key and value is not None:
            point[key] = value

    def _add_heart_rate(self, attributes: AttributesImpl) -> None:
        """Add a heart rate that has its own time (a-rival)."""
        time_s, bpm = parse_time(attributes.get("time")), parse_number(attributes.get("bpm"))
        if time_s is not None and bpm is not None and self.take_sample():
            self._heart_rates.append({"time": time_s, "heartrate": bpm})

    def _add(self, name: str, point: Sample) -> None:
        if "latlng" not in point:
            self._unlocated.append(point)
        else:
            (self._track if name == "trkpt" else self._route).append(point)
        time_s = point.get("time")
        if name == "trkpt" and self._segments and time_s is not None and is_time(time_s):
            segment = self._segments[-1]
            segment[:] = [segment[0] if segment else time_s, time_s]
