"""Rules for the tests themselves: what may slow them down, and where coverage is measured."""

import time
from collections import Counter

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import MEASURED_CASES_PER_TEST


@settings(max_examples=1)
@given(st.none())
def test_an_example_may_take_long(_: None) -> None:
    time.sleep(0.25)  # longer than Hypothesis allows by default


def test_examples_are_the_same_in_every_run() -> None:
    assert settings().derandomize and settings(max_examples=3).derandomize


def test_generating_examples_may_take_long() -> None:
    assert HealthCheck.too_slow in settings().suppress_health_check


def test_coverage_is_measured_in_the_first_cases_of_a_test(request: pytest.FixtureRequest) -> None:
    measured = Counter(
        item.nodeid.partition("[")[0]
        for item in request.session.items
        if not item.get_closest_marker("no_cover")
    )
    assert max(measured.values()) <= MEASURED_CASES_PER_TEST


@pytest.fixture
def running() -> Coverage | None:
    """The measurement that runs while fixtures are set up."""
    return Coverage.current()


@pytest.mark.no_cover
def test_coverage_is_paused_for_fixtures_too(running: Coverage | None) -> None:
    assert running is None
    assert Coverage.current() is None


def test_coverage_goes_on_after_a_pause(
    running: Coverage | None, request: pytest.FixtureRequest
) -> None:
    assert (running is None) == (not request.config.getoption("cov_source", None))
