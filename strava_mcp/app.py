"""Application factory: registers everything in the order in which a request passes it.

On the way back Flask calls what is registered in the reverse order.
"""

import sys

from flask import Flask

from strava_mcp import cli, log
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.flask_app import App
from strava_mcp.services import Services
from strava_mcp.web import (
    access_log,
    connections,
    consent,
    error_pages,
    errors,
    guard,
    health,
    home,
    links,
    mcp,
    oauth,
    request_body,
    sse,
    stream_limit,
    training,
    websocket,
)

BLUEPRINTS = (health.bp, home.bp, links.bp, mcp.bp, sse.bp, websocket.bp)
#: Not registered if OAUTH_ENABLED is false.
OAUTH_BLUEPRINTS = (oauth.bp, consent.bp, connections.bp, training.bp)


def create_app(config: Config | None = None) -> Flask:
    """Create the app.

    ``config`` replaces the settings of the environment. Raises ConfigError if a setting is invalid.
    """
    config = (config or Config.load()).with_generated_secrets()
    app = App(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.extensions["strava_mcp"] = Services(config)
    if config.proxy_hops:
        _trust_proxies(app, config.proxy_hops)
    log.install(config)
    access_log.install(app)
    request_body.install(app)
    errors.install(app)
    error_pages.install(app)
    guard.protect(app)
    stream_limit.install(app)
    for blueprint in BLUEPRINTS + (OAUTH_BLUEPRINTS if config.oauth_enabled else ()):
        app.register_blueprint(blueprint)
    if config.authorize_with == "strava":
        from strava_mcp.web import strava_callback

        app.register_blueprint(strava_callback.bp)
    if config.strava_source == "api":
        from strava_mcp.web import webhook

        app.register_blueprint(webhook.bp)
    cli.install(app)
    return app


def start() -> Flask:
    """Create the app, or exit with code 1 and print one line per invalid setting."""
    try:
        return create_app()
    except ConfigError as exc:
        sys.exit(str(exc))


def _trust_proxies(app: Flask, hops: int) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
