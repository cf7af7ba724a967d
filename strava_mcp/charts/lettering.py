"""The width of texts in the fonts of the pictures, and texts that fit into one.

``fonts/widths.json`` has each character's width in em; the fonts have no kerning, so a text is as
wide as its characters together. The fonts cover Latin letters only.
"""

import json
from functools import cache
from importlib.resources import files
from unicodedata import normalize

from strava_mcp.escaping import visible

Weight = int
#: Stands for a character that the fonts lack.
MISSING = "?"
ELLIPSIS = "\u2026"
#: What a text is cut to before anything else; nothing that long fits into a picture.
MAX_CHARACTERS = 1000


@cache
def _widths() -> dict[Weight, dict[str, float]]:
    text = files(__package__).joinpath("fonts/widths.json").read_text("utf-8")
    return {int(weight): widths for weight, widths in json.loads(text).items()}


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """The width of a drawable text at a font size, in the unit of the size."""
    widths = _widths()[weight]
    return size * sum(widths[character] for character in text)


def drawable(text: str) -> str:
    """The text in characters that the fonts have: without controls, accents left out where the
    accented letter is missing, other characters as ``?``.
    """
    widths = _widths()[400]
    characters = []
    for character in visible(text[:MAX_CHARACTERS]):
        if character in widths:
            characters.append(character)
        elif character.isspace():
            characters.append(" ")
        elif character.isprintable():
            base = normalize("NFKD", character)[0]
            characters.append(base if base in widths else MISSING)
    return "".join(characters).strip()


def shortened(text: str, width: float, size: float, weight: Weight = 400) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis; empty where nothing fits."""
    if text_width(text, size, weight) <= width:
        return text
    rest = width - text_width(ELLIPSIS, size, weight)
    kept = _fitting(text, rest, size, weight)
    return f"{text[:kept].rstrip()}{ELLIPSIS}" if kept else ""


def wrapped(text: str, width: float, size: float, max_lines: int) -> list[str]:
    """The lines of a text, none wider than ``width``; the last of too many ends in an ellipsis."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < max_lines - 1 and text_width(rest, size) > width:
        kept = max(1, _fitting(rest, width, size, 400))
        space = rest.rfind(" ", 0, kept + 1)
        lines.append(rest[: space if space > 0 else kept].rstrip())
        rest = rest[space if space > 0 else kept :].lstrip()
    return [*lines, shortened(rest, width, size)] if rest else lines


def _fitting(text: str, width: float, size: float, weight: Weight) -> int:
    """How many characters from the beginning fit."""
    widths = _widths()[weight]
    used = 0.0
    for index, character in enumerate(text):
        used += widths[character] * size
        if used > width:
            return index
    return len(text)
