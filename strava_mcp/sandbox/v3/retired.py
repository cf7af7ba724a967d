"""Operations that Strava has withdrawn since its API description was written.

The description has no status for them. 410 (RFC 9110 §15.5.11) distinguishes them from a wrong id.
"""

from flask import Blueprint, Response

from strava_mcp.sandbox.errors import error_response

bp = Blueprint("sandbox_retired", __name__, url_prefix="/api/v3")


@bp.get("/clubs/<int:resource_id>/activities")
@bp.get("/clubs/<int:resource_id>/members")
@bp.get("/clubs/<int:resource_id>/admins")
@bp.get("/segments/<int:resource_id>/leaderboard")
@bp.get("/running_races")
@bp.get("/running_races/<int:resource_id>")
def gone(resource_id: int | None = None) -> Response:
    """Club lists ended on 2026-09-01, leaderboards in 2020, running races before that."""
    error = ("Application", "path", "retired")
    return error_response(410, "This endpoint has been retired", error)
