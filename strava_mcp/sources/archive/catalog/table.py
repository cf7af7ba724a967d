"""Reading comma-separated tables of the export row by row, tolerating damage.

Quoted fields may contain commas, quotes and line breaks (RFC 4180). Spreadsheets of many countries
save semicolons or tabs instead of commas. Memory is bounded: a row has at most MAX_ROW_BYTES and
MAX_COLUMNS, and a field at most ``csv.field_size_limit()`` characters (131,072 by default). So is
the work of damage: a table has at most MAX_LINES, also blank ones.
"""

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO

#: Opens the table again from its beginning.
Opener = Callable[[], AbstractContextManager[IO[bytes]]]
#: The longest description of an activity has some thousand characters.
MAX_ROW_BYTES = 1 << 20
#: Strava's tables have about a hundred.
MAX_COLUMNS = 1000
#: Ten for each of the activities that a catalog may have.
MAX_LINES = 2_000_000
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
            yield from _rows(_Lines(stream))
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as exc:
        raise UnreadableTable(
            f"The table is damaged ({exc or type(exc).__name__}): download the export again."
        ) from exc


def _rows(lines: "_Lines") -> Iterator[Row | SkippedRow]:
    reader = csv.reader(lines, delimiter=_delimiter(lines.peek()))
    while True:
        line = lines.number + 1
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            reason = f"up to line {lines.number} this is not a row of a table: {exc}."
            yield SkippedRow(line, reason)
            continue
        if len(cells) > MAX_COLUMNS:
            yield SkippedRow(line, f"it has {len(cells):,} columns, more than {MAX_COLUMNS:,}.")
        elif any(cells):
            yield Row(line, cells)


def _delimiter(header: str) -> str:
    """Return the character that separates the headers: the most frequent one outside quotes."""
    unquoted = QUOTED.sub("", header)
    return max(DELIMITERS, key=unquoted.count)


class _Lines:
    """The decoded lines of a table: one that is not UTF-8 is taken for Windows-1252.

    ``number``: of the last line. Raises csv.Error for a row that is too long, after which the next
    row can be read, and UnreadableTable after MAX_LINES.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.number = 0
        self._stream = stream
        self._row_bytes = 0
        self._first = stream.readline(MAX_ROW_BYTES).removeprefix(codecs.BOM_UTF8)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line, self._first = self._first or self._stream.readline(MAX_ROW_BYTES), b""
        if not line:
            raise StopIteration
        self.number += 1
        if self.number > MAX_LINES:
            raise UnreadableTable(f"The table has more than {MAX_LINES:,} lines.")
        self._row_bytes += len(line)
        if self._row_bytes > MAX_ROW_BYTES:
            raise csv.Error(f"a row has more than {MAX_ROW_BYTES >> 20} MB")
        return _decoded(line)

    def begin_row(self) -> None:
        """Count the bytes of a row from here on."""
        self._row_bytes = 0

    def peek(self) -> str:
        """Return the first line, which is yielded as well."""
        return _decoded(self._first)


def _decoded(line: bytes) -> str:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    return text.replace("\0", "")
