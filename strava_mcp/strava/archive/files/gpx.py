"""GPX 1.0 and 1.1: tracks, or a planned route, which has no time."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from strava_mcp.strava.archive.files import xml
from strava_mcp.strava.archive.files.samples import Sample, Session, is_time
from strava_mcp.strava.archive.files.sports import sport_of_text
from strava_mcp.strava.archive.recording import Damaged

if TYPE_CHECKING:
    from gpxpy.gpx import GPX

#: Leaves of extensions, in lower case and whatever their namespace → stream types.
EXTENSIONS = {
    **dict.fromkeys(("hr", "heartrate"), "heartrate"),
    **dict.fromkeys(("cad", "cadence"), "cadence"),
    **dict.fromkeys(("power", "watts", "powerinwatts"), "watts"),
    **dict.fromkeys(("atemp", "temp"), "temp"),
    "speed": "velocity_smooth",
}
#: gpxpy seeks the end of each of these, to the end of the text if need be.
BROKEN_NAMESPACE = re.compile(r"\sxmlns(?![:\w.-]{0,100}\s{0,9}=)")
#: Strava's own name is no device's.
STRAVA = "StravaGPX"


def read(text: str) -> list[Session]:
    """The recording of a file, all of its tracks as one. Raises Damaged."""
    _check(text)
    gpx = _parsed(text)
    session = Session(sport=_sport(gpx), name=_name(gpx), device=_device(gpx))
    for segment in _segments(gpx):
        points = [_sample(point) for point in segment]
        times = [sample["time"] for sample in points if is_time(sample.get("time"))]
        before = session.samples[-1].get("time") if session.samples else None
        if times and before is not None:
            session.pauses.append((before, times[0]))
        session.samples += points
        if times and session.start is None:
            session.start = times[0]
    if not any("latlng" in sample for sample in session.samples):
        raise Damaged("it is a GPX file without a recorded point")
    return [session]


def _check(text: str) -> None:
    """Raise Damaged for what gpxpy must not see: its parser trusts the text."""
    try:
        for event, element in xml.elements(text):
            if event == "end":
                element.clear()
    except xml.Truncated as exc:
        raise Damaged(str(exc)) from exc
    if BROKEN_NAMESPACE.search(text):
        raise Damaged("it names a namespace that it does not declare")


def _parsed(text: str) -> "GPX":
    import gpxpy
    from gpxpy.gpx import GPXException

    try:
        return gpxpy.parse(text)
    except (GPXException, ValueError, ArithmeticError, AttributeError, RecursionError) as exc:
        raise Damaged("it breaks the rules of GPX") from exc


def _segments(gpx: "GPX") -> Iterator[list[Any]]:
    """Points of each segment of each track; of a file without tracks, of each route."""
    segments: list[list[Any]] = [part.points for item in gpx.tracks for part in item.segments]
    segments = segments or [route.points for route in gpx.routes]
    yield from (points for points in segments if points)


def _sample(point: Any) -> Sample:
    found: Sample = {}
    if point.latitude is not None and point.longitude is not None:
        found["latlng"] = [point.latitude, point.longitude]
    if point.elevation is not None:
        found["altitude"] = point.elevation
    if getattr(point, "speed", None) is not None:
        found["velocity_smooth"] = point.speed
    time_s = xml.moment(point.time)
    if time_s is not None:
        found["time"] = time_s
    for extension in point.extensions:
        for leaf in extension.iter():
            key = EXTENSIONS.get(xml.local(leaf.tag).casefold())
            value = xml.number(leaf.text) if key else None
            if key and value is not None:
                found[key] = value
    return found


def _sport(gpx: "GPX") -> str | None:
    return next((sport for item in gpx.tracks if (sport := sport_of_text(item.type))), None)


def _name(gpx: "GPX") -> str | None:
    names = [*(item.name for item in gpx.tracks), *(item.name for item in gpx.routes), gpx.name]
    return next((name for name in names if name), None)


def _device(gpx: "GPX") -> str | None:
    return (gpx.creator or "").removeprefix(STRAVA).strip() or None
