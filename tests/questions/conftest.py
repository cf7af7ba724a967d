"""The athletes who are asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.sources.archive.library import FILE
from tests.clock import Clock
from tests.questions.athlete import TOKEN, Athlete
from tests.season_day import NOON, clock_of_the_season


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


@pytest.fixture(scope="package", params=["sandbox", "archive"])
def athlete(
    request: pytest.FixtureRequest, season_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Athlete]:
    """The sandbox's athlete with all of three years, or an archive of the newest activities."""
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "archive":
        shutil.copy(season_home / FILE, home / FILE)
    app = create_app(
        Config(
            auth_tokens=(TOKEN,),
            home=home,
            log_level="error",
            rate_limit=10_000,
            strava_source=request.param,
        )
    )
    yield Athlete(request.param, app)
    services(app).close()
