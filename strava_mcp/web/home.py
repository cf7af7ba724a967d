"""The page at ``/`` for browsers, and what browsers and crawlers fetch beside it."""

from typing import TYPE_CHECKING, NamedTuple

from flask import Response
from werkzeug.exceptions import MethodNotAllowed

from strava_mcp import __version__, page_design
from strava_mcp.sandbox.notice import HOW_TO_CHANGE, INVENTED
from strava_mcp.services import services
from strava_mcp.web.accept import wants_page
from strava_mcp.web.pages import COPY_SCRIPT, blueprint, render_page
from strava_mcp.web.server_url import base_url

if TYPE_CHECKING:
    from strava_mcp.connection_guide import Entry

bp = blueprint("home")

#: Whose data the page announces. It is public, so it names no athlete.
DATA = {
    "sandbox": f"An {INVENTED}: nobody's real training. {HOW_TO_CHANGE}",
    "archive": "The athlete's own Strava export, imported here.",
    "api": "The athlete's Strava account, read through Strava's API.",
}
ROBOTS = "User-agent: *\nDisallow: /\n"


class HomeContext(NamedTuple):
    """What ``home.html`` displays. ``oauth`` is empty if OAUTH_ENABLED is false."""

    version: str
    data: str
    is_authless: bool
    needs_secret: bool
    oauth: "list[Entry]"
    oauth_step: str
    headers: "list[Entry]"
    local: "list[Entry]"
    script: str


@bp.get("/")
def show() -> Response:
    """Show a browser what this is and how to connect. ``/`` answers others to POST only."""
    from strava_mcp import connection_guide  # no server needs it before a browser asks

    if not wants_page():
        raise MethodNotAllowed(["OPTIONS", "POST"])
    config = services().config
    base = base_url()
    context = HomeContext(
        version=__version__,
        data=DATA[config.strava_source],
        is_authless=config.allow_authless,
        needs_secret=bool(config.authless_secret),
        oauth=connection_guide.oauth_entries(base) if config.oauth_enabled else [],
        oauth_step=connection_guide.oauth_step(config),
        headers=connection_guide.header_entries(base),
        local=[] if config.lambda_function else connection_guide.local_entries(),
        script=COPY_SCRIPT,
    )
    return render_page("home.html", context, script=COPY_SCRIPT)


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The mark of this project."""
    return Response(page_design.favicon(), content_type="image/vnd.microsoft.icon")


@bp.get("/robots.txt")
def robots() -> Response:
    """Keep search engines away (RFC 9309)."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")
