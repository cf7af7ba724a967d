"""Whatever goes wrong in an answer of Strava, a tool replies or fails in words that say what."""

from typing import Any

import pytest

from strava_mcp.errors import (
    MissingScope,
    NeedsSubscription,
    NotFound,
    RateLimited,
    Refused,
    SourceError,
    Unavailable,
)
from strava_mcp.sources.api import transport
from tests.faults import RESPONSE_FAULTS
from tests.rig import Rig
from tests.tools.conftest import Call

SEGMENT, ROUTE = {"id": 7011002}, {"id": "3150000000000000001"}

#: A tool, its arguments, and the path whose answers are spoiled; ``{id}`` is an activity's.
Case = tuple[str, dict[str, Any], str]
CASES: list[Case] = [
    ("get_athlete_zones", {}, "athlete/zones"),
    ("get_gear", {"id": "b11570001"}, "gear"),
    ("get_clubs", {}, "athlete/clubs"),
    ("list_starred_segments", {}, "segments/starred"),
    ("get_segment", SEGMENT, "segments"),
    ("get_segment", SEGMENT, "segment_efforts"),
    ("get_segment", SEGMENT | {"date_range": "2025"}, ""),
    ("star_segment", SEGMENT, "segments"),
    ("get_routes", {}, "athlete"),
    ("get_routes", {}, "athletes"),
    ("get_route", ROUTE, "routes"),
    ("export_route", ROUTE, "routes"),
    ("export_route", ROUTE | {"format": "tcx"}, "routes"),
    ("get_activity_social", {"id": "{id}"}, "activities"),
    ("get_activity_social", {"id": "{id}"}, "activities/{id}/kudos"),
    ("get_activity_social", {"id": "{id}"}, "activities/{id}/comments"),
]
#: Those whose answer is an object or a file: a list of nothing is none.
NO_LISTS = ("athlete/zones", "gear", "segments", "routes", "athlete", "activities", "")
STATUSES: dict[int, type[SourceError]] = {
    402: NeedsSubscription,
    403: Refused,
    404: NotFound,
    429: RateLimited,
    500: Unavailable,
    503: Unavailable,
}


class Tried:
    """One case on a sandbox: its answers can be spoiled, and its tool called."""

    def __init__(self, rig: Rig, call: Call, case: Case) -> None:
        self._door, self._call = rig, call
        self.name, self.arguments, self.path = case
        if "{id}" in case[1].values():
            number = next(
                activity["id"]
                for activity in rig.source.activities(per_page=60)
                if activity["kudos_count"] and activity["comment_count"]
            )
            self.arguments = {"id": number}
            self.path = self.path.replace("{id}", str(number))

    def spoil(self, kind: str, status: int = 503) -> None:
        self._door.faults.add(f"/api/v3/{self.path}", kind, 9, status, seconds=3600)

    def run(self, **changed: Any) -> dict[str, Any]:
        return self._call(self.name, **self.arguments | changed)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BACKOFF_S", 0.0)


@pytest.fixture
def tried(rig: Rig, call: Call, request: pytest.FixtureRequest) -> Tried:
    return Tried(rig, call, request.param)


every_case = pytest.mark.parametrize("tried", CASES, indirect=True, ids=lambda case: case[0])


@pytest.mark.parametrize("kind", RESPONSE_FAULTS)
@every_case
def test_every_fault_is_told(tried: Tried, kind: str) -> None:
    tried.spoil(kind)
    no_list = kind == "empty" and tried.path in NO_LISTS
    if kind in ("status", "truncated", "html") or no_list:
        with pytest.raises(Unavailable):
            tried.run()
        return
    try:
        reply = tried.run()
    except Unavailable:
        assert kind == "wrong-type"
    else:
        assert "or so" not in str(reply)


@pytest.mark.parametrize("status, error", STATUSES.items())
@every_case
def test_every_refusal_is_typed(tried: Tried, status: int, error: type[SourceError]) -> None:
    tried.spoil("status", status)
    if tried.path == "segment_efforts" and error in (Refused, NeedsSubscription):
        note = tried.run()["note"]
        assert note.startswith("Own efforts: ") and "Strava" in note
        return
    with pytest.raises(SourceError) as caught:
        tried.run()
    assert type(caught.value) is error


@every_case
def test_a_missing_scope_is_named(tried: Tried, rig: Rig) -> None:
    rig.restrict_scopes()
    with pytest.raises(MissingScope, match="_permission.*every box"):
        tried.run()


@pytest.mark.parametrize(
    "tried", [case for case in CASES if "id" in case[1]], indirect=True, ids=lambda case: case[0]
)
def test_a_thing_that_is_not_there_is_not_found(tried: Tried) -> None:
    texts = {"get_gear": "b1", "get_route": "1", "export_route": "1"}
    with pytest.raises(NotFound):
        tried.run(id=texts.get(tried.name, 1))
