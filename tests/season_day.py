"""The day on which values of the sandbox's season are asserted, whatever the date of the machine.

On another day the athlete may be ill, on holiday, or without the session that a test needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import clock as clocks

#: The app on that day, for ``servers.flask_run``.
SEASON_APP = "tests.season_app"
TODAY = date(2026, 11, 26)
YESTERDAY = TODAY - timedelta(days=1)
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC).timestamp()


def start_the_day(patch: pytest.MonkeyPatch) -> clocks.Clock:
    """Let it be noon of the day for strava_mcp's modules, and run on."""
    clock = clocks.install(patch)
    clock.go_on_from(NOON)
    return clock


@contextmanager
def clock_of_the_season() -> Iterator[clocks.Clock]:
    """The time of strava_mcp's modules, frozen at noon of the day until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        clock = clocks.install(patch)
        clock.freeze(NOON)
        yield clock
