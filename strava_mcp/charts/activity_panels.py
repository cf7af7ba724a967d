"""The panels of an activity: pace or speed, power, heart rate and altitude over its way."""

from collections.abc import Sequence
from typing import Literal

from strava_mcp.analysis.activity_steps import ActivitySteps
from strava_mcp.analysis.session_zones import ZoneTime
from strava_mcp.charts.activity_words import zone_labels
from strava_mcp.charts.chart import Band, Mark, Number, Panel, Quantity, Tick
from strava_mcp.charts.quantities import HEART_RATE, POWER, height, rate, rate_name
from strava_mcp.charts.quantity_words import NBSP
from strava_mcp.charts.scales import clipped, number_ticks, pace_ticks, padded, write

#: Smaller differences look small (m/s, W, bpm, m).
MIN_RATE_SPAN, MIN_POWER_SPAN, MIN_HEART_SPAN, MIN_HEIGHT_SPAN = 0.3, 60.0, 20.0, 40.0
#: The lowest share of heart rates, at the very start, stays at the edge.
HEART_CLIP = 0.01


def panels(view: ActivitySteps, units: str) -> list[Panel]:
    """The panels of what was recorded, what the athlete controls first."""
    sport = view.activity.facts.sport_type or ""
    means = {
        name: [_rounded(step.means.get(name), 2) for step in view.steps]
        for name in view.steps[0].means
    }
    speeds = [_rounded(step.speed_ms, 3) for step in view.steps]
    return [
        *([rate_panel(speeds, mean_speed(view), units, sport)] if _any(speeds) else []),
        *([_power(means["watts"], view)] if _any(means.get("watts", ())) else []),
        *([heart_panel(means["heartrate"], view)] if _any(means.get("heartrate", ())) else []),
        *([_altitude(means["altitude"], view, units)] if _any(means.get("altitude", ())) else []),
    ]


def rate_panel(speeds: Sequence[Number], mean_ms: Number, units: str, sport: str) -> Panel:
    """Pace or speed in m/s, up is faster; standstills and jumps stay at the edges."""
    quantity = rate(units, sport)
    low, high = padded(clipped(speeds), MIN_RATE_SPAN)
    return Panel(
        name=rate_name(sport),
        quantity=quantity,
        color="pace",
        domain=(low, high),
        ticks=rate_ticks(low, high, quantity),
        marks=[Mark("line", speeds, "pace")],
        height=1.15,
        aside=_average(quantity, mean_ms),
        mean=mean_ms,
        key="rate",
    )


def rate_ticks(low: float, high: float, quantity: Quantity) -> list[Tick]:
    """Round paces, or round speeds."""
    if quantity.kind == "pace":
        return pace_ticks(low, high, quantity.factor)
    return number_ticks(low, high, 3, quantity.factor)


def _power(watts: Sequence[Number], view: ActivitySteps) -> Panel:
    mean = view.activity.facts.average_watts if not view.is_range else None
    mean = view.mean("watts") if mean is None else mean
    domain = padded((0.0, *clipped(watts)), MIN_POWER_SPAN)
    name = "Power" if view.has_measured_power else "Power (estimated)"
    return _in_zones("power", name, POWER, watts, mean, domain, view.zones.get("power"))


def heart_panel(rates: Sequence[Number], view: ActivitySteps) -> Panel:
    """Heart rate; its ticks are the bounds of the athlete's zones."""
    domain, mean = padded(clipped(rates, HEART_CLIP, 1.0), MIN_HEART_SPAN), mean_heart_rate(view)
    zones = view.zones.get("heart rate")
    return _in_zones("heart", "Heart rate", HEART_RATE, rates, mean, domain, zones)


def _in_zones(
    key: Literal["power", "heart"],
    name: str,
    quantity: Quantity,
    values: Sequence[Number],
    mean: Number,
    domain: tuple[float, float],
    zones: ZoneTime | None,
) -> Panel:
    """A line over the athlete's zones, whose bounds are its ticks."""
    return Panel(
        name=name,
        quantity=quantity,
        color=key,
        domain=domain,
        ticks=_zone_ticks(zones, *domain),
        marks=[Mark("line", values, key)],
        height=0.9,
        aside=_average(quantity, mean),
        mean=mean,
        bands=_bands(zones, *domain),
        key=key,
    )


def _altitude(heights: Sequence[Number], view: ActivitySteps, units: str) -> Panel:
    quantity = height(units)
    low, high = padded(heights, MIN_HEIGHT_SPAN)
    lowest, highest = view.heights_m or (low, high)
    ends = dict.fromkeys(write(quantity, end, with_unit=False) for end in (lowest, highest))
    return Panel(
        name="Altitude",
        quantity=quantity,
        color="altitude",
        domain=(low, high),
        ticks=number_ticks(low, high, 3, quantity.factor),
        marks=[Mark("area", heights, "altitude")],
        height=0.6,
        aside=f"{' – '.join(ends)}{NBSP}{quantity.unit}",
        key="altitude",
    )


def mean_speed(view: ActivitySteps) -> Number:
    """That of the header, in m/s: Strava's distance and moving time of the whole activity."""
    if not view.is_range and view.activity.facts.speed:
        return view.activity.facts.speed
    return view.total.speed_ms if view.total else None


def mean_heart_rate(view: ActivitySteps) -> Number:
    """That of the header, in bpm: Strava's of the whole activity."""
    listed = None if view.is_range else view.activity.facts.average_heartrate
    return view.mean("heartrate") if listed is None else listed


def _zone_ticks(zones: ZoneTime | None, low: float, high: float) -> list[Tick]:
    """The bounds of zones; round numbers if none can be seen."""
    edges = [edge for edge in zones.edges if low <= edge <= high] if zones else []
    return [Tick(edge, f"{edge:.0f}") for edge in edges] or number_ticks(low, high, 3)


def _bands(zones: ZoneTime | None, low: float, high: float) -> list[Band]:
    """The zones that can be seen."""
    if not zones:
        return []
    ends = zip((None, *zones.edges), (*zones.edges, None), zone_labels(zones.quantity), strict=True)
    return [
        Band(label, begin, end)
        for begin, end, label in ends
        if (end is None or end > low) and (begin is None or begin < high)
    ]


def _average(quantity: Quantity, value: Number) -> str:
    return "" if value is None else f"avg {write(quantity, value)}"


def _rounded(value: Number, digits: int) -> Number:
    """Finer than what is shown, but shorter to send."""
    return None if value is None else round(value, digits)


def _any(values: Sequence[Number]) -> bool:
    return any(value is not None for value in values)
