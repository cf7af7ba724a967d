"""The operations of Strava's API v3 that still exist, under ``/api/v3``."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, make_response, request

from strava_mcp.strava.sandbox import activities, athlete, routes, segments, uploads
from strava_mcp.strava.sandbox.calendar import Plan
from strava_mcp.strava.sandbox.parts import fault_reply, sandbox
from strava_mcp.strava.sandbox.views import RESOLUTIONS, STREAM_TYPES, created

JSON = dict[str, Any]

bp = Blueprint("sandbox", __name__, url_prefix="/api/v3")

MOST_UPLOADED = 25 << 20
DATA_TYPES = ("fit", "fit.gz", "tcx", "tcx.gz", "gpx", "gpx.gz")
UPDATABLE = (
    *("name", "type", "sport_type", "description", "trainer", "commute", "hide_from_home"),
    "gear_id",
)
READ = ("activity:read", "activity:read_all")


def needs(*scopes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a call through that was granted any of ``scopes``."""

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            if not set(scopes) & set(g.scopes):
                missing = f"{scopes[0].replace(':', ':')}_permission"
                error = ("AccessToken", missing, "missing")
                return fault_reply(401, "Authorization Error", error)
            return view(**arguments)

        return checked

    return wrap


def _private() -> bool:
    return "activity:read_all" in g.scopes


def _number(name: str, default: int | None) -> Any:
    """A whole number of the query. Answers 400 for anything else."""
    value = request.args.get(name)
    if value is None:
        return default
    if not value.removeprefix("-").isdigit():
        abort(fault_reply(400, "Bad Request", ("Application", name, "invalid")))
    return int(value)


def _found(value: Any, resource: str) -> Any:
    if value is None:
        abort(fault_reply(404, "Record Not Found", (resource, "id", "not found")))
    return value


@bp.get("/athlete")
@needs("read", "profile:read_all")
def get_athlete() -> Response:
    """getLoggedInAthlete."""
    weight = sandbox().state.weight_kg(athlete.WEIGHT_KG)
    return jsonify(athlete.detailed_athlete(weight, sandbox().views.gear_distance_m()))


@bp.put("/athlete")
@needs("profile:write")
def put_athlete() -> Response:
    """updateLoggedInAthlete: the weight in kilograms."""
    try:
        sandbox().state.set_weight(float(request.values["weight"]))
    except (KeyError, ValueError):
        return fault_reply(400, "Bad Request", ("Athlete", "weight", "invalid"))
    return get_athlete()  # type: ignore[no-any-return]


@bp.get("/athlete/zones")
@needs("profile:read_all")
def get_zones() -> Response:
    """getLoggedInAthleteZones."""
    return jsonify(athlete.zones())


@bp.get("/athletes/<int:number>/stats")
@needs("read")
def get_stats(number: int) -> Response:
    """getStats: only the athlete's own."""
    if number != athlete.ATHLETE_ID:
        return fault_reply(403, "Forbidden", ("Athlete", "id", "not allowed"))
    return jsonify(sandbox().views.stats())


@bp.get("/athlete/activities")
@needs(*READ)
def get_activities() -> Response:
    """getLoggedInAthleteActivities."""
    per_page, page = _number("per_page", 30), _number("page", 1)
    if not 0 < per_page <= 200 or page < 1:
        return fault_reply(400, "Bad Request", ("Application", "per_page", "invalid"))
    before, after = _number("before", 1 << 40), _number("after", -1)
    return jsonify(sandbox().views.page(before, after, page, per_page, _private()))


@bp.post("/activities")
@needs("activity:write")
def create_activity() -> Any:
    """createActivity: a manual one, from a form."""
    form: JSON = request.form.to_dict()
    for name in ("name", "sport_type", "start_date_local", "elapsed_time"):
        if not form.get(name):
            return fault_reply(400, "Bad Request", ("Activity", name, "missing"))
    if not form["elapsed_time"].isdigit():
        return fault_reply(400, "Bad Request", ("Activity", "elapsed_time", "invalid"))
    form |= {name: form.get(name) in ("1", "true") for name in ("trainer", "commute")}
    activity = created(form, sandbox().state.next_id("activity"), None)
    sandbox().state.add(activity)
    return make_response(jsonify(activity), 201)


@bp.get("/activities/<int:number>")
@needs(*READ)
def get_activity(number: int) -> Response:
    """getActivityById."""
    every = request.args.get("include_all_efforts") == "true"
    return jsonify(_found(sandbox().views.detail(number, _private(), every), "Activity"))


