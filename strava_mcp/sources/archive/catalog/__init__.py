"""activities.csv, the list of all activities of an export, of every age and language.

Columns are found by their names and by which of two of a name they are, never by their number;
what else is written differently from account to account is told by looking at the whole file
first. So the file is read once to know it and again for each iteration, row by row.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

from strava_mcp.sources.archive.catalog.dialect import CsvDialect, DialectSniffer
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.catalog.headers import (
    UNKNOWN,
    Language,
    detect_language,
    named,
    places,
)
from strava_mcp.sources.archive.catalog.row_reader import RowReader
from strava_mcp.sources.archive.catalog.table import Opener, Row, SkippedRow, UnreadableTable, rows

__all__ = ["Catalog", "SkippedRow", "UnreadableTable"]

#: One activity an hour for half a century. The ids of so many are some 40 MB.
MAX_ROWS = 500_000
ID = re.compile(r"[0-9]{1,18}")
WHAT_TO_DO = (
    "Set the language of your Strava account to English (US), request the archive again and "
    "import that."
)


class Catalog:
    """The activities of an export.

    ``language``: that of the account, in English; ``unknown`` where the columns were told by their
    order. ``units``: of the distance column for people: ``kilometres``, ``miles``, ``metres`` (the
    exports before 2019) or ``unknown``.

    ``opener``: opens the file anew; ``now``: what no activity can begin a day later than. Raises
    UnreadableTable, as every iteration may, and whatever ``opener`` does.
    """

    def __init__(self, opener: Opener, now: datetime | None = None) -> None:
        self._opener = opener
        header = self._header()
        language = detect_language(header)
        found, forms = self._known(header, language)
        for name, said in (("id", "the ids of the activities"), ("date", "their dates")):
            if name not in found:
                raise UnreadableTable(f"activities.csv has no column with {said}. {WHAT_TO_DO}")
        self.language = language.name
        self.units = forms.units
        self._columns = len(header)
        self._reader = RowReader(found, forms, now or datetime.now(UTC))

    def __iter__(self) -> Iterator[Entry | SkippedRow]:
        """Every row. Of two with one id the first counts."""
        seen: set[int] = set()
        for row in self._body():
            entry = row if isinstance(row, SkippedRow) else self._entry(row)
            if isinstance(entry, Entry):
                if entry.id in seen:
                    yield SkippedRow(row.line, f"activity {entry.id} stands further up already.")
                    continue
                seen.add(entry.id)
            yield entry

    def _entry(self, row: Row) -> Entry | SkippedRow:
        text = self._reader.text(row.cells, "id")
        if not ID.fullmatch(text) or int(text) == 0:
            return SkippedRow(row.line, f"{text[:40]!r} is no id of an activity.")
        facts, problems = self._reader.fields(row.cells)
        if len(row.cells) < self._columns:
            problems.append(f"the row ends after {len(row.cells)} of {self._columns} columns.")
        file = self._reader.text(row.cells, "file") or None
        return Entry(int(text), facts, file, tuple(problems))

    def _known(
        self, header: Sequence[str], language: Language
    ) -> tuple[dict[str, tuple[int, ...]], CsvDialect]:
        """The columns and the forms; positions are believed only while the rows bear them out."""
        found = places(header, language)
        survey = self._surveyed(language, found)
        if not survey.are_twins:
            found = named(header, language)
            survey = self._surveyed(language, found)
        if language is UNKNOWN and not found:
            raise UnreadableTable(
                f"activities.csv is in a language that is not known. {WHAT_TO_DO}"
            )
        return found, survey.forms

    def _surveyed(self, language: Language, found: dict[str, tuple[int, ...]]) -> DialectSniffer:
        survey = DialectSniffer(language, found)
        for count, row in enumerate(self._body()):
            if count == MAX_ROWS:
                raise UnreadableTable(f"activities.csv has more than {MAX_ROWS:,} rows.")
            if isinstance(row, Row):
                survey.see(row.cells)
        return survey

    def _header(self) -> list[str]:
        with closing(rows(self._opener)) as found:
            first = next(found, None)
        if first is None:
            raise UnreadableTable("activities.csv is empty: download the export again.")
        if isinstance(first, SkippedRow):
            raise UnreadableTable("activities.csv does not begin with a header: download it again.")
        return first.cells

    def _body(self) -> Iterator[Row | SkippedRow]:
        with closing(rows(self._opener)) as found:
            next(found, None)
            yield from found
