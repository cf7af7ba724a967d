"""Mira's planned routes, and their files."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.athlete import MIRA, summary_athlete
from strava_mcp.sandbox.courses import ZURICH, Course, altitudes, courses, line, polyline

RIDE, RUN = 1, 2
ROAD, TRAIL = 1, 4
POINTS = 200
FRACTIONS = [i / (POINTS - 1) for i in range(POINTS)]


@dataclass(frozen=True)
class Route:
    """A route along a course. ``kind`` and ``surface`` are Strava's type and sub-type."""

    id: int
    name: str
    kind: int
    surface: int
    course: Course
    private: bool = False

    @property
    def points(self) -> list[tuple[float, float, float]]:
        """Latitude and longitude in degrees and metres above the sea, from start to end."""
        places = line(self.course, FRACTIONS)
        heights = altitudes(self.course, FRACTIONS)
        return [
            (round(lat, 6), round(lng, 6), round(height, 1))
            for (lat, lng), height in zip(places, heights, strict=True)
        ]


ROUTES = {
    route.id: route
    for route in (
        Route(3150000000000000001, "Zürichsee-Runde", RIDE, ROAD, courses(ZURICH, "Ride")[6]),
        Route(3150000000000000002, "Uetliberg-Grat", RUN, TRAIL, courses(ZURICH, "TrailRun")[2]),
        Route(3150000000000000003, "Quai & Horn", RUN, ROAD, courses(ZURICH, "Run")[3], True),
    )
}


def route(found: Route) -> JSON:
    """A Route of the API description."""
    course = found.course
    return {
        "id": found.id,
        "id_str": str(found.id),
        "resource_state": 3,
        "name": found.name,
        "description": "",
        "type": found.kind,
        "sub_type": found.surface,
        "distance": course.length_m,
        "elevation_gain": course.ascent_m,
        "estimated_moving_time": round(course.length_m / (7.4 if found.kind == RIDE else 2.9)),
        "private": found.private,
        "starred": False,
        "timestamp": 1714550400,
        "created_at": "2024-05-01T08:00:00Z",
        "updated_at": "2024-05-01T08:00:00Z",
        "athlete": summary_athlete(MIRA),
        "map": {
            "id": f"r{found.id}",
            "polyline": polyline(course, 301),
            "summary_polyline": polyline(course, 100),
            "resource_state": 3,
        },
        "segments": [],
        "waypoints": [],
    }


def streams(found: Route) -> JSON:
    """Its latlng, distance and altitude."""
    return {
        "latlng": [[lat, lng] for lat, lng, _ in found.points],
        "distance": [round(found.course.length_m * fraction, 1) for fraction in FRACTIONS],
        "altitude": [height for _, _, height in found.points],
    }


def gpx(found: Route) -> str:
    """The route as GPX 1.1."""
    track = "".join(
        f'<trkpt lat="{lat}" lon="{lng}"><ele>{height}</ele></trkpt>'
        for lat, lng, height in found.points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="sandbox" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><name>{escape(found.name)}</name>'
        f"<trkseg>{track}</trkseg></trk></gpx>"
    )


def tcx(found: Route) -> str:
    """The route as a TCX course."""
    track = "".join(
        f"<Trackpoint><Position><LatitudeDegrees>{lat}</LatitudeDegrees>"
        f"<LongitudeDegrees>{lng}</LongitudeDegrees></Position>"
        f"<AltitudeMeters>{height}</AltitudeMeters></Trackpoint>"
        for lat, lng, height in found.points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Courses><Course>'
        f"<Name>{escape(found.name)}</Name><Track>{track}</Track></Course></Courses>"
        "</TrainingCenterDatabase>"
    )
