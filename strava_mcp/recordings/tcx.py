"""TCX: Garmin's Training Center XML, version 2, with its activity extension.

Times and distances of laps are the device's own, and their sums the totals of the session. Several
tracks in a lap mean that the timer stood between them.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Sample, Session
from strava_mcp.recordings.sports import sport_from_text
from strava_mcp.recordings.xml import Text, Truncated, elements, local, moment, number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


#: Leaves of a Trackpoint → stream types. ``Value`` is that of HeartRateBpm; RunCadence, of the
#: extension, is of one leg, as Cadence is.
POINT = {
    "AltitudeMeters": "altitude",
    "DistanceMeters": "distance",
    "Value": "heartrate",
    "Cadence": "cadence",
    "RunCadence": "cadence",
    "Speed": "velocity_smooth",
    "Watts": "watts",
}
#: Children of a Lap → facts of Strava's Lap. LX is the activity extension.
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


def read(text: Text) -> list[Session]:
    """The activities of a file, or its courses, which have no time. Raises CorruptFile.

    Of a file that is cut off the part before that is read.
    """
    reader = _Reader()
    try:
        for event, element in elements(text):
            reader.take(event, element)
    except Truncated as exc:
        reader.end_early(str(exc))
    found = [session for session in reader.sessions if session.samples or session.laps]
    if not found:
        raise CorruptFile("it is a TCX file without a recorded point")
    return found


class _Reader:
    """Sessions from elements, begin and end of each in the order of the file."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []
        self._session: Session | None = None
        self._tracks = 0
        self._is_new_track = False
        self._last_s: float | None = None

    def take(self, event: str, element: "Element") -> None:
        """Read one element's begin or end."""
        tag = local(element.tag)
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
            begin = moment(element.get("StartTime"))
            if begin is not None:
                session.laps.append((begin, _facts(element)))
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
            session.pauses.append((self._last_s, now_s))
        self._is_new_track, self._last_s = False, now_s


def _sample(point: "Element") -> Sample:
    found: Sample = {}
    leaves = {local(element.tag): element.text for element in point.iter()}
    for tag, key in POINT.items():
        value = number(leaves.get(tag))
        if value is not None:
            found[key] = value
    lat, lng = number(leaves.get("LatitudeDegrees")), number(leaves.get("LongitudeDegrees"))
    if lat is not None and lng is not None:
        found["latlng"] = [lat, lng]
    time_s = moment(leaves.get("Time"))
    if time_s is not None:
        found["time"] = time_s
    return found


def _facts(lap: "Element") -> JSON:
    found: JSON = {}
    for path, key in LAP.items():
        value = number(lap.findtext(_anywhere(path)))
        # Writers put a zero where they do not know.
        if value:
            found[key] = round(value) if key == "moving_time" else value
    return found


def _anywhere(path: str) -> str:
    """The path with its steps in any namespace: writers differ in theirs."""
    return "/".join(f"{{*}}{step}" for step in path.split("/"))


def _finish(element: "Element", session: Session, is_course: bool) -> None:
    """What stands beside the laps; a course has the times of a virtual partner."""
    session.device = element.findtext("{*}Creator/{*}Name") or None
    session.name = element.findtext("{*}Name") or None
    if is_course:
        session.laps, session.pauses = [], []
        for sample in session.samples:
            sample.pop("time", None)
        return
    session.start = moment(element.findtext("{*}Id"))
    facts = [facts for _, facts in session.laps]
    for key in SUMS:
        # A lap that does not say how long it was makes the sum too small.
        if facts and all(key in lap for lap in facts):
            session.totals[key] = sum(lap[key] for lap in facts)
    for key in MAXIMA:
        session.totals |= _highest(key, facts)


def _highest(key: str, facts: Iterable[JSON]) -> JSON:
    known = [lap[key] for lap in facts if key in lap]
    return {key: max(known)} if known else {}
