"""``/health``: whether the server is up; needs no token."""

from flask import Blueprint

from strava_mcp import __version__
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import INVENTED
from strava_mcp.services import services

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> JSON:
    """Report status and version; contains no secret, and uses neither the store nor Strava."""
    config = services().config
    about = {"data": INVENTED} if config.strava_source == "sandbox" else {}
    return {
        "status": "healthy",
        "version": __version__,
        "source": config.strava_source,
        "authless": config.allow_authless,
        **about,
    }
