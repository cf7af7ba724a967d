"""The athlete's clubs."""

from flask import Blueprint, Response, jsonify

from strava_mcp.sandbox.clubs import CLUBS, summary_club
from strava_mcp.sandbox.errors import or_not_found
from strava_mcp.sandbox.v3.parameters import paginated
from strava_mcp.sandbox.v3.scopes import requires

bp = Blueprint("sandbox_clubs", __name__, url_prefix="/api/v3")


@bp.get("/athlete/clubs")
@requires("read", "profile:read_all")
def get_clubs() -> Response:
    """getLoggedInAthleteClubs."""
    return jsonify(paginated([summary_club(club) for club in CLUBS]))


@bp.get("/clubs/<int:club_id>")
@requires("read")
def get_club(club_id: int) -> Response:
    """getClubById."""
    club = next((club for club in CLUBS if club["id"] == club_id), None)
    return jsonify(or_not_found(club, "Club"))
