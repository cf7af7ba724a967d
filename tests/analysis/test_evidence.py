"""What an answer rests on, over the archive and over an API where each recording is a request."""

from datetime import timedelta
from pathlib import Path

import pytest

from strava_mcp.analysis.evidence import gather, per_day
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.sports import RUNS
from strava_mcp.store import open_store
from tests.rig import Rig
from tests.season_day import YESTERDAY as TODAY
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), TODAY)


def test_every_activity_is_counted_once(subject: Subject) -> None:
    evidence = gather(subject, None, TODAY)
    coverage = evidence.coverage()
    assert coverage.activities == len(evidence.period.activities) == 45
    assert coverage.recorded + sum(a.summary["manual"] for a in evidence.period.activities) == 45
    assert coverage.unread == 0 and coverage.is_complete
    loads = [load for load in evidence.loads.values() if isinstance(load, Load)]
    assert len(loads) + sum(coverage.without_load.values()) == 45
    assert all(0 < load.value < 600 for load in loads if load.kind != "swim")
    first = evidence.period.activities[0].day
    days = per_day(evidence, first, TODAY)
    assert sum(days) == pytest.approx(sum(load.value for load in loads))


def test_sports_and_days_select(subject: Subject) -> None:
    everything = gather(subject, None, TODAY)
    first = everything.period.activities[10].day
    runs = gather(subject, first, TODAY, RUNS)
    expected = [
        a.id for a in everything.period.activities if a.day >= first and a.facts.sport_type in RUNS
    ]
    assert [activity.id for activity in runs.period.activities] == expected
    assert runs.loads == {
        number: everything.loads[number] for number in expected
    }, "thresholds rest on the days before the period, too"


def test_reads_are_bounded_and_the_next_question_goes_on(limited: tuple[Subject, Rig]) -> None:
    subject, rig = limited
    first = TODAY - timedelta(days=120)
    counts = []
    for _ in range(4):
        rig.forget_calls()
        evidence = gather(subject, first, TODAY)
        streams = [call for call in rig.calls if call.endswith("/streams")]
        assert len(streams) <= MAX_READS
        counts.append(evidence.coverage().unread)
    assert counts == sorted(counts, reverse=True) and counts[0] > 0 and counts[-1] == 0
    read = gather(subject, first, TODAY).coverage()
    by_hand = sum(a.summary["manual"] for a in evidence.period.activities)
    assert read.recorded > 0 and read.estimated <= by_hand
    rig.forget_calls()
    gather(subject, first, TODAY)
    assert not [call for call in rig.calls if call.endswith("/streams")], "nothing is read twice"


def test_what_is_not_read_is_estimated_and_counted(limited: tuple[Subject, Rig]) -> None:
    subject, _ = limited
    evidence = gather(subject, TODAY - timedelta(days=300), TODAY)
    coverage = evidence.coverage()
    assert coverage.unread > 0 and coverage.estimated > 0
    assert coverage.to_json()["continue"].startswith("ask again")
    unread = [a for a in evidence.period.activities if a.id in evidence.unread]
    newest = max(a.day for a in unread)
    assert all(a.day >= newest for a in evidence.period.activities if a.id in evidence.intensities)


def test_an_activity_has_the_same_load_in_every_period() -> None:
    store = open_store("sqlite://:memory:")
    subject = Subject(Rig(store).source, TODAY)
    everything = gather(subject, None, TODAY).loads
    for days in (20, 60, 200):
        recent = gather(subject, TODAY - timedelta(days=days), TODAY).loads
        assert recent and recent == {number: everything[number] for number in recent}
    store.close()
