"""How lists look in a terminal."""

import time
from collections.abc import Sequence

import click


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns. What is not printable may have come from a client."""
    shown = [["".join(c if c.isprintable() else "?" for c in cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def date(when: float | None) -> str:
    """Local time to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(when)) if when else "never"
