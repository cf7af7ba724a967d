"""No property test fails because the machine is busy."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=1)
@given(st.none())
def test_an_example_may_take_long(_: None) -> None:
    time.sleep(0.25)  # longer than Hypothesis allows by default


def test_generating_examples_may_take_long() -> None:
    assert HealthCheck.too_slow in settings().suppress_health_check
