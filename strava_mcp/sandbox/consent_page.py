"""The consent page: an athlete of the sandbox signs in and grants scopes to an application."""

from collections.abc import Iterable
from pathlib import Path

from flask import Response

from strava_mcp import page_design
from strava_mcp.sandbox.athlete import ATHLETES

TEMPLATES = Path(__file__).parent / "templates"


def render(scopes: Iterable[str]) -> Response:
    """The page; every scope that the application requests is ticked."""
    athletes = ATHLETES.values()
    html = page_design.render("sign_in.html", TEMPLATES, athletes=athletes, scopes=scopes)
    headers = page_design.security_headers()
    return Response(html, headers=headers, content_type="text/html; charset=utf-8")
