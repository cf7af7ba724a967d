"""Segments, stars, and the athlete's efforts."""

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import calendar, segments
from strava_mcp.sandbox.parts import fault_reply, state, views
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.v3.access import bad, found, is_true, needs, paged, sees_private

bp = Blueprint("sandbox_segments", __name__, url_prefix="/api/v3")


@bp.get("/segments/starred")
@needs("read", "read_all")
def get_starred() -> Response:
    """getLoggedInAthleteStarredSegments."""
    stars = state().stars()
    known = segments.SEGMENTS.values()
    return jsonify(paged([segments.summary(one, True) for one in known if one.id in stars]))


@bp.get("/segments/explore")
@needs("read")
def explore() -> Response:
    """exploreSegments: only for apps of the extended tier."""
    return fault_reply(403, "Forbidden", ("Application", "tier", "not allowed"))


@bp.get("/segments/<int:segment_id>")
@needs("read", "read_all")
def get_segment(segment_id: int) -> Response:
    """getSegmentById."""
    starred = segment_id in state().stars()
    return jsonify(found(segments.segment(segment_id, starred), "Segment"))


@bp.put("/segments/<int:segment_id>/starred")
@needs("profile:write")
def star_segment(segment_id: int) -> Response:
    """starSegment."""
    found(segments.SEGMENTS.get(segment_id), "Segment")
    sent = (request.get_json(silent=True) if request.is_json else request.values) or {}
    if "starred" not in sent:
        bad("Segment", "starred", "missing")
    starred = is_true(sent["starred"])
    state().star(segment_id, starred)
    return jsonify(segments.segment(segment_id, starred))


@bp.get("/segments/<int:segment_id>/all_efforts")
@needs("read", "read_all")
def get_all_efforts(segment_id: int) -> Response:
    """getEffortsBySegmentId, at its older path."""
    return _efforts(segment_id)


@bp.get("/segment_efforts")
@needs("read", "read_all")
def get_efforts() -> Response:
    """getEffortsBySegmentId: the athlete's own, newest first."""
    return _efforts(request.args.get("segment_id", 0, int))


def _efforts(segment_id: int) -> Response:
    segment = found(segments.SEGMENTS.get(segment_id), "Segment")
    first = request.args.get("start_date_local", "")
    last = request.args.get("end_date_local", "9999")
    passed = [
        plan
        for plan in views().plans(sees_private())
        if segments.passes(plan, segment) and first <= plan.start_local.isoformat() <= last
    ]
    return jsonify([segments.effort(plan, segment) for plan in paged(passed)])


@bp.get("/segment_efforts/<int:effort_id>")
@needs("read", "read_all")
def get_effort(effort_id: int) -> Response:
    """getSegmentEffortById."""
    return jsonify(segments.effort(*own_effort(effort_id)))


def own_effort(effort_id: int) -> tuple[Plan, segments.Segment]:
    """Activity and segment of an effort. Answers 404 where there is none."""
    plan = calendar.find(effort_id // 10)
    visible = plan and views().find(plan.id, sees_private())
    for segment in segments.SEGMENTS.values():
        if plan and visible and segments.passes(plan, segment):
            if segments.effort_id(plan, segment) == effort_id:
                return plan, segment
    return found(None, "SegmentEffort")