@bp.put("/activities/<int:number>")
@needs("activity:write")
def put_activity(number: int) -> Response:
    """updateActivityById. Booleans stick only where they come as JSON."""
    _found(sandbox().views.detail(number, True), "Activity")
    sent = request.get_json(silent=True) or request.form.to_dict()
    changes = {name: value for name, value in sent.items() if name in UPDATABLE}
    if not request.is_json:
        changes = {k: v for k, v in changes.items() if v not in ("true", "false", "0", "1")}
    if changes.get("gear_id") == "none":
        changes["gear_id"] = None
    sandbox().state.change(number, changes)
    return jsonify(sandbox().views.detail(number, True))


def _plan(number: int) -> Plan | None:
    """The plan of a visible activity; None for one without a recording."""
    item = _found(sandbox().views.detail(number, _private()), "Activity")
    found = sandbox().views.find(item["id"])
    return found if isinstance(found, Plan) else None


@bp.get("/activities/<int:number>/laps")
@needs(*READ)
def get_laps(number: int) -> Response:
    """getLapsByActivityId."""
    plan = _plan(number)
    return jsonify(activities.laps(plan) if plan else [])


@bp.get("/activities/<int:number>/zones")
@needs(*READ)
def get_activity_zones(number: int) -> Response:
    """getZonesByActivityId."""
    plan = _plan(number)
    return jsonify(activities.zones(plan) if plan else [])


@bp.get("/activities/<int:number>/comments")
@needs(*READ)
def get_comments(number: int) -> Response:
    """getCommentsByActivityId."""
    item = _found(sandbox().views.detail(number, _private()), "Activity")
    said = ["Stark!", "Belle sortie 👏"][: item["comment_count"]]
    return jsonify(
        [
            {
                "id": number * 10 + n,
                "activity_id": number,
                "text": text,
                "athlete": {"firstname": "Jonas", "lastname": "M."},
                "created_at": item["start_date"],
            }
            for n, text in enumerate(said)
        ]
    )


@bp.get("/activities/<int:number>/kudos")
@needs(*READ)
def get_kudos(number: int) -> Response:
    """getKudoersByActivityId."""
    item = _found(sandbox().views.detail(number, _private()), "Activity")
    kudoer = {"firstname": "Jonas", "lastname": "M."}
    return jsonify([kudoer] * item["kudos_count"])


@bp.get("/activities/<int:number>/streams")
@needs(*READ)
def get_streams(number: int) -> Response:
    """getActivityStreams."""
    keys = request.args.get("keys", "").split(",")
    resolution = request.args.get("resolution")
    if not set(keys) <= set(STREAM_TYPES) or resolution not in (None, *RESOLUTIONS):
        return fault_reply(400, "Bad Request", ("Stream", "keys", "invalid"))
    plan = _plan(number)
    found = sandbox().views.streams(plan, keys, resolution) if plan else {}
    _found(found or None, "Stream")
    if request.args.get("key_by_type") == "true":
        return jsonify(found)
    return jsonify([{"type": key, **stream} for key, stream in found.items()])


@bp.get("/athlete/clubs")
@needs("read", "profile:read_all")
def get_clubs() -> Response:
    """getLoggedInAthleteClubs."""
    return jsonify(athlete.CLUBS)


@bp.get("/clubs/<int:number>")
@needs("read")
def get_club(number: int) -> Response:
    """getClubById. A club's activities, members and admins were withdrawn on 2026-09-01: 404."""
    club = next((club for club in athlete.CLUBS if club["id"] == number), None)
    return jsonify(_found(club, "Club"))


@bp.get("/gear/<number>")
@needs("read", "profile:read_all")
def get_gear(number: str) -> Response:
    """getGearById."""
    gear = _found(athlete.GEAR.get(number), "Gear")
    return jsonify({**gear, "distance": sandbox().views.gear_distance_m().get(number, 0)})


@bp.get("/athletes/<int:number>/routes")
@needs("read", "read_all")
def get_routes(number: int) -> Response:
    """getRoutesByAthleteId."""
    return jsonify(routes.all_routes())


@bp.get("/routes/<int:number>")
@needs("read", "read_all")
def get_route(number: int) -> Response:
    """getRouteById."""
    return jsonify(_found(routes.find(number), "Route"))


