"""Tools for uploads: send a recording, and read the status of an upload."""

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
from strava_mcp.tools.fields import PositiveId, described
from strava_mcp.tools.registry import tool
from strava_mcp.tools.safe_json import get_int, get_str

DATA_TYPES = ("fit", "tcx", "gpx", "fit.gz", "tcx.gz", "gpx.gz")
MAX_BYTES = 25 << 20
#: How long to wait for Strava to process a file, and how often to check.
MAX_WAIT_S, POLL_INTERVAL_S = 8.0, 1.0

OUTPUT: JSON = {
    "type": "object",
    "properties": {"status": {"type": "string"}, "activity_id": {"type": "integer"}},
    "required": ["upload_id", "status"],
}


class UploadArguments(Arguments):
    """Arguments of ``create_upload``."""

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
    error without checking whether the activity exists.
    """
    content = _decode(arguments["file"])
    _check_data_type(content, arguments["data_type"])
    options = {name: value for name, value in arguments.items() if name != "file"}
    upload = ctx.source.create_upload(content, options)
    number = get_int(upload, "id")
    ctx.channel.progress(1, 3, "Strava has the file")
    deadline = time.monotonic() + MAX_WAIT_S
    while number and not _is_done(upload) and time.monotonic() < deadline:
        if ctx.channel.cancelled:
            break
        time.sleep(POLL_INTERVAL_S)
        try:
            upload = ctx.source.upload(number)
        except SourceError:
            break  # the upload itself succeeded: report that instead of an error
        ctx.channel.progress(2, 3, get_str(upload, "status"))
    return _render(upload)


class StatusArguments(Arguments):
    """Arguments of ``get_upload``."""

    id = PositiveId("upload", required=True)


@tool(title="See an upload", arguments=StatusArguments, output=OUTPUT)
def get_upload(ctx: Context, arguments: JSON) -> JSON:
    """Status of an upload: still processing, ready with its activity id, or rejected."""
    return _render(ctx.source.upload(arguments["id"]))


def _render(upload: JSON) -> JSON:
    """Render an Upload. Raises ToolError if Strava rejected the file."""
    problem = get_str(upload, "error")
    if problem:
        raise ToolError(f"Strava rejected the file: {problem}")
    activity = get_int(upload, "activity_id")
    reply = {
        "upload_id": get_int(upload, "id") or 0,
        "status": get_str(upload, "status") or "unknown",
        "activity_id": activity,
        "link": view.link(activity) if activity else None,
    }
    if not activity:
        reply["note"] = f"Not ready yet: call get_upload with id {reply['upload_id']}."
    return {name: value for name, value in reply.items() if value is not None}


def _is_done(upload: JSON) -> bool:
    return bool(get_int(upload, "activity_id") or get_str(upload, "error"))


def _decode(text: str) -> bytes:
    """Decode base64, which may contain whitespace and the prefix of a data: URL."""
    bare = "".join(text.partition("base64,")[2].split() if text[:5] == "data:" else text.split())
    if len(bare) > MAX_BYTES * 4 // 3 + 4:
        raise InvalidArguments({"file": f"Too large: Strava accepts up to {MAX_BYTES >> 20} MB."})
    try:
        content = base64.b64decode(bare, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidArguments({"file": "Not base64: encode the bytes of the file."}) from None
    if not content:
        raise InvalidArguments({"file": "The file is empty."})
    return content


def _check_data_type(content: bytes, data_type: str) -> None:
    """Raise InvalidArguments unless the first bytes are those of the given format."""
    is_gzip = content[:2] == b"\x1f\x8b"
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_format = {
        "fit": content[8:12] == b".FIT",
        "gpx": head[:1] == b"<",
        "tcx": head[:1] == b"<",
    }
    name, _, compression = data_type.partition(".")
    if is_gzip if compression else not is_gzip and is_format[name]:
        return
    actual = "gzip" if is_gzip else next((k for k, v in is_format.items() if v), "something else")
    problem = f"The file is not {data_type}: it starts like {actual}."
    raise InvalidArguments({"data_type": f"{problem} Allowed: {', '.join(DATA_TYPES)}."})
