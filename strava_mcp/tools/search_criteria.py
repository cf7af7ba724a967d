"""The criteria of a search: conditions of a query, with the words that they were read from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.activity_query import NEWEST, AnyOf, Condition, Order
from strava_mcp.tools.days import Days
from strava_mcp.tools.search_quantities import MEASURES, Quantity, describe


@dataclass(frozen=True)
class Criterion:
    """A part of a search that an activity has to meet.

    ``name``: what it restricts, such as ``sport``; ``words``: its words in the query; ``meaning``:
    what they were understood as.
    """

    name: str
    words: str
    meaning: str
    conditions: tuple[Condition | AnyOf, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether an activity meets the criterion."""
        return all(condition.holds(facts) for condition in self.conditions)

    def opposite(self) -> "Criterion":
        """The criterion that is met by all activities that do not meet this one."""
        opposites = tuple(AnyOf((condition,), negated=True) for condition in self.conditions)
        return Criterion(self.name, f"not {self.words}", f"not {self.meaning}", (AnyOf(opposites),))


@dataclass
class SearchQuery:
    """What to search for: activities that meet all ``criteria``.

    ``words``: to be looked for in the text of an activity, each with whether it must be absent;
    ``limit``: how many activities the query asks for, if it says so; ``ignored``: words that
    restrict nothing.
    """

    criteria: list[Criterion] = field(default_factory=list)
    words: list[tuple[str, bool]] = field(default_factory=list)
    order: Order = NEWEST
    limit: int | None = None
    ignored: list[str] = field(default_factory=list)


def on_days(words: str, days: Days) -> Criterion:
    """The start is on one of these days where the activity took place."""
    after, before = days.window()
    conditions = (
        Condition("day", ">=", f"{days.first}"),
        Condition("day", "<=", f"{days.last}"),
        Condition("start", ">", after),
        Condition("start", "<", before),
    )
    return Criterion("dates", words, str(days), conditions)


def of_sports(words: str, sports: Sequence[str]) -> Criterion:
    """The activity is of one of these sport types."""
    condition = Condition("sport_type", "in", tuple(sports))
    return Criterion("sport", words, ", ".join(sports), (condition,))


def of_quantity(quantity: Quantity, units: str) -> Criterion:
    """The fact is within the bounds; a distance of 0 m is missing, but a climb of 0 m is flat."""
    fact, low, high, words = quantity[:4]
    has_fact = fact == "elevation_gain" or low > 0
    conditions = (Condition(fact, ">=" if has_fact else ">", low), Condition(fact, "<=", high))
    return Criterion(MEASURES[fact], words, describe(quantity, units), conditions)