@bp.get("/routes/<int:number>/export_gpx")
@needs("read", "read_all")
def get_route_gpx(number: int) -> Response:
    """getRouteAsGPX."""
    return Response(routes.gpx(_found(routes.find(number), "Route")), content_type="text/xml")


@bp.get("/routes/<int:number>/export_tcx")
@needs("read", "read_all")
def get_route_tcx(number: int) -> Response:
    """getRouteAsTCX."""
    return Response(routes.tcx(_found(routes.find(number), "Route")), content_type="text/xml")


@bp.get("/routes/<int:number>/streams")
@needs("read", "read_all")
def get_route_streams(number: int) -> Response:
    """getRouteStreams."""
    _found(routes.find(number), "Route")
    return jsonify(routes.streams(number))


@bp.get("/segments/starred")
@needs("read", "read_all")
def get_starred() -> Response:
    """getLoggedInAthleteStarredSegments."""
    return jsonify(segments.starred(sandbox().state.stars()))


@bp.get("/segments/explore")
@needs("read")
def explore() -> Response:
    """exploreSegments: only for apps of the extended tier."""
    return fault_reply(403, "Forbidden", ("Application", "tier", "not allowed"))


@bp.get("/segments/<int:number>")
@needs("read", "read_all")
def get_segment(number: int) -> Response:
    """getSegmentById."""
    return jsonify(_found(segments.segment(number, number in sandbox().state.stars()), "Segment"))


@bp.put("/segments/<int:number>/starred")
@needs("profile:write")
def star_segment(number: int) -> Response:
    """starSegment."""
    sent = request.get_json(silent=True) or request.form
    starred = str(sent.get("starred")).lower() in ("true", "1")
    _found(segments.segment(number, starred), "Segment")
    sandbox().state.star(number, starred)
    return jsonify(segments.segment(number, starred))


@bp.post("/uploads")
@needs("activity:write")
def create_upload() -> Any:
    """createUpload: multipart, with the file in it."""
    form: JSON = request.form.to_dict()
    file = request.files.get("file")
    if file is None or form.get("data_type") not in DATA_TYPES:
        field = "file" if file is None else "data_type"
        return fault_reply(400, "Bad Request", ("Upload", field, "invalid"))
    content = file.read()
    if len(content) > MOST_UPLOADED:
        return fault_reply(413, "Payload Too Large", ("Upload", "file", "too large"))
    upload = _take(content, form)
    sandbox().state.add_upload(upload)
    return make_response(jsonify(_upload(upload)), 201)


def _take(content: bytes, form: JSON) -> JSON:
    """Read the file and make its activity, or note why not."""
    digest = hashlib.sha256(content).hexdigest()
    number = sandbox().state.next_id("upload")
    upload: JSON = {"id": number, "external_id": form.get("external_id"), "digest": digest}
    before = sandbox().state.upload_by_digest(digest)
    if before and before.get("activity_id"):
        said = (
            f"{form.get('external_id', 'activity')} duplicate of activity {before['activity_id']}"
        )
        return upload | {"error": said}
    try:
        fields = uploads.read(content, form["data_type"])
    except (uploads.Damaged, ValueError) as exc:
        return upload | {"error": f"The file is malformed: {exc}."}
    flags = {name: form.get(name) in ("1", "true") for name in ("trainer", "commute")}
    fields |= {k: form[k] for k in ("description", "external_id", "sport_type") if form.get(k)}
    fields |= flags | {"name": form.get("name") or "Uploaded Activity", "upload_id": number}
    activity = created(fields, sandbox().state.next_id("activity"), "Upload")
    sandbox().state.add(activity)
    return upload | {"activity_id": activity["id"]}


@bp.get("/uploads/<int:number>")
@needs("activity:write")
def get_upload(number: int) -> Response:
    """getUploadById: still being processed the first time it is asked."""
    return jsonify(_upload(_found(sandbox().state.upload(number), "Upload")))


def _upload(upload: JSON) -> JSON:
    """An Upload as Strava words it."""
    found = {
        "id": upload["id"],
        "id_str": str(upload["id"]),
        "external_id": upload["external_id"],
        "error": None,
        "status": "Your activity is still being processed.",
        "activity_id": None,
    }
    if upload.get("looks", 0) >= 2 or upload.get("error"):
        if upload.get("error"):
            return found | {
                "error": upload["error"],
                "status": "There was an error processing your activity.",
            }
        return found | {
            "status": "Your activity is ready.",
            "activity_id": upload["activity_id"],
        }
    return found
