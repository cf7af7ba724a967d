"""The athlete's routes, and their files."""

from flask import Blueprint, Response, jsonify

from strava_mcp.sandbox import routes
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.errors import or_not_found
from strava_mcp.sandbox.request_context import current_athlete
from strava_mcp.sandbox.v3.parameters import paginated
from strava_mcp.sandbox.v3.scopes import has_scope, requires

bp = Blueprint("sandbox_routes", __name__, url_prefix="/api/v3")


def visible_route(route_id: int) -> routes.Route:
    """A route that the token may see; aborts with 404."""
    route = routes.ROUTES.get(route_id)
    return or_not_found(route if route and _is_visible(route) else None, "Route")


def _is_visible(route: routes.Route) -> bool:
    return not route.private or (current_athlete() is MIRA and has_scope("read_all"))


@bp.get("/athletes/<int:athlete_id>/routes")
@requires("read", "read_all")
def get_routes(athlete_id: int) -> Response:
    """getRoutesByAthleteId: the athlete's own only."""
    or_not_found(athlete_id if athlete_id == current_athlete().id else None, "Athlete")
    owned = routes.ROUTES.values() if current_athlete() is MIRA else ()
    return jsonify(paginated([routes.detail(route) for route in owned if _is_visible(route)]))


@bp.get("/routes/<int:route_id>")
@requires("read", "read_all")
def get_route(route_id: int) -> Response:
    """getRouteById."""
    return jsonify(routes.detail(visible_route(route_id)))


@bp.get("/routes/<int:route_id>/export_gpx")
@requires("read", "read_all")
def get_route_gpx(route_id: int) -> Response:
    """getRouteAsGPX."""
    return Response(routes.gpx(visible_route(route_id)), content_type="application/gpx+xml")


@bp.get("/routes/<int:route_id>/export_tcx")
@requires("read", "read_all")
def get_route_tcx(route_id: int) -> Response:
    """getRouteAsTCX."""
    return Response(routes.tcx(visible_route(route_id)), content_type="application/tcx+xml")
