"""The questions over an API where each read is a request: bounded, and nothing is read twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from strava_mcp.identity import OWNER_TOKEN, READ, Principal
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import MAX_READS
from strava_mcp.tools.chart_request import chart_for
from strava_mcp.web.training_page import context_of
from tests.questions.live import LiveAthlete, repeated, unread
from tests.questions.table import QUESTIONS, Call, filled

CALLS = {
    f"{question.text} {number or ''}".strip(): call
    for question in QUESTIONS
    if question.only != "archive"
    for number, call in enumerate(question.calls)
}
CHARTS: dict[str, Call] = {
    view: ("show_chart", {"view": view})
    for view in ("activity", "form", "curve", "weeks", "calendar", "map")
} | {"compare": ("show_chart", {"view": "compare", "ids": ["{route_run}"]})}
#: Answers until nothing is missing: of more, two are enough to show that they go on.
MAX_ANSWERS = 6


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> JSON:
    """The ids that questions name, chosen once."""
    athlete = LiveAthlete(tmp_path_factory.mktemp("chosen"))
    ids = athlete.chosen
    athlete.close()
    return ids


@pytest.fixture
def athlete(tmp_path: Path, chosen: JSON) -> Iterator[LiveAthlete]:
    """Nothing of this athlete was read before."""
    athlete = LiveAthlete(tmp_path)
    vars(athlete)["chosen"] = chosen
    yield athlete
    athlete.close()


@pytest.mark.parametrize("text", CALLS)
def test_reads_are_bounded_and_nothing_is_read_twice(athlete: LiveAthlete, text: str) -> None:
    read: list[str] = []
    missing: list[int] = []
    while len(missing) < (MAX_ANSWERS if not missing or missing[0] < 100 else 2):
        reply, sent = athlete.read(CALLS[text])
        assert len(sent) <= MAX_READS, "every request counts, not only those of recordings"
        assert set(sent).isdisjoint(read) and len(set(sent)) == len(sent)
        if missing:
            assert bool(sent) == bool(missing[-1]), "goes on where it stopped"
        missing.append(unread(reply))
        assert not missing[-1] or "ask again" in json.dumps(reply)
        if len(missing) > 1:
            assert missing[-1] < missing[-2] or not missing[-2]
        read += sent
        if not sent:
            break
    if missing[0] < 100:
        assert missing[-1] == 0 and not sent, "in the end all is read, and costs nothing more"


@pytest.mark.parametrize("view", CHARTS)
def test_charts_cost_no_more(athlete: LiveAthlete, view: str) -> None:
    read: list[str] = []
    for _ in range(2):
        athlete.rig.forget_calls()
        text = athlete.text(CHARTS[view])
        sent = [str(request.path_url) for request in athlete.rig.adapter.sent]
        assert len(sent) <= MAX_READS
        assert set(sent).isdisjoint(read) and len(set(sent)) == len(sent)
        read += sent
        assert text


@pytest.mark.parametrize("count", [4_000, 6_500])
def test_a_long_history_is_answered_in_parts(athlete: LiveAthlete, count: int) -> None:
    """4,000 activities are 20 pages; of 6,500 one answer cannot even read the list."""
    athlete.rig.adapter.rows = repeated(athlete.rig.all_activities(), count)  # type: ignore
    call: Call = ("get_records", {"kind": "distances"})
    seen: list[int] = []
    for _ in range(3):
        reply, sent = athlete.read(call)
        assert len(sent) <= MAX_READS
        assert reply["rows"], "with a record, as far as was read"
        coverage = reply["coverage"]
        assert "ask again" in coverage["continue"]
        seen.append(coverage["activities"])
        if "incomplete" not in coverage:
            break
    assert coverage.get("incomplete") is None and seen == sorted(seen)
    assert (len(seen) > 1) == (count > 4_400)
    streak, sent = athlete.read(("get_records", {"kind": "streaks"}))
    assert streak["coverage"] == {"activities": count} and not sent


def test_a_comparison_with_a_long_past_has_both_periods(athlete: LiveAthlete) -> None:
    athlete.rig.adapter.rows = repeated(athlete.rig.all_activities(), 4_000)  # type: ignore
    call: Call = ("get_training_summary", {"date_range": "all time", "compare": "2019"})
    for _ in range(2):
        reply, sent = athlete.read(call)
        assert len(sent) <= MAX_READS
    assert reply["compared_with"]["activities"] > 100
    assert reply["total"]["activities"] == 4_000


@pytest.mark.parametrize("view", CHARTS)
def test_the_page_of_training_costs_no_more(athlete: LiveAthlete, view: str) -> None:
    _, arguments = filled(CHARTS[view], athlete.chosen)
    athlete.rig.forget_calls()
    with athlete.app.test_request_context("/training"):
        ctx = context_of(Principal(OWNER_TOKEN, frozenset({READ}), "/training"))
        assert chart_for(ctx, arguments).reading
    assert 0 < len(athlete.rig.calls) <= MAX_READS


def test_prompts_and_resources_cost_a_few_reads(athlete: LiveAthlete) -> None:
    wire, number = athlete._wire, str(athlete.chosen["ride"])
    wanted = {"activity_id": number, "id": number, "distance": "10k", "date": "in 3 weeks"}
    for prompt in wire.call("prompts/list")["prompts"]:
        names = [one["name"] for one in prompt.get("arguments", ()) if one.get("required")]
        athlete.rig.forget_calls()
        arguments = {name: wanted[name] for name in names}
        assert wire.call("prompts/get", {"name": prompt["name"], "arguments": arguments})
        assert len(athlete.rig.calls) <= 2
    for uri in ("strava://athlete", f"strava://activities/{number}", "strava://guide"):
        athlete.rig.forget_calls()
        assert wire.call("resources/read", {"uri": uri})
        assert len(athlete.rig.calls) <= 2
