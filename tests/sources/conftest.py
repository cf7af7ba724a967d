"""Both kinds of sources: the API client on the sandbox, and an archive of its athlete."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from tests.clock import Clock
from tests.rig import Rig
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module", params=["sandbox", "archive"])
def source(
    request: pytest.FixtureRequest, season_clock: Clock, season_home: Path
) -> Iterator[Source]:
    """The sandbox's athlete, by each source."""
    if request.param == "archive":
        yield archive_of(season_home)
        return
    store = open_store("sqlite://:memory:")
    yield Rig(store).source
    store.close()
