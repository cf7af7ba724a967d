"""``/health``: whether the server is up; needs no token."""

import re

from flask import Blueprint, request

from strava_mcp import __version__
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import INVENTED
from strava_mcp.services import services

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> JSON:
    """Report status and version; contains no secret, and uses neither the store nor Strava.

    ``challenge`` (32 hexadecimal digits, optional) is answered with a proof that shows the owner
    which server is behind an address (``flask tunnel``).
    """
    config = services().config
    about: JSON = {"data": INVENTED} if config.strava_source == "sandbox" else {}
    if config.allow_authless and config.authless_secret:
        about["authless_secret"] = "required"
    challenge = request.args.get("challenge", "")
    if re.fullmatch(r"[0-9a-f]{32}", challenge):
        about["proof"] = services().proof(challenge)
    return {
        "status": "healthy",
        "version": __version__,
        "source": config.strava_source,
        "authless": config.allow_authless,
        **about,
    }
