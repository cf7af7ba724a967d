"""Recorded series with at most one value for every two pixels, as the page draws them."""

from collections.abc import Sequence
from dataclasses import replace

from strava_mcp.charts.chart import Axis, Number, Panel, Steps

PIXELS_PER_VALUE = 2


def thinned(
    axis: Axis, panels: Sequence[Panel], steps: Steps | None, width: float
) -> tuple[Axis, list[Panel]]:
    """Merge neighbouring steps of a recording where they are closer than two pixels.

    A merged speed is metres by seconds in motion; other values are means weighted by the seconds.
    Axes of days and durations, whose values are not samples of something continuous, stay as they
    are.
    """
    size = -(-len(axis.values) * PIXELS_PER_VALUE // max(1, int(width)))
    if axis.kind not in ("length", "time") or size < 2:
        return axis, list(panels)
    groups = [range(i, min(i + size, len(axis.values))) for i in range(0, len(axis.values), size)]
    middles = [axis.values[group[len(group) // 2]] for group in groups]
    merged = [
        replace(
            panel,
            marks=[
                mark if mark.x else replace(mark, values=_merged(mark.values, groups, panel, steps))
                for mark in panel.marks
            ],
        )
        for panel in panels
    ]
    return replace(axis, values=middles), merged


def _merged(
    values: Sequence[Number], groups: Sequence[range], panel: Panel, steps: Steps | None
) -> list[Number]:
    return [
        values[group[0]] if len(group) == 1 else _of_group(values, group, panel, steps)
        for group in groups
    ]


def _of_group(values: Sequence[Number], group: range, panel: Panel, steps: Steps | None) -> Number:
    present = [(i, value) for i in group if (value := values[i]) is not None]
    if not present:
        return None
    if panel.key == "rate" and steps:
        seconds = sum(steps.seconds[i] for i in group)
        return sum(steps.metres[i] for i in group) / seconds if seconds else None
    weights = [steps.seconds[i] if steps else 1.0 for i, _ in present]
    if not any(weights):
        weights = [1.0] * len(present)
    return sum(value * weight for (_, value), weight in zip(present, weights)) / sum(weights)
