"""Columns and dates in a terminal."""

import time
from collections.abc import Sequence

import click

from strava_mcp.oauth.confusables import reveal


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in aligned columns; the first row is the heading.

    Invisible characters, which clients may send, are shown by their code points.
    """
    cells = [[reveal(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def date(timestamp: float | None) -> str:
    """Format a timestamp as local time to the minute; None as ``never``."""
    if not timestamp:
        return "never"
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(timestamp))
