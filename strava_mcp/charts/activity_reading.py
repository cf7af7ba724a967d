"""How an activity went, in three sentences with its key figures; complete without the picture."""

from collections.abc import Sequence

from strava_mcp.analysis.activity_steps import ActivitySteps
from strava_mcp.analysis.session_zones import ZoneTime
from strava_mcp.charts.activity_words import local_start, sport_name, zone_labels
from strava_mcp.charts.chart import Fact
from strava_mcp.charts.quantities import HEART_RATE, POWER, length, rate
from strava_mcp.charts.quantity_words import plain
from strava_mcp.charts.scales import write
from strava_mcp.training.even_steps import Step


def reading(view: ActivitySteps, facts: Sequence[Fact], units: str, state: str) -> str:
    """What it was, how it went, and what stands out; or what it was and why nothing is drawn."""
    rest = [state] if state else [_halves(view, units), _stands_out(view, units)]
    text = " ".join(sentence for sentence in [_what(view, facts, units), *rest] if sentence)
    return plain(text)


def _what(view: ActivitySteps, facts: Sequence[Fact], units: str) -> str:
    """``Run on Sun 27 Sep 2026, 08:26: 21.19 km, 1:35:48 in motion, heart rate 168 bpm, …``."""
    name = sport_name(view.activity)
    if view.is_range and view.steps and view.axis == "distance":
        way = length(units, view.activity.facts.sport_type or "")
        begin = write(way, view.steps[0].begin, with_unit=False)
        name = f"{name}, from {begin} to {write(way, view.steps[-1].end)},"
    start = local_start(view.activity)
    figures = ", ".join(_figure(fact) for fact in facts)
    return f"{name}{f' on {start}' if start else ''}{f': {figures}' if figures else ''}."


def _figure(fact: Fact) -> str:
    value = f"{fact.value} {fact.unit}".strip()
    if fact.key == "distance":
        return value
    return f"{fact.label[:1].lower()}{fact.label[1:]} {value}"


def _halves(view: ActivitySteps, units: str) -> str:
    """Both halves of the way (or of the time) in the figures that were recorded."""
    if not view.halves:
        return ""
    first, second = (_output(view, half, units) for half in view.halves)
    if not first or not second:
        return ""
    return f"First half {first}, second half {second}."


def _output(view: ActivitySteps, half: Step, units: str) -> str:
    """``4:37 /km at 165 W and 166 bpm``, as far as it was recorded."""
    sport, speed = view.activity.facts.sport_type or "", half.speed_ms
    watts, heart = half.means.get("watts"), half.means.get("heartrate")
    pace = write(rate(units, sport), speed) if speed else ""
    power = "" if watts is None else write(POWER, watts)
    effort = " and ".join(filter(None, (power, "" if heart is None else write(HEART_RATE, heart))))
    return " at ".join(filter(None, (pace, effort)))


def _stands_out(view: ActivitySteps, units: str) -> str:
    """The fastest and the slowest lap, and the zone with most of the time."""
    sport = view.activity.facts.sport_type or ""
    quantity = rate(units, sport)
    parts = []
    if laps := view.extreme_laps():
        slow, fast = (
            f"{lap.number} ({write(length(units, sport), lap.metres or 0.0)} at "
            f"{write(quantity, lap.speed_ms or 0.0)})"
            for lap in laps
        )
        parts.append(f"fastest lap {fast}, slowest lap {slow}")
    zones = view.zones.get("power") or view.zones.get("heart rate")
    if zones and not view.is_range:
        parts.append(_main_zone(zones))
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _main_zone(zones: ZoneTime) -> str:
    """``48 % of the heart rate in Z4 (157–171 bpm)``."""
    index = max(range(len(zones.seconds)), key=zones.seconds.__getitem__)
    share = 100 * zones.seconds[index] / sum(zones.seconds)
    ends = [None, *zones.edges, None]
    low, high, unit = ends[index], ends[index + 1], "W" if zones.quantity == "power" else "bpm"
    if low is None:
        bounds = f"below {high:.0f} {unit}"
    elif high is None:
        bounds = f"from {low:.0f} {unit} on"
    else:
        bounds = f"{low:.0f} to {high:.0f} {unit}"
    label = zone_labels(zones.quantity)[index]
    return f"{share:.0f} % of the time with {zones.quantity} in {label} ({bounds})"
