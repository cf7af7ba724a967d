"""The fixture server of the official conformance suite, built on the protocol that serves Strava.

``flask --app tests.conformance.app run``. It is open to everybody, for the suite sends no tokens,
but checks Host and Origin like the real one. Names and texts are those the suite asks for.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from flask import Flask, g

from strava_mcp.config import Config
from strava_mcp.identity import SCOPES, Principal
from strava_mcp.protocol.mailbox import Mailbox
from strava_mcp.protocol.server import Server
from strava_mcp.protocol.sessions import Sessions
from strava_mcp.services import Services, services, shared
from strava_mcp.web import errors, mcp
from strava_mcp.web.network_policy import NetworkPolicy
from tests.conformance import offers, tools


class Fixture(Services):
    """Services whose MCP server is the suite's, with sessions and a mailbox."""

    @shared
    def server(self) -> Server:
        """The fixture server."""
        return Server(
            name="conformance-fixture",
            title="Conformance fixture",
            version="1.0.0",
            instructions="Tools, prompts and resources of the conformance suite.",
            load_tools=lambda: tools.TOOLS,
            load_prompts=lambda: offers.PROMPTS,
            load_resources=lambda: offers.RESOURCES,
            secret=hashlib.sha256(b"fixture").digest(),
            sessions=Sessions(self.store),
            mailbox=Mailbox(self.store),
            logs=True,
            subscribable=True,
        )


def _home() -> Path:
    """The data folder that several processes share, or one of this process alone."""
    return Path(os.environ.get("STRAVA_MCP_HOME") or tempfile.mkdtemp())


def create_app(home: Path | None = None) -> Flask:
    """Make the fixture app. ``home``: its data folder; a temporary one unless given."""
    app = Flask(__name__, static_folder=None)
    app.extensions["strava_mcp"] = Fixture(Config(home=home or _home()))
    errors.install(app)
    network_policy = NetworkPolicy(services(app).config)

    @app.before_request
    def admit_everybody() -> object:
        g.principal = Principal("fixture", frozenset(SCOPES))
        return network_policy.check()

    app.register_blueprint(mcp.bp)
    return app
