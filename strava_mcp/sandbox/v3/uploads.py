"""Uploads: a recording comes in, is read, and after a while is an activity or an error."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.sandbox import creations, uploads
from strava_mcp.sandbox.parts import asking, fault_reply, publish, state
from strava_mcp.sandbox.v3.access import bad, found, is_true, needs

bp = Blueprint("sandbox_uploads", __name__, url_prefix="/api/v3")

MAX_BYTES = 25 << 20
#: So often an upload is asked for before it is ready.
LOOKS = 2
PROCESSING = "Your activity is still being processed."
READY = "Your activity is ready."
FAILED = "There was an error processing your activity."
#: On Lambda, for one: there its libraries are left out of the package.
NO_READER = "this server was installed without the libraries that read recordings."


@bp.post("/uploads")
@needs("activity:write")
def create_upload() -> Any:
    """createUpload: multipart, with the file in it; the other fields there or in the query."""
    form: JSON = request.values.to_dict()
    file = request.files.get("file")
    if file is None:
        bad("Upload", "file", "missing")
    if form.get("data_type") not in uploads.DATA_TYPES:
        bad("Upload", "data_type")
    content = file.read()
    if len(content) > MAX_BYTES:
        return fault_reply(413, "Payload Too Large", ("Upload", "file", "too large"))
    upload = _process(content, form, file.filename or "activity")
    state().add_upload(upload)
    return make_response(jsonify(_told(upload, 0)), 201)


def _process(content: bytes, form: JSON, file_name: str) -> JSON:
    """Read the file and add its activity, or keep the reason why there is none."""
    kept = state()
    upload_id = kept.next_id("upload")
    external_id = form.get("external_id")
    upload: JSON = {"id": upload_id, "external_id": external_id or file_name, "error": None}
    try:
        recorded = uploads.read(content, form["data_type"])
    except CorruptFile as exc:
        return upload | {"error": f"{file_name} is malformed: {exc}."}
    except ImportError:
        return upload | {"error": f"{file_name} cannot be read: {NO_READER}"}
    activity_id = kept.next_id("activity")
    marks = [b"file:" + content] + ([f"id:{external_id}".encode()] if external_id else [])
    first_id = kept.claim(marks, activity_id)
    if first_id != activity_id:
        return upload | {"error": f"{file_name} duplicate of activity {first_id}"}
    new = _new_activity(recorded, form, upload["external_id"])
    kept.add(creations.uploaded_activity(asking(), activity_id, upload_id, new))
    publish(activity_id, "create")
    return upload | {"activity_id": activity_id}


def _new_activity(
    recorded: uploads.UploadedRecording, form: JSON, external_id: str
) -> creations.NewActivity:
    """The activity of a recording. Fields of the form take precedence over the file."""
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
@needs("activity:write")
def get_upload(upload_id: int) -> Response:
    """getUploadById: not ready yet the first time it is asked."""
    return jsonify(_told(*found(state().upload(upload_id), "Upload")))


def _told(upload: JSON, looks: int) -> JSON:
    """An Upload as Strava words it, after so many looks."""
    told = {
        "id": upload["id"],
        "id_str": str(upload["id"]),
        "external_id": upload["external_id"],
        "error": None,
        "status": PROCESSING,
        "activity_id": None,
    }
    if looks < LOOKS:
        return told
    if upload["error"]:
        return told | {"error": upload["error"], "status": FAILED}
    return told | {"status": READY, "activity_id": upload["activity_id"]}
