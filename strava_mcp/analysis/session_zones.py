"""Time in the zones of a session, by the thresholds of its day."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from strava_mcp.analysis.athlete_settings import Name
from strava_mcp.analysis.session_recording import SessionRecording
from strava_mcp.analysis.thresholds import Threshold
from strava_mcp.sports import RUNS
from strava_mcp.training import zones
from strava_mcp.training.activity_metrics import MIN_SPEED_MS, smoothed_speeds
from strava_mcp.training.series import Number
from strava_mcp.training.unmeasurable import Unmeasurable

Quantity = Literal["heart rate", "power", "pace"]


@dataclass(frozen=True)
class ZoneTime:
    """``edges``: lower ends of zones 2 and up, in bpm, W or m/s; ``seconds``: of each zone.

    ``scheme``: whose zones; ``threshold``: of which threshold.
    """

    quantity: Quantity
    scheme: str
    threshold: Name
    edges: Sequence[float]
    seconds: Sequence[int]


def zones_of(
    recording: SessionRecording, thresholds: Mapping[Name, Threshold]
) -> tuple[list[ZoneTime], dict[Quantity, str]]:
    """Time in zones of each quantity, and why there is none of the others.

    ``thresholds``: ``lthr``, ``ftp`` and ``threshold_pace`` of the day, as far as they are known.
    Raises Unmeasurable if there is no quantity with a threshold.
    """
    times: list[ZoneTime] = []
    problems: dict[Quantity, str] = {}
    for quantity, scheme, name, values in _quantities(recording):
        if not any(value is not None for value in values):
            continue
        threshold = thresholds.get(name)
        if threshold is None:
            problems[quantity] = f"no {name} is known"
            continue
        edges = edges_of(name, threshold.value, recording.sport)
        times.append(ZoneTime(quantity, scheme, name, edges, _seconds(values, edges)))
    if not times:
        reasons = "; ".join(f"{quantity}: {why}" for quantity, why in problems.items())
        raise Unmeasurable(reasons or "no heart rate, measured power or running pace")
    return times, problems


def _quantities(
    recording: SessionRecording,
) -> list[tuple[Quantity, str, Name, Sequence[Number]]]:
    seconds = recording.seconds
    friel = "Friel, running" if recording.sport in RUNS else "Friel, cycling"
    pace = smoothed_speeds(seconds.graded) if recording.sport in RUNS else []
    return [
        ("heart rate", friel, "lthr", seconds.heart_rate.values),
        ("power", "Coggan", "ftp", seconds.watts.values * recording.has_power),
        (
            "pace",
            "Friel, running",
            "threshold_pace",
            [value if value and value >= MIN_SPEED_MS else None for value in pace],
        ),
    ]


def edges_of(name: Name, threshold: float, sport: str) -> list[float]:
    """Lower ends of zones 2 and up. A pace has its zones by time per distance."""
    friel = zones.FRIEL_RUN_HEART_RATE if sport in RUNS else zones.FRIEL_RIDE_HEART_RATE
    if name == "threshold_pace":
        return [1000 / (share * threshold) for share in zones.FRIEL_PACE]
    shares = friel if name == "lthr" else zones.COGGAN_POWER
    return [low for low, _ in zones.zones(threshold, shares)[1:]]


def _seconds(values: Sequence[Number], edges: Sequence[float]) -> list[int]:
    counts = [0] * (len(edges) + 1)
    for value, seconds in Counter(values).items():
        if value is not None:
            counts[bisect_right(edges, value)] += seconds
    return counts
