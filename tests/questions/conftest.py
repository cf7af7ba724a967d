"""The athletes who are asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.sources.archive.library import FILE
from tests.questions.athlete import TOKEN, Athlete


@pytest.fixture(scope="package", params=["sandbox", "archive"])
def athlete(
    request: pytest.FixtureRequest, sandbox_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Athlete]:
    """The sandbox's athlete with all of three years, or an archive of the newest activities."""
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "archive":
        shutil.copy(sandbox_home / FILE, home / FILE)
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
