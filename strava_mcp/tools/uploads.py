"""Tools for uploading a recording and seeing what became of it."""

import base64
import binascii
import time

from marshmallow import fields, validate

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, SourceError, ToolError
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.arguments import Arguments, Flag
from strava_mcp.tools.fields import ActivityId, described
from strava_mcp.tools.registry import tool

DATA_TYPES = ("fit", "tcx", "gpx", "fit.gz", "tcx.gz", "gpx.gz")
MAX_BYTES = 25 << 20
#: How long to wait for Strava to process a file, and how often to look.
WAIT_S, POLL_INTERVAL_S = 8.0, 1.0

OUTPUT: JSON = {
    "type": "object",
    "properties": {"status": {"type": "string"}, "activity_id": {"type": "integer"}},
    "required": ["upload_id", "status"],
}


class UploadArguments(Arguments):
    """Of create_upload."""

    file = fields.String(required=True, **described("base64"))
    data_type = fields.String(required=True, validate=validate.OneOf(DATA_TYPES))
    name = fields.String()
    description = fields.String()
    trainer = Flag()
    commute = Flag()
    external_id = fields.String()


@tool(
    title="Upload a recording", arguments=UploadArguments, output=OUTPUT, scope=WRITE, streams=True
)
def create_upload(ctx: Context, arguments: JSON) -> JSON:
    """Upload a FIT, TCX or GPX file as a new activity. Ask the user first. Never repeat it after an
    error without looking whether the activity exists.
    """
    content = _decoded(arguments["file"])
    _check_kind(content, arguments["data_type"])
    options = {name: value for name, value in arguments.items() if name != "file"}
    upload = ctx.source.create_upload(content, options)
    number = view.number(upload, "id")
    ctx.channel.progress(1, 3, "Strava has the file")
    deadline = time.monotonic() + WAIT_S
    while number and not _is_done(upload) and time.monotonic() < deadline:
        if ctx.channel.cancelled:
            break
        time.sleep(POLL_INTERVAL_S)
        try:
            upload = ctx.source.upload(int(number))
        except SourceError:
            break  # the upload itself has happened: say so rather than fail
        ctx.channel.progress(2, 3, view.text(upload, "status"))
    return _shown(upload)


class UploadId(Arguments):
    """Of get_upload."""

    id = ActivityId(required=True)


@tool(title="See an upload", arguments=UploadId, output=OUTPUT)
def get_upload(ctx: Context, arguments: JSON) -> JSON:
    """What became of an upload: still processed, ready with its activity id, or refused."""
    return _shown(ctx.source.upload(arguments["id"]))


def _shown(upload: JSON) -> JSON:
    """An Upload as a reply. Raises ToolError for one that Strava refused."""
    problem = view.text(upload, "error")
    if problem:
        raise ToolError(f"Strava did not take the file: {problem}")
    activity = view.number(upload, "activity_id")
    found = {
        "upload_id": view.number(upload, "id") or 0,
        "status": view.text(upload, "status") or "unknown",
        "activity_id": activity,
        "link": view.link(int(activity)) if activity else None,
    }
    if not activity:
        found["note"] = f"Not ready yet: call get_upload with id {found['upload_id']}."
    return {name: value for name, value in found.items() if value is not None}


def _is_done(upload: JSON) -> bool:
    return bool(view.number(upload, "activity_id") or view.text(upload, "error"))


def _decoded(text: str) -> bytes:
    """The file from its base64; line breaks and the head of a data: URL may stay in it."""
    bare = "".join(text.partition("base64,")[2].split() if text[:5] == "data:" else text.split())
    if len(bare) > MAX_BYTES * 4 // 3 + 4:
        raise InvalidArguments({"file": f"Too large: Strava takes up to {MAX_BYTES >> 20} MB."})
    try:
        content = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidArguments({"file": "Not base64: send the file's bytes encoded."}) from None
    if not content:
        raise InvalidArguments({"file": "The file is empty."})
    return content


def _check_kind(content: bytes, data_type: str) -> None:
    """That the first bytes are those of the format that was named."""
    zipped = content[:2] == b"\x1f\x8b"
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    looks = {
        "fit": content[8:12] == b".FIT",
        "gpx": head[:1] == b"<",
        "tcx": head[:1] == b"<",
    }
    kind, _, packed = data_type.partition(".")
    if zipped if packed else not zipped and looks[kind]:
        return
    seen = "gzip" if zipped else next((k for k, fits in looks.items() if fits), "something else")
    problem = f"The file does not look like {data_type} (it begins like {seen})."
    raise InvalidArguments({"data_type": f"{problem} Allowed: {', '.join(DATA_TYPES)}."})
