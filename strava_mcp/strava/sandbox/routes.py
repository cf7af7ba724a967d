"""The athlete's planned routes, and their files."""

from typing import Any
from xml.sax.saxutils import escape

from strava_mcp.strava.sandbox.athlete import summary_athlete
from strava_mcp.strava.sandbox.calendar import HOME
from strava_mcp.strava.sandbox.geo import encode, loop

JSON = dict[str, Any]

#: ID, name, type (1 ride, 2 run), sub-type, course, metres, ascent.
ROUTES = (
    (3150000000000000001, "Zürichsee Runde", 1, 1, 0, 71_000.0, 540.0),
    (3150000000000000002, "Uetliberg hin und zurück", 2, 4, 1, 14_200.0, 460.0),
    (3150000000000000003, "Quai & Horn", 2, 1, 2, 8_100.0, 22.0),
)


def all_routes() -> list[JSON]:
    """Every route (Route)."""
    return [_route(row) for row in ROUTES]


def find(route_id: int) -> JSON | None:
    """One route, or None."""
    return next((_route(row) for row in ROUTES if row[0] == route_id), None)


def points(route_id: int) -> list[tuple[float, float]]:
    """Its line on the map."""
    row = next(row for row in ROUTES if row[0] == route_id)
    return loop(HOME, row[5], row[4], [i / 199 for i in range(200)])


def streams(route_id: int) -> list[JSON]:
    """Its latlng, distance and altitude (StreamSet of a route)."""
    row = next(row for row in ROUTES if row[0] == route_id)
    line = points(route_id)
    distance = [round(row[5] * i / 199, 1) for i in range(200)]
    rest = {"series_type": "distance", "original_size": 200, "resolution": "high"}
    return [
        {"type": "latlng", "data": [list(p) for p in line], **rest},
        {"type": "distance", "data": distance, **rest},
        {"type": "altitude", "data": [408.0] * 200, **rest},
    ]


def gpx(route: JSON) -> str:
    """The route as GPX 1.1."""
    track = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><ele>408</ele></trkpt>' for lat, lon in points(route["id"])
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="sandbox" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><name>{escape(route["name"])}</name>'
        f"<trkseg>{track}</trkseg></trk></gpx>"
    )


def tcx(route: JSON) -> str:
    """The route as a TCX course."""
    track = "".join(
        f"<Trackpoint><Position><LatitudeDegrees>{lat}</LatitudeDegrees>"
        f"<LongitudeDegrees>{lon}</LongitudeDegrees></Position></Trackpoint>"
        for lat, lon in points(route["id"])
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Courses><Course>'
        f"<Name>{escape(route['name'])}</Name><Track>{track}</Track></Course></Courses>"
        "</TrainingCenterDatabase>"
    )


def _route(row: tuple[Any, ...]) -> JSON:
    number, name, kind, sub_type, course, metres, ascent = row
    line = encode(loop(HOME, metres, course, [i / 199 for i in range(200)]))
    return {
        "id": number,
        "id_str": str(number),
        "resource_state": 3,
        "name": name,
        "description": "",
        "type": kind,
        "sub_type": sub_type,
        "distance": metres,
        "elevation_gain": ascent,
        "estimated_moving_time": round(metres / (7.4 if kind == 1 else 2.9)),
        "private": False,
        "starred": False,
        "timestamp": 1714550400,
        "created_at": "2024-05-01T08:00:00Z",
        "updated_at": "2024-05-01T08:00:00Z",
        "athlete": summary_athlete(),
        "map": {
            "id": f"r{number}",
            "polyline": line,
            "summary_polyline": line,
            "resource_state": 3,
        },
        "segments": [],
        "waypoints": [],
    }
