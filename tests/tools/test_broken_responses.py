"""Every fault in a response of Strava leads to a reply or to an exception that describes it."""

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

#: A tool, its arguments, and the path whose responses are broken; ``{id}`` is an activity's.
CaseValues = tuple[str, dict[str, Any], str]
CASES: list[CaseValues] = [
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
#: Paths whose response is an object or a file, so that an empty list is invalid.
OBJECTS = ("athlete/zones", "gear", "segments", "routes", "athlete", "activities", "")
#: Paths whose response is invalid without a numeric id or bound.
NUMERIC = ("athlete/zones", "segments", "athlete", "activities", "")
STATUSES: dict[int, type[SourceError]] = {
    402: NeedsSubscription,
    403: Refused,
    404: NotFound,
    429: RateLimited,
    500: Unavailable,
    503: Unavailable,
}


class Case:
    """A tool on a sandbox whose responses can be broken."""

    def __init__(self, rig: Rig, call: Call, values: CaseValues) -> None:
        self._rig, self._call = rig, call
        self.name, self.arguments, self.path = values
        if "{id}" in self.arguments.values():
            number = next(
                activity["id"]
                for activity in rig.source.activities(per_page=60)
                if activity["kudos_count"] and activity["comment_count"]
            )
            self.arguments = {"id": number}
            self.path = self.path.replace("{id}", str(number))

    def inject(self, kind: str, status: int = 503) -> None:
        self._rig.faults.add(f"/api/v3/{self.path}", kind, 9, status, seconds=3600)

    def run(self, **changed: Any) -> dict[str, Any]:
        return self._call(self.name, **self.arguments | changed)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BACKOFF_S", 0.0)


@pytest.fixture
def case(rig: Rig, call: Call, request: pytest.FixtureRequest) -> Case:
    return Case(rig, call, request.param)


every_case = pytest.mark.parametrize("case", CASES, indirect=True, ids=lambda values: values[0])


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", RESPONSE_FAULTS)
@every_case
def test_faulty_responses_are_reported(case: Case, kind: str) -> None:
    case.inject(kind)
    is_invalid = (
        kind in ("status", "truncated", "html")
        or (kind == "empty" and case.path in OBJECTS)
        or (kind == "wrong-type" and case.path in NUMERIC)
    )
    if is_invalid:
        with pytest.raises(Unavailable):
            case.run()
    else:
        text = str(case.run())
        assert "or so" not in text and text.encode("utf-8")


@pytest.mark.parametrize("status, error", STATUSES.items())
@every_case
def test_every_error_status_has_its_exception(
    case: Case, status: int, error: type[SourceError]
) -> None:
    case.inject("status", status)
    if case.path == "segment_efforts" and error in (Refused, NeedsSubscription):
        note = case.run()["note"]
        assert note.startswith("Own efforts: ") and "Strava" in note
        return
    with pytest.raises(SourceError) as caught:
        case.run()
    assert type(caught.value) is error


@every_case
def test_missing_scope_is_named(case: Case, rig: Rig) -> None:
    rig.restrict_scopes()
    with pytest.raises(MissingScope, match="_permission.*every box"):
        case.run()


@pytest.mark.parametrize(
    "case",
    [values for values in CASES if "id" in values[1]],
    indirect=True,
    ids=lambda values: values[0],
)
def test_unknown_id_is_not_found(case: Case) -> None:
    ids = {"get_gear": "b1", "get_route": "1", "export_route": "1"}
    with pytest.raises(NotFound):
        case.run(id=ids.get(case.name, 1))
