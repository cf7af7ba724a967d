"""Planned routes of the export: reading their GPX files, and rendering routes as GPX and TCX."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from strava_mcp.geo import haversine_m
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile, Streams
from strava_mcp.sources.archive.export import Export
from strava_mcp.sources.source import FIRST_OWN_ID, RouteFormat
from strava_mcp.training.climbing import ROUTE_M, climbing

#: Latitude and longitude in degrees, then the altitude in metres if it is known.
Points = Sequence[Sequence[float]]

#: Strava's routes have up to some ten thousand points; all of an athlete's are in memory at once.
MAX_FILE_BYTES, MAX_POINTS = 8 << 20, 1_000_000
#: TCX courses need timestamps but routes have no pace, so assume 5 m/s.
COURSE_SPEED_MS = 5.0
GPX = """\
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="strava_mcp" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name>{name}</name>{parts}</trk></gpx>
"""
TCX = """\
<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
<Courses><Course><Name>{name}</Name>{parts}</Course></Courses>
</TrainingCenterDatabase>
"""


class ListedRoute(NamedTuple):
    """A row of routes.csv. ``file``: within the export."""

    name: str
    file: str


def read(export: Export, listed: Iterable[ListedRoute]) -> dict[str, JSON]:
    """Read the files of routes: id (ours) → ``id``, ``name`` and ``points``.

    Each file is one route, and routes have MAX_POINTS in all; what goes beyond is left out.
    """
    routes: dict[str, JSON] = {}
    names: set[str] = set()
    left = MAX_POINTS
    for number, route in enumerate(listed):
        file = export.find(route.file)
        if file is None or file in names or left <= 0:
            continue
        names.add(file)
        points = _read_points(export, file)
        if points is None or len(points) > left:
            continue
        left -= len(points)
        key = str(FIRST_OWN_ID + number)
        routes[key] = {"id": key, "name": route.name or file, "points": points}
    return routes


def _read_points(export: Export, file: str) -> Points | None:
    """Read the points of a file; None if it cannot be read."""
    from strava_mcp import recordings

    try:
        return _points(recordings.read(export.read(file, MAX_FILE_BYTES))[0].streams)
    except CorruptFile:
        return None


def _points(streams: Streams) -> Points:
    track = streams.get("latlng", [])
    altitudes = streams.get("altitude", [None] * len(track))
    return [
        [*point, *(() if altitude is None else (altitude,))]
        for point, altitude in zip(track, altitudes, strict=True)
        if point
    ]


def summary(route: Mapping[str, Any]) -> JSON:
    """Convert a route to a Route of Strava's API; what the export does not contain is omitted."""
    points: Points = [point for point in route["points"] if point]  # without gaps
    distances = _distances_m(points)
    altitudes = [point[2] if len(point) > 2 else None for point in points]
    result: JSON = {
        "id": int(route["id"]),
        "id_str": route["id"],
        "name": route["name"],
        "distance": round(distances[-1], 1) if points else 0.0,
    }
    climbed = climbing(altitudes, ROUTE_M, distances)
    return result | ({"elevation_gain": round(climbed.gain_m, 1)} if climbed else {})


def render(name: str, parts: Sequence[Points], kind: RouteFormat) -> str:
    """Render the parts of a route, which nothing connects, as a GPX 1.1 file or a TCX course."""
    if kind == "gpx":
        segments = (f"<trkseg>{''.join(map(_gpx_point, part))}</trkseg>" for part in parts)
        return GPX.format(name=escape(name), parts="".join(segments))
    distances = iter(_distances_m([point for part in parts for point in part]))
    tracks = (
        f"<Track>{''.join(_tcx_point(point, next(distances)) for point in part)}</Track>"
        for part in parts
    )
    return TCX.format(name=escape(name), parts="".join(tracks))


def _distances_m(points: Points) -> list[float]:
    """Return the distance from the start to each point."""
    return list(accumulate((haversine_m(a, b) for a, b in pairwise(points)), initial=0.0))


def _gpx_point(point: Sequence[float]) -> str:
    altitude = f"<ele>{point[2]}</ele>" if len(point) > 2 else ""
    return f'<trkpt lat="{point[0]}" lon="{point[1]}">{altitude}</trkpt>'


def _tcx_point(point: Sequence[float], metres: float) -> str:
    seconds = round(metres / COURSE_SPEED_MS)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    altitude = f"<AltitudeMeters>{point[2]}</AltitudeMeters>" if len(point) > 2 else ""
    return (
        f"<Trackpoint><Time>2000-01-01T{clock}Z</Time>"
        f"<Position><LatitudeDegrees>{point[0]}</LatitudeDegrees>"
        f"<LongitudeDegrees>{point[1]}</LongitudeDegrees></Position>"
        f"{altitude}<DistanceMeters>{metres:.1f}</DistanceMeters></Trackpoint>"
    )
