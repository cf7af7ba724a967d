"""The text of a drawing as the browser has laid it out: overlaps, edges, contrast, sizes."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome

SCRIPT = (Path(__file__).parent / "drawn_text.js").read_text("utf-8")
#: A line box holds room above and below the letters, which may meet that of the next line.
SPARE_PX = (1.0, 3.0)
EDGE_PX = 1.0
MIN_SIZE_PX = 11
MIN_CONTRAST = 4.5  # WCAG 2.2, 1.4.3


def pieces(browser: Chrome) -> list[dict[str, Any]]:
    """Every piece of visible text: its box, the edges of its frame, color and size, in px."""
    drawn: list[dict[str, Any]] = browser.execute_script(SCRIPT)
    return drawn


def faults(browser: Chrome, ground: str) -> list[str]:
    """What is wrong with the text in view on a ground of this color; empty if nothing is."""
    return faults_of(pieces(browser), ground)


def faults_of(drawn: list[dict[str, Any]], ground: str) -> list[str]:
    """What is wrong with some pieces of text."""
    return [
        *_overlaps(drawn),
        *(f"leaves its frame: {one['text']}" for one in drawn if _is_outside(one)),
        *(f"too small: {one['text']}" for one in drawn if one["size"] < MIN_SIZE_PX),
        *(f"too faint: {one['text']}" for one in drawn if _is_faint(one, ground)),
    ]


def _overlaps(drawn: list[dict[str, Any]]) -> list[str]:
    wide, high = SPARE_PX
    return [
        f"overlap: {a['text']!r} and {b['text']!r}"
        for a, b in combinations(drawn, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > wide
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > high
    ]


def _is_outside(one: dict[str, Any]) -> bool:
    left, top, right, bottom = one["frame"]
    return bool(
        one["left"] < left - EDGE_PX
        or one["right"] > right + EDGE_PX
        or one["top"] < top - EDGE_PX
        or (bottom is not None and one["bottom"] > bottom + EDGE_PX)
    )


def _is_faint(one: dict[str, Any], ground: str) -> bool:
    is_on_tag = one["name"] == "tag"  # light letters on a dark ground of their own
    return not is_on_tag and contrast(rgb(one["color"]), rgb(ground)) < MIN_CONTRAST


def rgb(color: str) -> tuple[float, float, float]:
    """``#rrggbb`` or ``rgb(…)`` as three numbers from 0 to 1."""
    if color.startswith("#"):
        red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    else:
        red, green, blue = (int(part) for part in re.findall(r"\d+", color)[:3])
    return red / 255, green / 255, blue / 255


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The contrast of two colors (WCAG 2.2, "contrast ratio"), from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: tuple[float, float, float]) -> float:
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
