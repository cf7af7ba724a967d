"""The sandbox's athlete, with responses cached: the tests of a module only read."""

from collections.abc import Iterator

import pytest

from strava_mcp.analysis.subject import Subject
from strava_mcp.config import Config
from strava_mcp.json_types import JSON
from strava_mcp.store import open_store
from strava_mcp.tools.local_time import today
from tests.clock import Clock
from tests.rig import Rig
from tests.season_day import NOON, YESTERDAY, clock_of_the_season


@pytest.fixture(scope="package", autouse=True)
def season_clock() -> Iterator[Clock]:
    """It is the day of ``tests.season_day``, also for the sandbox."""
    with clock_of_the_season() as clock:
        yield clock


@pytest.fixture
def clock(season_clock: Clock) -> Iterator[Clock]:
    """The time, moved by a test, and put back after it."""
    yield season_clock
    season_clock.freeze(NOON)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    """A sandbox with an access token."""
    store = open_store("sqlite://:memory:")
    yield Rig(store, config=Config(strava_cache_s=3600)).authorize()
    store.close()


@pytest.fixture(scope="module")
def rows(rig: Rig) -> list[JSON]:
    """Every activity of the list, newest first."""
    return rig.all_activities()


@pytest.fixture(scope="module")
def runs(rows: list[JSON]) -> list[JSON]:
    """The runs with a track."""
    return [a for a in rows if a["sport_type"] == "Run" and not a["manual"] and a["start_latlng"]]


@pytest.fixture(scope="module")
def subject(rig: Rig) -> Subject:
    """The sandbox's athlete, today."""
    return Subject(rig.source, today(rig.source))


@pytest.fixture
def limited() -> Iterator[tuple[Subject, Rig]]:
    """The sandbox as an API where each recording is a request."""
    store = open_store("sqlite://:memory:")
    rig = Rig(store, config=Config(strava_cache_s=3600))
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    yield Subject(rig.source, YESTERDAY), rig.authorize()
    store.close()
