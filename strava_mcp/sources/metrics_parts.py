"""The parts of an activity's metrics that sources keep, and what they answer.

Most questions need one part of many activities. What computes them is imported only when it is
needed (``kept_metrics``, ``training.activity_metrics``).
"""

from typing import Generic, Literal, NamedTuple, TypeVar

#: Increase it when a measure improves: what was kept under an earlier one is computed again.
VERSION = 3

Part = Literal["intensity", "bests", "route"]
PARTS: tuple[Part, ...] = ("intensity", "bests", "route")
T = TypeVar("T")


class Kept(NamedTuple, Generic[T]):
    """One part of the metrics of some activities.

    ``values``: by activity id; activities without a recording are absent. ``unread``: the ids of
    those that the source did not get to, because each costs a request.
    """

    values: dict[int, T]
    unread: tuple[int, ...] = ()
