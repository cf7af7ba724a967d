"""The figures of a header: in one row where they fit, else in columns without a lonely last one."""

import pytest

from strava_mcp.charts.chart import Fact
from strava_mcp.charts.rules import colors
from strava_mcp.charts.svg_facts import ROW, draw_facts
from tests.charts.picture_geometry import Box, parsed, texts
from tests.charts.sample_charts import SIX_FACTS


def drawn(facts: list[Fact], room: float) -> tuple[list[Box], float]:
    part = draw_facts(facts, colors("light"), 16, 16 + room, 40)
    return (
        texts(parsed(f"<svg xmlns='http://www.w3.org/2000/svg'>{part.markup}</svg>")),
        part.bottom,
    )


def rows(boxes: list[Box], facts: list[Fact]) -> list[int]:
    """How many figures stand in each row."""
    labels = [box for box in boxes if box.text in [fact.label for fact in facts]]
    tops = [box.top for box in labels]
    return [tops.count(top) for top in sorted(set(tops))]


@pytest.mark.parametrize(
    "room, expected", [(640, [6]), (520, [3, 3]), (440, [3, 3]), (260, [2, 2, 2]), (120, [1] * 6)]
)
def test_six_facts_fill_their_rows(room: float, expected: list[int]) -> None:
    boxes, bottom = drawn(SIX_FACTS, room)
    assert rows(boxes, SIX_FACTS) == expected
    assert bottom == 40 + len(expected) * ROW - 6
    assert all(box.left >= 16 and box.right <= 16 + room + 1 for box in boxes)
    assert not [(a, b) for a in boxes for b in boxes if a is not b and a.overlaps(b)]


def test_five_facts_are_three_and_two() -> None:
    boxes, _ = drawn(SIX_FACTS[:5], 400)
    assert rows(boxes, SIX_FACTS) == [3, 2]


def test_no_facts_take_no_room() -> None:
    assert drawn([], 400) == ([], 40)
