"""What was parsed from the library file, kept in memory as long as the file stays what it was.

Questions about a whole history read everything, one after the other.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from strava_mcp.sources.activity_query import NEWEST, ActivityQuery, Matches, total_of
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.metrics_parts import Part

#: A longer list than this is of a period, not a page.
MAX_PAGE = 1000
#: Activities that are kept in memory, which takes about 3 kB for each.
MAX_ACTIVITIES = 20_000

Find = Callable[[ActivityQuery], Matches]


class ParsedMetrics:
    """Parsed metrics by part and activity, as long as the library file stays what it was."""

    def __init__(self) -> None:
        self._state: tuple[int, ...] = ()
        self._parts: dict[Part, dict[int, Any]] = {}

    def of(self, part: Part, library: Library) -> dict[int, Any]:
        """The parsed values of a part by activity id, which the caller may extend.

        None stands for an activity without this part.
        """
        if library.state() != self._state:
            self._parts = {}
            self.renew(library)
        return self._parts.setdefault(part, {})

    def renew(self, library: Library) -> None:
        """Note the library's state after a write of our own, which changes no parsed value."""
        self._state = library.state()


class _Listed(NamedTuple):
    """All activities, newest first, in a state of the library file; None if they are too many."""

    state: tuple[int, ...]
    matches: Matches | None


class ParsedList:
    """All activities, read when a question first asks for a history without a beginning."""

    def __init__(self) -> None:
        self._listed: _Listed | None = None

    def find(self, query: ActivityQuery, library: Library, find: Find) -> Matches:
        """Answer a query about a period from memory, and any other with ``find``."""
        is_period = query.limit > MAX_PAGE and query.order == NEWEST
        if not is_period or query.skip or query.position:
            return find(query)
        state, listed = library.state(), self._listed
        if listed is None or listed.state != state:
            after, _ = query.bounds()
            if after is not None:  # a short period is read faster
                return find(query)
            matches = find(ActivityQuery(limit=MAX_ACTIVITIES))
            listed = _Listed(state, None if matches.position else matches)
            self._listed = listed
        chosen = _chosen(listed.matches, query) if listed.matches else None
        return chosen or find(query)


def _chosen(matches: Matches, query: ActivityQuery) -> Matches | None:
    """The matches of a query, as copies; None if they are more than its limit."""
    pairs = zip(matches.facts, matches.rows, strict=True)
    chosen = [(facts, row) for facts, row in pairs if query.allows(facts)]
    if len(chosen) > query.limit:
        return None
    facts = [fact for fact, _ in chosen]
    total = total_of(facts) if query.wants_total else None
    return Matches([dict(row) for _, row in chosen], None, total, facts=facts)
