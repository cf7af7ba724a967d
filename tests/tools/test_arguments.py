"""Arguments of tools: what is accepted, what is rejected, and the published schemas."""

import json
from typing import Any

import jsonschema
import pytest
from marshmallow import fields, validate

from strava_mcp.errors import InvalidArguments
from strava_mcp.sports import SPORTS
from strava_mcp.tools import load_tools
from strava_mcp.tools.arguments import Arguments, Choice, Choices, Flag, Number, Text, WholeNumber
from strava_mcp.tools.fields import RemovableText, units_field, unlisted
from strava_mcp.tools.id_fields import GearId, IdText, PositiveId
from strava_mcp.tools.sport_fields import Sport, Sports
from strava_mcp.tools.time_fields import DateWords, EpochSeconds, LocalTime

HUGE = 10**400


class Example(Arguments):
    id = PositiveId("activity", required=True)
    at = EpochSeconds()
    count = WholeNumber(load_default=3, validate=validate.Range(1, 5))
    segment = PositiveId("segment")
    route = IdText("route")
    gear = GearId()
    bike = GearId(none_allowed=True)
    size = Number(100)
    text = Text(10)
    remark = RemovableText()
    detail = Choice("brief", "full")
    units = units_field()
    old = Flag(**unlisted())
    flag = Flag(metadata={"description": "yes or no"})
    sport = Sport()
    sports = Sports()
    days = DateWords()
    start = LocalTime()
    keys = Choices("time", "watts")
    names = fields.List(fields.String(validate=validate.Length(max=3)))


def read(**arguments: Any) -> dict[str, Any]:
    return Example().read({"id": 1, **arguments})


def errors(**arguments: Any) -> dict[str, str]:
    with pytest.raises(InvalidArguments) as caught:
        read(**arguments)
    return caught.value.fields


@pytest.mark.parametrize(
    "arguments, loaded",
    [
        ({"id": "12345678901"}, {"id": 12345678901}),
        ({"id": 7.0}, {"id": 7}),
        ({"id": 2**63 - 1}, {"id": 2**63 - 1}),
        ({"segment": "7011002"}, {"segment": 7011002}),
        ({"route": "3150000000000000001"}, {"route": 3150000000000000001}),
        ({"route": 2**53}, {"route": 2**53}),
        (
            {"route": "https://www.strava.com/routes/3150000000000000001"},
            {"route": 3150000000000000001},
        ),
        ({"gear": " b11570001"}, {"gear": "b11570001"}),
        ({"bike": "none"}, {"bike": "none"}),
        ({"size": "12.5"}, {"size": 12.5}),
        ({"size": 0}, {"size": 0}),
        ({"text": "two\nlines"}, {"text": "two\nlines"}),
        ({"remark": "none"}, {"remark": ""}),
        ({"remark": "None"}, {"remark": "None"}),
        ({"detail": " Full"}, {"detail": "full"}),
        ({"old": True}, {"old": True}),
        ({"keys": ["watts", "time"]}, {"keys": ["watts", "time"]}),
        ({"keys": "watts, time"}, {"keys": ["watts", "time"]}),
        ({"keys": ' ["Watts","time"]'}, {"keys": ["watts", "time"]}),
        ({"keys": "watts"}, {"keys": ["watts"]}),
        ({"at": 1}, {"at": 1}),
        ({"at": "1767225600"}, {"at": 1767225600}),
        ({"at": 1767225600.0}, {"at": 1767225600}),
        ({"at": "2026-03-01T18:30Z"}, {"at": 1772389800}),
        ({"at": "2026-03-01T18:30:00.5+09:00"}, {"at": 1772357400}),
        ({"at": "2026-03-01"}, {"at": "2026-03-01T00:00:00"}),
        ({"at": " 2026-03-01 18:30 "}, {"at": "2026-03-01T18:30:00"}),
        ({"flag": "true"}, {"flag": True}),
        ({"flag": "True"}, {"flag": True}),
        ({"flag": False}, {"flag": False}),
        ({"sport": "trail run"}, {"sport": "TrailRun"}),
        ({"sport": "E-Bike Ride"}, {"sport": "EBikeRide"}),
        ({"sports": "Run, ride,run"}, {"sports": ("Run", "Ride")}),
        ({"sports": ["Hike"]}, {"sports": ("Hike",)}),
        ({"days": "last week"}, {"days": "last week"}),
        ({"start": "2026-03-01T18:30"}, {"start": "2026-03-01T18:30:00Z"}),
        ({"start": "2026-03-01 18:30:05.7Z"}, {"start": "2026-03-01T18:30:05Z"}),
        ({"flag": None, "at": None}, {}),
        ({"at": 0, "route": "", "gear": " ", "size": "", "text": "\t\n", "keys": []}, {}),
        ({"at": "0", "flag": "", "count": "", "sport": " ", "sports": [""], "keys": "[]"}, {}),
        ({"at": 0.0, "segment": "", "detail": "", "units": "", "old": "", "names": [" "]}, {}),
    ],
)
def test_accepted(arguments: dict[str, Any], loaded: dict[str, Any]) -> None:
    assert read(**arguments) == {"id": 1, "count": 3} | loaded


