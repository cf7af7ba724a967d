"""What every test may use."""

import os
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import hypothesis
import pytest
from coverage import Coverage

from tests import clock as clocks
from tests import season_day

#: Activities of the archive that several rooms read.
SHARED_COUNT = 45
ROOT = Path(__file__).resolve().parent.parent
#: A limit for a thread that does not end; how long the others take is up to the machine.
THREADS_END_WITHIN_S = 60
#: Rooms whose code runs in processes of their own, or is reached by other tests as well.
UNTRACED_ROOMS = frozenset(("attacks", "aws", "browser", "clients", "conformance", "questions"))
#: Limits of the product's time that no test of something else reaches.
LIMITS_S = {
    "api.answer_reads.MAX_READING_S": 3600,
    "api.transport.RETRY_WITHIN_S": 3600,
    "api.transport.CONNECT_S": 120,
    "api.transport.READ_S": 120,
    "api.transport.TOKEN_READ_S": 120,
    "api.tokens.LEASE_S": 300.0,
    "archive.automatic_import.MAX_WAIT_S": 120,
}
#: Further cases of the same test run mostly the same lines.
MEASURED_CASES_PER_TEST = 3
#: Files that take longest. They start first, or one process would run them alone at the end.
SLOW_FILES = frozenset(("tools/test_faults.py", "web/test_crossing.py"))

# Examples are generated and tried beside other tests, so no test fails because one took long. They
# are the same in every run, so no test fails without a change of the code.
hypothesis.settings.register_profile(
    "any_speed",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any_speed")


def require(condition: object, reason: str) -> None:
    """Skip the test unless ``condition`` holds; in CI a skip is a failure."""
    if condition:
        return
    if os.environ.get("STRAVA_MCP_REQUIRE_ALL") == "1":
        pytest.fail(f"cannot run here: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as cores: many tests wait for a server or a client."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage in the first cases of each test, and in none of ``UNTRACED_ROOMS``.

    Tracing more than doubles the time of a test, so the coverage that is reported is a lower bound.
    ``SLOW_FILES`` come first.
    """
    items.sort(key=lambda item: item.path.relative_to(ROOT / "tests").as_posix() not in SLOW_FILES)
    cases: Counter[str] = Counter()
    for item in items:
        room = item.path.relative_to(ROOT / "tests").parts[0]
        test = item.nodeid.partition("[")[0]
        cases[test] += 1
        if room in UNTRACED_ROOMS or cases[test] > MEASURED_CASES_PER_TEST:
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with coverage_paused(item):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)  # pytest-cov pauses its own measurement before
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with coverage_paused(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with coverage_paused(item):
        return (yield)


@contextmanager
def coverage_paused(item: pytest.Item) -> Iterator[None]:
    """Pause every measurement while a test runs that is marked no_cover, its fixtures included.

    In a worker of pytest-xdist there are two, and the first goes on when the second stops.
    """
    paused: list[Coverage] = []
    while item.get_closest_marker("no_cover") and (running := Coverage.current()):
        running.stop()
        paused.append(running)
    try:
        yield
    finally:
        for running in reversed(paused):
            running.start()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of schemas, requirement lists and recordings that stands beside the project."""
    folder = ROOT.parent / "shared"
    require(
        folder.is_dir(), "the shared folder of schemas and recordings is not beside the project"
    )
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> clocks.Clock:
    """The time of strava_mcp's modules, moved by hand; all other threads keep the real time."""
    return clocks.install(monkeypatch)


@pytest.fixture
def frozen_clock(clock: clocks.Clock) -> clocks.Clock:
    """The clock, stopped at the present: nothing expires and no window ends until it is moved."""
    clock.freeze(time.time())
    return clock


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test, and no test touches the project's data folder."""
    from strava_mcp.config import settings

    for name, _, _ in settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STRAVA_MCP_HOME", str(tmp_path / "home"))
    # Else what a limit refuses would be answered in the last seconds of a quarter of an hour.
    monkeypatch.setattr("strava_mcp.sources.api.transport.MAX_RESET_WAIT_S", 0)
    # Else a busy machine would read less, give up a retry, a response or a lease, or not wait for
    # an import.
    for name, seconds in LIMITS_S.items():
        monkeypatch.setattr(f"strava_mcp.sources.{name}", seconds)


@pytest.fixture(scope="module", autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail a module that leaves a thread running, because it would disturb the tests of others."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREADS_END_WITHIN_S
    while left := [one for one in threading.enumerate() if one not in before]:
        if time.monotonic() > deadline:
            frames = sys._current_frames()
            stacks = ["".join(traceback.format_stack(frames.get(one.ident or 0))) for one in left]
            pytest.fail("threads left behind:\n" + "\n".join(stacks), pytrace=False)
        time.sleep(0.01)


@pytest.fixture(scope="session")
def sandbox_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the newest activities of the sandbox's athlete; only to be read.

    Importing them takes seconds, and several rooms read them.
    """
    from tests.sources.archive.imported import import_sandbox

    yesterday = date.today() - timedelta(days=1)  # in every time zone, all of it is over
    return import_sandbox(tmp_path_factory.mktemp("sandbox"), SHARED_COUNT, today=yesterday)


@pytest.fixture(scope="module")
def season_clock() -> Iterator[clocks.Clock]:
    """It is the day of ``tests.season_day``, also for the sandbox."""
    with season_day.clock_of_the_season() as clock:
        yield clock


@pytest.fixture(scope="session")
def season_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as ``sandbox_home``, up to the day before that of ``tests.season_day``."""
    from tests.sources.archive.imported import import_sandbox

    folder = tmp_path_factory.mktemp("season")
    return import_sandbox(folder, SHARED_COUNT, today=season_day.YESTERDAY)
