"""``archive-report.csv``: what the last import left out, one line per problem."""

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from strava_mcp import data_folder
from strava_mcp.escaping import spreadsheet_cell

if TYPE_CHECKING:
    from strava_mcp.sources.archive.importing import ImportSummary

REPORT = "archive-report.csv"


def write(folder: Path, summary: "ImportSummary") -> None:
    """Write the report, which only the owner can read, or delete an old one.

    Its cells come from the export and from recordings, and are safe to open in a spreadsheet.
    """
    if not summary.problems:
        with suppress(FileNotFoundError):
            (folder / REPORT).unlink()
        return
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("activity", "file", "problem"))
    writer.writerows(map(spreadsheet_cell, problem) for problem in summary.problems)
    if summary.more_problems:
        writer.writerow(("", "", f"{summary.more_problems:,} more are not listed"))
    data_folder.replace(folder, REPORT, text.getvalue().rstrip())
