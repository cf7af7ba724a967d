"""A store for the tests of tokens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from strava_mcp.store import Store, open_store
from tests.clock import Clock


@pytest.fixture(autouse=True)
def frozen(frozen_clock: Clock) -> None:
    """Tokens expire when a test moves the clock, and not before."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite://{tmp_path / 'store.db'}")
    yield opened
    opened.close()
