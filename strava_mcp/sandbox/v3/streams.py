"""Streams of activities, segments, segment efforts and routes."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import recording, routes, segments
from strava_mcp.sandbox.parts import views
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.streams import RESOLUTIONS, SERIES_TYPES, STREAM_TYPES, stream_set
from strava_mcp.sandbox.v3.access import READ, bad, found, is_true, needs, sees_private
from strava_mcp.sandbox.v3.routes import visible_route
from strava_mcp.sandbox.v3.segments import own_effort

bp = Blueprint("sandbox_streams", __name__, url_prefix="/api/v3")


@bp.get("/activities/<int:activity_id>/streams")
@needs(*READ)
def get_activity_streams(activity_id: int) -> Response:
    """getActivityStreams. 404 for an activity without a recording."""
    item = found(views().find(activity_id, sees_private()), "Activity")
    recorded = recording.streams(item) if isinstance(item, Plan) else None
    return _streams(found(recorded or None, "Stream"))


@bp.get("/segments/<int:segment_id>/streams")
@needs("read", "read_all")
def get_segment_streams(segment_id: int) -> Response:
    """getSegmentStreams."""
    return _streams(segments.streams(found(segments.SEGMENTS.get(segment_id), "Segment")))


@bp.get("/segment_efforts/<int:effort_id>/streams")
@needs("read_all")
def get_effort_streams(effort_id: int) -> Response:
    """getSegmentEffortStreams: the part of the recording that lies on the segment."""
    plan, segment = own_effort(effort_id)
    effort = segments.effort(plan, segment)
    inside = slice(effort["start_index"], effort["end_index"] + 1)
    return _streams({key: data[inside] for key, data in recording.streams(plan).items()})


@bp.get("/routes/<int:route_id>/streams")
@needs("read", "read_all")
def get_route_streams(route_id: int) -> Response:
    """getRouteStreams: all that there are, as a list."""
    found_set = stream_set(routes.streams(visible_route(route_id)), STREAM_TYPES)
    return jsonify([{"type": key, **stream} for key, stream in found_set.items()])


def _streams(recorded: dict[str, list[Any]]) -> Response:
    keys = request.args.get("keys", "").split(",")
    resolution = request.args.get("resolution")
    series_type = request.args.get("series_type", "distance")
    if not set(keys) <= set(STREAM_TYPES):
        bad("Stream", "keys")
    if resolution is not None and resolution not in RESOLUTIONS:  # "all" was never one of them
        bad("Stream", "resolution")
    if series_type not in SERIES_TYPES:
        bad("Stream", "series_type")
    chosen = stream_set(recorded, keys, resolution, series_type)
    if is_true(request.args.get("key_by_type")):
        return jsonify(chosen)
    return jsonify([{"type": key, **stream} for key, stream in chosen.items()])
