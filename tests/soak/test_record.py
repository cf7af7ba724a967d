"""Which failures a soak forgives."""

import time

from tests.soak.record import CALM, Failure, Phase, Record

TROUBLE = Phase("trouble", frozenset({"502"}))


def test_a_failure_is_forgiven_only_if_a_trouble_explains_it() -> None:
    record = Record(max_requests=100)
    began = time.monotonic()
    record.failed("a", Failure("502"), began)
    record.enter(TROUBLE)
    record.failed("a", Failure("502"), began)
    record.failed("a", Failure("500"), began)
    record.enter(CALM)
    record.failed("a", Failure("502"), time.monotonic())  # the trouble has only just ended
    record.failed("a", Failure("502"), time.monotonic() + 60)
    assert record.cycles == 1
    assert record.expected == {("a", "502"): 2}
    assert [text.split(":")[0] for text in record.unexpected] == [
        "a (calm)",
        "a (calm, trouble)",
        "a (calm)",
    ]


def test_the_number_of_requests_is_bounded() -> None:
    record = Record(max_requests=2)
    record.succeeded("a", 0.1)
    assert not record.is_full
    record.succeeded("b", 0.3)
    assert record.is_full and record.percentiles("b") == (300.0, 300.0)
    assert record.percentiles("c") == (0.0, 0.0)
