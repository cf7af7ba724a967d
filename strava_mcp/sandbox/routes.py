"""Mira's planned routes, as JSON, GPX and TCX."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.athlete import MIRA, summary_athlete
from strava_mcp.sandbox.courses import ZURICH, Course, altitudes, courses_for, polyline, positions
from strava_mcp.sandbox.recording import Streams

#: Strava's types and sub-types of routes.
RIDE, RUN = 1, 2
ROAD, TRAIL = 1, 4
#: Metres per second, by type, of the estimated moving time.
SPEED_MS = {RIDE: 7.4, RUN: 2.9}
POINTS = 200
FRACTIONS = [i / (POINTS - 1) for i in range(POINTS)]


@dataclass(frozen=True)
class Route:
    """A route along a course. ``kind`` and ``surface``: its type and sub-type."""

    id: int
    name: str
    kind: int
    surface: int
    course: Course
    private: bool = False

    @property
    def points(self) -> list[tuple[float, float, float]]:
        """Latitude and longitude in degrees and altitude in metres, from start to end."""
        latlngs = positions(self.course, FRACTIONS)
        heights = altitudes(self.course, FRACTIONS)
        return [
            (round(lat, 6), round(lng, 6), round(height, 1))
            for (lat, lng), height in zip(latlngs, heights, strict=True)
        ]


ROUTES = {
    route.id: route
    for route in (
        Route(3150000000000000001, "Zürichsee-Runde", RIDE, ROAD, courses_for(ZURICH, "Ride")[6]),
        Route(
            3150000000000000002, "Uetliberg-Grat", RUN, TRAIL, courses_for(ZURICH, "TrailRun")[2]
        ),
        Route(3150000000000000003, "Quai & Horn", RUN, ROAD, courses_for(ZURICH, "Run")[3], True),
    )
}


def detail(route: Route) -> JSON:
    """A route as a Route of the API description."""
    course = route.course
    return {
        "id": route.id,
        "id_str": str(route.id),
        "resource_state": 3,
        "name": route.name,
        "description": "",
        "type": route.kind,
        "sub_type": route.surface,
        "distance": course.length_m,
        "elevation_gain": course.ascent_m,
        "estimated_moving_time": round(course.length_m / SPEED_MS[route.kind]),
        "private": route.private,
        "starred": False,
        "timestamp": 1714550400,
        "created_at": "2024-05-01T08:00:00Z",
        "updated_at": "2024-05-01T08:00:00Z",
        "athlete": summary_athlete(MIRA),
        "map": {
            "id": f"r{route.id}",
            "polyline": polyline(course, 301),
            "summary_polyline": polyline(course, 100),
            "resource_state": 3,
        },
        "segments": [],
        "waypoints": [],
    }


def streams(route: Route) -> Streams:
    """The streams of a route: latlng, distance and altitude."""
    return {
        "latlng": [[lat, lng] for lat, lng, _ in route.points],
        "distance": [round(route.course.length_m * fraction, 1) for fraction in FRACTIONS],
        "altitude": [height for _, _, height in route.points],
    }


def gpx(route: Route) -> str:
    """A route as GPX 1.1."""
    track = "".join(
        f'<trkpt lat="{lat}" lon="{lng}"><ele>{height}</ele></trkpt>'
        for lat, lng, height in route.points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="sandbox" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><name>{escape(route.name)}</name>'
        f"<trkseg>{track}</trkseg></trk></gpx>"
    )


def tcx(route: Route) -> str:
    """A route as a TCX course."""
    track = "".join(
        f"<Trackpoint><Position><LatitudeDegrees>{lat}</LatitudeDegrees>"
        f"<LongitudeDegrees>{lng}</LongitudeDegrees></Position>"
        f"<AltitudeMeters>{height}</AltitudeMeters></Trackpoint>"
        for lat, lng, height in route.points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Courses><Course>'
        f"<Name>{escape(route.name)}</Name><Track>{track}</Track></Course></Courses>"
        "</TrainingCenterDatabase>"
    )
