"""Comparisons of the sandbox athlete's activities against their own samples."""

from pathlib import Path

import pytest

from strava_mcp.analysis.comparison import compare, efficiency, route_history
from strava_mcp.analysis.subject import MAX_READS, Subject
from strava_mcp.config import Config
from strava_mcp.errors import NotFound
from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.store import open_store
from strava_mcp.tools.local_time import today
from strava_mcp.training.route_likeness import likeness
from tests import season_day
from tests.rig import Rig
from tests.sources.archive.imported import archive_of


@pytest.fixture(scope="module")
def pair(subject: Subject, runs: list[JSON]) -> tuple[JSON, JSON]:
    """Two runs on one route, of one length, found without the code under test."""
    routes = subject.source.routes_taken(runs, 1000).values
    for i, a in enumerate(runs):
        for b in runs[i + 1 :]:
            if abs(a["distance"] - b["distance"]) < 0.01 * a["distance"]:
                if likeness(routes[a["id"]], routes[b["id"]]) == "same":
                    if min(a["distance"], b["distance"]) > 5000:
                        return a, b
    raise AssertionError("the sandbox athlete never repeats a run")


def test_gap_at_the_end_is_the_difference_of_times(
    subject: Subject, pair: tuple[JSON, JSON]
) -> None:
    """Both start and end at one place, so the last gap is that of the elapsed times."""
    a, b = pair
    comparison = compare(subject, [a["id"], b["id"]])
    assert comparison.likeness == {b["id"]: "same"}
    passages = comparison.gaps[b["id"]]
    expected = b["elapsed_time"] - a["elapsed_time"]
    assert passages[-1].gap_s == pytest.approx(expected, abs=15)
    assert len(passages) >= 45
    back = compare(subject, [b["id"], a["id"]]).gaps[a["id"]]
    assert back[-1].gap_s == pytest.approx(-passages[-1].gap_s, abs=15)


def test_gap_along_the_way_is_that_of_the_odometers(
    subject: Subject, pair: tuple[JSON, JSON]
) -> None:
    """On the same route, equal shares of both distances are about the same places."""
    a, b = pair
    passages = compare(subject, [a["id"], b["id"]]).gaps[b["id"]]
    curves = []
    for activity in pair:
        streams = subject.source.streams(activity["id"], ("time", "distance"))
        curves.append((streams["time"]["data"], streams["distance"]["data"]))

    def time_at(share: float, time: list[int], metres: list[float]) -> float:
        goal = share * metres[-1]
        return next(t for t, m in zip(time, metres, strict=True) if m >= goal)

    for passage in passages[::5]:
        share = passage.at_m / passages[-1].at_m
        expected = time_at(share, *curves[1]) - time_at(share, *curves[0])
        assert passage.gap_s == pytest.approx(expected, abs=25)


def test_history_has_exactly_the_runs_on_the_route(
    subject: Subject, runs: list[JSON], pair: tuple[JSON, JSON]
) -> None:
    number = pair[0]["id"]
    routes = subject.source.routes_taken(runs, 1000).values
    expected = [
        run["id"]
        for run in runs
        if run["id"] != number
        and run["id"] in routes
        and likeness(routes[number], routes[run["id"]])
        and abs(run["distance"] - pair[0]["distance"])
        <= 0.15 * max(run["distance"], pair[0]["distance"])
    ]
    history = route_history(subject, number)
    ids = [activity.id for activity in history.comparison.activities]
    assert ids[0] == number
    kinds = {a.id: a.facts.sport_type for a in history.comparison.activities}
    assert [one for one in ids[1:] if kinds[one] == "Run"] == expected
    assert history.unread == 0


