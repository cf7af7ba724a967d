"""Uploads: a recording is read, and after some polls is an activity or an error."""

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sandbox import creations, uploaded, uploads
from strava_mcp.sandbox.errors import bad_request, error_response, or_not_found
from strava_mcp.sandbox.request_context import current_athlete, current_state, publish_activity
from strava_mcp.sandbox.uploads import DEFAULT_SPORT
from strava_mcp.sandbox.v3.parameters import is_true
from strava_mcp.sandbox.v3.scopes import requires
from strava_mcp.sports import SPORTS

bp = Blueprint("sandbox_uploads", __name__, url_prefix="/api/v3")

MAX_BYTES = 25 << 20
#: The poll at which an upload is ready.
READY_AT_POLL = 2
PROCESSING = "Your activity is still being processed."
READY = "Your activity is ready."
FAILED = "There was an error processing your activity."
#: Their libraries are not packed for Lambda.
NO_READERS = "this server was installed without the libraries that read recordings."


@bp.post("/uploads")
@requires("activity:write")
def create_upload() -> Response:
    """createUpload: a multipart form with the file; other fields there or in the query string."""
    form = request.values.to_dict()
    file = request.files.get("file")
    if file is None:
        bad_request("Upload", "file", "missing")
    if form.get("data_type") not in uploads.DATA_TYPES:
        bad_request("Upload", "data_type")
    if form.get("sport_type", DEFAULT_SPORT) not in SPORTS:
        bad_request("Upload", "sport_type")
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return error_response(413, "Payload Too Large", ("Upload", "file", "too large"))
    upload = _process(content, form, file.filename or "activity")
    current_state().add_upload(upload)
    return make_response(jsonify(_upload_response(upload, polls=0)), 201)


def _process(content: bytes, form: dict[str, str], file_name: str) -> JSON:
    """Read the file and add its activity. Returns the upload with ``activity_id`` or ``error``."""
    state = current_state()
    upload_id = state.next_id("upload")
    external_id = form.get("external_id")
    upload: JSON = {"id": upload_id, "external_id": external_id or file_name, "error": None}
    try:
        recorded = uploads.read(content, form["data_type"])
    except CorruptFile as exc:
        return upload | {"error": f"{file_name} is malformed: {exc}."}
    except uploads.Busy as exc:
        return upload | {"error": f"{file_name} cannot be read: {exc}."}
    except ImportError:
        return upload | {"error": f"{file_name} cannot be read: {NO_READERS}"}
    activity_id = state.next_id("activity")
    marks = [b"file:" + content] + ([f"id:{external_id}".encode()] if external_id else [])
    owner_id = state.claim(marks, activity_id)
    if owner_id != activity_id:
        return upload | {"error": f"{file_name} duplicate of activity {owner_id}"}
    new = _new_activity(recorded, form, upload["external_id"])
    activity = creations.uploaded_activity(current_athlete(), activity_id, upload_id, new)
    if recorded.recording.streams.get("time"):
        activity = uploaded.measured(activity, recorded.recording)
        state.add_recording(activity_id, uploaded.packed(recorded.recording.streams))
    state.add_activity(activity)
    publish_activity(activity_id, "create")
    return upload | {"activity_id": activity_id}


def _new_activity(
    recorded: uploads.UploadedRecording, form: dict[str, str], external_id: str
) -> creations.NewActivity:
    """The activity of a recording. Fields of the form take precedence over those of the file."""
    return creations.NewActivity(
        name=form.get("name") or "Uploaded Activity",
        sport=form.get("sport_type") or recorded.sport,
        start_local=creations.local_start(recorded.start),
        elapsed_s=recorded.elapsed_s,
        distance_m=recorded.distance_m,
        description=form.get("description") or None,
        trainer=is_true(form.get("trainer")),
        commute=is_true(form.get("commute")),
        external_id=external_id,
    )


@bp.get("/uploads/<int:upload_id>")
@requires("activity:write")
def get_upload(upload_id: int) -> Response:
    """getUploadById: still being processed at the first poll."""
    upload, polls = or_not_found(current_state().poll_upload(upload_id), "Upload")
    return jsonify(_upload_response(upload, polls))


def _upload_response(upload: JSON, polls: int) -> JSON:
    """An Upload, as it looks at this poll."""
    response = {
        "id": upload["id"],
        "id_str": str(upload["id"]),
        "external_id": upload["external_id"],
        "error": None,
        "status": PROCESSING,
        "activity_id": None,
    }
    if polls < READY_AT_POLL:
        return response
    if upload["error"]:
        return response | {"error": upload["error"], "status": FAILED}
    return response | {"status": READY, "activity_id": upload["activity_id"]}
