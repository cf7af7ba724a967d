"""TCX: Garmin's Training Center XML, version 2, with its activity extension.

Totals of the session are the sums of the laps' times and distances, which the device wrote. Between
several tracks of a lap the timer was stopped.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, RawLap, Sample, Session
from strava_mcp.recordings.sports import sport_from_text
from strava_mcp.recordings.xml import (
    Truncated,
    XmlText,
    elements,
    local_name,
    parse_number,
    parse_time,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


#: Elements of a Trackpoint → stream type. ``Value`` is inside HeartRateBpm; RunCadence (of the
#: extension) counts one leg, like Cadence.
POINT = {
    "AltitudeMeters": "altitude",
    "DistanceMeters": "distance",
    "Value": "heartrate",
    "Cadence": "cadence",
    "RunCadence": "cadence",
    "Speed": "velocity_smooth",
    "Watts": "watts",
}
#: Elements of a Lap → keys of Strava's Lap. LX is the activity extension.
LAP = {
    "TotalTimeSeconds": "moving_time",
    "DistanceMeters": "distance",
    "Calories": "calories",
    "MaximumSpeed": "max_speed",
    "AverageHeartRateBpm/Value": "average_heartrate",
    "MaximumHeartRateBpm/Value": "max_heartrate",
    "Cadence": "average_cadence",
    "Extensions/LX/AvgSpeed": "average_speed",
    "Extensions/LX/AvgRunCadence": "average_cadence",
    "Extensions/LX/AvgWatts": "average_watts",
    "Extensions/LX/MaxWatts": "max_watts",
}
SUMS = ("moving_time", "distance", "calories")
MAXIMA = ("max_speed", "max_heartrate", "max_watts")


def read(text: XmlText) -> list[Session]:
    """Parse the activities of a file, or its courses, which have no times. Raises CorruptFile.

    A truncated file is parsed as far as it goes.
    """
    reader = _Reader()
    try:
        for event, element in elements(text):
            reader.take(event, element)
    except Truncated as exc:
        reader.end_early(str(exc))
    sessions = [session for session in reader.sessions if session.samples or session.laps]
    if not sessions:
        raise CorruptFile("it is a TCX file without a recorded point")
    return sessions


class _Reader:
    """Builds sessions from the start and end of each element, in document order."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self._session: Session | None = None
        self._tracks = 0
        self._is_new_track = False
        self._last_s: float | None = None

    def take(self, event: str, element: "Element") -> None:
        """Process the start or end of an element."""
        tag = local_name(element.tag)
        if event == "start":
            self._begin(tag, element)
        elif self._session is not None:
            self._end(tag, element, self._session)

    def end_early(self, reason: str) -> None:
        """Keep the part of the session before the cut. Raises CorruptFile if there is none."""
        if self._session is not None:
            self.sessions.append(self._session)
        if not self.sessions:
            raise CorruptFile(reason)
        self.sessions[-1].problems.append(f"{reason}; what follows is left out")

    def _begin(self, tag: str, element: "Element") -> None:
        if tag in ("Activity", "Course"):
            self._session = Session(sport=sport_from_text(element.get("Sport")))
            self._last_s = None
        elif tag == "Lap":
            self._tracks = 0
        elif tag == "Track":
            self._tracks += 1
            self._is_new_track = self._tracks > 1

    def _end(self, tag: str, element: "Element", session: Session) -> None:
        if tag == "Trackpoint":
            self._point(element, session)
            element.clear()
        elif tag == "Lap":
            start = parse_time(element.get("StartTime"))
            if start is not None:
                session.laps.append(RawLap(start, _lap_totals(element)))
            element.clear()
        elif tag in ("Activity", "Course"):
            _finish(element, session, is_course=tag == "Course")
            self.sessions.append(session)
            self._session = None
            element.clear()

    def _point(self, element: "Element", session: Session) -> None:
        sample = _sample(element)
        session.samples.append(sample)
        now_s = sample.get("time")
        if now_s is None:
            return
        if self._is_new_track and self._last_s is not None:
            session.pauses.append(Pause(self._last_s, now_s))
        self._is_new_track, self._last_s = False, now_s


def _sample(point: "Element") -> Sample:
    values: Sample = {}
    leaves = {local_name(element.tag): element.text for element in point.iter()}
    for tag, key in POINT.items():
        value = parse_number(leaves.get(tag))
        if value is not None:
            values[key] = value
    lat, lng = parse_number(leaves.get("LatitudeDegrees")), parse_number(
        leaves.get("LongitudeDegrees")
    )
    if lat is not None and lng is not None:
        values["latlng"] = [lat, lng]
    time_s = parse_time(leaves.get("Time"))
    if time_s is not None:
        values["time"] = time_s
    return values


def _lap_totals(lap: "Element") -> JSON:
    values: JSON = {}
    for path, key in LAP.items():
        value = parse_number(lap.findtext(_anywhere(path)))
        # Programs write 0 for unknown values.
        if value:
            values[key] = round(value) if key == "moving_time" else value
    return values


def _anywhere(path: str) -> str:
    """Let each step of a path match any namespace: programs use different ones."""
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def _finish(element: "Element", session: Session, is_course: bool) -> None:
    """Add what is not part of laps. The times of a course are those of a virtual partner."""
    session.device = element.findtext("{*}Creator/{*}Name") or None
    session.name = element.findtext("{*}Name") or None
    if is_course:
        session.laps, session.pauses = [], []
        for sample in session.samples:
            sample.pop("time", None)
        return
    session.start = parse_time(element.findtext("{*}Id"))
    laps = [lap.totals for lap in session.laps]
    for key in SUMS:
        # If one lap lacks the value, the sum would be too small.
        if laps and all(key in lap for lap in laps):
            session.totals[key] = sum(lap[key] for lap in laps)
    for key in MAXIMA:
        session.totals |= _maximum(key, laps)


def _maximum(key: str, laps: Iterable[JSON]) -> JSON:
    values = [lap[key] for lap in laps if key in lap]
    return {key: max(values)} if values else {}
