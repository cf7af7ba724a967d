"""The pictures of the README are what the views draw today, and small."""

import struct
from pathlib import Path

import pytest

from strava_mcp.charts.examples import __main__ as examples
from strava_mcp.charts.picture import DEFAULT_WIDTH
from tests.charts.test_picture import MAX_BYTES


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    examples.write(folder)
    return folder


def size(picture: bytes) -> tuple[int, int]:
    """Width and height (PNG, the chunk IHDR)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("view", examples.VIEWS)
def test_a_picture_is_kept_for_each_view(drawn: Path, view: str) -> None:
    """Not byte for byte: they were drawn on another day, and a session may have more laps."""
    kept, now = ((folder / f"{view}.png").read_bytes() for folder in (examples.FOLDER, drawn))
    assert size(kept)[0] == size(now)[0] == DEFAULT_WIDTH
    assert abs(size(kept)[1] - size(now)[1]) <= 3 * 28, "draw them again: see the package"
    assert 10_000 < len(kept) <= MAX_BYTES


def test_no_other_picture_is_kept() -> None:
    kept = {path.stem for path in examples.FOLDER.glob("*.png")}
    assert kept == set(examples.VIEWS)


def test_the_charts_show_something() -> None:
    charts = list(examples.charts())
    assert [chart.view for chart in charts] == list(examples.VIEWS)
    assert not any(chart.state for chart in charts)
    session = charts[0]
    assert len(session.strip) >= 5 and session.map and len(session.tabs[0].panels) >= 3
