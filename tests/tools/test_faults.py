"""Every fault at every call of every tool leads to a reply or a readable error, and loses nothing.

The calls of a tool are recorded on a healthy sandbox first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, NotConnected, SourceError, ToolError, Unavailable
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sources.api import transport
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools, uploads
from tests.faults import FAULT_KINDS
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call
from tests.tools.test_uploads import base64_of, gpx

MANUAL = {
    "name": "Core",
    "sport_type": "Workout",
    "start_date_local": "2026-03-01T18:30:00Z",
    "elapsed_time": 60,
}
SEGMENT, ROUTE, ACTIVITY = {"id": 7011002}, {"id": "3150000000000000001"}, {"id": "{activity}"}
#: Arguments for each tool; a test fails if a tool is missing.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "get_training_summary": {"date_range": "last 7 days"},
    "get_records": {"kind": "longest"},
    "get_training_load": {"date_range": "last 7 days"},
    "predict_race": {"distance": "10 km"},
    "analyze_activity": {"id": "{activity}"},
    "compare_activities": {"similar_to": "{activity}"},
    "show_chart": {"view": "activity", "ids": "{activity}"},
    "read_chart": {"view": "weeks"},
    "get_activities": {"date_range": "last 30 days"},
    "get_activity_by_id": ACTIVITY,
    "create_activity": MANUAL,
    "update_activity": ACTIVITY | {"name": "Renamed"},
    "get_activity_zones": ACTIVITY,
    "get_activity_social": ACTIVITY,
    "get_athlete": {},
    "get_athlete_stats": {},
    "get_athlete_zones": {},
    "set_athlete_thresholds": {"ftp": 250, "lthr": 165},
    "get_gear": {"id": "b11570001"},
    "get_activity_streams": ACTIVITY,
    "list_starred_segments": {},
    "get_segment": SEGMENT,
    "star_segment": SEGMENT | {"starred": True},
    "get_routes": {},
    "get_route": ROUTE,
    "export_route": ROUTE,
    "get_clubs": {},
    "get_club_activities": {"id": 8157001},
    "export_activity": ACTIVITY,
    "create_upload": {"file": base64_of(gpx()), "data_type": "gpx"},
    "get_upload": {"id": "{upload}"},
    "search": {"query": "run last month"},
    "fetch": {"id": "{activity}"},
    "get_connection_status": {},
}
WRITES = ("create_activity", "update_activity", "create_upload", "star_segment")
TOKEN = "/oauth/token"
#: Faults that lose the new refresh token after Strava has revoked the old one.
TOKEN_LOSING_KINDS = ("truncated", "html", "empty")
#: Faults that last for a time: one that a client waits for, and one that it does not.
TIMED_KINDS, DELAYS_S = ("slow", "skew"), (0.001, 3600.0)


@dataclass
class Bench:
    """A tool and the sandbox it runs on."""

    rig: Rig
    call: Call
    tool: str
    folder: Path
    ids: dict[str, int] = field(default_factory=dict)
    runs: int = 0

    def run(self) -> dict[str, Any]:
        arguments = {
            name: str(self.ids[value.strip("{}")]) if str(value).startswith("{") else value
            for name, value in ARGUMENTS[self.tool].items()
        }
        if self.tool == "create_upload":  # a new recording each time, or it is a duplicate
            self.runs += 1
            arguments["file"] = base64_of(gpx(10 + self.runs))
        settings = AthleteSettings(self.rig.store, "test")
        context = Context(
            WRITER, optional_source=self.rig.source, settings=settings, folder=self.folder
        )
        return self.call(self.tool, context=context, **arguments)

    def sent(self, method: str) -> list[str]:
        return [c for c in self.rig.calls if c.startswith(method) and TOKEN not in c]

    def expire_access_tokens(self) -> None:
        for record in self.rig.store.records(GRANTS):
            if record.key.startswith("access:"):
                self.rig.store.delete(GRANTS, record.key)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BACKOFF_S", 0.0)
    monkeypatch.setattr(uploads, "POLL_INTERVAL_S", 0.001)
    monkeypatch.setattr(uploads, "MAX_WAIT_S", 0.05, raising=False)


@pytest.fixture
def bench(call: Call, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    store = open_store("sqlite://:memory:")
    rig = Rig(store).authorize()
    created = Bench(rig, call, request.param, tmp_path)
    newest = rig.source.activities(per_page=60)
    created.ids["activity"] = next(
        a["id"] for a in newest if a["kudos_count"] and a["upload_id"] and a["start_latlng"]
    )
    if created.tool == "get_upload":
        created.ids["upload"] = rig.source.create_upload(gpx(), {"data_type": "gpx"})["id"]
    rig.forget_calls()
    yield created
    store.close()


every_tool = pytest.mark.parametrize("bench", ARGUMENTS, indirect=True)


def test_every_tool_has_arguments() -> None:
    assert list(ARGUMENTS) == list(load_tools())


def paths_of(bench: Bench) -> list[str]:
    """The paths that the tool requests from a healthy sandbox, in order."""
    try:
        bench.run()
    except SourceError:
        assert bench.tool == "get_club_activities"  # retired
    paths = list(dict.fromkeys(call.partition(" ")[2] for call in bench.rig.calls))
    bench.rig.forget_calls()
    return paths


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", FAULT_KINDS)
@every_tool
def test_a_fault_at_any_call(bench: Bench, kind: str) -> None:
    paths = paths_of(bench)
    assert paths or bench.tool in ("get_connection_status", "get_club_activities")
    for path in paths:
        for seconds in DELAYS_S if kind in TIMED_KINDS else DELAYS_S[:1]:
            bench.rig.faults.add(path, kind, 99, seconds=seconds)
            try:
                reply = bench.run()
            except (SourceError, ToolError, InvalidArguments) as exc:
                assert str(exc).endswith((".", "!", ")")) and "Traceback" not in str(exc)
                assert kind != "slow" or seconds > 1, "the response arrived in time"
            else:
                assert "or so" not in str(reply) and "brand_new_field" not in str(reply)
            for method in ("POST", "PUT"):
                assert len(bench.sent(method)) <= 1, "writes are not repeated"
            bench.rig.faults.clear()
            bench.rig.forget_calls()
    assert bench.rig.source.athlete()["id"], "the tokens are still valid"
    assert bench.rig.calls == ["GET /api/v3/athlete"], "without a refresh"


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_a_fault_at_the_token_endpoint(call: Call, kind: str, tmp_path: Path) -> None:
    """If the new token is lost, the old one is revoked: the error says to connect again."""
    for seconds in DELAYS_S if kind in TIMED_KINDS else DELAYS_S[:1]:
        store = open_store("sqlite://:memory:")
        bench = Bench(Rig(store).authorize(), call, "get_athlete", tmp_path)
        bench.expire_access_tokens()
        bench.rig.faults.add(TOKEN, kind, 1, seconds=seconds)
        try:
            assert bench.run()["id"]
        except Unavailable as exc:
            assert kind not in ("unknown", "skew", "wrong-type"), str(exc)
        bench.rig.faults.clear()
        if kind in TOKEN_LOSING_KINDS:
            with pytest.raises(NotConnected, match="connect"):
                bench.rig.source.athlete()
        else:
            assert bench.rig.source.athlete()["id"]
        store.close()


@pytest.mark.parametrize("kind", ["slow", "skew", "unknown"])
@pytest.mark.parametrize("bench", ["get_athlete", "get_gear", "get_route"], indirect=True)
def test_harmless_fault_changes_nothing(bench: Bench, kind: str) -> None:
    healthy = bench.run()
    for path in paths_of(bench):
        bench.rig.faults.add(path, kind, 99, seconds=0.001)
        assert bench.run() == healthy
        bench.rig.faults.clear()


@pytest.mark.parametrize("kind", ["reset", "silence", "truncated"])
@pytest.mark.parametrize("bench", ["create_activity"], indirect=True)
def test_write_with_unknown_outcome_is_not_repeated(bench: Bench, kind: str) -> None:
    """It may have been saved, so the error asks the user to check instead of retrying."""
    bench.rig.faults.add("/api/v3/activities", kind, 1)
    with pytest.raises(Unavailable, match="look before you try again"):
        bench.run()
    bench.rig.faults.clear()
    created = [one for one in bench.rig.all_activities() if one["name"] == MANUAL["name"]]
    assert len(created) == (1 if kind == "truncated" else 0)
