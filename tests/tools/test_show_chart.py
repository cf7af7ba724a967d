"""show_chart and read_chart as clients call them."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from strava_mcp.analysis.subject import MAX_READS
from strava_mcp.charts import page
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments
from strava_mcp.links import LinkIssuer
from strava_mcp.tools import catalogue, load_tools
from strava_mcp.tools.chart_page import CHART_KEY
from strava_mcp.tools.registry import Reply
from strava_mcp.tools.size import tokens
from tests.rig import Rig
from tests.tools.conftest import WRITER, Call

PERIODS = ("form", "curve", "weeks", "calendar", "map")
PNG = b"\x89PNG\r\n\x1a\n"
#: By our own estimate; o200k counts 199 where it says 346.
MAX_LISTING_TOKENS = 347


def shown(ctx: Context, **arguments: Any) -> Reply:
    tool = load_tools()["show_chart"]
    reply = tool.function(ctx, tool.load(arguments))
    assert isinstance(reply, Reply)
    return reply


def read(ctx: Context, **arguments: Any) -> Any:
    tool = load_tools()["read_chart"]
    reply = tool.function(ctx, tool.load(arguments))
    assert isinstance(reply, Reply) and reply.structured
    return reply.structured["chart"]


def test_the_text_answers_alone_and_the_series_are_in_meta(ctx: Context, call: Call) -> None:
    structured = call("show_chart", view="form")
    reply = shown(ctx, view="form")
    assert reply.text and structured["reading"] in reply.text
    assert structured["figures"]["Fitness"] in reply.text
    assert tokens({"text": reply.text}) < 400
    assert len(json.dumps(structured)) < 2500, "no series for the model"
    assert reply.meta and reply.meta[CHART_KEY]["axis"]["values"]
    assert reply.content is None, "a picture only where it was asked for"


@pytest.mark.parametrize("view", ["activity", *PERIODS, "compare"])
def test_reads_of_a_chart_are_bounded_and_what_is_missing_is_said(
    ctx: Context, rig: Rig, view: str
) -> None:
    """Where each recording costs a request, as with Strava's API."""
    rig.source.keeps_metrics = False  # type: ignore[misc]
    rig.source.measured = None  # type: ignore[attr-defined]
    runs = [row["id"] for row in rig.all_activities() if row["sport_type"] == "Run"]
    rig.forget_calls()
    reply = shown(ctx, view=view, **({"ids": runs[:1]} if view == "compare" else {}))
    # Here nothing is cached, so that one may be read twice.
    recordings = {call for call in rig.calls if call.endswith("/streams")}
    assert len(recordings) <= MAX_READS
    assert reply.text and reply.meta
    if view in ("form", "curve", "weeks", "calendar"):
        assert len(recordings) == MAX_READS
        missing = re.search(r"Recordings not read yet: (\d+); ask again for them\.", reply.text)
        assert missing and int(missing[1]) > 0
        assert missing[0] in reply.meta[CHART_KEY]["notes"]


def test_the_text_says_what_is_estimated(ctx: Context, call: Call) -> None:
    reply = shown(ctx, view="form")
    assert reply.meta and reply.text
    notes = reply.meta[CHART_KEY]["notes"]
    assert notes and all(note in reply.text for note in notes)
    assert call("show_chart", view="form")["notes"] == notes


@pytest.mark.parametrize("view", PERIODS)
def test_what_was_asked_can_be_asked_again(ctx: Context, view: str) -> None:
    first = shown(ctx, view=view, date_range="last 8 weeks", sport="runs")
    assert first.meta
    again = shown(ctx, **first.meta[CHART_KEY]["arguments"])
    assert again.meta == first.meta and again.text == first.text


def test_all_time_can_be_asked_again(ctx: Context) -> None:
    first = shown(ctx, view="weeks", date_range="all time")
    assert first.meta and shown(ctx, **first.meta[CHART_KEY]["arguments"]).meta == first.meta


def test_an_activity_by_default_is_the_newest(ctx: Context) -> None:
    newest = ctx.source.activities(per_page=1)[0]["id"]
    reply = shown(ctx, view="activity")
    assert reply.meta and reply.meta[CHART_KEY]["arguments"]["ids"] == str(newest)


def test_a_picture_is_a_png_in_the_asked_theme(ctx: Context) -> None:
    light = shown(ctx, view="weeks", picture=True)
    dark = shown(ctx, view="weeks", picture=True, theme="dark")
    assert light.content and dark.content
    (block,) = light.content
    assert block["type"] == "image" and block["mimeType"] == "image/png"
    assert base64.b64decode(block["data"]).startswith(PNG)
    assert block["data"] != dark.content[0]["data"]


