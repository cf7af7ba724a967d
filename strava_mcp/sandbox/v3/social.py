"""Kudos and comments of an activity."""

from flask import Blueprint, Response, jsonify

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.v3.activities import visible_activity
from strava_mcp.sandbox.v3.parameters import MAX_PER_PAGE, int_parameter, paginated
from strava_mcp.sandbox.v3.scopes import READ_ACTIVITIES, requires

bp = Blueprint("sandbox_social", __name__, url_prefix="/api/v3")

KUDOERS = ("Jonas M.", "Aïcha B.", "Саша К.", "Yuki T.", "Beat W.", "Inês R.")
COMMENTS = ("Stark!", "Belle sortie 👏")


@bp.get("/activities/<int:activity_id>/comments")
@requires(*READ_ACTIVITIES)
def get_comments(activity_id: int) -> Response:
    """getCommentsByActivityId. ``page_size`` is its newer name of ``per_page``."""
    activity = visible_activity(activity_id)
    page_size = int(int_parameter("page_size", MAX_PER_PAGE))
    comments = [
        {
            "id": activity_id * 10 + position,
            "activity_id": activity_id,
            "text": text,
            "athlete": _athlete(KUDOERS[position]),
            "created_at": activity["start_date"],
        }
        for position, text in enumerate(COMMENTS[: activity["comment_count"]])
    ]
    return jsonify(paginated(comments)[:page_size])


@bp.get("/activities/<int:activity_id>/kudos")
@requires(*READ_ACTIVITIES)
def get_kudos(activity_id: int) -> Response:
    """getKudoersByActivityId."""
    count = visible_activity(activity_id)["kudos_count"]
    return jsonify(paginated([_athlete(KUDOERS[i % len(KUDOERS)]) for i in range(count)]))


def _athlete(name: str) -> JSON:
    first_name, _, last_name = name.partition(" ")
    return {"resource_state": 2, "firstname": first_name, "lastname": last_name}
