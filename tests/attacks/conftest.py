"""The real app, as the tests of the guard have it, and people who walk up to it."""

import pytest
from flask import Flask

from tests.flow import Flow, InProcess
from tests.web.conftest import TOKEN, app, make

__all__ = ["app", "make", "flow", "stranger"]


@pytest.fixture
def flow(app: Flask) -> Flow:
    """A client that registered, and the owner in their browser."""
    found = Flow(InProcess(app), TOKEN)
    assert found.register().status == 201
    return found


@pytest.fixture
def stranger(app: Flask) -> Flow:
    """Another client of another browser, at another address; it does not know the pass-phrase."""
    found = Flow(InProcess(app, "203.0.113.9"), "guess", "http://localhost:7777/cb")
    assert found.register(client_name="Stranger").status == 201
    return found
