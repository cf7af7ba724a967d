"""activities.csv, the list of all activities of an export, in every version and language.

* ``table``     reads the rows
* ``headers``   finds the columns by their headers, else by their usual positions
* ``dialect``   detects how dates, decimals and distances are written
* ``dates``, ``numbers``, ``quantities`` parse cells
* ``row_reader`` converts a row to the fields of an ``entry``

The file is read once to detect its dialect, and again for each iteration, row by row.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

from strava_mcp.sources.archive.catalog.dialect import (
    ColumnPositions,
    CsvDialect,
    DialectSniffer,
)
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.catalog.headers import (
    UNKNOWN,
    Language,
    columns_by_name,
    detect_language,
    locate_columns,
)
from strava_mcp.sources.archive.catalog.row_reader import RowReader
from strava_mcp.sources.archive.catalog.table import (
    Opener,
    Row,
    SkippedRow,
    UnreadableTable,
    read_rows,
)

__all__ = ["Catalog", "Entry", "SkippedRow", "UnreadableTable"]

#: One activity an hour for half a century; their ids take about 40 MB.
MAX_ROWS = 500_000
ID = re.compile(r"[0-9]{1,18}")
ADVICE = (
    "Set the language of your Strava account to English (US), request the archive again and "
    "import that."
)


class Catalog:
    """The activities of an export.

    ``language``: of the account, in English; ``unknown`` if the columns were found by position.
    ``units``: of the display distance, ``kilometres``, ``miles``, ``metres`` (exports before 2019)
    or ``unknown``.

    ``opener``: opens the file from its beginning; ``now``: activities that start more than a day
    later are implausible. The constructor and every iteration raise UnreadableTable, and whatever
    ``opener`` raises.
    """

    def __init__(self, opener: Opener, now: datetime | None = None) -> None:
        self._opener = opener
        header = self._header()
        language = detect_language(header)
        positions, dialect = self._detect(header, language)
        for name, what in (("id", "the ids of the activities"), ("date", "their dates")):
            if name not in positions:
                raise UnreadableTable(f"activities.csv has no column with {what}. {ADVICE}")
        self.language = language.name
        self.units = dialect.units
        self._columns = len(header)
        self._reader = RowReader(positions, dialect, now or datetime.now(UTC))

    def __iter__(self) -> Iterator[Entry | SkippedRow]:
        """Yield every row. Of two rows with one id, the first is used."""
        seen: set[int] = set()
        for row in self._body():
            entry = row if isinstance(row, SkippedRow) else self._entry(row)
            if isinstance(entry, Entry):
                if entry.id in seen:
                    reason = f"activity {entry.id} appears twice; the first row is used."
                    yield SkippedRow(row.line, reason)
                    continue
                seen.add(entry.id)
            yield entry

    def _entry(self, row: Row) -> Entry | SkippedRow:
        text = self._reader.text(row.cells, "id")
        if not ID.fullmatch(text) or int(text) == 0:
            return SkippedRow(row.line, f"{text[:40]!r} is not the id of an activity.")
        fields, problems = self._reader.fields(row.cells)
        if len(row.cells) < self._columns:
            problems.append(f"the row ends after {len(row.cells)} of {self._columns} columns.")
        file = self._reader.text(row.cells, "file") or None
        return Entry(int(text), fields, file, tuple(problems))

    def _detect(
        self, header: Sequence[str], language: Language
    ) -> tuple[ColumnPositions, CsvDialect]:
        """Find the columns and the dialect; usual positions are used only if the rows fit them."""
        positions = locate_columns(header, language)
        sniffer = self._sniff(language, positions)
        if not sniffer.duplicates_agree:
            positions = columns_by_name(header, language)
            sniffer = self._sniff(language, positions)
        if language is UNKNOWN and not positions:
            raise UnreadableTable(f"activities.csv is in a language that is not known. {ADVICE}")
        return positions, sniffer.dialect

    def _sniff(self, language: Language, positions: ColumnPositions) -> DialectSniffer:
        sniffer = DialectSniffer(language, positions)
        for count, row in enumerate(self._body()):
            if count == MAX_ROWS:
                raise UnreadableTable(f"activities.csv has more than {MAX_ROWS:,} rows.")
            if isinstance(row, Row):
                sniffer.feed(row.cells)
        return sniffer

    def _header(self) -> list[str]:
        with closing(read_rows(self._opener)) as rows:
            first = next(rows, None)
        if first is None:
            raise UnreadableTable("activities.csv is empty: download the export again.")
        if isinstance(first, SkippedRow):
            raise UnreadableTable("activities.csv does not begin with a header: download it again.")
        return first.cells

    def _body(self) -> Iterator[Row | SkippedRow]:
        with closing(read_rows(self._opener)) as rows:
            next(rows, None)
            yield from rows
