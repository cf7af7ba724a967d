"""Whether the month comes first in the dates of a file (``5/6/2024``)."""

from collections import Counter
from datetime import datetime

from strava_mcp.sources.archive.catalog import dates

#: How often the dates of one reading have to go back and forth more than those of the other. The
#: rows of an export are in the order of their dates.
MIN_REVERSALS = 3
MAX_NAMED_DATES = 5


class DateOrder:
    """What the dates of a file show. Dates after ``latest`` are implausible."""

    def __init__(self, latest: datetime) -> None:
        self._latest = latest
        self._votes: Counter[bool] = Counter()
        self._named: list[str] = []
        self._last: dict[bool, datetime] = {}
        self._steps: dict[bool, Counter[bool]] = {False: Counter(), True: Counter()}
        #: Whether a date of the file can be read in both ways.
        self.is_ambiguous = False

    def feed(self, text: str) -> None:
        """Count what the date of one row shows."""
        if "/" not in text:
            if len(self._named) < MAX_NAMED_DATES:
                self._named.append(text)
            return
        try:
            month_first = dates.is_month_first(text)
            is_ambiguous = dates.is_ambiguous(text)
        except ValueError:
            return
        if month_first is not None:
            self._votes[month_first] += 1
        elif is_ambiguous:
            self._feed_ambiguous(text)

    def feed_start(self, text: str, start: datetime) -> None:
        """Count what the date of a row shows whose recording began at ``start``."""
        try:
            days = {
                order: abs((dates.parse_date(text, order) - start).days) for order in self._steps
            }
        except ValueError:
            return
        for order in days:
            if days[order] <= 1 < days[not order]:
                self._votes[order] += 1

    def is_month_first(self, convention: bool | None) -> bool | None:
        """Return what most dates show, else their order, else ``convention``; None if unknown."""
        if self._votes[True] != self._votes[False]:
            return self._votes[True] > self._votes[False]
        reversals = {order: min(steps[True], steps[False]) for order, steps in self._steps.items()}
        for order in reversals:
            if reversals[not order] >= MIN_REVERSALS * (1 + reversals[order]):
                return order
        if convention is not None:
            return convention
        named = Counter(map(dates.is_month_name_first, self._named))
        return None if named[True] == named[False] else named[True] > named[False]

    def _feed_ambiguous(self, text: str) -> None:
        self.is_ambiguous = True
        for order, steps in self._steps.items():
            date = dates.parse_date(text, order)
            if date > self._latest:
                self._votes[not order] += 1
            last = self._last.get(order, date)
            if date != last:
                steps[date > last] += 1
            self._last[order] = date
