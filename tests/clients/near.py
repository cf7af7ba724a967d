"""The real app, except that client documents may be served from this machine, and slowly."""

import os
import ssl

from flask import Flask

from strava_mcp import app as strava
from strava_mcp.oauth import safe_fetch


def create_app() -> Flask:
    """Make the app. ``TEST_AUTHORITY``: the file of the CA that certifies ``client.example``."""
    context = ssl.create_default_context(cafile=os.environ["TEST_AUTHORITY"])
    safe_fetch.tls_context = lambda: context
    safe_fetch.resolve = lambda host, port, requester: ["127.0.0.1"]
    safe_fetch.is_public = lambda address: True
    safe_fetch.MAX_S = 60.0
    return strava.create_app()
