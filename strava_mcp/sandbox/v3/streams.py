"""Streams of activities, segments, segment efforts and routes."""

from flask import Blueprint, Response, jsonify, request

from strava_mcp.sandbox import recording, routes, segments
from strava_mcp.sandbox.errors import bad_request, or_not_found
from strava_mcp.sandbox.recording import Streams
from strava_mcp.sandbox.request_context import current_history
from strava_mcp.sandbox.streams import RESOLUTIONS, SERIES_TYPES, STREAM_TYPES, stream_set
from strava_mcp.sandbox.v3.parameters import is_true
from strava_mcp.sandbox.v3.routes import visible_route
from strava_mcp.sandbox.v3.scopes import READ_ACTIVITIES, requires, sees_private
from strava_mcp.sandbox.v3.segments import existing_segment, visible_effort

bp = Blueprint("sandbox_streams", __name__, url_prefix="/api/v3")


@bp.get("/activities/<int:activity_id>/streams")
@requires(*READ_ACTIVITIES)
def get_activity_streams(activity_id: int) -> Response:
    """getActivityStreams; 404 for an activity without a recording."""
    recorded = or_not_found(current_history().streams(activity_id, sees_private()), "Activity")
    return _response(or_not_found(recorded or None, "Stream"))


@bp.get("/segments/<int:segment_id>/streams")
@requires("read", "read_all")
def get_segment_streams(segment_id: int) -> Response:
    """getSegmentStreams."""
    return _response(segments.streams(existing_segment(segment_id)))


@bp.get("/segment_efforts/<int:effort_id>/streams")
@requires("read_all")
def get_effort_streams(effort_id: int) -> Response:
    """getSegmentEffortStreams: the part of the recording that lies on the segment."""
    plan, segment = visible_effort(effort_id)
    effort = segments.effort(plan, segment)
    on_segment = slice(effort["start_index"], effort["end_index"] + 1)
    return _response({key: data[on_segment] for key, data in recording.streams(plan).items()})


@bp.get("/routes/<int:route_id>/streams")
@requires("read", "read_all")
def get_route_streams(route_id: int) -> Response:
    """getRouteStreams: all of them, as a list."""
    every = stream_set(routes.streams(visible_route(route_id)), STREAM_TYPES)
    return jsonify([{"type": key, **stream} for key, stream in every.items()])


def _response(recorded: Streams) -> Response:
    """The streams that the query string asks for; aborts with 400."""
    keys = request.args.get("keys", "").split(",")
    resolution = request.args.get("resolution")
    series_type = request.args.get("series_type", "distance")
    if not set(keys) <= set(STREAM_TYPES):
        bad_request("Stream", "keys")
    # "all" was never a resolution, although some clients send it.
    if resolution is not None and resolution not in RESOLUTIONS:
        bad_request("Stream", "resolution")
    if series_type not in SERIES_TYPES:
        bad_request("Stream", "series_type")
    streams = stream_set(recorded, keys, resolution, series_type)
    if is_true(request.args.get("key_by_type")):
        return jsonify(streams)
    return jsonify([{"type": key, **stream} for key, stream in streams.items()])
