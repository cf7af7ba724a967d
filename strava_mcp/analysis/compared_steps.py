"""Two activities along their way, as a chart draws them: the time between them, and where it arose.

On one route the gap is that at the same places (``training.time_gap``); on others both are only
laid side by side.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from strava_mcp.analysis.activity_steps import ActivitySteps, activity_steps
from strava_mcp.analysis.comparison import OTHER_WAYS, RouteHistory, compare, route_history
from strava_mcp.analysis.subject import Subject
from strava_mcp.training.even_steps import Step
from strava_mcp.training.time_gap import Passage, stretches

#: Steps of each: one for every two pixels.
MAX_STEPS = 400
TWICE = "Choose two different activities."
ALONE = "No other activity of the same length was recorded on this route."


class Lead(NamedTuple):
    """``ahead_s``: how far the first was ahead at a place of its axis; negative: behind."""

    at: float
    ahead_s: float


class Part(NamedTuple):
    """A tenth of the way, between two places of the first one's axis.

    ``won_s``: by how much the first was faster on it; ``standing_s``: of that, by standing less.
    """

    begin: float
    end: float
    won_s: float
    standing_s: float


@dataclass(frozen=True)
class ComparedSteps:
    """Two activities; ``other`` None: there is none to compare with, and ``problem`` says why.

    ``steps``: of both, at the same places of one axis as long as the longer; only of the first if
    the other has another axis. ``leads``: along the first one's way; ``parts``: of it, the greatest
    change first. Without a common route both are empty, and ``no_gap`` says why.
    """

    first: ActivitySteps
    other: ActivitySteps | None = None
    steps: Sequence[Sequence[Step]] = ()
    leads: Sequence[Lead] = ()
    parts: Sequence[Part] = ()
    no_gap: str = ""
    problem: str = ""

    def ahead_s(self, at: float) -> float | None:
        """How far the first was ahead at a place, linear between two leads; None beyond them."""
        after = bisect_left(self.leads, (at,))
        if after == len(self.leads) or (not after and self.leads[0].at > at):
            return None
        if not after:
            return self.leads[0].ahead_s
        (begin, one), (end, two) = self.leads[after - 1], self.leads[after]
        return one + (two - one) * (at - begin) / (end - begin) if end > begin else two

    @property
    def best(self) -> Part | None:
        """The part on which the first won most time; None if it won on none."""
        won = [part for part in self.parts if part.won_s > 0]
        return max(won, key=lambda part: part.won_s, default=None)

    @property
    def worst(self) -> Part | None:
        """The part on which the first lost most time; None if it lost on none."""
        lost = [part for part in self.parts if part.won_s < 0]
        return min(lost, key=lambda part: part.won_s, default=None)


def compared_steps(subject: Subject, first_id: int, other_id: int | None = None) -> ComparedSteps:
    """Compare two activities; without ``other_id`` with the fastest other on the same route.

    Raises NotFound.
    """
    first = activity_steps(subject, first_id, max_steps=MAX_STEPS)
    if first.problem:
        return ComparedSteps(first, problem=first.problem)
    if other_id == first_id:
        return ComparedSteps(first, problem=TWICE)
    if other_id is None:
        history = route_history(subject, first_id)
        comparison = history.comparison
        other_id = next(iter((*comparison.gaps, *comparison.problems)), None)
        if other_id is None:
            return ComparedSteps(first, problem=_alone(history))
    else:
        comparison = compare(subject, [first_id, other_id])
    other = activity_steps(subject, other_id, max_steps=MAX_STEPS)
    if other.problem:
        return ComparedSteps(first, other, problem=f"The other cannot be drawn. {other.problem}")
    passages = comparison.gaps.get(other_id, ())
    leads = [Lead(_place(first, passage), passage.gap_s) for passage in passages]
    no_gap = comparison.problems.get(other_id, "")
    if no_gap in OTHER_WAYS.values():
        no_gap = f"the other {no_gap}"
    steps = _common_steps(first, other)
    return ComparedSteps(first, other, steps, leads, _parts(passages, leads), no_gap)


def _common_steps(first: ActivitySteps, other: ActivitySteps) -> list[list[Step]]:
    both = [view.along for view in (first, other) if view.along and view.axis == first.axis]
    length = max(along.length for along in both)
    edges = [length * i / MAX_STEPS for i in range(MAX_STEPS)]
    return [along.between([*edges, length]) for along in both]


def _alone(history: RouteHistory) -> str:
    """Why there is nothing to compare with."""
    if history.problem:
        return f"{history.problem[:1].upper()}{history.problem[1:]}."
    if history.unread:
        when = history.limit_notice or "Ask again."
        return f"{ALONE} {history.unread} routes were not read yet. {when}"
    return ALONE


def _place(first: ActivitySteps, passage: Passage) -> float:
    """Where the first one was on its axis."""
    return first.along.at(passage.at_s - first.along.start_s) if first.along else 0.0


def _parts(passages: Sequence[Passage], leads: Sequence[Lead]) -> list[Part]:
    if not passages:
        return []
    places = {passage.at_m: lead.at for passage, lead in zip(passages, leads, strict=True)}
    return [
        Part(places[one.begin_m], places[one.end_m], one.lost_s, one.standing_s)
        for one in stretches(passages)
    ]
