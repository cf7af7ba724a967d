"""The sandbox's athlete, with responses cached: the tests of a module only read."""

from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.config import Config
from strava_mcp.store import open_store
from strava_mcp.tools.local_time import today
from tests.clock import Clock
from tests.rig import Rig
from tests.season_day import clock_of_the_season


@pytest.fixture(scope="package", autouse=True)
def season_clock() -> Iterator[Clock]:
    """It is the day of ``tests.season_day``, also for the sandbox."""
    with clock_of_the_season() as clock:
        yield clock


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """A sandbox with an access token."""
    store = open_store("sqlite://:memory:")
    yield Rig(store, config=Config(strava_cache_s=3600)).authorize()
    store.close()


@pytest.fixture(scope="module")
def subject(rig: Rig) -> Subject:
    """Whose charts are drawn."""
    return Subject(rig.source, today(rig.source))


@pytest.fixture(scope="module")
def rows(rig: Rig) -> list[Any]:
    """Every activity of the list, newest first."""
    return rig.all_activities()
