"""Tools for uploads: send a recording, and read the status of an upload."""

import base64
import binascii
import re
import time
from typing import Any, TypedDict

from marshmallow import ValidationError, fields, validates_schema

from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, SourceError, ToolError
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.tools import activity_view as view
from strava_mcp.tools.arguments import MAX_TEXT_LENGTH, MISSING, Arguments, Choice, Flag, Text
from strava_mcp.tools.fields import described
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import Rare, reply_schema
from strava_mcp.tools.safe_json import get_int, get_str

DATA_TYPES = ("fit", "tcx", "gpx", "fit.gz", "tcx.gz", "gpx.gz")
MAX_BYTES = 25 << 20
WHITESPACE = b" \t\r\n\v\f"
#: How long to wait for Strava to process a file, and how often to check.
MAX_WAIT_S, POLL_INTERVAL_S = 8.0, 1.0

MAX_PROBLEM_LENGTH = 500
#: In Strava's message: ``duplicate of <a href='/activities/99' target='_blank'>Morning Run</a>``.
LINK = re.compile(r"<a [^>]*href=['\"](/[\w/]*)['\"][^>]*>[^<]*</a>", re.ASCII)
TAG = re.compile("<[^<>]*>")


class UploadStatus(TypedDict, total=False):
    """The reply of create_upload and get_upload; without ``activity_id`` while it is processed.

    ``upload_link``: the page for the file, without which there is no upload yet.
    """

    upload_id: int
    status: str
    activity_id: int
    upload_link: Rare[str]


OUTPUT = reply_schema(UploadStatus, "status")


class Base64File(fields.String):
    """A file in base64, loaded as bytes. Whitespace and the prefix of a data: URL are ignored."""

    default_error_messages = {"required": MISSING}

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> bytes:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        bare = text.partition("base64,")[2] if text[:5] == "data:" else text
        try:
            encoded = bare.encode("ascii").translate(None, WHITESPACE)
            if len(encoded) > MAX_BYTES * 4 // 3 + 4:
                raise ValidationError(f"Too large: Strava accepts up to {MAX_BYTES >> 20} MB.")
            content = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError("Not base64: encode the bytes of the file.") from None
        if not content:
            raise ValidationError("The file is empty.")
        return content


class UploadArguments(Arguments):
    """Arguments of ``create_upload``."""

    file = Base64File(**described("base64; without it: a link"))
    data_type = Choice(*DATA_TYPES, **described("its format"))
    name = Text(**described("title"))
    description = Text(MAX_TEXT_LENGTH, **described("text"))
    trainer = Flag(**described("indoors"))
    commute = Flag(**described("to or from work"))
    external_id = Text(**described("your name for the file"))

    @validates_schema
    def check_data_type(self, arguments: JSON, **options: Any) -> None:
        """Reject a file whose first bytes are not those of the given format."""
        if "file" not in arguments:
            return
        if "data_type" not in arguments:
            raise ValidationError(MISSING, "data_type")
        _check_data_type(arguments["file"], arguments["data_type"])


@tool(
    title="Upload a recording",
    arguments=UploadArguments,
    output=OUTPUT,
    scope=WRITE,
    streams=True,
    needs=["create_upload"],
)
def create_upload(ctx: Context, arguments: JSON) -> JSON:
    """Upload a FIT, TCX or GPX file as a new activity; without file a link to a page where the user
    can drop it. Ask the user first. After an error, check whether the activity exists before you
    try again.
    """
    options = {name: value for name, value in arguments.items() if name != "file"}
    if "file" not in arguments:
        return _link(ctx, options)
    upload = ctx.source.create_upload(arguments["file"], options)
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


def _link(ctx: Context, options: JSON) -> JSON:
    """A link to a page where the user can upload one file. Raises InvalidArguments on stdio."""
    if ctx.links is None:
        raise InvalidArguments({"file": MISSING})
    options.pop("data_type", None)  # the page reads it from the file
    return {
        "status": "waiting for the user's file",
        "upload_link": ctx.links.upload(options),
        "note": "Works once, within 15 minutes: give it to the user.",
    }


class StatusArguments(Arguments):
    """Arguments of ``get_upload``."""

    id = PositiveId("upload", required=True)


@tool(title="See an upload", arguments=StatusArguments, output=OUTPUT, needs=["create_upload"])
def get_upload(ctx: Context, arguments: JSON) -> JSON:
    """Status of an upload: processing, ready with its activity id, or rejected."""
    return _render(ctx.source.upload(arguments["id"]))


def _render(upload: JSON) -> JSON:
    """Render an Upload. Raises ToolError if Strava rejected the file."""
    problem = get_str(upload, "error")
    if problem:
        raise ToolError(f"Strava rejected the file: {_without_html(problem[:MAX_PROBLEM_LENGTH])}")
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


def _without_html(problem: str) -> str:
    """Strava's message with the address of a link in place of its text, an activity's name."""
    return TAG.sub("", LINK.sub(r"https://www.strava.com\1", problem))


def _is_done(upload: JSON) -> bool:
    return bool(get_int(upload, "activity_id") or get_str(upload, "error"))


def _check_data_type(content: bytes, data_type: str) -> None:
    """Raise ValidationError unless the first bytes are those of the given format."""
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
    raise ValidationError(f"{problem} Allowed: {', '.join(DATA_TYPES)}.", "data_type")
