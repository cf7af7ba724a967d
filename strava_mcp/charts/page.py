"""The page that draws charts: one self-contained document made of the files in ``page/``.

Hosts of MCP Apps allow no request and no font (MCP Apps 2026-01-26, default policy), so everything
is inline. The server's own page takes the same style and script from ``style`` and ``script``.
"""

import hashlib
import json
from functools import cache
from pathlib import Path

from strava_mcp import __version__
from strava_mcp.charts.rules import RULES, Theme, colors

FOLDER = Path(__file__).parent
#: The parts of the script, in their order.
PARTS = (
    *("format", "scales", "svg", "steps", "panels", "pointer", "map", "grid", "frame"),
    *("bridge", "arrival"),
)
#: Chromium compiles all functions while the data is on its way (V8, explicit compile hints).
COMPILE = "//# allFunctionsCalledOnLoad"
#: Colours of text and ground follow the host; the rest are ours (MCP Apps, style variables).
HOST_COLORS = {
    "ink": "--color-text-primary",
    "soft": "--color-text-secondary",
    "line": "--color-border-tertiary",
    "fill": "--color-background-secondary",
    "ground": "--color-background-primary",
}


@cache
def script() -> str:
    """The whole script."""
    sizes = {name: value for name, value in RULES.items() if name != "colors"}
    constants = f"const RULES = {json.dumps(sizes)};\nconst VERSION = {json.dumps(__version__)};"
    parts = [(FOLDER / "page" / f"{name}.js").read_text("utf-8") for name in (*PARTS, "main")]
    return "\n".join([COMPILE, "(() => {", '"use strict";', constants, *parts, "})();"])


@cache
def style() -> str:
    """The whole style sheet: the colours of both themes, then ``style.css``."""
    light, dark = _variables("light"), _variables("dark")
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; {light} }}",
            f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ {dark} }} }}",
            f':root[data-theme="dark"] {{ {dark} }}',
            (FOLDER / "page" / "style.css").read_text("utf-8"),
        ]
    )


@cache
def page() -> str:
    """The document of the MCP App."""
    shell = (FOLDER / "page" / "chart.html").read_text("utf-8")
    return shell.replace("{style}", style()).replace("{script}", script())


@cache
def version() -> str:
    """A name of the page's content, for hosts that keep pages by their URI."""
    return hashlib.sha256(page().encode()).hexdigest()[:12]


def _variables(theme: Theme) -> str:
    return " ".join(
        (
            f"--chart-{name}: var({HOST_COLORS[name]}, {color});"
            if name in HOST_COLORS
            else f"--chart-{name}: {color};"
        )
        for name, color in colors(theme).items()
    )
