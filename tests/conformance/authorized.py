"""The real app with the token added to each request, because the conformance suite sends none."""

from collections.abc import Iterable
from typing import Any

from flask import Flask

from strava_mcp import app as strava
from strava_mcp.services import services


def create_app() -> Flask:
    """Make the real app; its token is added to every request."""
    app = strava.create_app()
    token = services(app).config.auth_tokens[0]
    inner = app.wsgi_app

    def authorized(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return inner({**environ, "HTTP_AUTHORIZATION": f"Bearer {token}"}, start_response)

    app.wsgi_app = authorized  # type: ignore[method-assign,assignment]
    return app
