"""The view of one activity: its panels over distance or time, laps, track, and how it went."""

from dataclasses import replace

from strava_mcp.analysis.activity_steps import ActivitySteps, Lap
from strava_mcp.charts.activity_panels import panels
from strava_mcp.charts.activity_reading import reading
from strava_mcp.charts.activity_words import heading, link, load_note, sport_name, title, zone_note
from strava_mcp.charts.chart import Axis, Chart, Fact, Quantity, Segment, Steps, Tab
from strava_mcp.charts.quantities import (
    CLOCK,
    HEART_RATE,
    POWER,
    height,
    length,
    rate,
    rate_name,
)
from strava_mcp.charts.scales import write
from strava_mcp.charts.track_map import track_map

#: Nothing but a distance or a time is no chart.
NOTHING = "Neither speed, heart rate, power nor altitude was recorded."


def draw(view: ActivitySteps, units: str) -> Chart:
    """The chart of an activity or of a range of it. ``units``: ``metric`` or ``imperial``."""
    drawn = panels(view, units) if view.steps else []
    state, facts = view.problem or ("" if drawn else NOTHING), _facts(view, units)
    chart = Chart(
        view="activity",
        title=title(view.activity),
        heading=heading(view.activity),
        reading=reading(view, facts, units, state),
        facts=facts,
        state=state,
        arguments=_arguments(view),
        link=link(view),
    )
    if state:
        return chart
    return replace(
        chart,
        axis=_axis(view, units),
        tabs=[Tab(sport_name(view.activity), drawn)],
        strip=_strip(view, units),
        steps=Steps(
            [step.metres or 0.0 for step in view.steps],
            [round(step.moving_s, 3) for step in view.steps],
        ),
        map=track_map(view.track, units),
        notes=_notes(view),
    )


def _facts(view: ActivitySteps, units: str) -> list[Fact]:
    """The header's figures: those that Strava lists, or what the steps of a range add up to."""
    facts, sport, total = view.activity.facts, view.activity.facts.sport_type or "", view.total
    metres, seconds, speed = facts.distance, facts.moving_time, facts.speed
    heart, power = facts.average_heartrate, facts.average_watts
    climb = facts.elevation_gain if facts.elevation_gain or view.heights_m else None
    if view.is_range and total:
        metres, seconds, speed, climb = total.metres, total.moving_s, total.speed_ms, None
        heart, power = view.mean("heartrate"), view.mean("watts")
    rows = [
        _fact("Distance", length(units, sport), metres or None, "distance"),
        _fact("Moving time", CLOCK, seconds, "time"),
        _fact(rate_name(sport), rate(units, sport), speed, "rate"),
        _fact("Heart rate", HEART_RATE, heart, "heart"),
        _fact("Power" if view.has_measured_power else "Estimated power", POWER, power, "power"),
        _fact("Climb", height(units), climb),
    ]
    return [row for row in rows if row]


def _fact(label: str, quantity: Quantity, value: float | None, key: str = "") -> Fact | None:
    if value is None:
        return None
    text = write(quantity, value, with_unit=False)
    return Fact(label, text, quantity.unit, key)  # type: ignore[arg-type]


def _axis(view: ActivitySteps, units: str) -> Axis:
    sport, steps = view.activity.facts.sport_type or "", view.steps
    is_length = view.axis == "distance"
    return Axis(
        "length" if is_length else "time",
        length(units, sport) if is_length else CLOCK,
        (steps[0].begin, steps[-1].end),
        [round(step.middle, 1) for step in steps],
        [round(step.at_s, 1) for step in steps] if is_length else (),
    )


def _strip(view: ActivitySteps, units: str) -> list[Segment]:
    """The laps within what is drawn; the fastest has level 1, the slowest 0."""
    low, high = view.steps[0].begin, view.steps[-1].end
    laps = [lap for lap in view.laps if lap.begin < high and lap.end > low]
    speeds = [lap.speed_ms for lap in laps if lap.speed_ms is not None]
    slowest, span = min(speeds, default=0.0), max(speeds, default=0.0) - min(speeds, default=0.0)
    return [
        Segment(
            max(low, lap.begin),
            min(high, lap.end),
            lap_label(lap, units, view.activity.facts.sport_type or ""),
            (lap.speed_ms - slowest) / span if lap.speed_ms is not None and span else 0.5,
        )
        for lap in laps
    ]


def lap_label(lap: Lap, units: str, sport: str) -> str:
    """``Lap 3 · 1.00 km · 4:12 /km``; of a lap without distance its time."""
    parts = [f"Lap {lap.number}"]
    if lap.metres:
        parts.append(write(length(units, sport), lap.metres))
    if lap.speed_ms:
        parts.append(write(rate(units, sport), lap.speed_ms))
    else:
        parts.append(write(CLOCK, lap.moving_s))
    return " · ".join(parts)


def _notes(view: ActivitySteps) -> list[str]:
    """What is missing, and what zones and load rest on."""
    zones = [
        zone_note(zones, view.thresholds[zones.threshold])
        for quantity, zones in view.zones.items()
        if quantity != "pace"
    ]
    load = [load_note(view.load)] if view.load and not view.is_range else []
    return [*view.missing, *zones, *load]


def _arguments(view: ActivitySteps) -> dict[str, str | int]:
    """What the chart was asked with."""
    arguments: dict[str, str | int] = {"id": view.activity.id}
    if view.is_range and view.total:
        arguments |= {"from": round(view.total.begin), "to": round(view.total.end)}
    return arguments
