"""The list of tools, written down: a server that is only asked for it imports no tool.

A cold start saves marshmallow and every noun. ``python -m strava_mcp.tools.catalogue`` writes the
list anew after a tool has changed; tests/tools/test_catalogue.py fails until that is done.
"""

import json
from pathlib import Path
from typing import Any

from strava_mcp.tools import load_tools

PATH = Path(__file__).with_name("catalogue.json")


def read() -> list[dict[str, Any]]:
    """The entries of ``tools/list`` (schema: Tool), as they were written down."""
    found: list[dict[str, Any]] = json.loads(PATH.read_text("utf-8"))
    return found


def current() -> str:
    """What should be written down: one entry a line, so that a change shows as one."""
    entries = [json.dumps(tool.listing(), ensure_ascii=False) for tool in load_tools().values()]
    return "[\n" + ",\n".join(entries) + "\n]\n"


if __name__ == "__main__":
    PATH.write_text(current(), "utf-8")
