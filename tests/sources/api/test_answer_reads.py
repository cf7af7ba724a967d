"""The requests of one answer: counted, bounded, and reported."""

import pytest

from strava_mcp.errors import RateLimited, ReadsUsedUp
from strava_mcp.sources.api.answer_reads import NOTHING_KEPT, AnswerReads
from strava_mcp.sources.source import MAX_READS
from tests.clock import Clock
from tests.rig import Rig


def test_reads_that_can_wait_leave_some(clock: Clock) -> None:
    reported: list[int] = []
    reads = AnswerReads(reported.append)
    reads.take(0)
    for _ in range(MAX_READS - 5):
        reads.take(4)
    with pytest.raises(ReadsUsedUp, match=f"{MAX_READS} requests.*ask again"):
        reads.take(4)
    for _ in range(4):
        reads.take(0)
    with pytest.raises(ReadsUsedUp):
        reads.take(0)
    assert reads.sent == MAX_READS
    assert reported == list(range(2, MAX_READS - 3)), "each read that could wait"


def test_after_a_while_only_what_is_needed_is_read(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_mcp.sources.api.answer_reads.MAX_READING_S", 18)
    reads = AnswerReads()
    reads.take(4)
    clock.advance(19)
    with pytest.raises(ReadsUsedUp, match="too long.*ask again"):
        reads.take(4)
    reads.take(0)


def test_without_a_cache_nobody_is_sent_to_ask_again() -> None:
    reads = AnswerReads(keeps_reads=False)
    with pytest.raises(ReadsUsedUp) as used_up:
        reads.take(MAX_READS)
    assert str(used_up.value).endswith(NOTHING_KEPT)
    assert reads.limit_notice == NOTHING_KEPT
    reads.note_limit(RateLimited("Strava's limit is reached.", 60))
    assert reads.limit_notice == f"Strava's limit is reached. {NOTHING_KEPT}"


def test_a_read_that_is_sent_again_counts_again(rig: Rig, no_backoff: Clock) -> None:
    rig.authorize()
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.faults.add("/api/v3/athlete", "status", status=503, times=2)
    answer = rig.source.for_answer()
    for _ in range(MAX_READS - 2):
        answer.athlete()
    with pytest.raises(ReadsUsedUp):
        answer.athlete()
    assert len(rig.calls) == MAX_READS
    rig.source.athlete()  # another answer
