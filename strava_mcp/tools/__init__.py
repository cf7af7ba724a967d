"""The tools: one file a noun, each adding its own to the registry."""

from importlib import import_module

from strava_mcp.tools.registry import TOOLS, Tools

#: The nouns, in the order of ``tools/list``.
NOUNS = ("activities", "athlete", "streams", "clubs", "uploads", "search")


def load_tools() -> Tools:
    """Every tool of the server. The first call imports them; marshmallow comes with them."""
    for noun in NOUNS:
        import_module(f"{__name__}.{noun}")
    return TOOLS
