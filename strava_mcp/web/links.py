"""``/download`` and ``/upload``: what the links of tools open, once, without a token of a client.

A link that is wrong, used or expired gets one answer, whatever is the reason.
"""

import logging
from typing import NamedTuple

from flask import Response, request

from strava_mcp.errors import SourceError
from strava_mcp.identity import ANONYMOUS, OWNER_TOKEN, Principal
from strava_mcp.links import Link, Purpose
from strava_mcp.page_design import security_headers
from strava_mcp.services import services
from strava_mcp.sources import Source
from strava_mcp.web.pages import blueprint, error_page, render_page

log = logging.getLogger(__name__)

bp = blueprint("links")

MIB = 1 << 20


class UploadContext(NamedTuple):
    """What ``upload.html`` displays. ``max_mib``: the largest file; ``done``: what became of it."""

    max_mib: int
    problem: str = ""
    done: str = ""


@bp.get("/download/<token>")
def download(token: str) -> Response:
    """Send the activity of a link as a file.

    The link is used up before the file is made, so that requests in parallel make it once.
    """
    if request.method == "HEAD":  # uses nothing up, so it says nothing either
        return Response(status=204)
    link = _find(token, "download")
    if link is None or not services().links.redeem(token):
        return _no_link()
    from strava_mcp.sources.activity_file import activity_file

    try:
        file = activity_file(_source(link), link.activity, link.format)  # type: ignore[arg-type]
    except BaseException as exc:
        services().links.restore(token, link)
        if isinstance(exc, SourceError):
            return error_page(503, "Not available", str(exc))
        raise
    headers = security_headers() | {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Referrer-Policy": "no-referrer",
    }
    return Response(file.content, headers=headers, content_type=file.media_type)


@bp.get("/upload/<token>")
def show(token: str) -> Response:
    """Show the page where a file can be chosen or dropped."""
    if request.method == "HEAD":
        return Response(status=204)
    return _page() if _find(token, "upload") else _no_link()


@bp.post("/upload/<token>")
def receive(token: str) -> Response:
    """Upload the file to Strava. The link is used up by the first file that can be one."""
    link = _find(token, "upload")
    if link is None:
        return _no_link()
    from strava_mcp.recordings.data_type import data_type_of

    file = request.files.get("file")
    content = file.read() if file else b""
    if not content:
        return _page(400, problem="Choose a file first.")
    kind = data_type_of(content, (file and file.filename) or "")
    if kind is None:
        return _page(400, problem="This is no FIT, TCX or GPX file. Nothing was uploaded.")
    if not services().links.redeem(token):
        return _no_link()
    try:
        upload = _source(link).create_upload(content, {**link.options, "data_type": kind})
    except SourceError as exc:
        return error_page(503, "Not uploaded", str(exc))
    log.info("Uploaded through a link", extra={"token_id": link.principal, "upload": upload["id"]})
    return _page(done=f"Strava has the file, as upload {upload['id']}.")


def _find(token: str, purpose: Purpose) -> Link | None:
    """The link of a token if it may still be used."""
    link = services().links.find(token, purpose)
    return link if link and _is_usable(link) else None


def _is_usable(link: Link) -> bool:
    """Whether the link's credential and data are still what they were when it was made."""
    app = services()
    if not app.data.is_served(link.data, link.athlete_id):
        return False
    if link.credential != app.setting_credential(link.principal):
        return False
    if link.principal == OWNER_TOKEN:
        return bool(app.config.auth_tokens)
    if link.principal == ANONYMOUS:
        return app.config.allow_authless
    if link.athlete_id is not None and not app.athletes.admits(link.athlete_id):
        return False
    return app.tokens.is_active(link.principal) or app.grants.is_active(link.principal)


def _source(link: Link) -> Source:
    principal = Principal(link.principal, frozenset(), "", link.athlete_id)
    return services().source_for(principal).for_answer()


def _no_link() -> Response:
    message = "It was used before, is older than 15 minutes, or never existed. Ask for a new one."
    return error_page(410, "This link does not work", message, links=())


def _page(status: int = 200, problem: str = "", done: str = "") -> Response:
    max_mib = services().config.max_body_bytes // MIB
    return render_page("upload.html", UploadContext(max_mib, problem, done), status)
