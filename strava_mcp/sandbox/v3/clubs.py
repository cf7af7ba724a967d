"""The athlete's clubs."""

from flask import Blueprint, Response, jsonify

from strava_mcp.sandbox import athlete
from strava_mcp.sandbox.v3.access import found, needs, paged

bp = Blueprint("sandbox_clubs", __name__, url_prefix="/api/v3")


@bp.get("/athlete/clubs")
@needs("read", "profile:read_all")
def get_clubs() -> Response:
    """getLoggedInAthleteClubs."""
    return jsonify(paged([athlete.summary_club(club) for club in athlete.CLUBS]))


@bp.get("/clubs/<int:club_id>")
@needs("read")
def get_club(club_id: int) -> Response:
    """getClubById."""
    club = next((club for club in athlete.CLUBS if club["id"] == club_id), None)
    return jsonify(found(club, "Club"))
