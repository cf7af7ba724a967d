"""A query over an athlete's activities: conditions, an order, a page; and its answer.

Every source answers it alike: an archive in SQL (``archive.listing``), the others by scanning
Strava's list (``activity_scan``).
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, Literal, NamedTuple

from strava_mcp.json_types import JSON
from strava_mcp.sources.activity_facts import Facts, facts_of
from strava_mcp.word_matching import matches_spellings

Operator = Literal["=", "<", "<=", ">", ">=", "in", "matches"]
#: Facts that activities can be sorted by.
SORTABLE = Facts._fields[Facts._fields.index("distance") : Facts._fields.index("text")]

_HOLDS: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda fact, values: fact in values,
    "matches": lambda text, words: matches_spellings(words, text),
}


class Condition(NamedTuple):
    """A condition on a fact, such as ``Condition("distance", ">=", 10_000)``.

    ``value`` is a tuple for ``in``, and words that must all occur for ``matches``.
    """

    fact: str
    operator: Operator
    value: Any

    def holds(self, facts: Facts) -> bool:
        """Whether the fact is known and meets the condition."""
        fact = getattr(facts, self.fact)
        return fact is not None and _HOLDS[self.operator](fact, self.value)


class AnyOf(NamedTuple):
    """A condition that is met where any of ``alternatives`` is; with ``negated``, where none is."""

    alternatives: "tuple[Condition | AnyOf, ...]"
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is met; an alternative on an unknown fact is not."""
        return any(one.holds(facts) for one in self.alternatives) is not self.negated


#: The place of an activity in an order; a lower key comes first.
Key = tuple[float, ...]


class Order(NamedTuple):
    """The order of a list: by ``start`` or by one of ``SORTABLE``.

    Activities without the fact come last. Among equals the newest comes first, then the lowest id.
    """

    fact: str = "start"
    descending: bool = True

    def key(self, facts: Facts) -> Key:
        """The place of an activity in this order."""
        value = getattr(facts, self.fact)
        sign = -1 if self.descending else 1
        return (value is None, sign * (value or 0), -(facts.start or 0), facts.id)


NEWEST = Order()


class Position(NamedTuple):
    """Where a list continues: after the activity with this key.

    ``before``: a scan that ended early continues with activities that started before this time.
    """

    key: Key
    before: int | None = None


@dataclass(frozen=True)
class ActivityQuery:
    """What to list: activities that meet all ``conditions``, sorted, ``limit`` after ``position``.

    ``skip``: how many to pass over first. ``wants_total``: whether to count all that match. Without
    conditions, a source that would need many requests for that may leave the total out.
    """

    conditions: tuple[Condition | AnyOf, ...] = ()
    order: Order = NEWEST
    limit: int = 30
    skip: int = 0
    position: Position | None = None
    wants_total: bool = True

    def allows(self, facts: Facts) -> bool:
        """Whether an activity meets all conditions."""
        return all(condition.holds(facts) for condition in self.conditions)

    def bounds(self) -> tuple[int | None, int | None]:
        """``(after, before)``: the exclusive bounds of the start; None without one."""
        single = [one for one in self.conditions if isinstance(one, Condition)]
        starts = [condition for condition in single if condition.fact == "start"]
        after = [condition.value for condition in starts if condition.operator == ">"]
        before = [condition.value for condition in starts if condition.operator == "<"]
        return max(after, default=None), min(before, default=None)


@dataclass(frozen=True)
class Total:
    """Sums over all activities that match; distances and climbs that are unknown add nothing."""

    count: int
    distance_m: float
    moving_s: float
    climb_m: float


@dataclass(frozen=True)
class Matches:
    """The answer to a query.

    ``rows``: SummaryActivity; ``position``: where to continue, None at the end; ``total``: None if
    it is unknown. ``is_complete``: False if only the ``scanned`` newest activities were read, and
    the list, its order and its total may lack older ones. ``facts``: of each row; read from them
    unless they are given.
    """

    rows: list[JSON]
    position: Position | None
    total: Total | None
    scanned: int = 0
    is_complete: bool = True
    facts: Sequence[Facts] = ()

    def __post_init__(self) -> None:
        if not self.facts:
            object.__setattr__(self, "facts", [facts_of(row) for row in self.rows])


def total_of(facts: Sequence[Facts]) -> Total:
    """Add up distance, moving time and elevation gain of activities."""
    return rounded_total(
        len(facts),
        fsum(one.distance or 0 for one in facts),
        fsum(one.moving_time or 0 for one in facts),
        fsum(one.elevation_gain or 0 for one in facts),
    )


def rounded_total(count: int, distance_m: float, moving_s: float, climb_m: float) -> Total:
    """A total to the millimetre, so that it does not depend on the order of addition."""
    return Total(count, round(distance_m, 3), round(moving_s, 3), round(climb_m, 3))
