"""The written list of tools is the list of tools."""

from strava_mcp.tools import catalogue


def test_it_is_up_to_date() -> None:
    written = catalogue.PATH.read_text("utf-8")
    command = "python -m strava_mcp.tools.catalogue"
    assert written == catalogue.current(), f"a tool has changed: run `{command}`"
    assert len(catalogue.read()) == 13
