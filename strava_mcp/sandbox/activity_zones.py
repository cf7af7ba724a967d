"""The time that an activity spends in each heart-rate and power zone."""

from collections.abc import Sequence
from itertools import pairwise

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import recording
from strava_mcp.sandbox.athlete import Athlete, zone_ranges
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.recording import Streams


def zone_types(plan: Plan) -> list[str]:
    """The kinds of zones that the activity was recorded for."""
    return ["heartrate"] * plan.has_heart_rate + ["power"] * plan.has_meter


def zones(plan: Plan) -> list[JSON]:
    """Seconds in each zone (ActivityZone), counted from the recording."""
    return counted(plan.athlete, zone_types(plan), recording.streams(plan), plan.suffer_score)


def counted(
    athlete: Athlete, kinds: Sequence[str], streams: Streams, suffer_score: int
) -> list[JSON]:
    """Seconds in each zone of some kinds (ActivityZone)."""
    result = []
    for kind in kinds:
        stream, bounds = _stream_and_bounds(athlete, kind)
        steps_s = [b - a for a, b in pairwise(streams["time"])]
        samples = list(zip(streams[stream][1:], steps_s, strict=True))
        result.append(
            {
                "type": kind,
                "resource_state": 3,
                "sensor_based": True,
                "points": 0,
                "score": suffer_score if kind == "heartrate" else 0,
                "custom_zones": kind == "heartrate",
                "distribution_buckets": [
                    zone | {"time": _seconds(samples, zone["min"], zone["max"])}
                    for zone in zone_ranges(bounds)
                ],
            }
        )
    return result


def _stream_and_bounds(athlete: Athlete, kind: str) -> tuple[str, tuple[int, ...]]:
    """The stream that a kind of zone is counted in, and the zones' lower bounds."""
    if kind == "power":
        return "watts", athlete.power_zones
    return "heartrate", athlete.heart_rate_zones


def _seconds(samples: Sequence[tuple[float, int]], low: float, high: float) -> int:
    """The time of the samples (value, seconds) within a zone; ``high`` of -1 means no bound."""
    return sum(step_s for value, step_s in samples if low <= value and (high == -1 or value < high))
