"""Planned routes of the export: what is kept of their GPX files, and files made of it again.

A route is ``{"name", "points"}``: its points are latitude and longitude in degrees, and metres
above the sea where they are known.
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any
from xml.sax.saxutils import escape

from strava_mcp.geo import haversine_m
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sources.archive.export import Export
from strava_mcp.sources.source import FIRST_OWN_ID, RouteFormat
from strava_mcp.training.climbing import SATELLITE_M, climbing

Points = Sequence[Sequence[float]]

#: A route has no pace; a course file has to have one, and 5 m/s offends nobody.
COURSE_SPEED = 5.0
GPX = """\
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="strava_mcp" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name>{name}</name><trkseg>{points}</trkseg></trk></gpx>
"""
TCX = """\
<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
<Courses><Course><Name>{name}</Name><Track>{points}</Track></Course></Courses>
</TrainingCenterDatabase>
"""


def read(export: Export, listed: Sequence[Mapping[str, Any]]) -> dict[str, JSON]:
    """The routes of an export by their ids, which are our own: ``listed`` are name and file."""
    from strava_mcp import recordings

    found: dict[str, JSON] = {}
    for number, route in enumerate(listed):
        name = export.find(str(route.get("file", "")))
        if name is None:
            continue
        try:
            streams = recordings.read(export.read(name))[0].streams
        except CorruptFile:
            continue
        track = streams.get("latlng", [])
        heights = streams.get("altitude", [None] * len(track))
        points = [
            [*point, *(() if height is None else (height,))]
            for point, height in zip(track, heights, strict=True)
            if point
        ]
        key = str(FIRST_OWN_ID + number)
        found[key] = {"id": key, "name": route.get("name") or name, "points": points}
    return found


def summary(route: Mapping[str, Any]) -> JSON:
    """A Route of the API description; what the export does not tell has no key."""
    points: Points = route["points"]
    heights = [point[2] for point in points if len(point) > 2]
    found: JSON = {
        "id": int(route["id"]),
        "id_str": route["id"],
        "name": route["name"],
        "distance": round(_distances(points)[-1], 1) if points else 0.0,
    }
    climbed = climbing(heights, SATELLITE_M)
    return found | ({"elevation_gain": round(climbed.gain_m, 1)} if climbed else {})


def written(name: str, points: Points, kind: RouteFormat) -> str:
    """A GPX 1.1 file or a TCX course."""
    if kind == "gpx":
        return GPX.format(name=escape(name), points="".join(map(_gpx_point, points)))
    rows = zip(points, _distances(points), strict=True)
    return TCX.format(name=escape(name), points="".join(_tcx_point(*row) for row in rows))


def _distances(points: Points) -> list[float]:
    return list(accumulate((haversine_m(a, b) for a, b in pairwise(points)), initial=0.0))


def _gpx_point(point: Sequence[float]) -> str:
    height = f"<ele>{point[2]}</ele>" if len(point) > 2 else ""
    return f'<trkpt lat="{point[0]}" lon="{point[1]}">{height}</trkpt>'


def _tcx_point(point: Sequence[float], metres: float) -> str:
    seconds = round(metres / COURSE_SPEED)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    height = f"<AltitudeMeters>{point[2]}</AltitudeMeters>" if len(point) > 2 else ""
    return (
        f"<Trackpoint><Time>2000-01-01T{clock}Z</Time>"
        f"<Position><LatitudeDegrees>{point[0]}</LatitudeDegrees>"
        f"<LongitudeDegrees>{point[1]}</LongitudeDegrees></Position>"
        f"{height}<DistanceMeters>{metres:.1f}</DistanceMeters></Trackpoint>"
    )
