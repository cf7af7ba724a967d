"""The tool that exports an activity as a file, without sending it through the conversation."""

from pathlib import Path
from typing import TypedDict

from strava_mcp.context import Context
from strava_mcp.errors import NotSupported, ToolError
from strava_mcp.json_types import JSON
from strava_mcp.recordings.write import Format
from strava_mcp.tools.arguments import Arguments, Choice
from strava_mcp.tools.fields import described
from strava_mcp.tools.id_fields import PositiveId
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import reply_schema

#: The folder of exported files in the data folder.
EXPORTS = "exports"


class ExportActivityArguments(Arguments):
    """Arguments of ``export_activity``."""

    id = PositiveId("activity", required=True)
    format = Choice("gpx", "tcx", load_default="gpx", **described("gpx (default) or tcx"))


class ExportedActivity(TypedDict, total=False):
    """The reply of export_activity: a ``download`` link, or the path of a ``file``."""

    id: int
    format: str
    download: str
    file: str


OUTPUT = reply_schema(ExportedActivity, "id", "format")


@tool(title="Export an activity", arguments=ExportActivityArguments, output=OUTPUT)
def export_activity(ctx: Context, arguments: JSON) -> JSON:
    """A recorded activity as a GPX or TCX file: a link for the user's browser, which works once
    within 15 minutes. For figures use get_activity_streams.
    """
    number, kind = arguments["id"], arguments["format"]
    reply: JSON = {"id": number, "format": kind}
    if ctx.links:
        ctx.source.activity(number)  # a link to nothing helps nobody
        reply["download"] = ctx.links.download(number, kind)
        return reply | {"note": "Works once, within 15 minutes: give it to the user."}
    if ctx.folder:
        return reply | {"file": str(_write(ctx, ctx.folder / EXPORTS, number, kind))}
    raise NotSupported("Files can be exported over HTTP and stdio only.")


def _write(ctx: Context, folder: Path, number: int, kind: Format) -> Path:
    """Write the file for this user alone, and return its path. Raises ToolError."""
    from strava_mcp import data_folder
    from strava_mcp.sources.activity_file import activity_file

    file = activity_file(ctx.source, number, kind)
    try:
        data_folder.replace(folder, file.name, file.content.decode())
    except OSError as exc:
        raise ToolError(f"The file could not be written into {folder}: {exc.strerror}.") from exc
    return folder / file.name
