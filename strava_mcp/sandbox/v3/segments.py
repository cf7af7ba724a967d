"""Segments, their stars, and the athlete's efforts on them."""

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import calendar, segments
from strava_mcp.sandbox.errors import bad_request, error_response, or_not_found
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.request_context import current_history, current_state
from strava_mcp.sandbox.v3.parameters import is_true, paginated
from strava_mcp.sandbox.v3.scopes import requires, sees_private

bp = Blueprint("sandbox_segments", __name__, url_prefix="/api/v3")


def existing_segment(segment_id: int) -> segments.Segment:
    """A segment by its id; aborts with 404."""
    return or_not_found(segments.SEGMENTS.get(segment_id), "Segment")


@bp.get("/segments/starred")
@requires("read", "read_all")
def get_starred() -> Response:
    """getLoggedInAthleteStarredSegments."""
    starred = current_state().starred_segments()
    every = segments.SEGMENTS.values()
    rows = [segments.summary(segment, True) for segment in every if segment.id in starred]
    return jsonify(paginated(rows))


@bp.get("/segments/explore")
@requires("read")
def explore() -> Response:
    """exploreSegments: only for applications of the extended tier."""
    return error_response(403, "Forbidden", ("Application", "tier", "not allowed"))


@bp.get("/segments/<int:segment_id>")
@requires("read", "read_all")
def get_segment(segment_id: int) -> Response:
    """getSegmentById."""
    is_starred = segment_id in current_state().starred_segments()
    segment = existing_segment(segment_id)
    detail = segments.detail(segment, is_starred)
    plans = _plans_over(segment)
    own = {"athlete_segment_stats": segments.record(plans, segment)} if plans else {}
    return jsonify(detail | own)


@bp.put("/segments/<int:segment_id>/starred")
@requires("profile:write")
def star_segment(segment_id: int) -> Response:
    """starSegment."""
    segment = existing_segment(segment_id)
    sent = request.get_json(silent=True) if request.is_json else request.values.to_dict()
    if not isinstance(sent, dict) or "starred" not in sent:
        bad_request("Segment", "starred", "missing")
    is_starred = is_true(sent["starred"])
    current_state().star(segment_id, is_starred)
    return jsonify(segments.detail(segment, is_starred))


@bp.get("/segments/<int:segment_id>/all_efforts")
@requires("read", "read_all")
def get_all_efforts(segment_id: int) -> Response:
    """getEffortsBySegmentId, at its older path."""
    return _efforts(segment_id)


@bp.get("/segment_efforts")
@requires("read", "read_all")
def get_efforts() -> Response:
    """getEffortsBySegmentId: the athlete's own, newest first."""
    return _efforts(request.args.get("segment_id", 0, int))


def _plans_over(segment: segments.Segment) -> list[Plan]:
    """The visible activities that lead over a segment, newest first."""
    plans = current_history().plans(sees_private())
    return [plan for plan in plans if segments.leads_over(plan, segment)]


def _efforts(segment_id: int) -> Response:
    segment = existing_segment(segment_id)
    first = request.args.get("start_date_local", "")
    last = request.args.get("end_date_local", "9999")
    plans = [plan for plan in _plans_over(segment) if first <= plan.start_local.isoformat() <= last]
    return jsonify([segments.effort(plan, segment) for plan in paginated(plans)])


@bp.get("/segment_efforts/<int:effort_id>")
@requires("read", "read_all")
def get_effort(effort_id: int) -> Response:
    """getSegmentEffortById."""
    return jsonify(segments.effort(*visible_effort(effort_id)))


def visible_effort(effort_id: int) -> tuple[Plan, segments.Segment]:
    """Activity and segment of an effort that the token may see; aborts with 404."""
    plan = calendar.find(effort_id // 10)
    if plan and current_history().find(plan.id, sees_private()):
        for segment in segments.SEGMENTS.values():
            is_on_segment = segments.leads_over(plan, segment)
            if is_on_segment and segments.effort_id(plan, segment) == effort_id:
                return plan, segment
    return or_not_found(None, "SegmentEffort")
