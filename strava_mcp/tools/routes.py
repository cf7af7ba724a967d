"""Tools for the athlete's planned routes: list them, read one, export its file."""

from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.display_units import UNITS
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.tools import segment_view
from strava_mcp.tools.arguments import Arguments, Choice
from strava_mcp.tools.athlete import own_id
from strava_mcp.tools.athlete_text import MARK
from strava_mcp.tools.fields import described, units_field
from strava_mcp.tools.id_fields import IdText
from strava_mcp.tools.ids import MAX_EXACT
from strava_mcp.tools.pages import Page, PageArguments, page_reply, read_all
from strava_mcp.tools.quantities import get_distance, get_duration, get_elevation
from strava_mcp.tools.registry import Reply, tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import (
    JSONObject,
    drop_empty,
    get_int,
    get_objects,
    get_str,
    require_id,
)
from strava_mcp.tools.size import truncate_to_budget

#: API v3, Route: ``type`` and ``sub_type``.
SPORTS = {1: "Ride", 2: "Run"}
SURFACES = {1: "road", 2: "mountain bike", 3: "cross", 4: "trail", 5: "mixed"}
MEDIA_TYPES = {"gpx": "application/gpx+xml", "tcx": "application/vnd.garmin.tcx+xml"}
#: Ids that a source assigned. Strava's own route ids are larger.
OWN_IDS = range(FIRST_OWN_ID, MAX_EXACT)
#: The page with all of the athlete's routes.
LIST_PAGE = "https://www.strava.com/athlete/routes"
#: About 20,000 tokens, which hosts accept in one reply. Larger files are offered as a link only.
MAX_FILE_CHARACTERS = 40_000
TRUNCATABLE = {
    "segments": "the first on the route are listed",
    "waypoints": "the rest is on Strava",
    "description": "the rest is on Strava",
}


class RouteRow(TypedDict, total=False):
    """A route in a list. Keys without a value are absent."""

    id: str | None
    name: str | None
    sport_type: str | None
    surface: Rare[str | None]
    distance: float | None
    elevation_gain: int | None
    estimated_moving_time: Rare[str | None]
    created: Rare[str]
    private: Rare[bool]
    starred: Rare[bool]


class RoutePage(Page, total=False):
    """The reply of get_routes."""

    routes: list[RouteRow]


class Waypoint(TypedDict, total=False):
    """A point of a route; ``at`` is its distance from the start."""

    title: str
    description: str
    at: float


class Route(RouteRow, total=False):
    """The reply of get_route."""

    units: str
    description: Rare[str]
    waypoints: list[Waypoint]
    segments: list[segment_view.SegmentRow]
    link: str


class RouteFile(TypedDict, total=False):
    """The reply of export_route, beside the file itself."""

    id: str
    bytes: int
    download: str


ROUTES = reply_schema(RoutePage, "units", "total", "routes")
ROUTE = reply_schema(Route, "units", "id", "link")
FILE = reply_schema(RouteFile, "id", "bytes", "download")


@tool(title="List routes", arguments=PageArguments, output=ROUTES)
def get_routes(ctx: Context, arguments: JSON) -> JSON:
    """The athlete's planned routes, with length and climbing."""
    units = arguments.get("units", ctx.units)
    athlete_id = own_id(ctx.source)
    routes = read_all(lambda page, size: ctx.source.routes(athlete_id, page=page, per_page=size))
    own = bool(routes) and _is_own(_id(routes[0]) or "")
    head = {"units": UNITS[units], "link": LIST_PAGE if own else _link("{id}")}
    return head | page_reply("routes", routes, lambda route: _summary(route, units), arguments)


class RouteArguments(Arguments):
    """Arguments of ``get_route``."""

    id = IdText("route", required=True)
    units = units_field()


@tool(title="Read a route", arguments=RouteArguments, output=ROUTE)
def get_route(ctx: Context, arguments: JSON) -> JSON:
    """One route, with description, waypoints and segments if any; export_route has the track."""
    units = arguments.get("units", ctx.units)
    route = ctx.source.route(arguments["id"])
    number = require_id(_id(route), "route")
    more: JSON = {
        "description": get_str(route, "description"),
        "waypoints": [_waypoint(point, units) for point in get_objects(route, "waypoints")],
        "segments": [segment_view.summary(s, units) for s in get_objects(route, "segments")],
        "link": _link(number),
    }
    reply = {
        "units": segment_view.units_text(units),
        **_summary(route, units),
        **drop_empty(more),
    }
    return truncate_to_budget(reply, TRUNCATABLE)


class ExportArguments(Arguments):
    """Arguments of ``export_route``."""

    id = IdText("route", required=True)
    format = Choice("gpx", "tcx", load_default="gpx", **described("gpx (default) or tcx"))


@tool(title="Export a route", arguments=ExportArguments, output=FILE)
def export_route(ctx: Context, arguments: JSON) -> Reply:
    """A route as a GPX or TCX file, if it is small enough for a chat, and its link on Strava."""
    number, kind = arguments["id"], arguments["format"]
    file = ctx.source.route_file(number, kind)
    download = _link(number) if _is_own(number) else f"{_link(number)}/export_{kind}"
    info = {"id": str(number), "format": kind, "bytes": len(file.encode()), "download": download}
    info |= MARK  # the file contains the route's name
    if len(file) > MAX_FILE_CHARACTERS:
        where = "export it on Strava" if _is_own(number) else "use the download link"
        return Reply(structured=info | {"note": f"Too large for a chat: {where}."})
    resource = {"uri": download, "mimeType": MEDIA_TYPES[kind], "text": file}
    return Reply(content=[{"type": "resource", "resource": resource}], structured=info)


def _id(route: JSONObject) -> str | None:
    """The id as text: route ids exceed the integers that many clients represent exactly."""
    number = get_int(route, "id")
    return get_str(route, "id_str") or (str(number) if number else None)


def _summary(route: JSONObject, units: str) -> RouteRow:
    """Render a Route as a row of a list."""
    row: RouteRow = {
        "id": _id(route),
        "name": get_str(route, "name"),
        "sport_type": SPORTS.get(get_int(route, "type") or 0),
        "surface": SURFACES.get(get_int(route, "sub_type") or 0),
        "distance": get_distance(route, "distance", units),
        "elevation_gain": get_elevation(route, "elevation_gain", units),
        "estimated_moving_time": get_duration(route, "estimated_moving_time"),
        "created": (get_str(route, "created_at") or "")[:10],
        "private": route.get("private") is True,
        "starred": route.get("starred") is True,
    }
    return drop_empty(row)


def _waypoint(point: JSONObject, units: str) -> JSON:
    """Render a Waypoint; ``at`` is its distance from the start."""
    row: JSON = {
        "title": get_str(point, "title"),
        "description": get_str(point, "description"),
        "at": get_distance(point, "distance_into_route", units),
    }
    return drop_empty(row)


def _is_own(route_id: int | str) -> bool:
    return str(route_id).isdecimal() and int(route_id) in OWN_IDS


def _link(route_id: int | str) -> str:
    """The route's page on Strava; if the route exists only in an archive, the athlete's list."""
    if _is_own(route_id):
        return LIST_PAGE
    return f"https://www.strava.com/routes/{route_id}"
