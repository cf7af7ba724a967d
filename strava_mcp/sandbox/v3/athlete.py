"""The athlete: profile, zones, totals, gear."""

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import athlete
from strava_mcp.sandbox.errors import bad_request, error_response, or_not_found
from strava_mcp.sandbox.gear import gear, summary_gear
from strava_mcp.sandbox.request_context import current_athlete, current_history, current_state
from strava_mcp.sandbox.v3.scopes import has_scope, requires

bp = Blueprint("sandbox_athlete", __name__, url_prefix="/api/v3")

MIN_WEIGHT_KG, MAX_WEIGHT_KG = 20, 400


@bp.get("/athlete")
@requires("read", "profile:read_all")
def get_athlete() -> Response:
    """getLoggedInAthlete. A DetailedAthlete requires profile:read_all."""
    return _athlete()


def _athlete() -> Response:
    if not has_scope("profile:read_all"):
        return jsonify(athlete.summary_athlete(current_athlete()))
    history = current_history()
    distances = history.gear_distances_m()
    items = (summary_gear(key, history.today(), distances[key]) for key in sorted(distances))
    owned = [item for item in items if item]
    weight_kg = current_state().weight_kg(current_athlete().weight_kg)
    return jsonify(athlete.detailed_athlete(current_athlete(), weight_kg, owned))


@bp.put("/athlete")
@requires("profile:write")
def put_athlete() -> Response:
    """updateLoggedInAthlete: the weight in kilograms."""
    sent = request.get_json(silent=True) if request.is_json else request.values
    try:
        weight_kg = float((sent or {})["weight"])
    except (KeyError, TypeError, ValueError, OverflowError):
        weight_kg = 0.0
    if not MIN_WEIGHT_KG <= weight_kg <= MAX_WEIGHT_KG:
        bad_request("Athlete", "weight")
    current_state().set_weight(weight_kg)
    return _athlete()


@bp.get("/athlete/zones")
@requires("profile:read_all")
def get_zones() -> Response:
    """getLoggedInAthleteZones."""
    return jsonify(athlete.zones(current_athlete()))


@bp.get("/athletes/<int:athlete_id>/stats")
@requires("read")
def get_stats(athlete_id: int) -> Response:
    """getStats: the athlete's own only."""
    if athlete_id != current_athlete().id:
        return error_response(403, "Forbidden", ("Athlete", "id", "not allowed"))
    return jsonify(current_history().stats())


@bp.get("/gear/<gear_id>")
@requires("read", "profile:read_all")
def get_gear(gear_id: str) -> Response:
    """getGearById: Mira's only; the other athletes have none."""
    history = current_history()
    distance_m = history.gear_distances_m().get(gear_id, 0.0)
    is_hers = current_athlete() is athlete.MIRA
    owned = gear(gear_id, history.today(), distance_m) if is_hers else None
    return jsonify(or_not_found(owned, "Gear"))
