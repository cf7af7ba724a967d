"""Records against what the recordings themselves say, computed in another way."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.best_efforts import Effort, ranked
from strava_mcp.analysis.estimates import critical_power, ftp
from strava_mcp.analysis.period import Activity, activities_between
from strava_mcp.analysis.records import activity_records, effort_records, family_of
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.errors import NotFound
from strava_mcp.sports import RIDES, RUNS
from strava_mcp.units import BEST_EFFORTS_M
from tests.rig import Rig
from tests.season_day import YESTERDAY as TODAY
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def subject(season_home: Path) -> Subject:
    return Subject(archive_of(season_home), TODAY)


def recorded(subject: Subject, sports: Sequence[str]) -> list[tuple[Activity, dict[str, Any]]]:
    """The activities of some sports with their streams, from the oldest to the newest."""
    result = []
    for activity in activities_between(subject.source, None, TODAY, sports).activities:
        try:
            streams = subject.source.streams(activity.id, ("time", "distance", "watts"))
        except NotFound:
            continue
        result.append((activity, {key: stream["data"] for key, stream in streams.items()}))
    return result


def fastest_s(time_s: Sequence[float], distance_m: Sequence[float], metres: float) -> float | None:
    """The least time from or to a sample over ``metres``, by trying all of them."""

    def at(place: float) -> float | None:
        for i in range(1, len(distance_m)):
            if distance_m[i - 1] <= place <= distance_m[i] and distance_m[i] > distance_m[i - 1]:
                share = (place - distance_m[i - 1]) / (distance_m[i] - distance_m[i - 1])
                return time_s[i - 1] + share * (time_s[i] - time_s[i - 1])
        return None

    spans = []
    for time, place in zip(time_s, distance_m, strict=True):
        if (end := at(place + metres)) is not None:
            spans.append(end - time)
        if place >= metres and (begin := at(place - metres)) is not None:
            spans.append(time - begin)
    return min(spans, default=None)


def test_fastest_distances_are_those_of_the_recordings(subject: Subject) -> None:
    records = effort_records(subject, "distances", None, TODAY)
    runs = recorded(subject, RUNS)
    best_by_name = {ranking.name: ranking.ranked[0] for ranking in records.families[""]}
    assert "5K" in best_by_name
    for name in ("1K", "5K"):
        times = {
            activity.id: seconds
            for activity, streams in runs
            if (seconds := fastest_s(streams["time"], streams["distance"], BEST_EFFORTS_M[name]))
        }
        best = min(times, key=lambda number: times[number])
        assert best_by_name[name].effort.value == pytest.approx(times[best], abs=1.5)
        assert times[best_by_name[name].effort.activity] == pytest.approx(times[best], abs=1.5)
    assert list(best_by_name) == [name for name in BEST_EFFORTS_M if name in best_by_name]


def test_power_is_the_mean_of_the_samples_from_its_start(subject: Subject) -> None:
    records = effort_records(subject, "power", None, TODAY)
    streams = {activity.id: data for activity, data in recorded(subject, RIDES)}
    checked = 0
    for ranking in records.families[""]:
        effort = ranking.ranked[0].effort
        assert isinstance(ranking.name, int) and effort.start_s is not None
        data = streams[effort.activity]
        per_second: list[float] = []
        for now, following, watts in zip(data["time"], data["time"][1:], data["watts"]):
            per_second += [watts or 0.0] * round(following - now)
        window = per_second[effort.start_s : effort.start_s + ranking.name]
        if len(window) == ranking.name and 60 <= ranking.name <= 1200:
            assert effort.value == pytest.approx(sum(window) / len(window), rel=0.02)
            checked += 1
    assert checked >= 5


def test_the_record_before_is_the_best_until_then(subject: Subject) -> None:
    records = effort_records(subject, "distances", None, TODAY, top=10)
    for ranking in records.families[""]:
        by_day = sorted((one.effort for one in ranking.ranked), key=lambda effort: effort.day)
        for one in ranking.ranked:
            earlier = [e for e in by_day if e.day < one.effort.day]
            if one.broken and len(ranking.ranked) < 10:
                assert one.broken.value == min(e.value for e in earlier) > one.effort.value
        values = [one.effort.value for one in ranking.ranked]
        assert values == sorted(values)


def test_a_period_has_its_own_records(subject: Subject) -> None:
    first = TODAY - timedelta(days=40)
    for kind in ("distances", "heartrate"):
        records = effort_records(subject, kind, first, TODAY, top=3)  # type: ignore[arg-type]
        days = [one.effort.day for r in records.families[""] for one in r.ranked]
        assert days and min(days) >= first
    none = effort_records(subject, "distances", TODAY + timedelta(days=1), TODAY)
    assert not none.families[""] and none.coverage.activities == 0


def test_longest_and_hilliest_are_those_of_the_list(subject: Subject) -> None:
    period = activities_between(subject.source, None, TODAY)
    longest = activity_records(subject, "longest", None, TODAY)
    runs = [a for a in period.activities if a.facts.sport_type in RUNS]
    best = max(runs, key=lambda a: a.facts.distance or 0)
    best_by_name = {ranking.name: ranking.ranked[0].effort for ranking in longest.families["runs"]}
    assert (best_by_name["distance"].activity, best_by_name["distance"].value) == (
        best.id,
        best.facts.distance,
    )
    hilliest = activity_records(subject, "climbing", None, TODAY).families["rides"]
    rides = [a for a in period.activities if a.facts.sport_type in RIDES]
    gain = max(a.facts.elevation_gain or 0 for a in rides)
    assert hilliest[0].ranked[0].effort.value == gain
    families = {family_of(a.facts.sport_type) for a in period.activities}
    assert longest.families.keys() <= families and "runs" in families


def test_equal_efforts_share_a_rank_and_break_no_record() -> None:
    day = date(2026, 1, 1)
    values = (300.0, 290.0, 290.0, 310.0, 280.0)
    efforts = [Effort(v, day + timedelta(days=i), i) for i, v in enumerate(values)]
    result = ranked(efforts, 4, is_lower_better=True)
    assert [(one.rank, one.effort.activity) for one in result] == [(1, 4), (2, 1), (2, 2), (4, 0)]
    assert [one.broken and one.broken.activity for one in result] == [1, 0, None, None]
    assert ranked([], 3) == []


def test_critical_power_is_recovered_from_efforts_on_its_curve() -> None:
    day = date(2026, 3, 1)
    durations = (120, 180, 240, 300, 420, 600, 900, 1200)
    efforts: dict[str | int, list[Effort]] = {
        d: [Effort(250 + 20_000 / d, day, d), Effort(200.0, day, 1)] for d in durations
    }
    estimate = critical_power(efforts)
    assert estimate.fit is not None and estimate.problem is None
    assert estimate.fit.critical == pytest.approx(250) and estimate.fit.store == pytest.approx(2e4)
    assert estimate.fit.critical_error == pytest.approx(0, abs=1e-6)
    assert {d: e.activity for d, e in estimate.efforts.items()} == {d: d for d in durations}
    twenty = ftp(efforts)
    assert twenty and twenty.value == pytest.approx(0.95 * (250 + 20_000 / 1200))
    assert twenty.effort.activity == 1200


def test_without_efforts_estimates_say_why() -> None:
    estimate = critical_power({})
    assert estimate.fit is None and estimate.problem and "three durations" in estimate.problem
    assert ftp({}) is None


def test_the_most_promising_recordings_are_read_first(limited: tuple[Subject, Rig]) -> None:
    subject, rig = limited
    first = TODAY - timedelta(days=150)
    unread, times = [], []
    for _ in range(3):
        rig.forget_calls()
        records = effort_records(subject, "distances", first, TODAY)
        assert sum(call.endswith("/streams") for call in rig.calls) <= MAX_READS
        unread.append(records.coverage.unread)
        times.append({r.name: r.ranked[0].effort.value for r in records.families[""]})
    assert unread[0] > 0 and unread == sorted(unread, reverse=True) and unread[-1] == 0
    assert times[0]["10K"] == times[-1]["10K"], "races and tempo runs come before easy ones"
    rig.forget_calls()
    effort_records(subject, "distances", first, TODAY)
    assert not any(call.endswith("/streams") for call in rig.calls), "nothing is read twice"


def test_recordings_that_cannot_have_the_measure_are_not_read(
    limited: tuple[Subject, Rig],
) -> None:
    subject, rig = limited
    first = TODAY - timedelta(days=100)
    effort_records(subject, "power", first, TODAY)
    read = {int(call.split("/")[-2]) for call in rig.calls if call.endswith("/streams")}
    rides = activities_between(subject.source, first - timedelta(days=90), TODAY, RIDES)
    metered = {a.id for a in rides.activities if a.summary.get("device_watts") is True}
    assert read and read <= metered
