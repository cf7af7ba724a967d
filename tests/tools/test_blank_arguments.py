"""Blank optional arguments count as absent: some frameworks make every argument required."""

from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON
from strava_mcp.services import services
from strava_mcp.tools import load_tools
from tests.tools.conftest import Call
from tests.tools.test_faults import ARGUMENTS, WRITES
from tests.tools.test_wrong_arguments import TOKEN, fields_of, valid
from tests.wire import LEGACY, Wire

#: Tools whose replies differ each time: writes, and a link that is new.
WITH_OTHER_REPLIES = (*WRITES, "export_activity")
BLANKS: tuple[Any, ...] = (None, "", " ", "\t\n", "[]", [], [""], [None])


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    home = tmp_path_factory.mktemp("home")
    app = create_app(Config(home=home, auth_tokens=(TOKEN,), rate_limit=1_000_000))
    yield Wire(app.test_client(), LEGACY[-1], TOKEN)
    services(app).close()


def optional(name: str) -> list[str]:
    """The optional arguments of a tool, unlisted ones included."""
    required = load_tools()[name].input_schema.get("required", ())
    return [argument for argument in fields_of(name) if argument not in required]


def outcome(name: str, arguments: JSON) -> JSON:
    """The arguments as the tool gets them, or what is wrong with them."""
    try:
        return load_tools()[name].load(arguments)
    except InvalidArguments as exc:
        return exc.fields


@pytest.mark.parametrize("name", list(load_tools()))
def test_blank_optional_arguments_change_nothing(name: str) -> None:
    required = load_tools()[name].input_schema.get("required", ())
    bare = {key: value for key, value in valid(name).items() if key in required}
    for given in (valid(name), bare):
        expected = outcome(name, given)
        others = [argument for argument in optional(name) if argument not in given]
        for blank in BLANKS:
            assert outcome(name, given | dict.fromkeys(others, blank)) == expected, blank
            for argument in others:
                assert outcome(name, given | {argument: blank}) == expected, (argument, blank)


@pytest.mark.no_cover
@pytest.mark.parametrize("blank", ["", None])
@pytest.mark.parametrize("name", [name for name in ARGUMENTS if name not in WITH_OTHER_REPLIES])
def test_replies_are_the_same(wire: Wire, name: str, blank: str | None) -> None:
    rows = wire.tool("get_activities", per_page=1)["structuredContent"]["activities"]
    arguments = valid(name)
    arguments |= {
        key: str(rows[0]["id"]) for key, value in ARGUMENTS[name].items() if value == "{activity}"
    }
    others = {key: blank for key in optional(name) if key not in arguments}
    assert wire.tool(name, **arguments, **others) == wire.tool(name, **arguments)


@pytest.mark.parametrize("name", list(load_tools()))
def test_blank_required_arguments_are_refused_in_words(wire: Wire, name: str) -> None:
    for argument in load_tools()[name].input_schema.get("required", ()):
        for blank in [one for one in BLANKS if one != "[]"]:
            result = wire.tool(name, **(valid(name) | {argument: blank}))
            text = result["content"][0]["text"]
            assert result["isError"] and f"- {argument}: " in text, (blank, text)


@pytest.mark.parametrize("zero", [0, "0", 0.0, " 0 "])
def test_times_of_zero_are_no_bounds(wire: Wire, zero: Any) -> None:
    plain = wire.tool("get_activities", per_page=3)
    assert wire.tool("get_activities", per_page=3, before=zero, after=zero) == plain


@pytest.mark.parametrize("zero", [0, "0", 0.0])
def test_bounds_of_zero_are_none(wire: Wire, zero: Any) -> None:
    """What frameworks send for a number that was left out."""
    plain = wire.tool("get_activities", date_range="2026", per_page=2)
    bounds = dict.fromkeys(("min_distance", "max_distance"), zero)
    assert wire.tool("get_activities", date_range="2026", per_page=2, **bounds) == plain


def test_a_bound_of_zero_has_a_unit(wire: Wire) -> None:
    reply = wire.tool("get_activities", date_range="2026", max_distance="0 km", per_page=200)
    rows = reply["structuredContent"]["activities"]
    assert rows and all(row["distance"] == 0 for row in rows if isinstance(row, dict))


def test_all_arguments_as_a_framework_fills_them_in(wire: Wire) -> None:
    """smolagents makes every argument required, and models then send blanks."""
    filled: JSON = dict.fromkeys(optional("get_activities"), "") | {"before": 0, "after": 0}
    filled |= {"min_distance": 0, "max_distance": 0, "commute": None, "indoor": None}
    assert wire.tool("get_activities", **filled) == wire.tool("get_activities")


@pytest.mark.parametrize(
    "keys", ["heartrate,watts", '["heartrate", "watts"]', " heartrate , watts"]
)
def test_lists_as_text_are_read(wire: Wire, keys: str) -> None:
    rows = wire.tool("get_activities", per_page=1, sport_type="Ride")["structuredContent"]
    number = rows["activities"][0]["id"]
    expected = wire.tool("get_activity_streams", id=number, keys=["heartrate", "watts"])
    assert not expected.get("isError")
    assert wire.tool("get_activity_streams", id=number, keys=keys) == expected
    assert wire.tool("get_activity_streams", id=str(number), keys=keys) == expected


def test_null_instead_of_arguments(wire: Wire) -> None:
    for name in ("get_athlete", "get_connection_status", "get_activities"):
        reply = wire.call("tools/call", {"name": name, "arguments": None})
        assert reply == wire.tool(name)
    plain = wire.call("prompts/get", {"name": "weekly_review"})
    for arguments in (None, {"week": None}, {"week": ""}):
        assert wire.call("prompts/get", {"name": "weekly_review", "arguments": arguments}) == plain


def test_a_blank_description_is_kept_and_none_removes_it(call: Call) -> None:
    new = ARGUMENTS["create_activity"] | {"description": "Plank"}
    number = call("create_activity", **new)["id"]
    kept = call("update_activity", id=number, name="Core again", description="")
    assert kept["description"] == "Plank"
    removed = call("update_activity", id=number, description="none")
    assert "description" not in removed and removed["name"] == "Core again"
