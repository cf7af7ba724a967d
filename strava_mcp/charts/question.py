"""What a chart is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from strava_mcp.charts.chart import Kind


@dataclass(frozen=True)
class Question:
    """The view, and what it shows.

    ``ids``: activities. ``first`` None: from the first activity. ``sports``: None for all; of a
    single activity, those that it was chosen from. ``until``: a day to come, with the loads
    ``planned`` from tomorrow on. ``stretch``: the part of an activity to draw, in values of its
    axis (m or s).
    """

    view: Kind
    ids: Sequence[int]
    first: date | None
    last: date
    sports: Sequence[str] | None = None
    until: date | None = None
    planned: Sequence[float] | None = None
    stretch: tuple[float, float] | None = None
    units: str = "metric"
