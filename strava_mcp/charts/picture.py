"""A chart as a PNG, by resvg and with the fonts that are bundled here.

Neither Lambda nor a container has fonts, and without any the text of a picture would be missing.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files

from strava_mcp.charts.chart import Chart
from strava_mcp.charts.rules import Theme
from strava_mcp.charts.svg import DEFAULT_WIDTH, draw

FONTS = ("inter-400.ttf", "inter-600.ttf")


def png(chart: Chart, theme: Theme = "light", width: int = DEFAULT_WIDTH) -> bytes:
    """The picture that ``svg.draw`` draws, ``width`` pixels wide. Raises ValueError as it does."""
    # Loaded with the first picture: a cold start does not need it.
    import resvg_py

    svg = draw(chart, width, theme)
    with _font_files() as fonts:
        return bytes(resvg_py.svg_to_bytes(svg, skip_system_fonts=True, font_files=fonts))


@contextmanager
def _font_files() -> Iterator[list[str]]:
    with ExitStack() as stack:
        folder = files(__package__).joinpath("fonts")
        yield [str(stack.enter_context(as_file(folder.joinpath(name)))) for name in FONTS]
