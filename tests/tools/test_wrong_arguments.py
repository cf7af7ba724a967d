"""Every tool with every kind of wrong argument, over HTTP: an error that names the argument."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import NotSupported
from strava_mcp.identity import Principal
from strava_mcp.services import services
from strava_mcp.sources import Source
from strava_mcp.tools import load_tools
from strava_mcp.tools.arguments import is_blank
from tests.tools.test_faults import ARGUMENTS
from tests.wire import MODERN, Wire

TOKEN = "0123456789abcdef" * 4
LONG = "x!" * 25_000
#: Values that are wrong for every argument of a JSON Schema type.
WRONG: dict[str, tuple[Any, ...]] = {
    "integer": (
        *("", " ", "abc", "7.5", "1_000", "１２", "NaN", "-", "0x10", LONG, "9" * 5000, "[]"),
        *(1.5, 1e300, -1, 10**30, -(10**30), 10**307, "9" * 4000),
        *(True, [], [1], {}, {"id": 1}, [[]]),
    ),
    "number": (
        *("", "abc", "1_000", "１２", "NaN", "Infinity", "12,5", LONG, "-1"),
        *(-1, 1e300, 10**30, 10**307, "9" * 4000, "9" * 5000, "1e999", True, [], [1], {}, [[]]),
    ),
    "boolean": ("", "yes", "1", LONG, 0, 1, 0.5, [], [True], {}, {"a": True}),
    "string": ("", " ", LONG, "\x00", True, 1.5, {}, {"a": 1}, [], [[]], [{}]),
    "array": ("", ",", "[", "[]", "{}", LONG, 5, True, {}, [], [[]], [5], [None], ["x"] * 5000),
}
#: Lists that may have a single item, which may stand alone.
MAY_BE_ONE = {("show_chart", "ids"), ("read_chart", "ids")}


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    app = create_app(
        Config(
            home=tmp_path_factory.mktemp("home"),
            auth_tokens=(TOKEN,),
            rate_limit=1_000_000,
        )
    )
    yield Wire(app.test_client(), MODERN, TOKEN)
    services(app).close()


def fields_of(name: str) -> dict[str, str]:
    """The type of each argument of a tool, unlisted ones included."""
    from strava_mcp.tools.arguments import TYPES

    schema = load_tools()[name].load.__self__  # type: ignore[attr-defined]
    return {
        argument: next(kind for class_, kind in TYPES if isinstance(field, class_))
        for argument, field in schema.fields.items()
    }


def rejection(wire: Wire, tool: str, **arguments: Any) -> str:
    """Call a tool and return its error; fails the test if the call is accepted."""
    result = wire.tool(tool, **arguments)
    text: str = result["content"][0]["text"]
    assert result.get("isError") is True, (arguments, text[:200])
    assert "unexpectedly" not in text and "Traceback" not in text
    assert len(text) < 3000
    return text


def valid(name: str) -> dict[str, Any]:
    """Arguments that would be accepted."""
    return {key: "5" if str(value)[:1] == "{" else value for key, value in ARGUMENTS[name].items()}


EVERY = [(name, argument) for name in load_tools() for argument in fields_of(name)]


@pytest.mark.no_cover
@pytest.mark.parametrize("name, argument", EVERY)
def test_wrong_values_are_refused_by_name(wire: Wire, name: str, argument: str) -> None:
    kind = fields_of(name)[argument]
    for value in WRONG[kind]:
        if is_blank(value) and argument not in load_tools()[name].input_schema.get("required", []):
            continue  # absent: see test_blank_arguments
        if (name, argument) in MAY_BE_ONE and value in (5, [5]):
            continue
        text = rejection(wire, name, **{**valid(name), argument: value})
        assert f"- {argument}: " in text, (value, text)
        assert text.rstrip().endswith("."), text


@pytest.mark.parametrize("name", list(load_tools()))
def test_unknown_and_missing_arguments_are_refused(wire: Wire, name: str) -> None:
    for value in (1, None, [], {}):
        text = rejection(wire, name, **valid(name), colour=value)
        assert "- colour: Unknown argument; this tool takes: " in text
    schema = load_tools()[name].input_schema
    for argument in schema.get("required", []):
        given = {key: value for key, value in valid(name).items() if key != argument}
        for arguments in (given, given | {argument: None}):
            text = rejection(wire, name, **arguments)
            assert f"- {argument}: Missing" in text


@pytest.mark.parametrize("name", list(load_tools()))
def test_arguments_are_checked_before_the_source_is_opened(
    wire: Wire, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(principal: Principal) -> Source:
        raise NotSupported("The source cannot be opened.")

    server = services(wire.client.application).server  # type: ignore[attr-defined]
    monkeypatch.setattr(server, "open_source", refuse)
    assert "colour" in rejection(wire, name, colour=1)
    prompt = {"name": "describe_activity", "arguments": {"activity_id": "x"}}
    assert wire.error("prompts/get", prompt)["code"] == -32602


@pytest.mark.parametrize(
    "name, arguments, listing",
    [
        ("get_activity_by_id", {"id": 1}, "get_activities"),
        ("get_activity_zones", {"id": 1}, "get_activities"),
        ("get_activity_streams", {"id": 1}, "get_activities"),
        ("get_activity_social", {"id": 1}, "get_activities"),
        ("update_activity", {"id": 1, "name": "x"}, "get_activities"),
        ("fetch", {"id": "1"}, "search"),
        ("get_route", {"id": "1"}, "get_routes"),
        ("export_route", {"id": "1"}, "get_routes"),
        ("get_segment", {"id": 1}, "list_starred_segments"),
        ("star_segment", {"id": 1}, "list_starred_segments"),
        ("get_gear", {"id": "b1"}, "get_athlete"),
        ("get_upload", {"id": 1}, "create_upload"),
    ],
)
def test_not_found_names_the_tool_that_lists_valid_ids(
    wire: Wire, name: str, arguments: dict[str, Any], listing: str
) -> None:
    assert listing in rejection(wire, name, **arguments)


def test_resource_that_is_not_found_names_it_too(wire: Wire) -> None:
    for number in ("1", "abc"):
        error = wire.error("resources/read", {"uri": f"strava://activities/{number}"})
        assert "id of an activity" in error["message"] or "get_activities" in error["message"]


@pytest.mark.parametrize("name", ["get_activity_by_id", "get_segment", "get_gear", "get_route"])
def test_the_page_of_the_thing_is_an_id(wire: Wire, name: str) -> None:
    if name == "get_activity_by_id":
        rows = wire.tool("get_activities", per_page=1)["structuredContent"]["activities"]
        url = f"https://www.strava.com/activities/{rows[0]['id']}"
    else:
        url = (
            "https://www.strava.com/"
            + {
                "get_segment": "segments/7011002",
                "get_gear": "bikes/11570001",
                "get_route": "routes/3150000000000000001",
            }[name]
        )
    reply = wire.tool(name, id=url)
    assert not reply.get("isError"), reply
    other = rejection(wire, name, id="https://www.strava.com/clubs/5")
    assert "page of a club" in other


def test_lists_come_in_three_forms(wire: Wire) -> None:
    rows = wire.tool("get_activities", per_page=30)["structuredContent"]["activities"]
    number = next(row["id"] for row in rows if row.get("average_heartrate"))
    replies = [
        wire.tool("get_activity_streams", id=number, keys=keys)["structuredContent"]
        for keys in (["time", "heartrate"], "time,heartrate", json.dumps(["time", "heartrate"]))
    ]
    assert replies[0] == replies[1] == replies[2]
    assert set(replies[0]["streams"]) == {"time", "heartrate"}


def test_offset_is_not_ignored(wire: Wire) -> None:
    assert "resolution=full" in rejection(wire, "get_activity_streams", id=5, offset=100)