@pytest.mark.parametrize(
    "name, value, hint",
    [
        ("id", 0, "above 0"),
        ("id", -5, "above 0"),
        ("id", 2**63, "above 0"),
        ("id", HUGE, ""),
        ("id", 1.5, "id of an activity"),
        ("id", True, "id of an activity"),
        ("id", "abc", "https://www.strava.com/activities/"),
        ("id", [], "id of an activity"),
        ("id", {}, "id of an activity"),
        ("id", "１２", "id of an activity"),
        ("id", "1_000", "id of an activity"),
        ("id", "1" * 5000, "id of an activity"),
        ("id", float("nan"), "id of an activity"),
        ("id", float("inf"), "id of an activity"),
        ("id", "https://www.strava.com/routes/77", "page of a route"),
        ("segment", "https://www.strava.com/activities/77", "page of an activity"),
        ("gear", "https://www.strava.com/clubs/77", "page of a club"),
        ("segment", 0, "id of a segment"),
        ("route", 2**53 + 1, "quotation marks"),
        ("route", "abc", "quotation marks"),
        ("gear", 11570001, "b1234567"),
        ("at", -1, "1970"),
        ("at", "yesterday", "2026-03-01T18:30"),
        ("at", "2026-03", "2026-03-01T18:30"),
        ("at", "2026-02-30", "2026-03-01T18:30"),
        ("at", "2026-03-01T25:00", "2026-03-01T18:30"),
        ("at", 2026, "2026-03-01T18:30"),
        ("at", "20260301", "2026-03-01T18:30"),
        ("at", 1_767_225_600_000, "seconds since 1970"),
        ("at", "1969-12-31", "seconds since 1970"),
        ("at", "9999-12-31", "seconds since 1970"),
        ("at", "0001-01-01T00:00+14:00", "seconds since 1970"),
        ("at", HUGE, "seconds since 1970"),
        ("at", 0.5, "seconds since 1970"),
        ("at", float("nan"), "seconds since 1970"),
        ("at", True, "seconds since 1970"),
        ("at", [5], "seconds since 1970"),
        ("at", "1" * 10_000, "seconds since 1970"),
        ("count", 9, "1"),
        ("count", 1.5, "whole number"),
        ("count", True, "whole number"),
        ("count", "２", "whole number"),
        ("count", "1_0", "whole number"),
        ("count", [1], "whole number"),
        ("count", HUGE, "less than or equal"),
        ("size", True, "number"),
        ("size", "1_0", "number"),
        ("size", "12,5", "point"),
        ("size", "NaN", "number"),
        ("size", "１", "number"),
        ("size", HUGE, "number"),
        ("size", -0.1, "from 0 to 100"),
        ("text", "\x00", "control"),
        ("text", "x" * 11, "10 characters"),
        ("text", 7, "text"),
        ("detail", "some", "brief, full"),
        ("units", "miles", "metric, imperial"),
        ("detail", ["full"], "brief, full"),
        ("bike", "bike", "b1234567"),
        ("flag", 1, "true or false"),
        ("flag", "yes", "true or false"),
        ("sport", "Quidditch", "TrailRun"),
        ("sport", 5, "Must be text."),
        ("sports", "Run,Quidditch", "Quidditch"),
        ("sports", ",", "name a sport"),
        ("sports", {"a": 1}, "commas"),
        ("sports", [5], "string"),
        ("days", "someday", "last week"),
        ("days", "x" * 10_000, "last week"),
        ("days", 7, "Must be text."),
        ("start", "2026-03-01", "ISO 8601"),
        ("start", "yesterday at six", "ISO 8601"),
        ("start", 5, "Must be text."),
        ("start", "2026-03-01T18:30:00+09:00", "offset"),
        ("start", "2026-03-01T18:30:00-00:00", "offset"),
        ("start", "2999-03-01T18:30:00", "still to come"),
        ("start", "1899-03-01T18:30:00", "1970"),
        ("keys", ",", "empty"),
        ("keys", "[", "list"),
        ("keys", '{"a": 1}', "Item 0"),
        ("keys", 5, "list"),
        ("keys", ["time"] * 101, "100 items"),
        ("keys", ["time", "pulse"], "Item 1: Must be one of: time, watts."),
        ("names", ["long one"], "Item 0"),
        ("colour", "red", "this tool takes: id, at, "),
        ("colour", None, "this tool takes: id, at, "),
    ],
)
def test_rejected_with_a_hint(name: str, value: Any, hint: str) -> None:
    reported = errors(**{name: value})
    assert list(reported) == [name]
    assert hint in reported[name]


