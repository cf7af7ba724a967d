"""What the replies of all analyses share: the subject of a question, and the basis of figures."""

from collections.abc import Mapping

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.setting_text import text_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.context import Context
from strava_mcp.json_types import JSON
from strava_mcp.tools.local_time import today


def subject_of(ctx: Context) -> Subject:
    """What the caller's question is about, on the athlete's own date."""
    return Subject(ctx.source, today(ctx.source), ctx.settings)


def basis(thresholds: Mapping[Name, Threshold], units: str = "metric") -> JSON:
    """Each threshold in words: ``ftp: 254 W, estimated: 95 % of …, activity 7, 2026-04-01``."""
    return {name: _words(name, threshold, units) for name, threshold in thresholds.items()}


def _words(name: Name, threshold: Threshold, units: str) -> str:
    source = threshold.how
    if threshold.activity:
        source += f", activity {threshold.activity}"
    if threshold.day:
        source += f", {threshold.day}"
    value = text_of(name, threshold.value, units)
    return f"{value}, {threshold.basis}: {source}"