def test_efficiency_is_metres_per_heartbeat(subject: Subject, pair: tuple[JSON, JSON]) -> None:
    history = route_history(subject, pair[0]["id"])
    evidence = history.comparison.evidence
    values = []
    for activity in history.comparison.activities:
        row = activity.summary
        value = efficiency(activity, evidence.intensities.get(activity.id))
        if not row.get("average_heartrate"):
            assert value is None
            continue
        beats = row["average_heartrate"] * row["moving_time"] / 60
        if value is not None:
            assert value == pytest.approx(row["distance"] / beats, rel=0.001)
            values.append(value)
    assert values
    if history.trend:
        assert min(values) < history.trend.first < max(values)
        assert history.trend.values == len(values)
    else:
        assert history.trend_problem


def test_other_routes_have_a_reason_instead_of_a_gap(subject: Subject, runs: list[JSON]) -> None:
    a = runs[0]
    b = next(run for run in runs if abs(run["distance"] - a["distance"]) > 3000)
    comparison = compare(subject, [a["id"], b["id"]])
    assert comparison.gaps == {} and comparison.problems == {b["id"]: "took another route"}


@pytest.mark.parametrize("indoors", [{"sport_type": "WeightTraining"}, {"trainer": True}])
def test_activities_without_a_route(subject: Subject, rig: Rig, indoors: JSON) -> None:
    rows = [a for a in rig.all_activities() if all(a.get(k) == v for k, v in indoors.items())]
    without = next(a for a in rows if not a["start_latlng"])
    history = route_history(subject, without["id"])
    assert history.problem and history.comparison.activities[0].id == without["id"]
    assert history.trend is None and not history.comparison.gaps


def test_unknown_activity(subject: Subject) -> None:
    with pytest.raises(NotFound):
        compare(subject, [1, 2])
    with pytest.raises(NotFound):
        route_history(subject, 1)


def test_an_archive_gives_the_same_kind_of_answer(season_home: Path) -> None:
    source = archive_of(season_home)
    subject = Subject(source, season_day.TODAY)
    rows = [a for a in source.activities(per_page=60) if a.get("start_latlng")]
    for row in rows[:5]:
        history = route_history(subject, row["id"])
        assert history.comparison.activities[0].id == row["id"] and history.problem is None
    routes = source.routes_taken(rows).values
    a, b = rows[0], rows[1]
    comparison = compare(subject, [a["id"], b["id"]])
    assert comparison.likeness.get(b["id"]) == likeness(routes[a["id"]], routes[b["id"]])


def test_hidden_home_hides_the_track(season_home: Path) -> None:
    """With all positions hidden there is no gap, and no coordinate in the answer."""
    rows = [a for a in archive_of(season_home).activities(per_page=60) if a.get("start_latlng")]
    lat, lon = rows[0]["start_latlng"]
    hidden = archive_of(season_home, archive_hide_home=(lat, lon, 5_000_000.0))
    subject = Subject(hidden, season_day.TODAY)
    comparison = compare(subject, [rows[0]["id"], rows[1]["id"]])
    assert comparison.gaps == {}
    assert encode([(lat, lon)]) not in repr(comparison)


def test_reads_are_bounded_and_the_next_question_goes_on() -> None:
    store = open_store("sqlite://:memory:")
    rig = Rig(store, config=Config()).authorize()
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    subject = Subject(rig.source, today(rig.source))
    run = rig.find(sport_type="Run", manual=False)
    unread = [1_000_000]
    while unread[-1]:
        rig.forget_calls()
        history = route_history(subject, run["id"])
        assert sum("/activities/" in call for call in rig.calls) <= MAX_READS
        assert history.unread < unread[-1]
        unread.append(history.unread)
    assert len(unread) > 2, "it took more than one question"
    rig.forget_calls()
    again = route_history(subject, run["id"])
    assert (again.trend, again.unread) == (history.trend, 0)
    assert again.comparison.gaps == history.comparison.gaps
    assert again.comparison.evidence.loads == history.comparison.evidence.loads
    assert not [call for call in rig.calls if "/activities/" in call]
    store.close()
