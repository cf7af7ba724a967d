"""The pre-generated result of ``tools/list``, so that listing tools imports none of them.

This keeps marshmallow and the tools out of a cold start. After changing a tool, regenerate the file
with ``python -m strava_mcp.tools.catalogue``; tests/tools/test_catalogue.py fails until then.
"""

import json
from pathlib import Path

from strava_mcp.json_types import JSON
from strava_mcp.tools import load_tools

PATH = Path(__file__).with_name("catalogue.json")


def read() -> list[JSON]:
    """The entries of ``tools/list`` (schema: Tool) from the file."""
    entries: list[JSON] = json.loads(PATH.read_text("utf-8"))
    return entries


def generate() -> str:
    """The content that the file should have: one entry per line, for readable diffs."""
    entries = [json.dumps(tool.listing(), ensure_ascii=False) for tool in load_tools().values()]
    return "[\n" + ",\n".join(entries) + "\n]\n"


if __name__ == "__main__":
    PATH.write_text(generate(), "utf-8")
