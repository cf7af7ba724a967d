"""TCX: Garmin's Training Center XML, version 2, with its activity extension.

Totals of the session are the sums of the laps' times and distances, which the device wrote. Between
several tracks of a lap the timer was stopped.
"""

from xml.sax.xmlreader import AttributesImpl

from strava_mcp.json_types import JSON
from strava_mcp.recordings import limits, xml
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, RawLap, Sample, Session
from strava_mcp.recordings.sports import sport_from_text
from strava_mcp.recordings.xml_text import XmlText
from strava_mcp.recordings.xml_values import parse_number, parse_time
from strava_mcp.training.track import MAX_SPEED_MS

#: Elements of a Trackpoint → stream type. RunCadence (of the extension) counts one leg, like
#: Cadence. Some programs write the heart rate without Value.
POINT = {
    "AltitudeMeters": "altitude",
    "DistanceMeters": "distance",
    "HeartRateBpm": "heartrate",
    "HeartRateBpm/Value": "heartrate",
    "Cadence": "cadence",
    "RunCadence": "cadence",
    "Speed": "velocity_smooth",
    "Watts": "watts",
}
#: Elements of a Lap → keys of Strava's Lap; Avg… and MaxWatts are of the extension.
LAP = {
    "TotalTimeSeconds": "moving_time",
    "DistanceMeters": "distance",
    "Calories": "calories",
    "MaximumSpeed": "max_speed",
    "AverageHeartRateBpm/Value": "average_heartrate",
    "MaximumHeartRateBpm/Value": "max_heartrate",
    "Cadence": "average_cadence",
    "AvgSpeed": "average_speed",
    "AvgRunCadence": "average_cadence",
    "AvgWatts": "average_watts",
    "MaxWatts": "max_watts",
}
#: Strava and Movescount write the maximum speed in metres per hour.
SECONDS_PER_HOUR = 3600
SUMS = ("moving_time", "distance", "calories")
MAXIMA = ("max_speed", "max_heartrate", "max_watts")


def read(text: XmlText) -> list[Session]:
    """Parse the activities of a file, or its courses, which have no times. Raises CorruptFile.

    A truncated file is parsed as far as it goes.
    """
    reader = _Reader()
    problem = xml.parse(text, reader)
    sessions = [session for session in reader.sessions if session.samples or session.laps]
    if not sessions:
        raise CorruptFile(problem or "it is a TCX file without a recorded point")
    if problem:
        reader.end_lap_early()
        sessions[-1].problems.append(f"{problem}; what follows is left out")
    if reader.samples > limits.MAX_SAMPLES:
        sessions[-1].problems.append(limits.samples_left_out())
    return sessions


