"""The athlete: profile, zones, totals, gear."""

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import athlete
from strava_mcp.sandbox.gear import gear, summary_gear
from strava_mcp.sandbox.parts import asking, fault_reply, state, views
from strava_mcp.sandbox.v3.access import bad, found, granted, needs

bp = Blueprint("sandbox_athlete", __name__, url_prefix="/api/v3")


@bp.get("/athlete")
@needs("read", "profile:read_all")
def get_athlete() -> Response:
    """getLoggedInAthlete: in detail only with profile:read_all."""
    return _athlete()


def _athlete() -> Response:
    if not granted("profile:read_all"):
        return jsonify(athlete.summary_athlete(asking()))
    been = views().gear_distance_m()
    owned = [item for number in sorted(been) if (item := summary_gear(number, been[number]))]
    weight_kg = state().weight_kg(asking().weight_kg)
    return jsonify(athlete.detailed_athlete(asking(), weight_kg, owned))


@bp.put("/athlete")
@needs("profile:write")
def put_athlete() -> Response:
    """updateLoggedInAthlete: the weight in kilograms."""
    sent = request.get_json(silent=True) if request.is_json else request.values
    try:
        weight_kg = float((sent or {})["weight"])
    except (KeyError, TypeError, ValueError):
        weight_kg = 0.0
    if not 20 <= weight_kg <= 400:
        bad("Athlete", "weight")
    state().set_weight(weight_kg)
    return _athlete()


@bp.get("/athlete/zones")
@needs("profile:read_all")
def get_zones() -> Response:
    """getLoggedInAthleteZones."""
    return jsonify(athlete.zones(asking()))


@bp.get("/athletes/<int:number>/stats")
@needs("read")
def get_stats(number: int) -> Response:
    """getStats: only the athlete's own."""
    if number != asking().id:
        return fault_reply(403, "Forbidden", ("Athlete", "id", "not allowed"))
    return jsonify(views().stats())


@bp.get("/gear/<number>")
@needs("read", "profile:read_all")
def get_gear(number: str) -> Response:
    """getGearById."""
    been = views().gear_distance_m().get(number, 0.0)
    return jsonify(found(gear(number, been) if asking() is athlete.MIRA else None, "Gear"))
