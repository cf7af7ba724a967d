"""Text that others wrote neither acts on a terminal nor begins a line or a formula."""

import json
import logging
import sys
import unicodedata

import pytest

from strava_mcp.escaping import escape, isolated, spreadsheet_cell
from strava_mcp.log import JsonFormatter

#: Categories of characters that are not shown: controls, formats, surrogates, line and paragraph
#: separators. Unassigned characters and those of private use are left as they are.
CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
HIDDEN = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) in CATEGORIES]
#: Parts of how hieroglyphs and other scripts are written: they stand within a letter.
IN_LETTERS = {
    c for c in HIDDEN if ord(c) in (*range(0x890, 0x892), 0x8E2, *range(0x11000, 0x1D200))
}
SPOKEN = "Früh laufen — 朝ラン \N{RUNNER} 5 km @ 4:30/km, Ångström's “loop”"


def test_every_hidden_character_is_escaped() -> None:
    escaped = escape("".join(HIDDEN))
    assert {c for c in escaped if unicodedata.category(c) in CATEGORIES} <= IN_LETTERS
    assert escape("a\u202eb\r\n\x1b[31m\x85\u2028") == r"a\u202eb\r\n\u001b[31m\u0085\u2028"


def test_text_stays_as_it_is() -> None:
    assert escape(SPOKEN) == SPOKEN


@pytest.mark.parametrize("where", ["message", "argument", "extra", "exception", "name"])
def test_a_log_line_is_one_line(where: str) -> None:
    hostile = "".join(c for c in HIDDEN if unicodedata.category(c) != "Cs")
    text = hostile if where in ("message", "argument") else "text"
    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "%s", (text,), None)
    if where == "extra":
        record.path = {hostile: [hostile[:100], hostile[-100:]]}
    if where == "name":
        record.name = hostile
    if where == "exception":
        try:
            raise ValueError(hostile)
        except ValueError:
            record.exc_info = sys.exc_info()
    line = JsonFormatter(()).format(record)
    assert {c for c in line if unicodedata.category(c) in CATEGORIES} <= IN_LETTERS
    assert json.loads(line)["level"] == "info"
    if where == "argument":
        assert json.loads(line)["message"] == hostile


@pytest.mark.parametrize("start", [*"=+-@＝＋－＠\t\r\n", "\t=", " =", '"=', "\u200b=", "\ufeff@"])
@pytest.mark.parametrize("before", ["", "a;", "a|"])
def test_no_cell_begins_a_formula(before: str, start: str) -> None:
    cell = spreadsheet_cell(f"{before}{start}cmd")
    visible = escape(start).lstrip(' "')
    assert f"'{escape(start)}" in cell or f"'{visible}" in cell
    assert not {"\t", "\r", "\n"} & set(cell)


def test_other_cells_stay_as_they_are() -> None:
    for cell in ("", "12345", "activities/1.fit.gz", SPOKEN, "laps 2, -5 and 6", "3 - 1"):
        assert spreadsheet_cell(cell) == cell


def test_long_cells_take_no_time() -> None:
    """The pattern does not try each of many beginnings to the end."""
    assert len(spreadsheet_cell("\n" * 100_000 + ";" + " " * 100_000)) > 200_000


def test_secrets_are_redacted_before_they_are_escaped() -> None:
    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "x\u202ehidden-secret", (), None)
    assert "hidden-secret" not in JsonFormatter(["hidden-secret"]).format(record)


@pytest.mark.parametrize("name", ["יומן אימונים", "مذكرات", "diary יומן"])
def test_names_from_right_to_left_are_isolated(name: str) -> None:
    assert isolated(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", ["", "Training diary", "Früh 日記", "дневник", "🏃"])
def test_other_names_stay_as_they_are(name: str) -> None:
    assert isolated(name) == name
