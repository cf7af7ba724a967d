"""The real app on the day of ``tests.season_day``, for a server in a process of its own."""

import pytest
from flask import Flask

from strava_mcp.startup import load_app
from tests.season_day import start_the_day


def create_app() -> Flask:
    """Make the app as ``wsgi`` does, at noon of the day."""
    start_the_day(pytest.MonkeyPatch())
    return load_app()
