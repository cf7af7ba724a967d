"""Nobody takes the sandbox's athlete for themselves."""

import json
from typing import Any

import pytest

from strava_mcp.sandbox.notice import HOW_TO_CHANGE, INVENTED
from strava_mcp.tools.ids import parse_id
from strava_mcp.tools.instructions import instructions_for
from tests.tools.conftest import Call


def text_of(reply: Any) -> str:
    return json.dumps(reply, ensure_ascii=False)


@pytest.mark.parametrize(
    "tool, arguments",
    [
        ("get_athlete", {}),
        ("get_activities", {"per_page": 3}),
        ("list_starred_segments", {}),
        ("get_routes", {}),
        ("get_clubs", {}),
        ("get_connection_status", {}),
        ("search", {"query": "runs"}),
    ],
)
def test_every_reply_says_that_the_athlete_is_invented(
    call: Call, tool: str, arguments: dict[str, Any]
) -> None:
    reply = call(tool, **arguments)
    assert next(iter(reply)) in ("data", "text_by_athletes") and reply["data"] == INVENTED
    assert "strava.com" not in text_of(reply)


def test_document_says_it_in_its_metadata(call: Call) -> None:
    (result,) = call("search", query="runs")["results"][:1]
    assert result["url"].startswith("https://sandbox.invalid/activities/")
    document = call("fetch", id=result["id"])
    assert document["metadata"]["data"] == INVENTED and "data" not in document
    assert "strava.com" not in text_of(document)


def test_link_of_a_reply_is_accepted_as_an_id() -> None:
    assert parse_id("activity", "https://sandbox.invalid/activities/90000001") == 90000001


def test_status_says_how_to_change_it(call: Call) -> None:
    assert call("get_connection_status")["change"] == HOW_TO_CHANGE


def test_instructions_of_other_sources_do_not_mention_it() -> None:
    assert INVENTED in instructions_for("sandbox")
    assert "sandbox" not in instructions_for("archive") + instructions_for("api")
