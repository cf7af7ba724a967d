"""Activities: the list, one in detail, its laps and zones; creating and updating."""

from datetime import datetime

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import activity_zones, creations, laps
from strava_mcp.sandbox.errors import bad_request, or_not_found
from strava_mcp.sandbox.gear import gear
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.request_context import (
    current_athlete,
    current_history,
    current_state,
    publish_activity,
)
from strava_mcp.sandbox.v3.parameters import int_parameter, is_true, page_parameters
from strava_mcp.sandbox.v3.scopes import READ_ACTIVITIES, requires, sees_private
from strava_mcp.sports import SPORTS

bp = Blueprint("sandbox_activities", __name__, url_prefix="/api/v3")

TEXTS = ("name", "description", "type", "sport_type", "gear_id")
FLAGS = ("trainer", "commute", "hide_from_home")
REQUIRED = ("name", "sport_type", "start_date_local", "elapsed_time")
UNBOUNDED = float("inf")


@bp.get("/athlete/activities")
@requires(*READ_ACTIVITIES)
def get_activities() -> Response:
    """getLoggedInAthleteActivities."""
    page, per_page = page_parameters()
    before, after = int_parameter("before", UNBOUNDED), int_parameter("after", -UNBOUNDED)
    return jsonify(current_history().page(before, after, page, per_page, sees_private()))


@bp.post("/activities")
@requires("activity:write")
def create_activity() -> Response:
    """createActivity: by hand, with fields in a form or the query string."""
    new = _new_activity(request.values.to_dict())
    activity_id = current_state().next_id("activity")
    activity = creations.manual_activity(current_athlete(), activity_id, new)
    current_state().add_activity(activity)
    publish_activity(activity_id, "create")
    return make_response(jsonify(activity), 201)


def _new_activity(form: dict[str, str]) -> creations.NewActivity:
    """Check the fields of a new activity; aborts with 400."""
    form["sport_type"] = form.get("sport_type") or form.get("type", "")
    for name in REQUIRED:
        if not form.get(name):
            bad_request("Activity", name, "missing")
    if form["sport_type"] not in SPORTS:
        bad_request("Activity", "sport_type")
    return creations.NewActivity(
        elapsed_s=int(_positive(form, "elapsed_time")),
        distance_m=_positive(form, "distance") if form.get("distance") else 0.0,
        name=form["name"],
        sport=form["sport_type"],
        start_local=_start_local(form),
        description=form.get("description"),
        trainer=is_true(form.get("trainer")),
        commute=is_true(form.get("commute")),
        external_id=form.get("external_id"),
    )


def _positive(form: dict[str, str], name: str) -> float:
    """A positive number from the form; only the distance may be 0. Aborts with 400."""
    try:
        value = float(form[name])
    except ValueError:
        value = -1.0
    if not 0 < value < 1e9 and not (name == "distance" and value == 0):
        bad_request("Activity", name)
    return value


def _start_local(form: dict[str, str]) -> datetime:
    """The local start. Strava sends and accepts local times with a Z, so a zone is dropped."""
    try:
        start = datetime.fromisoformat(form["start_date_local"])
    except ValueError:
        bad_request("Activity", "start_date_local")
    if not 1970 <= start.year <= 2100:
        bad_request("Activity", "start_date_local")
    return start.replace(tzinfo=None, microsecond=0)


@bp.get("/activities/<int:activity_id>")
@requires(*READ_ACTIVITIES)
def get_activity(activity_id: int) -> Response:
    """getActivityById."""
    all_efforts = is_true(request.args.get("include_all_efforts"))
    return jsonify(visible_activity(activity_id, all_efforts))


def visible_activity(activity_id: int, all_efforts: bool = False) -> JSON:
    """An activity that the token may see (DetailedActivity); aborts with 404."""
    detail = current_history().detail(activity_id, sees_private(), all_efforts)
    return or_not_found(detail, "Activity")


@bp.put("/activities/<int:activity_id>")
@requires("activity:write")
def put_activity(activity_id: int) -> Response:
    """updateActivityById."""
    visible_activity(activity_id)
    changes = _changes()
    current_state().change(activity_id, changes)
    publish_activity(activity_id, "update", **{k: str(v) for k, v in changes.items()})
    return jsonify(visible_activity(activity_id))


def _changes() -> JSON:
    """Check the fields to change; aborts with 400. Like Strava, accepts booleans only in JSON."""
    sent = request.get_json(silent=True) if request.is_json else request.values.to_dict()
    if not isinstance(sent, dict):
        bad_request("Activity", "body")
    changes = {name: sent[name] for name in TEXTS if isinstance(sent.get(name), str)}
    changes |= {name: sent[name] for name in FLAGS if isinstance(sent.get(name), bool)}
    old_type = changes.pop("type", None)
    if old_type:
        changes.setdefault("sport_type", old_type)
    if changes.get("sport_type") is not None and changes["sport_type"] not in SPORTS:
        bad_request("Activity", "sport_type")
    if changes.get("name") == "":
        bad_request("Activity", "name")
    gear_id = changes.get("gear_id")
    if gear_id == "none":
        changes["gear_id"] = None
    elif gear_id is not None and gear(gear_id) is None:
        bad_request("Activity", "gear_id")
    return changes


def _visible(activity_id: int) -> Plan | JSON:
    """The plan of a visible activity, or one that was created; aborts with 404."""
    item = current_history().find(activity_id, sees_private())
    return item if item is not None else or_not_found(None, "Activity")


@bp.get("/activities/<int:activity_id>/laps")
@requires(*READ_ACTIVITIES)
def get_laps(activity_id: int) -> Response:
    """getLapsByActivityId."""
    item = _visible(activity_id)
    return jsonify(laps.laps(item) if isinstance(item, Plan) else item["laps"])


@bp.get("/activities/<int:activity_id>/zones")
@requires(*READ_ACTIVITIES)
def get_zones(activity_id: int) -> Response:
    """getZonesByActivityId."""
    item = _visible(activity_id)
    if isinstance(item, Plan):
        return jsonify(activity_zones.zones(item))
    streams = current_history().streams(activity_id, sees_private()) or {}
    kinds = item["available_zones"]
    return jsonify(activity_zones.counted(current_athlete(), kinds, streams, 0))
