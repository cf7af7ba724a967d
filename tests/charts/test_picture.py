"""Charts as PNG: size, weight, and text on a machine without fonts."""

import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from strava_mcp.charts.chart import Chart
from strava_mcp.charts.picture import png
from strava_mcp.charts.rules import Theme
from strava_mcp.charts.svg import draw
from tests.charts.sample_charts import CHARTS, activity_chart, form_chart, map_chart
from tests.conftest import ROOT

MAX_BYTES = 110_000
charts = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


def header(picture: bytes) -> tuple[int, int]:
    """Width and height, after a check of every chunk."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 4 : at + 8 + length]
        assert (
            zlib.crc32(body) == struct.unpack(">I", picture[at + 8 + length : at + 12 + length])[0]
        )
        at += 12 + length
    assert kind == b"IEND"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@charts
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_light_and_as_large_as_its_drawing(chart: Chart, theme: Theme) -> None:
    picture = png(chart, theme)
    width, height = header(picture)
    assert width == 840 and f'height="{height}"' in draw(chart, theme=theme)
    assert height % 28 == 0 and len(picture) <= MAX_BYTES


def test_the_largest_recording_and_a_year_of_tracks_are_light() -> None:
    assert len(png(activity_chart(1000))) <= MAX_BYTES
    assert len(png(map_chart(200))) <= MAX_BYTES * 1.1


def test_a_picture_has_its_text_without_fonts_on_the_machine(tmp_path: Path) -> None:
    """Fontconfig knows no font here, and the picture is the same to the byte."""
    config = tmp_path / "fonts.conf"
    config.write_text("<?xml version='1.0'?><fontconfig></fontconfig>")
    script = (
        "import sys; from strava_mcp.charts.picture import png;"
        "from tests.charts.sample_charts import form_chart;"
        "sys.stdout.buffer.write(png(form_chart()))"
    )
    alone = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"FONTCONFIG_FILE": str(config), "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert alone.stdout == png(form_chart())


def test_all_texts_leave_pixels() -> None:
    """Without its texts, or without the bundled fonts, a picture has fewer dark pixels."""
    import resvg_py

    def dark_pixels(picture: bytes) -> int:
        return sum(max(pixel[:3]) < 140 for pixel in pixels(picture))

    svg = draw(activity_chart(), 420)
    blank = re.sub(r"<text.*?</text>", "", svg)
    assert blank != svg
    without_text, without_fonts = (
        dark_pixels(bytes(resvg_py.svg_to_bytes(markup, skip_system_fonts=True)))
        for markup in (blank, svg)
    )
    assert dark_pixels(png(activity_chart(), width=420)) > without_text + 1000
    assert without_fonts == without_text, "the fonts come from our files alone"


def pixels(picture: bytes) -> list[bytes]:
    """RGBA of every pixel (PNG §9: the five filters)."""
    width, height = header(picture)
    data, at = b"", 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    raw, size, above = zlib.decompress(data), width * 4, bytearray(width * 4)
    all_pixels = []
    for row in range(height):
        start = row * (size + 1)
        kind_of_filter, line = raw[start], bytearray(raw[start + 1 : start + 1 + size])
        for i in range(size):
            left, up = line[i - 4] if i > 3 else 0, above[i]
            corner = above[i - 4] if i > 3 else 0
            line[i] = (line[i] + predicted(kind_of_filter, left, up, corner)) & 255
        all_pixels += [bytes(line[i : i + 4]) for i in range(0, size, 4)]
        above = line
    return all_pixels


def predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))


def test_nothing_of_charts_loads_before_the_first_one(tmp_path: Path) -> None:
    script = (
        "import sys, wsgi; wsgi.app;"
        "print(*[m for m in sys.modules if m.startswith(('strava_mcp.charts', 'resvg'))])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert loaded.stdout.split() == []
