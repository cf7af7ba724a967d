"""The real app, which forgives all wrong tokens: the clients of tests present many in a minute."""

from flask import Flask

from strava_mcp.startup import load_app
from strava_mcp.web import guard


def create_app() -> Flask:
    """Make the app as ``wsgi`` does."""
    guard.MAX_FAILURES = 1_000_000
    return load_app()
