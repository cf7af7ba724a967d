"""``/health``: whether the server is up, for anybody who asks."""

from typing import Any

from flask import Blueprint

from strava_mcp import __version__
from strava_mcp.services import services

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> dict[str, Any]:
    """Up, and what it is; no secret, no store, no call to Strava."""
    config = services().config
    return {
        "status": "healthy",
        "version": __version__,
        "source": config.strava_source,
        "authless": config.allow_authless,
    }
