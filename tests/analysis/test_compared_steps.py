"""Two activities along one way: leads against the samples of both, and why there is none."""

from bisect import bisect_right
from typing import Any

import pytest

from strava_mcp.analysis.activity_steps import BY_HAND
from strava_mcp.analysis.compared_steps import ALONE, TWICE, compared_steps
from strava_mcp.analysis.comparison import compare
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import NotFound
from strava_mcp.training.time_gap import stretches
from tests.rig import Rig


def test_leads_are_the_gaps_at_the_places_of_the_first(
    rig: Rig, subject: Subject, runs: list[Any]
) -> None:
    """Each lead stands where the first one's odometer was at that second."""
    compared = compared_steps(subject, runs[0]["id"])
    assert compared.other and len(compared.leads) > 25
    pair = [runs[0]["id"], compared.other.activity.id]
    passages = compare(subject, pair).gaps[pair[1]]
    streams = rig.source.streams(pair[0], ("time", "distance"))
    times, metres = (streams[name]["data"] for name in ("time", "distance"))
    for lead, passage in zip(compared.leads, passages, strict=True):
        assert lead.ahead_s == passage.gap_s
        last = bisect_right(times, passage.at_s)  # pauses have no samples
        before, after = metres[last - 1], metres[min(last, len(metres) - 1)]
        assert before - 0.1 <= lead.at <= after + 0.1
    assert compared.leads[-1].at == pytest.approx(runs[0]["distance"], abs=5)
    elapsed = compared.other.activity.facts.elapsed_time or 0
    assert compared.leads[-1].ahead_s == pytest.approx(elapsed - runs[0]["elapsed_time"], abs=10)


def test_the_parts_are_those_of_the_gap(subject: Subject, runs: list[Any]) -> None:
    compared = compared_steps(subject, runs[0]["id"])
    assert compared.other and compared.best and compared.worst
    total = sum(part.won_s for part in compared.parts)
    assert total == pytest.approx(compared.leads[-1].ahead_s - compared.leads[0].ahead_s)
    assert compared.best.won_s == max(part.won_s for part in compared.parts) > 0
    assert compared.worst.won_s == min(part.won_s for part in compared.parts) < 0
    pair = [runs[0]["id"], compared.other.activity.id]
    expected = stretches(compare(subject, pair).gaps[pair[1]])
    assert [part.won_s for part in compared.parts] == [one.lost_s for one in expected]
    ordered = sorted(compared.parts)
    assert all(a.end == b.begin for a, b in zip(ordered, ordered[1:], strict=False))


def test_the_other_way_round_all_signs_change(subject: Subject, runs: list[Any]) -> None:
    there = compared_steps(subject, runs[0]["id"])
    assert there.other
    back = compared_steps(subject, there.other.activity.id, runs[0]["id"])
    assert back.leads[-1].ahead_s == pytest.approx(-there.leads[-1].ahead_s, abs=10)


def test_why_there_is_no_gap(rig: Rig, subject: Subject, runs: list[Any]) -> None:
    first = runs[0]
    far = next(run for run in runs if abs(run["distance"] - first["distance"]) > 3000)
    compared = compared_steps(subject, first["id"], far["id"])
    assert compared.other and not compared.problem and not compared.leads
    assert compared.no_gap == "the other took another route"
    rows = rig.all_activities()
    swim = next(a for a in rows if a["sport_type"] == "Swim" and not a["manual"])
    assert "positions" in compared_steps(subject, first["id"], swim["id"]).no_gap


def test_why_there_is_nothing_to_compare(
    rig: Rig, subject: Subject, runs: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    number, rows = runs[0]["id"], rig.all_activities()
    assert compared_steps(subject, number, number).problem == TWICE
    by_hand = next(row for row in rows if row["manual"])
    assert compared_steps(subject, by_hand["id"]).problem == BY_HAND
    assert BY_HAND in compared_steps(subject, number, by_hand["id"]).problem
    weights = next(a for a in rows if a["sport_type"] == "WeightTraining" and not a["manual"])
    assert "route is not known" in compared_steps(subject, weights["id"]).problem
    routes = subject.source.routes_taken

    def only_its_own(activities: Any, reads: int = 0) -> Any:
        kept = routes(activities, reads)
        return kept._replace(values={k: v for k, v in kept.values.items() if k == number})

    monkeypatch.setattr(subject.source, "routes_taken", only_its_own)
    assert compared_steps(subject, number).problem == ALONE
    with pytest.raises(NotFound):
        compared_steps(subject, 1, number)
    with pytest.raises(NotFound):
        compared_steps(subject, number, 1)
