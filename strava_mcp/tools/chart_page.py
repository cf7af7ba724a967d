"""The page that draws charts inside a chat (MCP Apps 2026-01-26), as tools and lists name it."""

from strava_mcp.json_types import JSON

CHART_PAGE = "ui://strava/chart.html"
#: The key of a result's ``_meta`` with the chart, which no model sees.
CHART_KEY = "strava_mcp/chart"
#: ``_meta`` of a tool that only the page may call.
FOR_PAGE: JSON = {"ui": {"visibility": ["app"]}}


def shown_on_page() -> JSON:
    """``_meta`` of a tool whose result the page shows.

    The same link in each key that a host reads: that of MCP Apps, its first form, and ChatGPT's.
    Hosts keep pages by their URI, so it changes with the content.
    """
    from strava_mcp.charts import page

    uri = f"{CHART_PAGE}?v={page.version()}"
    return {
        "ui": {"resourceUri": uri, "visibility": ["model", "app"]},
        "ui/resourceUri": uri,
        "openai/outputTemplate": uri,
    }
