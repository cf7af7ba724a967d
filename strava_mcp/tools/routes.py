"""Tools about the athlete's planned routes: a list, one, and its file."""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.tools import activity_view as view
from strava_mcp.tools import segment_view
from strava_mcp.tools.arguments import Arguments
from strava_mcp.tools.athlete import own_id
from strava_mcp.tools.display_units import UNITS
from strava_mcp.tools.fields import MAX_EXACT, RouteId, units
from strava_mcp.tools.pages import PageArguments, page_of
from strava_mcp.tools.registry import Reply, tool
from strava_mcp.tools.size import fitted

TEXT = {"type": "string"}
ROUTES: JSON = {
    "type": "object",
    "properties": {"routes": {"type": "array"}, "next_page": {"type": "integer"}},
    "required": ["units", "routes"],
}
ROUTE: JSON = {
    "type": "object",
    "properties": {"id": TEXT, "link": TEXT},
    "required": ["units", "id", "link"],
}
FILE: JSON = {
    "type": "object",
    "properties": {"bytes": {"type": "integer"}, "download": TEXT},
    "required": ["id", "bytes", "download"],
}

#: Strava's numbers for them (API v3, Route).
SPORTS = {1: "Ride", 2: "Run"}
SURFACES = {1: "road", 2: "mountain bike", 3: "cross", 4: "trail", 5: "mixed"}
MEDIA_TYPES = {"gpx": "application/gpx+xml", "tcx": "application/vnd.garmin.tcx+xml"}
#: Real routes of Strava have still larger ids.
OWN_IDS = range(FIRST_OWN_ID, MAX_EXACT)
#: Some 20,000 tokens: what hosts let through at once. The link has every file, whatever its size.
MAX_FILE_CHARACTERS = 40_000
CUTS = {
    "segments": "the first ones on the way are here",
    "waypoints": "the rest is on Strava",
    "description": "the rest is on Strava",
}


@tool(title="List routes", arguments=PageArguments, output=ROUTES)
def get_routes(ctx: Context, arguments: JSON) -> JSON:
    """The routes that the athlete has planned: length, climbing, estimated time. Ids are text."""
    system = arguments.get("units", ctx.units)
    found = ctx.source.routes(
        own_id(ctx.source), page=arguments["page"], per_page=arguments["per_page"]
    )
    rows = [_summary(route, system) for route in found]
    return {"units": UNITS[system], "link": _link("{id}")} | page_of("routes", rows, arguments)


class RouteArguments(Arguments):
    """Of get_route."""

    id = RouteId(required=True)
    units = units()


@tool(title="Read a route", arguments=RouteArguments, output=ROUTE)
def get_route(ctx: Context, arguments: JSON) -> JSON:
    """One route with description, waypoints and the segments on it; export_route has the way."""
    system = arguments.get("units", ctx.units)
    route = ctx.source.route(arguments["id"])
    found = view.identified(_summary(route, system), "route")
    found |= {
        "description": view.text(route, "description"),
        "waypoints": [_waypoint(point, system) for point in view.items(route, "waypoints")],
        "segments": [segment_view.summary(s, system) for s in view.items(route, "segments")],
        "link": _link(found["id"]),
    }
    return fitted({"units": segment_view.words_of(system)} | view.known(found), CUTS)


class ExportArguments(Arguments):
    """Of export_route."""

    id = RouteId(required=True)
    format = fields.String(load_default="gpx", validate=validate.OneOf(("gpx", "tcx")))


@tool(title="Export a route", arguments=ExportArguments, output=FILE)
def export_route(ctx: Context, arguments: JSON) -> Reply:
    """A route as a GPX or TCX file, for a watch or bike computer: the file itself where it is small
    enough for a chat, and always the link to download it.
    """
    number, kind = arguments["id"], arguments["format"]
    file = ctx.source.route_file(number, kind)
    download = _link(number) if number in OWN_IDS else f"{_link(number)}/export_{kind}"
    told = {"id": str(number), "format": kind, "bytes": len(file.encode()), "download": download}
    if len(file) > MAX_FILE_CHARACTERS:
        return Reply(structured=told | {"note": "Too large for a chat: use the download link."})
    resource = {"uri": download, "mimeType": MEDIA_TYPES[kind], "text": file}
    words = {"type": "text", "text": json.dumps(told)}
    return Reply(content=[words, {"type": "resource", "resource": resource}], structured=told)


def _summary(route: Mapping[str, Any], units: str) -> JSON:
    """A Route as a row of a list."""
    number = view.whole(route, "id")
    return view.known(
        {
            "id": view.text(route, "id_str") or (str(number) if number else None),
            "name": view.text(route, "name"),
            "sport_type": SPORTS.get(view.whole(route, "type") or 0),
            "surface": SURFACES.get(view.whole(route, "sub_type") or 0),
            "distance": view.length(route, "distance", units),
            "elevation_gain": view.height(route, "elevation_gain", units),
            "estimated_moving_time": view.time(route, "estimated_moving_time"),
            "created": (view.text(route, "created_at") or "")[:10],
            "private": route.get("private") is True,
            "starred": route.get("starred") is True,
        }
    )


def _waypoint(point: Mapping[str, Any], units: str) -> JSON:
    """A Waypoint: what it is, and how far into the route."""
    return view.known(
        {
            "title": view.text(point, "title"),
            "description": view.text(point, "description"),
            "at": view.length(point, "distance_into_route", units),
        }
    )


def _link(route_id: int | str) -> str:
    """Where a route is on Strava; one that only an archive knows is in the athlete's list."""
    if str(route_id).isdecimal() and int(route_id) in OWN_IDS:
        return "https://www.strava.com/athlete/routes"
    return f"https://www.strava.com/routes/{route_id}"
