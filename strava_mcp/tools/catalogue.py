"""The pre-generated result of ``tools/list``, so that listing tools imports none of them.

Each line of the file is the listing of a tool, with ``needs`` (``registry.Tool``) where it has any.
This keeps marshmallow and the tools out of a cold start. After changing a tool, regenerate the file
with ``python -m strava_mcp.tools.catalogue``; tests/tools/test_catalogue.py fails until then.
"""

import json
from collections.abc import Collection
from pathlib import Path

from strava_mcp.json_types import JSON
from strava_mcp.tools import load_tools

PATH = Path(__file__).with_name("catalogue.json")


def read(unsupported: Collection[str] = ()) -> list[JSON]:
    """The entries of ``tools/list`` (schema: Tool) from the file.

    ``unsupported``: methods that the source cannot answer; tools that need one are left out.
    """
    entries: list[JSON] = json.loads(PATH.read_text("utf-8"))
    return [entry for entry in entries if not set(entry.pop("needs", ())) & set(unsupported)]


def generate() -> str:
    """The content that the file should have: one entry per line, for readable diffs."""
    listings = [
        tool.listing() | ({"needs": tool.needs} if tool.needs else {})
        for tool in load_tools().values()
        if tool.listed
    ]
    entries = [json.dumps(listing, ensure_ascii=False) for listing in listings]
    return "[\n" + ",\n".join(entries) + "\n]\n"


if __name__ == "__main__":
    PATH.write_text(generate(), "utf-8")
