"""Widths of texts, and texts that fit."""

import pytest
from fontTools.ttLib import TTFont

from strava_mcp.charts.lettering import drawable, shortened, text_width, wrapped
from tests.charts.make_fonts import FONTS, WEIGHTS, widths_of
from tests.charts.sample_charts import NAME


@pytest.mark.parametrize("weight", WEIGHTS)
def test_widths_are_those_of_the_fonts(weight: int) -> None:
    font = TTFont(FONTS / f"inter-{weight}.ttf")
    for character, width in widths_of(font).items():
        assert text_width(character, 1, weight) == pytest.approx(width, abs=1e-4)
    assert not {"GPOS", "GSUB", "kern"} & set(font.keys()), "no width but that of characters"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_are_equally_wide(weight: int) -> None:
    assert len({text_width(figure, 10, weight) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("weight", WEIGHTS)
def test_fonts_are_small_and_licensed(weight: int) -> None:
    assert (FONTS / f"inter-{weight}.ttf").stat().st_size <= 30_000
    licence = (FONTS / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence and "Reserved Font Name" in licence


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Zürich – 4:31 /km · −3 °C", "Zürich – 4:31 /km · −3 °C"),
        ("1\u202f203\u00a0m", "1\u202f203\u00a0m"),
        ("Košice Ōsaka", "Kosice Osaka"),
        ("東京 🏅", "?? ?"),
        ("a\x00\u202eb\ud800\nc\td", "ab c d"),
        ("  padded  ", "padded"),
    ],
)
def test_a_drawable_text_has_only_characters_of_the_fonts(text: str, expected: str) -> None:
    assert drawable(text) == expected
    text_width(drawable(text), 12)


def test_a_text_without_end_is_cut() -> None:
    assert len(drawable(NAME * 100_000)) <= 1000


def test_a_shortened_text_fits() -> None:
    for width in range(0, 200, 7):
        text = shortened("Half marathon by the lake", width, 12)
        assert text_width(text, 12) <= width
    assert text.startswith("Half marathon by the lake")
    assert shortened("Half marathon", 60, 12).endswith("…")


def test_lines_are_wrapped_between_words() -> None:
    text = "Loads are relative effort by heart rate; 12 days are estimated from their duration."
    lines = wrapped(text, 200, 11, 9)
    assert " ".join(lines) == text and len(lines) > 1
    assert all(text_width(line, 11) <= 200 for line in lines)
    assert wrapped(text, 200, 11, 2)[-1].endswith("…")
    assert wrapped("", 200, 11, 2) == []
    assert all(text_width(line, 11) <= 50 for line in wrapped("x" * 100, 50, 11, 99))
    assert "".join(wrapped("x" * 100, 50, 11, 99)) == "x" * 100
