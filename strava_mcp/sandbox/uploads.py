"""What the sandbox reads from an uploaded recording: when it began, how long and how far it was."""

import zlib
from datetime import UTC, datetime
from xml.etree import ElementTree

from strava_mcp.geo import Point, length_m
from strava_mcp.json_types import JSON
from strava_mcp.sandbox import fit
from strava_mcp.sandbox.fit import Damaged

DATA_TYPES = ("fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz")
MAX_BYTES = 100 << 20
SPORTS = {
    "biking": "Ride",
    "cycling": "Ride",
    "running": "Run",
    "hiking": "Hike",
    "walking": "Walk",
}
POINT = {"gpx": "trkpt", "tcx": "Trackpoint"}
TIME = {"gpx": "{*}time", "tcx": "{*}Time"}


def read(file: bytes, data_type: str) -> JSON:
    """``start`` (UTC, ISO 8601), ``elapsed_time`` (s), ``distance`` (m), ``sport_type`` of a file.

    GPX and TCX are read point by point, of FIT the session message. Raises Damaged.
    """
    if data_type.endswith(".gz"):
        file = _unzipped(file)
    kind = data_type.removesuffix(".gz")
    if kind == "fit":
        session = fit.session(file)
        return _fields(session.start, session.elapsed_s, session.distance_m, session.sport)
    return _xml(file, kind)


def _unzipped(file: bytes) -> bytes:
    try:
        unzip = zlib.decompressobj(wbits=31)
        found = unzip.decompress(file, MAX_BYTES)
    except zlib.error as exc:
        raise Damaged("it is not gzipped") from exc
    if not unzip.eof:
        raise Damaged("it is incomplete or too large")
    return found


def _xml(file: bytes, kind: str) -> JSON:
    # Entities could make a small file enormous; recordings have none.
    if b"<!DOCTYPE" in file or b"<!ENTITY" in file:
        raise Damaged("it declares entities")
    try:
        root = ElementTree.fromstring(file.strip())
        points = [p for p in root.iter() if p.tag.rpartition("}")[2] == POINT[kind]]
        times = [_time(text) for p in points if (text := p.findtext(TIME[kind]))]
        track = [place for p in points if (place := _place(p, kind))]
        metres = [float(text) for p in points if (text := p.findtext("{*}DistanceMeters"))]
    except ElementTree.ParseError as exc:
        raise Damaged("it is not XML") from exc
    except (ValueError, OverflowError) as exc:
        raise Damaged("it has a number or a time that is none") from exc
    if not times:
        raise Damaged("it has no points with a time")
    elapsed_s = max(1, int((max(times) - min(times)).total_seconds()))
    distance_m = max(metres) if metres else length_m(track)
    return _fields(min(times), elapsed_s, distance_m, _sport(root, kind))


def _time(text: str) -> datetime:
    """An instant; one without a zone counts as UTC."""
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _place(point: ElementTree.Element, kind: str) -> Point | None:
    if kind == "gpx":
        return float(point.get("lat", "")), float(point.get("lon", ""))
    latitude = point.findtext("{*}Position/{*}LatitudeDegrees")
    longitude = point.findtext("{*}Position/{*}LongitudeDegrees")
    return (float(latitude), float(longitude)) if latitude and longitude else None


def _sport(root: ElementTree.Element, kind: str) -> str:
    activity = root.find(".//{*}Activity")
    said = root.findtext(".//{*}trk/{*}type") if kind == "gpx" else None
    if activity is not None:
        said = activity.get("Sport")
    return SPORTS.get((said or "").lower(), "Workout" if said else "Run")


def _fields(start: datetime, elapsed_s: int, distance_m: float, sport: str) -> JSON:
    return {
        "start": start.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        "elapsed_time": elapsed_s,
        "distance": round(distance_m, 1),
        "sport_type": sport,
    }
