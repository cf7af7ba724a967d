"""Make ``strava_mcp/charts/fonts`` from Inter as npm has it (SIL Open Font License 1.1).

The pictures need Latin letters and figures of equal width, without the features of a text font, so
that the width of a text is the sum of its characters' widths (``widths.json``). Repeat it with::

    npm pack @fontsource/inter@5.3.0 && tar xzf fontsource-inter-5.3.0.tgz
    python -m tests.charts.make_fonts package
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any
from unicodedata import category

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parents[2] / "strava_mcp" / "charts" / "fonts"
WEIGHTS = (400, 600)
#: Between groups of digits; Inter's Latin subset lacks it. Its width, in em.
NARROW_SPACE = 0x202F
NARROW_SPACE_EM = 0.2


def make(package: Path, folder: Path) -> None:
    """Write both fonts, the widths of their characters in em, and the licence into ``folder``."""
    widths = {}
    for weight in WEIGHTS:
        font = TTFont(package / "files" / f"inter-latin-{weight}-normal.woff")
        _use_equal_figures(font)
        _reduce(font)
        _add_narrow_space(font)
        _name(font, weight)
        font.flavor = None
        font.recalcTimestamp = False
        font.save(folder / f"inter-{weight}.ttf")
        widths[weight] = widths_of(font)
    text = json.dumps(widths, ensure_ascii=True, separators=(",", ":"))
    (folder / "widths.json").write_text(text.replace("},", "},\n") + "\n", "utf-8")
    shutil.copy(package / "LICENSE", folder / "OFL.txt")


def widths_of(font: Any) -> dict[str, float]:
    """Character → advance width in em."""
    em, advances = font["head"].unitsPerEm, font["hmtx"]
    return {
        chr(code): round(advances[name][0] / em, 4) for code, name in font.getBestCmap().items()
    }


def _use_equal_figures(font: Any) -> None:
    """Make the tabular figures (feature ``tnum``) the only ones; other characters stay as wide as
    in a text.
    """
    table = font["GSUB"].table
    indices = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    substitutes: dict[str, str] = {}
    for index in indices:
        for subtable in table.LookupList.Lookup[index].SubTable:
            substitutes |= getattr(subtable, "ExtSubTable", subtable).mapping
    for cmap in font["cmap"].tables:
        for figure in range(ord("0"), ord("9") + 1):
            cmap.cmap[figure] = substitutes.get(cmap.cmap[figure], cmap.cmap[figure])


def _add_narrow_space(font: Any) -> None:
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    font.setGlyphOrder([*font.getGlyphOrder(), "narrowspace"])
    font["glyf"]["narrowspace"] = Glyph()
    font["hmtx"]["narrowspace"] = (round(NARROW_SPACE_EM * font["head"].unitsPerEm), 0)
    for cmap in font["cmap"].tables:
        cmap.cmap[NARROW_SPACE] = "narrowspace"


def _reduce(font: Any) -> None:
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT"]
    subsetter = Subsetter(options)
    visible = [code for code in font.getBestCmap() if category(chr(code))[0] in "LNPSZ"]
    subsetter.populate(unicodes=visible)
    subsetter.subset(font)


def _name(font: Any, weight: int) -> None:
    """One family with two weights, so that the name ``Inter`` finds both."""
    style = "Regular" if weight == 400 else "SemiBold"
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 14)]
    for number, text in enumerate(("Inter", style, f"Inter {style} figures", f"Inter {style}"), 1):
        names.setName(text, number, 3, 1, 0x409)
    names.setName(f"Inter-{style}", 6, 3, 1, 0x409)


if __name__ == "__main__":
    make(Path(sys.argv[1]), FONTS)
