"""The view of two activities: the time between them along the way, paces and heart rates."""

from collections.abc import Sequence
from dataclasses import replace

from strava_mcp.analysis.activity_steps import ActivitySteps
from strava_mcp.analysis.compared_steps import ComparedSteps
from strava_mcp.charts.activity_panels import heart_panel, mean_heart_rate, mean_speed, rate_panel
from strava_mcp.charts.activity_words import link, sport_name, title, zone_note
from strava_mcp.charts.chart import Axis, Chart, Fact, Map, Mark, Marker, Number, Panel, Tab, Tick
from strava_mcp.charts.compare_reading import MIN_WON_S, labels, reading, short_labels, span
from strava_mcp.charts.quantities import (
    CLOCK,
    HEART_RATE,
    MINUTES,
    SECONDS,
    length,
    rate,
)
from strava_mcp.charts.quantity_words import NBSP
from strava_mcp.charts.scales import number_ticks, padded, write
from strava_mcp.charts.track_map import spot, track_map
from strava_mcp.escaping import isolated

MIN_GAP_SPAN_S = 20.0
#: A longer gap is written in minutes.
MAX_SECONDS = 600.0
METHOD = (
    "The gap is that of elapsed times at the same places, found by matching the tracks; it is good "
    "to a few seconds."
)


def draw(compared: ComparedSteps, units: str) -> Chart:
    """The chart of two activities. ``units``: ``metric`` or ``imperial``."""
    first, other = compared.first, compared.other
    chart = Chart(
        view="compare",
        title=_title(compared),
        heading=_heading(compared),
        reading=reading(compared, units),
        state=compared.problem,
        arguments=_arguments(compared),
        link=link(first),
    )
    if compared.problem or not other:
        return chart
    panels = [
        *([_gap(compared)] if compared.leads else []),
        *_rates(compared, other, units),
        *_heart_rates(compared, other),
    ]
    if not panels:
        return replace(chart, state="Neither positions, speed nor heart rate were recorded.")
    return replace(
        chart,
        facts=_facts(compared, units),
        axis=_axis(compared, units),
        tabs=[Tab(sport_name(first.activity), panels)],
        markers=_markers(compared),
        map=_map(compared, units),
        notes=_notes(compared),
    )


def _gap(compared: ComparedSteps) -> Panel:
    """How far the first was ahead, around 0."""
    values = [lead.ahead_s for lead in compared.leads]
    low, high = padded([0.0, *values], MIN_GAP_SPAN_S)
    quantity = MINUTES if max(map(abs, values)) > MAX_SECONDS else SECONDS
    ticks = number_ticks(low, high, 3, quantity.factor)
    return Panel(
        name="Ahead (+) or behind (−)",
        quantity=quantity,
        color="form",
        domain=(low, high),
        ticks=[Tick(one.at, write(quantity, one.at, with_unit=False)) for one in ticks],
        marks=[Mark("area", [_rounded(compared.ahead_s(at)) for at in _places(compared)], "form")],
        aside=_at_the_end(compared),
    )


def _at_the_end(compared: ComparedSteps) -> str:
    ahead_s = compared.leads[-1].ahead_s
    if round(ahead_s) == 0:
        return "level at the end"
    word = "ahead" if ahead_s > 0 else "behind"
    return f"{span(abs(ahead_s))} {word} at the end"


def _rates(compared: ComparedSteps, other: ActivitySteps, units: str) -> list[Panel]:
    """Both paces or speeds over their own distance."""
    first, sport = compared.first, compared.first.activity.facts.sport_type or ""
    both = [[_rounded(step.speed_ms) for step in steps] for steps in compared.steps]
    if not _any(both[0]):
        return []
    panel = rate_panel([value for series in both for value in series], None, units, sport)
    means = [mean_speed(view) for view in (first, other)]
    aside = _against([None if one is None else write(rate(units, sport), one) for one in means])
    return [replace(panel, marks=_marks(first, other, both, "pace"), aside=aside)]


def _heart_rates(compared: ComparedSteps, other: ActivitySteps) -> list[Panel]:
    first = compared.first
    both = [[_rounded(step.means.get("heartrate")) for step in steps] for steps in compared.steps]
    if not any(_any(rates) for rates in both):
        return []
    panel = heart_panel([value for series in both for value in series], first)
    means = [mean_heart_rate(view) for view in (first, other)]
    aside = _against([None if one is None else write(HEART_RATE, one) for one in means])
    return [replace(panel, marks=_marks(first, other, both, "heart"), aside=aside, mean=None)]


