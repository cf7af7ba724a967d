"""The tools that draw: one for models and people, one for the page that draws.

MCP Apps (2026-01-26): a host shows the page of ``ui.resourceUri`` beside the result. The series for
it are in ``_meta``, which no model sees; hosts that drop it let the page call ``read_chart``.
"""

import base64
from typing import TYPE_CHECKING, Any, TypedDict

from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import INVENTED
from strava_mcp.tools.chart_page import CHART_KEY, FOR_PAGE, shown_on_page
from strava_mcp.tools.chart_request import (
    ReadArguments,
    ShowArguments,
    chart_for,
)
from strava_mcp.tools.registry import Reply, tool
from strava_mcp.tools.reply_schema import reply_schema

if TYPE_CHECKING:
    from strava_mcp.charts.chart import Chart


class ShownChart(TypedDict, total=False):
    """The reply of show_chart. ``reading``: what the chart shows; ``page``: its address."""

    reading: str
    figures: dict[str, Any]
    page: str


class ReadChart(TypedDict, total=False):
    """The reply of read_chart: a ``charts.chart.Chart``."""

    chart: dict[str, Any]


@tool(
    title="Show a chart",
    arguments=ShowArguments,
    output=reply_schema(ShownChart, "reading"),
    meta=shown_on_page,
    reads_much=True,
)
def show_chart(ctx: Context, arguments: JSON) -> Reply:
    """Draw a chart for the user to see, with a short reading. For figures use the other tools."""
    chart = chart_for(ctx, arguments)
    structured: JSON = {
        "view": chart.view,
        "title": chart.title,
        "reading": chart.reading,
        "notes": [*chart.notes],
        "figures": {fact.label: f"{fact.value} {fact.unit}".strip() for fact in chart.facts},
        "arguments": dict(chart.arguments),
    }
    text = "\n".join([chart.reading, *chart.notes])
    if ctx.links and (address := ctx.links.training(chart.arguments)):
        structured["page"] = address
        text += f"\n\nThe same as a page, after signing in: {address}"
    if ctx.source.is_invented:
        text = f"Data: {INVENTED}.\n{text}"
    return Reply(
        content=[_image(chart, arguments)] if arguments.get("picture") else None,
        structured=structured,
        text=text,
        meta={CHART_KEY: chart.to_json()},
    )


@tool(
    title="Data of a chart",
    arguments=ReadArguments,
    output=reply_schema(ReadChart),
    meta=FOR_PAGE,
    reads_much=True,
)
def read_chart(ctx: Context, arguments: JSON) -> Reply:
    """For the chart's page only; use show_chart."""
    chart = chart_for(ctx, arguments)
    return Reply(structured={"chart": chart.to_json()}, text=chart.reading)


def _image(chart: "Chart", arguments: JSON) -> JSON:
    from strava_mcp.charts.picture import png

    data = base64.b64encode(png(chart, arguments.get("theme", "light"))).decode("ascii")
    return {"type": "image", "data": data, "mimeType": "image/png"}
