"""The written list of tools is the list of tools."""

import subprocess
import sys

from strava_mcp.tools import catalogue


def test_it_is_up_to_date() -> None:
    written = catalogue.PATH.read_text("utf-8")
    command = "python -m strava_mcp.tools.catalogue"
    assert written == catalogue.generate(), f"a tool has changed: run `{command}`"
    assert len(catalogue.read()) == 24


def test_its_order_does_not_depend_on_who_imports_what_first() -> None:
    code = """
import strava_mcp.tools.search, strava_mcp.tools.uploads
from strava_mcp.tools import catalogue, load_tools
assert list(load_tools()) == [entry["name"] for entry in catalogue.read()]
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