class _Reader(xml.Reader):
    """Builds a session for each Activity or Course."""

    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[Session] = []
        #: None outside of an Activity or Course, a Lap, and a Trackpoint.
        self._session: Session | None = None
        self._lap: JSON | None = None
        self._point: Sample | None = None
        self._position: dict[str, float | None] = {}
        self._lap_start: float | None = None
        self._laps: list[JSON] = []
        self._lap_count = 0
        self._tracks = 0
        self._is_new_track = False
        self._last_s: float | None = None

    def begin(self, name: str, attributes: AttributesImpl) -> None:
        """Begin a session, a lap, a track or a trackpoint."""
        if name in ("Activity", "Course"):
            self._session = Session(sport=sport_from_text(attributes.get("Sport")))
            self.sessions.append(self._session)
            limits.check(len(self.sessions), limits.MAX_SESSIONS, "activities")
            self._laps, self._last_s = [], None
        elif name == "Lap":
            self._lap, self._tracks = {}, 0
            self._lap_start = parse_time(attributes.get("StartTime"))
        elif name == "Track":
            self._tracks += 1
            self._is_new_track = self._tracks > 1
        elif name == "Trackpoint":
            self._point, self._position = {}, {}

    def end(self, name: str, text: str) -> None:
        """Add what the element says to its trackpoint, lap or session."""
        session = self._session
        if session is None:
            return
        if name == "Trackpoint":
            self._add_point(session)
        elif self._point is not None:
            self._add_to_point(self._point, name, text)
        elif name == "Lap":
            self._add_lap(session)
        elif self._lap is not None:
            key = LAP.get(self._qualified(name))
            value = parse_number(text) if key else None
            if key and value is not None:
                self._lap[key] = _in_ms(value) if key == "max_speed" else value
        elif name in ("Activity", "Course"):
            self._finish(session, is_course=name == "Course")
            self._session = None
        elif text:
            self._describe(session, "/".join(self.path[-2:]), text)

    def _add_to_point(self, point: Sample, name: str, text: str) -> None:
        if name == "Time":
            time_s = parse_time(text)
            if time_s is not None:
                point["time"] = time_s
        elif name in ("LatitudeDegrees", "LongitudeDegrees"):
            self._position[name] = parse_number(text)
        elif key := POINT.get(self._qualified(name)):
            value = parse_number(text)
            if value is not None:
                point[key] = value

    def _qualified(self, name: str) -> str:
        """Return the name, with its parent's if the name alone is ambiguous."""
        return f"{self.path[-2]}/{name}" if name == "Value" else name

    def _add_point(self, session: Session) -> None:
        point, self._point = self._point or {}, None
        lat, lng = (self._position.get(f"{axis}Degrees") for axis in ("Latitude", "Longitude"))
        if lat is not None and lng is not None:
            point["latlng"] = [lat, lng]
        if not self.take_sample():
            return
        session.samples.append(point)
        now_s = point.get("time")
        if now_s is None:
            return
        if self._lap is not None and self._lap_start is None:
            self._lap_start = now_s
        if self._is_new_track and self._last_s is not None:
            session.pauses.append(Pause(self._last_s, now_s))
        self._is_new_track, self._last_s = False, now_s

    def _add_lap(self, session: Session) -> None:
        totals, self._lap = self._lap or {}, None
        self._lap_count += 1
        limits.check(self._lap_count, limits.MAX_LAPS, "laps")
        self._laps.append(totals)
        if self._lap_start is not None:
            rounded = (
                {"moving_time": round(totals["moving_time"])} if "moving_time" in totals else {}
            )
            session.laps.append(RawLap(self._lap_start, totals | rounded))

    def end_lap_early(self) -> None:
        """Add a lap that is cut off, without its totals: they are of the whole lap."""
        if self._session and self._lap is not None and self._lap_start is not None:
            self._session.laps.append(RawLap(self._lap_start, {}))

    @staticmethod
    def _describe(session: Session, path: str, text: str) -> None:
        """Take what the file says about an activity outside of its laps."""
        if path == "Activity/Id":
            session.start = parse_time(text)
        elif path == "Creator/Name":
            session.device = text
        elif path in ("Activity/Name", "Course/Name"):
            session.name = text

    def _finish(self, session: Session, is_course: bool) -> None:
        """Add up the laps. The times of a course are those of a virtual partner."""
        if is_course:
            session.is_course = True
            session.laps, session.pauses = [], []
            for sample in session.samples:
                sample.pop("time", None)
            return
        for key in SUMS:
            # If one lap lacks the value, the sum would be too small.
            if self._laps and all(key in lap for lap in self._laps):
                session.totals[key] = sum(lap[key] for lap in self._laps)
        for key in MAXIMA:
            values = [lap[key] for lap in self._laps if key in lap]
            if values:
                session.totals[key] = max(values)
        if "moving_time" in session.totals:
            # Completed seconds, as the samples count them.
            session.totals["moving_time"] = int(round(session.totals["moving_time"], 3))


def _in_ms(speed: float) -> float:
    """Convert a speed in metres per hour to metres per second."""
    return speed / SECONDS_PER_HOUR if speed > MAX_SPEED_MS else speed
