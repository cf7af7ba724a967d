"""Reading comma-separated tables of the export row by row, tolerating damage.

Quoted fields may contain commas, quotes and line breaks (RFC 4180). Spreadsheets of many countries
save semicolons or tabs instead of commas. Memory is bounded: a line has at most
``MAX_LINE_BYTES``, and a field at most ``csv.field_size_limit()`` characters (131,072 by default).
"""

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from typing import IO

#: Opens the table again from its beginning.
Opener = Callable[[], AbstractContextManager[IO[bytes]]]
MAX_LINE_BYTES = 1 << 20
DELIMITERS = ",;\t"
QUOTED = re.compile('"[^"]*"')


class UnreadableTable(ValueError):
    """The table cannot be used at all; the message says what is missing and what to do."""


@dataclass(frozen=True)
class Row:
    """The cells of a row, and the line on which it begins (the header is line 1)."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class SkippedRow:
    """A row that cannot be used: the line on which it begins, and the reason."""

    line: int
    reason: str


def read_rows(opener: Opener) -> Generator[Row | SkippedRow, None, None]:
    """Yield every row that is not empty, header first. Raises UnreadableTable on damage."""
    try:
        with opener() as stream:
            yield from _rows(_lines(stream))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as exc:
        raise UnreadableTable(
            f"The table is damaged ({exc or type(exc).__name__}): download the export again."
        ) from exc


def _rows(lines: Iterator[str]) -> Iterator[Row | SkippedRow]:
    header = next(lines, "")
    reader = csv.reader(chain([header], lines), delimiter=_delimiter(header))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            reason = f"up to line {reader.line_num} this is not a row of a table: {exc}."
            yield SkippedRow(line, reason)
            continue
        if any(cells):
            yield Row(line, cells)


def _delimiter(header: str) -> str:
    """Return the character that separates the headers: the most frequent one outside quotes."""
    unquoted = QUOTED.sub("", header)
    return max(DELIMITERS, key=unquoted.count)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Decode line by line: a line that is not UTF-8 is taken for Windows-1252."""
    mark = codecs.BOM_UTF8
    while line := stream.readline(MAX_LINE_BYTES):
        line, mark = line.removeprefix(mark), b""
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode("cp1252", errors="replace")
        yield text.replace("\0", "")
