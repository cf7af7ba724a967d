"""activities.csv, the list of all activities of an export, in every version and language.

* ``table``        reads the rows
* ``headers``      finds the columns by their headers (``header_words``),
  ``column_order`` by their order and values
* ``dialect``      detects how dates, decimals and distances are written (``date_order``)
* ``dates``, ``numbers``, ``quantities``, ``weather`` parse cells
* ``row_reader``   converts a row to the fields of an ``entry``

The file is read once to detect its dialect, and again for each iteration, row by row.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice

from strava_mcp.sources.archive.catalog.column_order import (
    TAIL,
    columns_by_order,
    columns_by_values,
    combine,
)
from strava_mcp.sources.archive.catalog.dialect import (
    CsvDialect,
    DialectSniffer,
    ReadRecording,
    Recorded,
    cell,
)
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.catalog.headers import (
    UNKNOWN,
    ColumnPositions,
    Language,
    columns_by_name,
    detect_language,
)
from strava_mcp.sources.archive.catalog.row_reader import MAX_AHEAD, RowReader
from strava_mcp.sources.archive.catalog.table import (
    Opener,
    Row,
    SkippedRow,
    UnreadableTable,
    read_rows,
)

__all__ = ["Catalog", "Entry", "Recorded", "SkippedRow", "UnreadableTable"]

#: Ten activities a day for half a century; their ids take about 16 MB.
MAX_ROWS = 200_000
#: Recordings that are read if the rows alone do not show the unit or the order of the dates.
MAX_RECORDINGS = 5
ID = re.compile(r"[0-9]{1,18}")
ADVICE = (
    "Set the language of your Strava account to English (US), request the archive again and "
    "import that."
)
AMBIGUOUS_DATES = (
    "The dates of activities.csv do not show whether 5/6/2024 is in May or in June. Import the "
    f"file as Strava sent it, not saved again by another program. {ADVICE}"
)


class Catalog:
    """The activities of an export.

    ``language``: of the account, in English; ``unknown`` if the columns were found by their order.
    ``units``: of the display distance, ``kilometres``, ``miles``, ``metres`` (exports before 2019)
    or ``unknown``.

    ``opener``: opens the file from its beginning; ``now``: activities that start more than a day
    later are implausible; ``read_recording``: is asked about a few recordings if the rows are
    ambiguous. The constructor and every iteration raise UnreadableTable, and whatever ``opener``
    raises.
    """

    def __init__(
        self,
        opener: Opener,
        now: datetime | None = None,
        read_recording: ReadRecording | None = None,
    ) -> None:
        self._opener = opener
        self._latest = (now or datetime.now(UTC)) + MAX_AHEAD
        header = self._header()
        language = detect_language(header)
        positions, dialect = self._detect(header, language, read_recording)
        self.language = language.name
        self.units = dialect.units
        self._columns = len(header)
        self._reader = RowReader(positions, dialect, self._latest)

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
        text = self._reader.text(row.cells, "id").removesuffix(".0")
        if not ID.fullmatch(text) or int(text) == 0:
            return SkippedRow(row.line, f"{text[:40]!r} is not the id of an activity.")
        fields, problems = self._reader.fields(row.cells)
        if len(row.cells) < self._columns:
            problems.append(f"the row ends after {len(row.cells)} of {self._columns} columns.")
        file = self._reader.text(row.cells, "file") or None
        return Entry(int(text), fields, file, tuple(problems))

    def _detect(
        self, header: Sequence[str], language: Language, read_recording: ReadRecording | None
    ) -> tuple[ColumnPositions, CsvDialect]:
        """Find the columns and the dialect. The order counts only if the rows fit it."""
        by_name = columns_by_name(header, language)
        by_order = columns_by_order(header) or columns_by_values(len(header), self._cells())
        positions = combine(by_name, by_order)
        sniffer = self._sniff(language, positions)
        if not sniffer.duplicates_agree:
            positions = by_name
            sniffer = self._sniff(language, positions)
        elif not sniffer.tail_agrees:
            positions = {n: at for n, at in positions.items() if n in by_name or n not in TAIL}
        _require(positions, language)
        if read_recording and (sniffer.are_dates_ambiguous or not sniffer.is_unit_certain):
            self._feed_recordings(sniffer, positions, read_recording)
        if sniffer.are_dates_ambiguous:
            raise UnreadableTable(AMBIGUOUS_DATES)
        return positions, sniffer.dialect

    def _feed_recordings(
        self, sniffer: DialectSniffer, positions: ColumnPositions, read_recording: ReadRecording
    ) -> None:
        """Show the sniffer the first rows whose recordings can be read."""
        files = positions.get("file", ())
        named = ((cells, cell(cells, files, 0)) for cells in self._cells())
        for cells, file in islice((pair for pair in named if pair[1]), MAX_RECORDINGS):
            if recorded := read_recording(file):
                sniffer.feed_recording(cells, recorded)

    def _sniff(self, language: Language, positions: ColumnPositions) -> DialectSniffer:
        sniffer = DialectSniffer(language, positions, self._latest)
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
            raise UnreadableTable(
                f"activities.csv does not begin with a header: {first.reason} Download it again."
            )
        return first.cells

    def _cells(self) -> Iterator[list[str]]:
        return (row.cells for row in self._body() if isinstance(row, Row))

    def _body(self) -> Iterator[Row | SkippedRow]:
        with closing(read_rows(self._opener)) as rows:
            next(rows, None)
            yield from rows


def _require(positions: ColumnPositions, language: Language) -> None:
    """Raise UnreadableTable without the columns that every activity needs."""
    if language is UNKNOWN and not positions:
        raise UnreadableTable(f"activities.csv is in a language that is not known. {ADVICE}")
    for name, what in (("id", "the ids of the activities"), ("date", "their dates")):
        if name not in positions:
            raise UnreadableTable(f"activities.csv has no column with {what}. {ADVICE}")
