"""What Strava has withdrawn since the API description was written.

The description knows no status for it; 410 is HTTP's word for "was here, is gone for good"
(RFC 9110 §15.5.11), and tells such a path from a wrong ID.
"""

from flask import Blueprint, Response

from strava_mcp.sandbox.parts import fault_reply

bp = Blueprint("sandbox_retired", __name__, url_prefix="/api/v3")


@bp.get("/clubs/<int:number>/activities")
@bp.get("/clubs/<int:number>/members")
@bp.get("/clubs/<int:number>/admins")
@bp.get("/segments/<int:number>/leaderboard")
@bp.get("/running_races")
@bp.get("/running_races/<int:number>")
def gone(number: int | None = None) -> Response:
    """Club lists ended on 2026-09-01, leaderboards in 2020, running races some time before."""
    return fault_reply(410, "This endpoint has been retired", ("Application", "path", "retired"))
