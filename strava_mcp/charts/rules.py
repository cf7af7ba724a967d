"""The colours and sizes that both renderers share (``rules.json``). Sizes are in CSS pixels."""

import json
from importlib.resources import files
from typing import Any, Literal

Theme = Literal["light", "dark"]

RULES: dict[str, Any] = json.loads(files(__package__).joinpath("rules.json").read_text("utf-8"))


def colors(theme: Theme) -> dict[str, str]:
    """Colour name → ``#rrggbb``."""
    palette: dict[str, str] = RULES["colors"][theme]
    return palette
