"""The tools: one file a noun, each adding its own to the registry."""

from importlib import import_module

from strava_mcp.tools.registry import TOOLS, Tools

#: The nouns, in the order of ``tools/list``.
NOUNS = (
    *("activities", "social", "athlete", "gear", "streams", "segments", "routes", "clubs"),
    *("uploads", "search", "connection"),
)


def load_tools() -> Tools:
    """Every tool, noun by noun, whoever imported which noun first; marshmallow comes with them."""
    nouns = [import_module(f"{__name__}.{noun}").__name__ for noun in NOUNS]
    own = [tool for tool in TOOLS.values() if tool.function.__module__ in nouns]
    return Tools(sorted(own, key=lambda tool: nouns.index(tool.function.__module__)))
