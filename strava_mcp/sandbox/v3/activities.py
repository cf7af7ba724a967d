"""Activities: lists, one in detail, what belongs to one; creating and changing them."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import creations, laps
from strava_mcp.sandbox.gear import gear
from strava_mcp.sandbox.parts import asking, publish, state, views
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.v3.access import (
    MAX_PER_PAGE,
    READ,
    bad,
    found,
    is_true,
    needs,
    number,
    page,
    paged,
    sees_private,
)
from strava_mcp.sports import SPORTS

bp = Blueprint("sandbox_activities", __name__, url_prefix="/api/v3")

TEXTS = ("name", "description", "type", "sport_type", "gear_id")
FLAGS = ("trainer", "commute", "hide_from_home")
REQUIRED = ("name", "sport_type", "start_date_local", "elapsed_time")
FOREVER = float("inf")
KUDOERS = ("Jonas M.", "Aïcha B.", "Саша К.", "Yuki T.", "Beat W.", "Inês R.")
COMMENTS = ("Stark!", "Belle sortie 👏")


@bp.get("/athlete/activities")
@needs(*READ)
def get_activities() -> Response:
    """getLoggedInAthleteActivities."""
    which, size = page()
    before, after = number("before", FOREVER), number("after", -FOREVER)
    return jsonify(views().page(before, after, which, size, sees_private()))


@bp.post("/activities")
@needs("activity:write")
def create_activity() -> Any:
    """createActivity: a manual one, from a form or a query."""
    form: JSON = request.values.to_dict()
    form["sport_type"] = form.get("sport_type") or form.get("type")
    for name in REQUIRED:
        if not form.get(name):
            bad("Activity", name, "missing")
    if form["sport_type"] not in SPORTS:
        bad("Activity", "sport_type")
    new = creations.NewActivity(
        name=form["name"],
        sport=form["sport_type"],
        start_local=_start_local(form),
        elapsed_s=int(_positive(form, "elapsed_time")),
        distance_m=_positive(form, "distance") if form.get("distance") else 0.0,
        description=form.get("description"),
        trainer=is_true(form.get("trainer")),
        commute=is_true(form.get("commute")),
        external_id=form.get("external_id"),
    )
    activity_id = state().next_id("activity")
    activity = creations.manual_activity(asking(), activity_id, new)
    state().add(activity)
    publish(activity_id, "create")
    return make_response(jsonify(activity), 201)


def _positive(form: JSON, name: str) -> float:
    try:
        value = float(form[name])
    except ValueError:
        value = -1.0
    if not 0 < value < 1e9 and not (name == "distance" and value == 0):
        bad("Activity", name)
    return value


def _start_local(form: JSON) -> datetime:
    """The local time. A zone that came with it is dropped: it is local time wearing a Z."""
    try:
        started = datetime.fromisoformat(form["start_date_local"])
    except ValueError:
        bad("Activity", "start_date_local")
    if not 1970 <= started.year <= 2100:
        bad("Activity", "start_date_local")
    return started.replace(tzinfo=None, microsecond=0)


@bp.get("/activities/<int:activity_id>")
@needs(*READ)
def get_activity(activity_id: int) -> Response:
    """getActivityById."""
    every = is_true(request.args.get("include_all_efforts"))
    return jsonify(_activity(activity_id, every))


def _activity(activity_id: int, every: bool = False) -> JSON:
    return found(views().detail(activity_id, sees_private(), every), "Activity")


@bp.put("/activities/<int:activity_id>")
@needs("activity:write")
def put_activity(activity_id: int) -> Response:
    """updateActivityById."""
    _activity(activity_id)
    changes = _changes()
    state().change(activity_id, changes)
    publish(activity_id, "update", **{k: str(v) for k, v in changes.items()})
    return jsonify(_activity(activity_id))


def _changes() -> JSON:
    """What is to change. Booleans count only where they come as JSON: Strava ignores others."""
    sent: Any = request.get_json(silent=True) if request.is_json else request.values.to_dict()
    if not isinstance(sent, dict):
        bad("Activity", "body")
    changes = {name: sent[name] for name in TEXTS if isinstance(sent.get(name), str)}
    changes |= {name: sent[name] for name in FLAGS if isinstance(sent.get(name), bool)}
    old = changes.pop("type", None)
    sport = changes.setdefault("sport_type", old) if old else changes.get("sport_type")
    if sport is not None and sport not in SPORTS:
        bad("Activity", "sport_type")
    if changes.get("name") == "":
        bad("Activity", "name")
    gear_id = changes.get("gear_id")
    if gear_id == "none":
        changes["gear_id"] = None
    elif gear_id is not None and gear(gear_id) is None:
        bad("Activity", "gear_id")
    return changes


def _plan(activity_id: int) -> Plan | None:
    """The plan of a visible activity; None for one that was created."""
    item = found(views().find(activity_id, sees_private()), "Activity")
    return item if isinstance(item, Plan) else None


@bp.get("/activities/<int:activity_id>/laps")
@needs(*READ)
def get_laps(activity_id: int) -> Response:
    """getLapsByActivityId."""
    plan = _plan(activity_id)
    return jsonify(laps.laps(plan) if plan else [])


@bp.get("/activities/<int:activity_id>/zones")
@needs(*READ)
def get_zones(activity_id: int) -> Response:
    """getZonesByActivityId."""
    plan = _plan(activity_id)
    return jsonify(laps.zones(plan) if plan else [])


@bp.get("/activities/<int:activity_id>/comments")
@needs(*READ)
def get_comments(activity_id: int) -> Response:
    """getCommentsByActivityId: page_size is its newer word for per_page."""
    activity = _activity(activity_id)
    most = int(number("page_size", MAX_PER_PAGE))
    comments = [
        {
            "id": activity_id * 10 + position,
            "activity_id": activity_id,
            "text": text,
            "athlete": _named(KUDOERS[position]),
            "created_at": activity["start_date"],
        }
        for position, text in enumerate(COMMENTS[: activity["comment_count"]])
    ]
    return jsonify(paged(comments)[:most])


@bp.get("/activities/<int:activity_id>/kudos")
@needs(*READ)
def get_kudos(activity_id: int) -> Response:
    """getKudoersByActivityId."""
    count = _activity(activity_id)["kudos_count"]
    return jsonify(paged([_named(KUDOERS[i % len(KUDOERS)]) for i in range(count)]))


def _named(name: str) -> JSON:
    first, _, last = name.partition(" ")
    return {"resource_state": 2, "firstname": first, "lastname": last}
