"""The sandbox's athlete, with responses cached: the tests of a module only read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.config import Config
from strava_mcp.store import open_store
from strava_mcp.tools.local_time import today
from tests import clock as clocks
from tests.clock import Clock
from tests.rig import Rig

#: When the tests take place: the athlete does something else every day.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def noon() -> Iterator[Clock]:
    """The time of strava_mcp's modules, stopped at NOW."""
    with pytest.MonkeyPatch.context() as patch:
        stopped = clocks.install(patch)
        stopped.freeze(NOW.timestamp())
        yield stopped


@pytest.fixture(scope="module")
def rig(noon: Clock) -> Iterator[Rig]:
    """A sandbox with an access token."""
    store = open_store("sqlite://:memory:")
    yield Rig(store, config=Config(strava_cache_s=3600), now=noon.time).authorize()
    store.close()


@pytest.fixture(scope="module")
def subject(rig: Rig) -> Subject:
    """Whose charts are drawn."""
    return Subject(rig.source, today(rig.source))


@pytest.fixture(scope="module")
def rows(rig: Rig) -> list[Any]:
    """Every activity of the list, newest first."""
    return rig.all_activities()
