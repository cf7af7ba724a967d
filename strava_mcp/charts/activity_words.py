"""What charts of activities are called, and what their figures rest on, in words."""

import re
from datetime import datetime

from strava_mcp.analysis.activity_steps import ActivitySteps
from strava_mcp.analysis.loads import Load
from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.session_zones import Quantity, ZoneTime
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.charts.quantities import HEART_RATE, POWER
from strava_mcp.charts.quantity_words import day_of, write, write_day

#: A lowercase or electric beginning, and what follows it: ``E-Mountain Bike Ride``.
WORDS = re.compile(r"E(?=Bike|Mountain)|[A-Z][a-z]+")
THRESHOLD_NAMES = {"heart rate": "threshold", "power": "FTP"}
THRESHOLD_UNITS = {"heart rate": HEART_RATE, "power": POWER}


def sport_name(activity: Activity) -> str:
    """``Trail Run``, ``E-Bike Ride``; ``Activity`` if the sport is not known."""
    words = WORDS.findall(activity.facts.sport_type or "")
    return (
        " ".join(words).replace("E ", "E-", 1)
        if words[:1] == ["E"]
        else " ".join(words) or "Activity"
    )


def title(activity: Activity) -> str:
    """The name that the athlete gave it, else the sport."""
    name = activity.summary.get("name")
    return name if isinstance(name, str) and name.strip() else sport_name(activity)


def heading(activity: Activity) -> str:
    """Sport, local date and time: ``Run · Sun 27 Sep 2026, 08:26``."""
    return " · ".join(part for part in (sport_name(activity), local_start(activity)) if part)


def local_start(activity: Activity) -> str:
    """The local date and time of the start; the date alone if the local time is not known."""
    local = activity.summary.get("start_date_local")
    if isinstance(local, str):
        try:
            moment = datetime.fromisoformat(local.removesuffix("Z"))
        except ValueError:
            pass
        else:
            return f"{_date(activity)}, {moment:%H:%M}"
    return _date(activity)


def _date(activity: Activity) -> str:
    return write_day(day_of(activity.day)) if activity.facts.day else ""


def short_date(activity: Activity) -> str:
    """The local date without its weekday: ``27 Sep 2026``; empty if it is not known."""
    return _date(activity).partition(" ")[2]


def link(view: ActivitySteps) -> str:
    """The activity's page on Strava; empty if there is none."""
    return f"https://www.strava.com/activities/{view.activity.id}" if view.has_page else ""


def zone_note(zones: ZoneTime, threshold: Threshold) -> str:
    """Whose zones, of which threshold, and where that is from."""
    quantity, value = zones.quantity, write(THRESHOLD_UNITS[zones.quantity], threshold.value)
    name = f"{THRESHOLD_NAMES[quantity]} {value}"
    return f"{quantity.capitalize()} zones: {zones.scheme}; {name} ({basis(threshold)})."


def basis(threshold: Threshold) -> str:
    """Where a threshold is from; an estimate says so."""
    is_certain = threshold.basis in ("given", "strava")
    return threshold.how if is_certain else f"estimated: {threshold.how}"


def load_note(load: Load) -> str:
    """The load and how it was computed."""
    kind = {"swim": "swim pace", "exertion": "perceived exertion"}.get(load.kind, load.kind)
    origin = f"by {kind}{', estimated from averages' if load.is_estimate else ''}"
    rests = {"estimated": ", on an estimated threshold", "default": ", on an assumed threshold"}
    return (
        f"Load {load.value:.0f} (an hour at the threshold is 100): {origin}"
        f"{rests.get(load.basis, '')}."
    )


def zone_labels(quantity: Quantity) -> tuple[str, ...]:
    """The short names of Friel's zones of heart rate, and of Coggan's of power."""
    if quantity == "power":
        return ("Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "Z7")
    return ("Z1", "Z2", "Z3", "Z4", "Z5a", "Z5b", "Z5c")
