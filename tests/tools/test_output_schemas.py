"""Output schemas declare what replies hold, because typed clients drop everything else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import jsonschema
import pytest

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import WORKOUTS
from strava_mcp.tools import load_tools
from strava_mcp.tools.activity_table import MAX_ROWS_AS_OBJECTS
from strava_mcp.tools.reply_schema import Rare, reply_schema
from tests.sources.archive.imported import archive_of
from tests.tools.conftest import WRITER, Call, closed
from tests.tools.test_faults import ARGUMENTS, WRITES

SCHEMAS = {name: tool.output_schema or {} for name, tool in load_tools().items()}
SORTS = ("max_speed", "max_heartrate", "kilojoules", "kudos", "temperature", "elapsed_time")


def nodes(schema: Any) -> Iterator[JSON]:
    """A schema and all in it."""
    yield schema
    parts = [*schema.get("properties", {}).values()]
    parts += schema.get("$defs", {}).values()
    parts += [schema[key] for key in ("items", "additionalProperties") if key in schema]
    for part in parts:
        if isinstance(part, dict):
            yield from nodes(part)


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_every_value_has_a_shape(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["type"] == "object" and schema["additionalProperties"] is True
    for node in nodes(schema):
        assert set(node.get("required", ())) <= set(node.get("properties", {}))
        assert not {"anyOf", "oneOf", "allOf"} & set(node), "Claude's connector may list no tools"
        assert "type" in node or node["$ref"][8:] in schema["$defs"]
        kinds = node.get("type")
        if kinds in ("array", ["object", "array"]):
            assert node["items"], "an array of anything"
        if kinds in ("object", ["object", "array"]):
            assert node.get("properties") or node.get("additionalProperties")
        if "$ref" in node:
            assert node["$ref"].startswith("#/$defs/") and len(node) == 1


def rows_of(schema: JSON, name: str) -> set[str]:
    """The declared keys of the rows under a name of a reply."""
    items = schema["properties"][name]["items"]
    if "$ref" in items:
        items = schema["$defs"][items["$ref"].removeprefix("#/$defs/")]
    return set(items["properties"])


@pytest.mark.parametrize(
    "tool, rows, keys",
    [
        ("get_activities", "activities", {"id", "name", "sport_type", "start_local", "distance"}),
        ("get_activity_by_id", "laps", {"name", "distance", "moving_time", "average_heartrate"}),
        ("get_activity_by_id", "splits", {"name", "distance", "moving_time", "pace"}),
        ("get_activity_by_id", "segment_efforts", {"name", "segment_id", "time", "kom_rank"}),
        ("get_activity_zones", "zones", {"type", "sensor_based", "buckets"}),
        ("get_activity_social", "latest_comments", {"from", "at_utc", "text"}),
        ("get_athlete", "shoes", {"id", "name", "distance", "primary", "retired"}),
        ("get_athlete_zones", "heart_rate", {"min", "max"}),
        ("list_starred_segments", "segments", {"id", "name", "distance", "average_grade"}),
        ("get_segment", "efforts", {"start_local", "time", "activity_id", "pr_rank"}),
        ("get_routes", "routes", {"id", "name", "distance", "elevation_gain"}),
        ("get_route", "waypoints", {"title", "description", "at"}),
        ("get_clubs", "clubs", {"id", "name", "sport", "members"}),
        ("search", "results", {"id", "title", "url"}),
        ("get_connection_status", "limits", {"of", "used", "limit"}),
    ],
)
def test_rows_declare_their_keys(tool: str, rows: str, keys: set[str]) -> None:
    assert keys <= rows_of(SCHEMAS[tool], rows)


def replies(call: Call, context: Context) -> None:
    """Call every tool that reads; the fixture ``call`` checks each reply against its schema."""
    for units in ("metric", "imperial"):
        for per_page in (5, MAX_ROWS_AS_OBJECTS + 1, 200):
            call("get_activities", context=context, per_page=per_page, units=units)
    for workout in WORKOUTS.values():
        call("get_activities", context=context, workout=workout)
    for sort in SORTS:
        call("get_activities", context=context, sort=sort, per_page=5)
    rows = call("get_activities", context=context, per_page=12)["activities"]
    assert all(isinstance(row["id"], int) and row["name"] for row in rows)
    for row in rows:
        for detail in ("brief", "full"):
            call("get_activity_by_id", context=context, id=row["id"], detail=detail)
        call("fetch", context=context, id=str(row["id"]))
    for query in ("runs over 10 km", "swims last year", "xyzzy"):
        call("search", context=context, query=query)


@pytest.mark.no_cover
def test_replies_of_the_sandbox(call: Call, ctx: Context) -> None:
    replies(call, ctx)
    activity, *_ = call("get_activities", per_page=1, sport_type="Ride")["activities"]
    for name, arguments in ARGUMENTS.items():
        if name in WRITES or name in ("get_upload", "get_club_activities"):
            continue
        given = dict(arguments)
        for key in [key for key, value in given.items() if value == "{activity}"]:
            given[key] = str(activity["id"]) if name == "fetch" else activity["id"]
        call(name, **given)
    for keys in (["time", "watts"], ["heartrate", "moving", "latlng"]):
        for by_type in (True, False):
            given = {"id": activity["id"], "keys": keys, "key_by_type": by_type}
            call("get_activity_streams", **given, include_gps=True)


@pytest.mark.no_cover
def test_replies_of_an_archive(call: Call, sandbox_home: Path) -> None:
    source = archive_of(sandbox_home)
    context = Context(WRITER, optional_source=source)
    replies(call, context)
    for name in ("get_athlete", "get_athlete_stats", "get_connection_status", "get_routes"):
        call(name, context=context)


def test_an_undeclared_key_of_a_row_is_noticed() -> None:
    reply: JSON = {"units": "", "activities": [{"id": 1, "name": "x"}]}
    validator = jsonschema.Draft202012Validator(closed(SCHEMAS["get_athlete"]))
    assert validator.is_valid({"units": "", "id": 1, "bikes": [{"id": "b1"}], "note": "x"})
    assert not validator.is_valid({"units": "", "id": 1, "bikes": [{"id": "b1", "odd": 1}]})
    assert jsonschema.Draft202012Validator(SCHEMAS["get_activities"]).is_valid(reply)


class Inner(TypedDict, total=False):
    """A row with a rare key."""

    name: str | None
    place: Rare[str | None]


class Outer(TypedDict, total=False):
    """A reply with a rare key, and rows with one."""

    inner: list[Inner]
    note: Rare[str]


def test_an_object_with_rare_keys_is_open() -> None:
    row = {"type": "object", "properties": {"name": {"type": "string"}}}
    assert reply_schema(Outer, "inner") == {
        "type": "object",
        "properties": {"inner": {"type": "array", "items": {**row, "additionalProperties": True}}},
        "required": ["inner"],
        "additionalProperties": True,
    }
