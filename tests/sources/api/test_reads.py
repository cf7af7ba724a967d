"""Reads of zones, gear, clubs, segments and routes, and starring a segment."""

from collections.abc import Callable
from typing import Any

import pytest

from strava_mcp.errors import (
    MissingScope,
    NeedsSubscription,
    NotFound,
    RateLimited,
    Unavailable,
)
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sources.source import Source
from tests.clock import Clock
from tests.rig import Rig

SEGMENT, ROUTE = 7011002, 3150000000000000001
V3 = "/api/v3"

#: Path → the read that requests it.
READS: dict[str, Callable[[Source, int], Any]] = {
    "/athlete/zones": lambda source, _: source.athlete_zones(),
    "/gear/b11570001": lambda source, _: source.gear("b11570001"),
    "/athlete/clubs": lambda source, _: source.clubs(),
    "/segments/starred": lambda source, _: source.starred_segments(),
    f"/segments/{SEGMENT}": lambda source, _: source.segment(SEGMENT),
    "/segment_efforts": lambda source, _: source.segment_efforts(SEGMENT, per_page=2),
    f"/athletes/{MIRA.id}/routes": lambda source, _: source.routes(MIRA.id),
    f"/routes/{ROUTE}": lambda source, _: source.route(ROUTE),
    f"/routes/{ROUTE}/export_gpx": lambda source, _: source.route_file(ROUTE, "gpx"),
    f"/routes/{ROUTE}/export_tcx": lambda source, _: source.route_file(ROUTE, "tcx"),
    "/activities/{id}/comments": lambda source, number: source.activity_comments(number),
    "/activities/{id}/kudos": lambda source, number: source.activity_kudoers(number),
}


@pytest.mark.parametrize("path", READS)
def test_a_read_is_one_request(rig: Rig, path: str) -> None:
    number = next(a["id"] for a in rig.all_activities() if a["comment_count"] and a["kudos_count"])
    assert READS[path](rig.source, number)
    assert rig.calls == [f"GET {V3}{path.format(id=number)}"]


@pytest.mark.parametrize("kind", ["html", "truncated"])
@pytest.mark.parametrize("path", READS)
def test_invalid_response_is_unavailable(rig: Rig, path: str, kind: str) -> None:
    number = rig.all_activities()[0]["id"]
    rig.faults.add(V3, kind)
    with pytest.raises(Unavailable, match="unexpected.*later"):
        READS[path](rig.source, number)


@pytest.mark.parametrize(
    "status, error", [(402, NeedsSubscription), (429, RateLimited), (503, Unavailable)]
)
def test_route_export_errors_are_mapped_like_others(
    rig: Rig, no_backoff: Clock, status: int, error: Any
) -> None:
    rig.faults.add(f"{V3}/routes", "status", status=status, times=3)
    with pytest.raises(error):
        rig.source.route_file(ROUTE, "gpx")


def test_pages(rig: Rig) -> None:
    every = [one["id"] for one in rig.source.routes(MIRA.id)]
    paged = [rig.source.routes(MIRA.id, page=n, per_page=1)[0]["id"] for n in (1, 2, 3)]
    assert paged == every and len(every) == 3
    stars = rig.source.starred_segments()
    assert rig.source.starred_segments(page=2, per_page=1) == stars[1:2]
    liked = next(a["id"] for a in rig.all_activities() if a["kudos_count"] > 4)
    kudoers = rig.source.activity_kudoers(liked)
    assert rig.source.activity_kudoers(liked, page=2, per_page=2) == kudoers[2:4]
    commented = next(a["id"] for a in rig.all_activities() if a["comment_count"] > 1)
    assert len(rig.source.activity_comments(commented, per_page=1)) == 1


def test_efforts_are_filtered_by_segment_and_date(rig: Rig) -> None:
    every = rig.source.segment_efforts(SEGMENT)
    assert len(every) > 10 and {e["segment"]["id"] for e in every} == {SEGMENT}
    days = sorted(effort["start_date_local"] for effort in every)
    some = rig.source.segment_efforts(SEGMENT, start_local=days[2], end_local=days[5])
    assert 0 < len(some) < 6
    assert all(days[2] <= effort["start_date_local"] <= days[5] for effort in some)


def test_a_star_is_set_and_taken_away(rig: Rig) -> None:
    for starred in (True, True, False):
        assert rig.source.star_segment(SEGMENT, starred)["starred"] is starred
        assert rig.source.segment(SEGMENT)["starred"] is starred
    assert [call for call in rig.calls if call.startswith("PUT")] == [
        f"PUT {V3}/segments/{SEGMENT}/starred"
    ] * 3


def test_a_star_is_sent_once(rig: Rig) -> None:
    rig.faults.add(f"{V3}/segments", "status", times=2)
    with pytest.raises(Unavailable, match="look before you try again"):
        rig.source.star_segment(SEGMENT, True)
    assert len(rig.calls) == 1


def test_unknown_ids_raise_not_found(rig: Rig) -> None:
    for read in (
        lambda: rig.source.gear("b1"),
        lambda: rig.source.segment(1),
        lambda: rig.source.segment_efforts(1),
        lambda: rig.source.star_segment(1, True),
        lambda: rig.source.routes(1),
        lambda: rig.source.route(1),
        lambda: rig.source.route_file(1, "gpx"),
        lambda: rig.source.activity_comments(1),
    ):
        with pytest.raises(NotFound):
            read()


def test_missing_scope_is_named(rig: Rig) -> None:
    rig.restrict_scopes("read")
    with pytest.raises(MissingScope, match="profile:read_all"):
        rig.source.athlete_zones()
    with pytest.raises(MissingScope, match="profile:write"):
        rig.source.star_segment(SEGMENT, True)
    assert rig.source.segment(SEGMENT)["id"] == SEGMENT
    with pytest.raises(NotFound):
        rig.source.route(3150000000000000003)


def test_stravalib_parses_the_same_responses(rig: Rig) -> None:
    """stravalib's models accept every response and read the same values."""
    models = pytest.importorskip("stravalib.strava_model", reason="stravalib is not installed")
    source = rig.source
    number = next(a["id"] for a in rig.all_activities() if a["comment_count"] and a["kudos_count"])
    for name, answers in {
        "Zones": [source.athlete_zones()],
        "DetailedGear": [source.gear("b11570001"), source.gear("g21570002")],
        "SummaryClub": source.clubs(),
        "SummarySegment": source.starred_segments(),
        "DetailedSegment": [source.segment(SEGMENT), source.star_segment(SEGMENT, True)],
        "DetailedSegmentEffort": source.segment_efforts(SEGMENT, per_page=3),
        "Route": [*source.routes(MIRA.id), source.route(ROUTE)],
        "Comment": source.activity_comments(number),
        "SummaryAthlete": source.activity_kudoers(number),
    }.items():
        assert answers, name
        for answer in answers:
            read = getattr(models, name).model_validate(answer)
            assert getattr(read, "id", None) == answer.get("id")
            assert getattr(read, "name", None) == answer.get("name")
