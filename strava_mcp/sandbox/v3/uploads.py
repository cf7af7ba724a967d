"""Uploads: a recording comes in, is read, and after a while is an activity or an error."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import creations, uploads
from strava_mcp.sandbox.fit import Damaged
from strava_mcp.sandbox.parts import asking, fault_reply, publish, state
from strava_mcp.sandbox.v3.access import bad, found, is_true, needs

bp = Blueprint("sandbox_uploads", __name__, url_prefix="/api/v3")

MAX_BYTES = 25 << 20
#: So often an upload is asked for before it is ready.
LOOKS = 2
PROCESSING = "Your activity is still being processed."
READY = "Your activity is ready."
FAILED = "There was an error processing your activity."


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
    upload = _take(content, form, file.filename or "activity")
    state().add_upload(upload)
    return make_response(jsonify(_told(upload, 0)), 201)


def _take(content: bytes, form: JSON, file_name: str) -> JSON:
    """Read the file and make its activity, or note why there is none."""
    kept = state()
    upload_id = kept.next_id("upload")
    external_id = form.get("external_id")
    upload: JSON = {"id": upload_id, "external_id": external_id or file_name, "error": None}
    try:
        fields = uploads.read(content, form["data_type"])
    except Damaged as exc:
        return upload | {"error": f"{file_name} is malformed: {exc}."}
    activity_id = kept.next_id("activity")
    marks = [b"file:" + content] + ([f"id:{external_id}".encode()] if external_id else [])
    first_id = kept.claim(marks, activity_id)
    if first_id != activity_id:
        return upload | {"error": f"{file_name} duplicate of activity {first_id}"}
    fields |= {k: form[k] for k in ("name", "description", "sport_type") if form.get(k)}
    fields |= {k: is_true(form.get(k)) for k in ("trainer", "commute")}
    fields = {"name": "Uploaded Activity", "external_id": upload["external_id"], **fields}
    kept.add(creations.by_upload(asking(), activity_id, upload_id, fields))
    publish(activity_id, "create")
    return upload | {"activity_id": activity_id}


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
