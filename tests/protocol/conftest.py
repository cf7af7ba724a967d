"""The conformance fixture app as a server to talk to, in each revision."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.services import services
from tests.conformance.app import create_app
from tests.wire import LEGACY, MODERN, Wire


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """The fixture app, with sessions."""
    app = create_app(tmp_path)
    yield app
    services(app).close()


@pytest.fixture
def connect(app: Flask) -> Callable[..., Wire]:
    """Make an initialized client of a revision, with these capabilities."""

    def make(version: str, **capabilities: object) -> Wire:
        wire = Wire(app.test_client(), version)
        wire.capabilities = {name: {} for name in capabilities}
        wire.start()
        return wire

    return make


@pytest.fixture(params=[*LEGACY, MODERN])
def wire(request: pytest.FixtureRequest, connect: Callable[..., Wire]) -> Wire:
    """A client of each revision in turn."""
    return connect(request.param)


@pytest.fixture(params=LEGACY)
def legacy(request: pytest.FixtureRequest, connect: Callable[..., Wire]) -> Wire:
    """A client of each legacy revision."""
    return connect(request.param)


@pytest.fixture
def modern(connect: Callable[..., Wire]) -> Wire:
    """A client of the stateless revision."""
    return connect(MODERN)
