"""An archive that several modules read; importing it takes seconds."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.sources.archive.imported import import_sandbox

SHARED_COUNT = 45


@pytest.fixture(scope="session")
def sandbox_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the 45 newest activities of the sandbox's athlete; only to be read."""
    yesterday = date.today() - timedelta(days=1)  # in every time zone, all of it is over
    return import_sandbox(tmp_path_factory.mktemp("sandbox"), SHARED_COUNT, today=yesterday)
