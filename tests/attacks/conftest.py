"""The real app, as in the tests of the guard, with an owner and an attacker."""

import pytest
from flask import Flask

from tests.clock import Clock
from tests.flow import Flow, InProcess
from tests.web.conftest import TOKEN, app, make

__all__ = ["app", "make", "flow", "stranger"]


@pytest.fixture(autouse=True)
def frozen(frozen_clock: Clock) -> None:
    """Attacks are counted and limited in windows of time, which do not end by themselves here."""


@pytest.fixture
def flow(app: Flask) -> Flow:
    """A client that registered, and the owner in their browser."""
    flow = Flow(InProcess(app), TOKEN)
    assert flow.register().status == 201
    return flow


@pytest.fixture
def stranger(app: Flask) -> Flow:
    """Another client, browser and address; this person does not know the passphrase."""
    flow = Flow(InProcess(app, "203.0.113.9"), "guess", "http://localhost:7777/cb")
    assert flow.register(client_name="Stranger").status == 201
    return flow
