"""Which failures a soak forgives."""

import pytest

from tests.clock import Clock
from tests.soak import record as records
from tests.soak.record import CALM, Failure, Phase, Record

TROUBLE = Phase("trouble", frozenset({"502"}))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the records, moved by hand."""
    moved = Clock()
    monkeypatch.setattr(records, "time", moved)
    return moved


def test_a_failure_is_forgiven_only_if_a_trouble_explains_it(clock: Clock) -> None:
    record = Record(max_requests=100)
    began = clock.monotonic()
    record.failed("a", Failure("502"), began)
    clock.advance(1)
    record.enter(TROUBLE)
    clock.advance(1)
    during = clock.monotonic()
    record.failed("a", Failure("502"), began)
    record.failed("a", Failure("500"), began)
    clock.advance(1)
    record.enter(CALM)
    clock.advance(3600)  # the client was idle, and notices only now what the trouble has broken
    record.failed("a", Failure("502"), during)
    record.failed("a", Failure("502"), clock.monotonic())
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
