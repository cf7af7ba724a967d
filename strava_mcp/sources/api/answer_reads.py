"""The requests that one answer may send to Strava.

Strava allows an application 100 reads in 15 minutes, so that no answer may take them all. Reads
that an answer can do without, recordings and further pages of a list, leave some for what comes
after them: the athlete's profile, another list, tracks to compare.
"""

import time
from collections.abc import Callable

from strava_mcp.errors import RateLimited, ReadsUsedUp
from strava_mcp.sources.source import MAX_READS

#: After this, an answer sends no read that it can do without: API Gateway waits 29 s for it.
MAX_READING_S = 18
USED_UP = f"This answer has sent the {MAX_READS} requests to Strava that one may cost."
TOO_LONG = "Reading more from Strava would take this answer too long."
GO_ON = "What was read is kept: ask again, and it goes on from there."
NOTHING_KEPT = "Nothing read is kept (STRAVA_CACHE_SECONDS=0): ask about less, such as a month."


class AnswerReads:
    """Counts the requests of one answer, which is given in one thread.

    ``on_read``: called before each read that the answer could do without, with how many requests it
    has sent by then, this one included. ``keeps_reads``: whether the next answer can use what this
    one has read.
    """

    def __init__(
        self, on_read: Callable[[int], None] | None = None, keeps_reads: bool = True
    ) -> None:
        self.sent = 0
        self._on_read = on_read
        self._keeps_reads = keeps_reads
        self._deadline = time.monotonic() + MAX_READING_S
        self._limit: RateLimited | None = None

    def take(self, keep: int) -> None:
        """Count a request that is about to be sent.

        ``keep``: how many it must leave to others; 0 for one that the answer cannot do without.
        Raises ReadsUsedUp.
        """
        if self.sent + keep >= MAX_READS:
            raise ReadsUsedUp(f"{USED_UP} {self._advice}")
        if keep and time.monotonic() > self._deadline:
            raise ReadsUsedUp(f"{TOO_LONG} {self._advice}")
        self.sent += 1
        if keep and self._on_read:
            self._on_read(self.sent)

    def note_limit(self, error: RateLimited) -> None:
        """Remember the limit of Strava that a request met."""
        if not isinstance(error, ReadsUsedUp):
            self._limit = error

    @property
    def limit_notice(self) -> str:
        """Why asking again at once would not read on, and what to do; empty if it would."""
        if not self._keeps_reads:
            return f"{self._limit or ''} {NOTHING_KEPT}".lstrip()
        return f"{self._limit} Then ask again: the next are read." if self._limit else ""

    @property
    def _advice(self) -> str:
        return GO_ON if self._keeps_reads else NOTHING_KEPT
