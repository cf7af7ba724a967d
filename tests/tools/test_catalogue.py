"""The generated catalogue is up to date."""

import subprocess
import sys

from strava_mcp.tools import catalogue
from tests.waiting import MAX_WAIT_S


def test_it_is_up_to_date() -> None:
    content = catalogue.PATH.read_text("utf-8")
    command = "python -m strava_mcp.tools.catalogue"
    assert content == catalogue.generate(), f"a tool has changed: run `{command}`"
    names = [entry["name"] for entry in catalogue.read()]
    assert len(set(names)) == len(names) >= 24


def test_order_does_not_depend_on_imports() -> None:
    code = """
import strava_mcp.tools.search, strava_mcp.tools.uploads
from strava_mcp.tools import catalogue, load_tools
listed = [tool.name for tool in load_tools().values() if tool.listed]
assert listed == [entry["name"] for entry in catalogue.read()]
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=MAX_WAIT_S)
