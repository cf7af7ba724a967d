"""Strava's limits in the middle of an answer, and the progress of a long one."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.sources.api.rate_limits import QUARTER_S
from strava_mcp.sources.source import MAX_READS
from tests.clock import Clock
from tests.questions.live import LiveAthlete, unread
from tests.questions.table import Call
from tests.wire import messages

LOAD: Call = ("get_training_load", {"date_range": "last 2 weeks", "sport": "swims"})
RECORDS: Call = ("get_records", {"kind": "distances", "date_range": "last 30 days"})
#: What reads more than a few, with a chart.
LONG: dict[str, Call] = {
    "load": LOAD,
    "records": RECORDS,
    "prediction": ("predict_race", {"distance": "10k"}),
    "zones": ("get_athlete_zones", {}),
    "summary": ("get_training_summary", {"date_range": "last 4 weeks", "compare": "previous"}),
    "segments": ("get_records", {"kind": "segments"}),
    "chart": ("show_chart", {"view": "weeks", "date_range": "last 4 weeks"}),
}
Open = Callable[..., LiveAthlete]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Open]:
    """Opens the athlete with the limits of an application."""
    opened: list[LiveAthlete] = []

    def open_with(allowance: Allowance | None = None) -> LiveAthlete:
        opened.append(LiveAthlete(tmp_path, allowance))
        return opened[-1]

    yield open_with
    for athlete in opened:
        athlete.close()


@pytest.mark.parametrize("window", ["15-minute", "daily"])
def test_the_last_reads_of_a_limit_are_kept_for_others(
    live: Open, clock: Clock, window: str
) -> None:
    quarter, day = (20, 1000) if window == "15-minute" else (100, 20)
    athlete = live(Allowance(read_quarter=quarter, read_day=day))
    reply, sent = athlete.read(RECORDS)
    assert len(sent) == 17, "with the one of authorize, all but a tenth of 20"
    coverage = reply["coverage"]
    assert coverage["recorded"] > 0 and coverage["recordings_not_read_yet"] > 0
    assert f"{window} limit of calls is nearly used up" in coverage["continue"]
    assert "resets at" in coverage["continue"] and "ask again" in coverage["continue"]
    again, nothing = athlete.read(RECORDS)
    assert again["rows"] == reply["rows"] and nothing == [], "kept, and no read is wasted"
    assert athlete.read(("get_gear", {"id": "b11570001"}))[1], "a single question still works"
    athlete.rig.sandbox.rate_limits._counts.clear()
    clock.advance(QUARTER_S if window == "15-minute" else 24 * 3600)
    after, more = athlete.read(RECORDS)
    recordings = {path for path in more if "/streams" in path}
    assert recordings and recordings.isdisjoint(sent), "goes on where it stopped"
    assert unread(after) < unread(reply)


def test_a_429_in_the_middle_ends_the_reading_and_costs_nothing_else(live: Open) -> None:
    athlete = live()
    first, _ = athlete.read(RECORDS)
    everything: Call = ("get_records", {"kind": "distances", "date_range": "last 12 months"})
    athlete.rig.faults.add("/api/v3/activities/", "status", status=429)
    reply, sent = athlete.read(everything)
    assert len([path for path in sent if "/streams" in path]) == 1, "not tried again"
    assert reply["coverage"]["recorded"] >= first["coverage"]["recorded"] > 0
    assert "limit of calls is used up" in reply["coverage"]["continue"]
    assert "resets at" in reply["coverage"]["continue"]


def test_a_change_of_one_activity_costs_no_recording_again(live: Open) -> None:
    athlete = live()
    before, read = athlete.read(RECORDS)
    assert unread(before) == 0
    athlete.rig.source.update_activity(athlete.rows[0]["id"], {"name": "New name"})
    athlete.rig.source.invalidate_cache()  # type: ignore[attr-defined]  # as a webhook does
    after, sent = athlete.read(RECORDS)
    assert after == before and sent, "the list is read again"
    assert not [path for path in sent if "/streams" in path]


def test_without_the_profile_an_answer_says_so(live: Open) -> None:
    athlete = live()
    athlete.rig.source.invalidate_cache()  # type: ignore[attr-defined]
    athlete.read(("get_records", {"kind": "eddington"}))  # has the list, not the profile
    athlete.rig.faults.add("/api/v3/athlete", "status", status=429)
    reply, _ = athlete.read(LOAD)
    assert "limit of calls is used up" in reply["coverage"]["profile_not_read"]
    assert "profile_not_read" not in athlete.read(LOAD)[0]["coverage"]


@pytest.mark.parametrize("name", LONG)
def test_progress_of_a_long_answer(live: Open, name: str) -> None:
    athlete = live()
    tool, arguments = LONG[name]
    wire = athlete._wire
    wire.meta = {"progressToken": "p1"}
    params = {"name": tool, "arguments": arguments}
    response = wire.post(wire.request("tools/call", params))
    *notifications, reply = messages(response)
    assert response.mimetype == "text/event-stream" and "result" in reply
    steps = [one["params"] for one in notifications]
    assert {one["method"] for one in notifications} == {"notifications/progress"}
    counts = [step["progress"] for step in steps]
    assert counts == sorted(set(counts)) and 0 < counts[-1] <= MAX_READS
    assert all(step["progressToken"] == "p1" and step["total"] == MAX_READS for step in steps)
    assert steps[-1]["message"] == f"{counts[-1]} of at most {MAX_READS} requests to Strava"


def test_no_progress_without_a_token_or_a_read(live: Open) -> None:
    athlete = live()
    wire = athlete._wire
    params: JSON = {"name": RECORDS[0], "arguments": RECORDS[1]}
    response = wire.post(wire.request("tools/call", params))
    assert response.mimetype == "application/json"
    while unread(json.loads(athlete.text(RECORDS))):
        pass
    wire.meta = {"progressToken": "p1"}
    response = wire.post(wire.request("tools/call", params))
    assert response.mimetype == "application/json", "all is cached: nothing to report"
