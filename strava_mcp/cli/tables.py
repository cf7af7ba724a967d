"""Columns and dates in a terminal."""

import time
from collections.abc import Sequence

import click


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in aligned columns. Unprintable characters, which clients may send, become ``?``.

    The first row is the heading.
    """
    cells = [["".join(c if c.isprintable() else "?" for c in cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def date(timestamp: float | None) -> str:
    """Format a timestamp as local time to the minute; None as ``never``."""
    if not timestamp:
        return "never"
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(timestamp))