def _marks(
    first: ActivitySteps, other: ActivitySteps, both: Sequence[Sequence[Number]], color: str
) -> list[Mark]:
    """The first bold, the other dashed; what was not recorded has no mark."""
    names = short_labels(first, other)
    looks = zip(both, (color, "earlier"), names, ("bold", "dashed"), strict=False)
    return [
        Mark("line", values, one, name, style)  # type: ignore[arg-type]
        for values, one, name, style in looks
        if _any(values)
    ]


def _places(compared: ComparedSteps) -> list[float]:
    return [round(step.middle, 1) for step in compared.steps[0]]


def _axis(compared: ComparedSteps, units: str) -> Axis:
    first, steps = compared.first, compared.steps[0]
    is_length = first.axis == "distance"
    return Axis(
        "length" if is_length else "time",
        length(units, first.activity.facts.sport_type or "") if is_length else CLOCK,
        (0.0, steps[-1].end),
        _places(compared),
        [round(step.at_s, 1) for step in steps] if is_length else (),
    )


def _facts(compared: ComparedSteps, units: str) -> list[Fact]:
    """Elapsed times and the gap at the end, or else paces."""
    first, other = compared.first, compared.other
    if not other:
        return []
    facts = []
    for view, label in zip((first, other), labels(first, other), strict=True):
        sport, elapsed_s = view.activity.facts.sport_type or "", view.activity.facts.elapsed_time
        speed = mean_speed(view)
        if compared.leads and elapsed_s is not None:
            facts.append(Fact(f"{label}, elapsed", write(CLOCK, elapsed_s)))
        elif speed is not None:
            quantity = rate(units, sport)
            facts.append(Fact(label, write(quantity, speed, with_unit=False), quantity.unit))
    if compared.leads:
        ahead_s = compared.leads[-1].ahead_s
        value, _, unit = span(abs(ahead_s)).partition(NBSP)
        facts.append(Fact("Behind at the end" if ahead_s < 0 else "Ahead at the end", value, unit))
    return facts


def _markers(compared: ComparedSteps) -> list[Marker]:
    """Where most time was won, and where most was lost."""
    return [
        Marker((part.begin + part.end) / 2, f"{span(abs(part.won_s))} {word}")
        for part, word in ((compared.best, "won"), (compared.worst, "lost"))
        if part and abs(part.won_s) >= MIN_WON_S
    ]


def _map(compared: ComparedSteps, units: str) -> Map | None:
    """The first one's track, with the place where it won most time."""
    drawn, best = track_map(compared.first.track, units), compared.best
    if drawn is None or best is None or best.won_s < MIN_WON_S:
        return drawn
    place = spot(drawn, (best.begin + best.end) / 2, f"Most time won: {span(best.won_s)}")
    return replace(drawn, spots=[place] if place else [])


def _notes(compared: ComparedSteps) -> list[str]:
    first, other = compared.first, compared.other
    notes = [METHOD] if compared.leads else []
    if compared.best and compared.best.won_s >= MIN_WON_S and first.track:
        notes.append("The dot on the map is the middle of the part where most time was won.")
    if compared.no_gap:
        notes.append(f"No time gap: {compared.no_gap}.")
    if other and first.axis != other.axis:
        notes.append("Only one of them has a distance: the other is not drawn.")
    for view, label in zip((first, other), labels(first, other) if other else (), strict=False):
        if view:
            notes += [f"{label}: {line}" for line in view.missing if "heart rate" in line]
    zones = first.zones.get("heart rate")
    return notes + ([zone_note(zones, first.thresholds[zones.threshold])] if zones else [])


def _title(compared: ComparedSteps) -> str:
    names = [title(view.activity) for view in (compared.first, compared.other) if view]
    return " · ".join(map(isolated, dict.fromkeys(names)))


def _heading(compared: ComparedSteps) -> str:
    name = sport_name(compared.first.activity)
    if not compared.other:
        return f"{name} · {labels(compared.first, compared.first)[0]}"
    return f"{name} · {' against '.join(labels(compared.first, compared.other))}"


def _arguments(compared: ComparedSteps) -> dict[str, str | int]:
    """What the chart was asked with."""
    arguments: dict[str, str | int] = {"id": compared.first.activity.id}
    return arguments | ({"other": compared.other.activity.id} if compared.other else {})


def _against(texts: Sequence[str | None]) -> str:
    return " against ".join(text for text in texts if text)


def _rounded(value: Number) -> Number:
    return None if value is None else round(value, 3)


def _any(values: Sequence[Number]) -> bool:
    return any(value is not None for value in values)
