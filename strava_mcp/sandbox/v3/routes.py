"""The athlete's routes."""

from flask import Blueprint, Response, jsonify

from strava_mcp.sandbox import routes
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.parts import asking
from strava_mcp.sandbox.v3.access import found, granted, needs, paged

bp = Blueprint("sandbox_routes", __name__, url_prefix="/api/v3")


def visible_route(route_id: int) -> routes.Route:
    """A route that the token may see. Answers 404 where there is none."""
    known = routes.ROUTES.get(route_id)
    return found(known if known and _is_visible(known) else None, "Route")


def _is_visible(route: routes.Route) -> bool:
    return not route.private or (asking() is MIRA and granted("read_all"))


@bp.get("/athletes/<int:athlete_id>/routes")
@needs("read", "read_all")
def get_routes(athlete_id: int) -> Response:
    """getRoutesByAthleteId."""
    found(athlete_id if athlete_id == asking().id else None, "Athlete")
    owned = routes.ROUTES.values() if asking() is MIRA else ()
    shown = [routes.route(known) for known in owned if _is_visible(known)]
    return jsonify(paged(shown))


@bp.get("/routes/<int:route_id>")
@needs("read", "read_all")
def get_route(route_id: int) -> Response:
    """getRouteById."""
    return jsonify(routes.route(visible_route(route_id)))


@bp.get("/routes/<int:route_id>/export_gpx")
@needs("read", "read_all")
def get_route_gpx(route_id: int) -> Response:
    """getRouteAsGPX."""
    return Response(routes.gpx(visible_route(route_id)), content_type="application/gpx+xml")


@bp.get("/routes/<int:route_id>/export_tcx")
@needs("read", "read_all")
def get_route_tcx(route_id: int) -> Response:
    """getRouteAsTCX."""
    return Response(routes.tcx(visible_route(route_id)), content_type="application/tcx+xml")