@pytest.mark.parametrize(
    "arguments, name, words",
    [
        ({"view": "weeks", "until": "in 3 weeks"}, "until", "Only for the views form"),
        ({"view": "form", "ids": [5]}, "ids", "activity, compare"),
        ({"view": "compare"}, "ids", "one or two"),
        ({"view": "form", "planned": "60/day"}, "until", "the day to project to"),
        ({"view": "pie"}, "view", "Must be one of"),
        ({"view": "weeks", "date_range": "whenever"}, "date_range", "."),
        ({"view": "activity", "ids": [1, 2]}, "ids", "one activity"),
        ({"view": "activity", "ids": [1, 2, 3]}, "ids", "1 to 2"),
        ({}, "view", "Missing"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    ctx: Context, arguments: dict[str, Any], name: str, words: str
) -> None:
    with pytest.raises(InvalidArguments) as refusal:
        shown(ctx, **arguments)
    assert words in refusal.value.fields[name]


def test_the_page_reads_a_stretch_in_more_detail(ctx: Context) -> None:
    run = next(a for a in ctx.source.activities(per_page=50) if a["distance"] > 8000)
    whole = read(ctx, view="activity", ids=str(run["id"]))
    part = read(ctx, view="activity", ids=str(run["id"]), zoom_from=2000, zoom_to=3000)
    values = part["axis"]["values"]
    assert 2000 <= values[0] and values[-1] <= 3000
    assert len(values) > sum(2000 <= one <= 3000 for one in whole["axis"]["values"])
    assert part["arguments"] == whole["arguments"]
    with pytest.raises(InvalidArguments):
        read(ctx, view="activity", zoom_from=5)
    with pytest.raises(InvalidArguments):
        read(ctx, view="activity", zoom_from=5, zoom_to=5)
    with pytest.raises(InvalidArguments):
        shown(ctx, view="activity", zoom_from=1, zoom_to=5)


def test_where_people_can_sign_in_the_text_has_the_page(ctx: Context) -> None:
    links = LinkIssuer(None, WRITER, str, "https://strava.example")  # type: ignore[arg-type]
    reply = shown(replace(ctx, links=links), view="weeks")
    address = re.search(r"https://strava\.example/training\?\S+", reply.text)
    assert address and "view=weeks" in address[0] and reply.structured
    assert reply.structured["page"] == address[0]
    without = LinkIssuer(None, WRITER, str, "https://a.org", "", False)  # type: ignore[arg-type]
    assert "/training" not in shown(replace(ctx, links=without), view="weeks").text


def test_the_list_links_the_page_as_every_host_reads_it() -> None:
    entries = {entry["name"]: entry for entry in catalogue.read()}
    meta = entries["show_chart"]["_meta"]
    uri = f"ui://strava/chart.html?v={page.version()}"
    assert meta["ui"] == {"resourceUri": uri, "visibility": ["model", "app"]}
    assert meta["ui/resourceUri"] == meta["openai/outputTemplate"] == uri
    assert entries["read_chart"]["_meta"] == {"ui": {"visibility": ["app"]}}
    listed = {key: entries["show_chart"][key] for key in ("name", "description", "inputSchema")}
    assert tokens(listed) < MAX_LISTING_TOKENS


def test_any_version_of_the_page_is_answered(ctx: Context) -> None:
    from strava_mcp.prompts.resources import RESOURCES

    resource = next(one for one in RESOURCES if one.uri.startswith("ui://"))
    for uri in ("ui://strava/chart.html", "ui://strava/chart.html?v=0", f"{resource.uri}?v=a-1.b"):
        assert resource.match(uri) == {}
    for uri in (
        "ui://strava/chart.html?x=1",
        "ui://strava/chart.htmlx",
        "ui://strava/chart.html?v=a/b",
    ):
        assert resource.match(uri) is None
    text = resource.read(ctx, {})
    assert isinstance(text, str) and text.startswith("<!doctype html>")
    assert resource.mime_type == "text/html;profile=mcp-app"
    assert resource.listing()["uri"].endswith(page.version())


def test_the_page_needs_nothing_from_anywhere() -> None:
    text = page.page()
    assert not re.search(
        r"""(?:src|href)\s*=|@import|url\((?!#)|fetch\("http|eval\(|innerHTML""", text
    )
    assert "localStorage" not in text


@pytest.mark.parametrize("plan", ["60/day", "400/week", "3x60.5, 0, 400/week", "100, 100, 0"])
def test_a_planned_form_can_be_asked_again_by_a_short_address(ctx: Context, plan: str) -> None:
    links = LinkIssuer(None, WRITER, str, "https://strava.example")  # type: ignore[arg-type]
    linked = replace(ctx, links=links)
    first = shown(linked, view="form", until="in 360 days", planned=plan)
    assert first.meta and first.structured
    again = shown(linked, **first.meta[CHART_KEY]["arguments"])
    assert again.meta == first.meta and again.text == first.text
    assert len(first.structured["page"]) < 250