@pytest.mark.parametrize(
    "tool, noun",
    [
        ("get_activity_by_id", "an activity"),
        ("get_athlete_stats", "an athlete"),
        ("get_club_activities", "a club"),
        ("get_segment", "a segment"),
        ("get_upload", "an upload"),
    ],
)
def test_invalid_id_is_rejected_with_its_noun(tool: str, noun: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        load_tools()[tool].load({"id": 0})
    assert f"Must be the id of {noun}, a number above 0" in caught.value.fields["id"]


def test_every_invalid_field_is_reported() -> None:
    assert set(errors(id="x", at=-1, sport="y", more=1)) == {"id", "at", "sport", "more"}


def test_long_invalid_value_is_truncated_in_the_message() -> None:
    assert len(errors(sport="x" * 5000)["sport"]) < 1000


def test_unknown_arguments_are_reported_together_and_truncated() -> None:
    (report,) = errors(**{"x" * 5000 + str(number): 1 for number in range(100)}).items()
    assert len(str(report)) < 600 and "and 95 more" in report[0]


def test_wrong_items_of_a_list_are_reported_up_to_a_limit() -> None:
    assert errors(keys=["pulse"] * 100)["keys"].count("Item") == 5


def test_published_schema() -> None:
    schema = Example().json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["required"] == ["id"]
    published = schema["properties"]
    assert published["id"] == {"type": "integer", "description": "id of an activity"}
    assert published["route"] == {"type": "string", "description": "id or URL of a route"}
    assert "old" not in published
    assert published["detail"] == {"type": "string", "enum": ["brief", "full"]}
    assert published["units"] == {"type": "string", "description": "metric or imperial"}
    assert published["count"] == {"type": "integer"}
    assert schema["additionalProperties"] is False
    assert published["flag"] == {"type": "boolean", "description": "yes or no"}
    assert published["sports"] == {"type": "string"}
    assert published["names"] == {"type": "array", "items": {"type": "string"}}
    assert published["keys"]["items"] == {"type": "string", "enum": ["time", "watts"]}


def test_every_tool_publishes_valid_schemas_and_short_descriptions() -> None:
    for tool in load_tools().values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert 3 < len(tool.description.split()) <= 60
        assert json.dumps(tool.listing())


def test_sports_include_those_of_stravalib() -> None:
    from typing import get_args

    from stravalib.strava_model import SportType

    assert set(get_args(SportType.model_fields["root"].annotation)) <= set(SPORTS)
    assert len(set(SPORTS)) == len(SPORTS)
