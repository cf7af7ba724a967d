"""A sandbox and its client for each test."""

from collections.abc import Iterator

import pytest

from strava_mcp.store import open_store
from tests.rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A sandbox of this test alone, with an access token at hand."""
    store = open_store("sqlite://:memory:")
    yield Rig(store).authorize()
    store.close()
