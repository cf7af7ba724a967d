"""What is computed once from every sample of an activity, and kept.

Three parts, because most questions need one of them about many activities: ``Intensity`` for loads
and zones under whatever thresholds, also later ones; ``Bests`` for records; ``Route`` for likeness.
"""

from collections.abc import Sequence
from itertools import accumulate, compress, groupby
from operator import sub
from typing import Any, NamedTuple

from strava_mcp.sports import ON_FOOT, RUNS, SWIMS
from strava_mcp.training import durability, mean_maximal, power
from strava_mcp.training.climbing import distance_averaged, median_filtered
from strava_mcp.training.climbs import Climb, climbs_of
from strava_mcp.training.decoupling import WARM_UP_S, Output, Second, decoupling
from strava_mcp.training.efforts import MAX_SPEED_MS, BestEffort, best_efforts
from strava_mcp.training.grade_adjusted import adjusted_m
from strava_mcp.training.per_second import MAX_DURATION_S, PerSecond, per_second
from strava_mcp.training.route_likeness import Route, route
from strava_mcp.training.series import Number, Streams
from strava_mcp.training.track import interpolated
from strava_mcp.training.unmeasurable import Unmeasurable

#: Speed is averaged over this many seconds before its time in zones is counted.
SPEED_WINDOW_S = 15
#: Slower on foot is standing, in m/s.
MIN_SPEED_MS = 0.5
#: Steps of the histograms: W, and m/s.
POWER_STEP_W, SPEED_STEP_MS = 5, 0.05
#: A longer track is thinned before it is laid on the grid.
MAX_TRACK_POINTS = 5_000

#: The streams that metrics are computed from.
STREAMS = ("time", "distance", "moving", "altitude", "heartrate", "watts", "latlng")


class Intensity(NamedTuple):
    """What loads and zones are computed from.

    ``recorded_s``: seconds without pauses; ``moving_s``: of them in motion. Histograms are value →
    seconds: ``heart_rate`` by bpm, ``power`` by steps of POWER_STEP_W, ``speed`` (on foot and
    swimming, grade-adjusted on foot) by steps of SPEED_STEP_MS. ``normalized_w``, ``mean_w``,
    ``work_kj``: None without measured power for most of the time. ``graded_m``: grade-adjusted
    metres of a run. ``drift_percent``: decoupling, or ``drift_problem``: why there is none;
    ``efficiency``: of the first half.
    """

    recorded_s: int
    moving_s: int
    heart_rate: dict[int, int]
    power: dict[int, int]
    speed: dict[int, int]
    normalized_w: float | None
    mean_w: float | None
    work_kj: float | None
    graded_m: float | None
    drift_percent: float | None
    drift_problem: str | None
    efficiency: float | None


class Bests(NamedTuple):
    """Best efforts of an activity.

    Curves are duration in seconds → (mean, start in seconds): ``power`` in W, ``heart_rate`` in
    bpm, ``speed`` of runs in m/s. ``efforts``: name of a distance → (elapsed seconds, start in
    seconds). ``climb``: the greatest, as (gain in m, length in m, start in s). ``tired``: work in
    kJ → duration → W (see ``durability``).
    """

    power: dict[int, tuple[float, int]]
    heart_rate: dict[int, tuple[float, int]]
    speed: dict[int, tuple[float, int]]
    efforts: dict[str, tuple[int, int]]
    climb: tuple[float, float, int] | None
    tired: dict[int, dict[int, float]]


class Metrics(NamedTuple):
    """Everything that is kept of an activity; ``route``: None without positions."""

    intensity: Intensity
    bests: Bests
    route: Route | None


class Recorded(NamedTuple):
    """A recording on whole seconds, with what the measures need beside it.

    ``speed``: m/s on foot or in water, with a gap where it is impossible; ``graded``: the same,
    grade-adjusted on foot; both empty for other sports. ``heights_m``: smoothed, per sample; empty
    without altitude.
    """

    moving: PerSecond
    heart_rate: PerSecond
    watts: PerSecond
    speed: list[Number]
    graded: list[Number]
    graded_m: float | None
    heights_m: list[float]


def metrics(
    streams: Streams, sport: str, *, has_measured_power: bool, efforts: Sequence[BestEffort] | None
) -> Metrics:
    """Compute everything. ``streams``: those of ``STREAMS`` that were recorded, ``time`` at least.

    ``has_measured_power``: power estimated by Strava or a watch gives no power measures.
    ``efforts``: the best efforts of a run, if they are known already.
    """
    recorded = on_seconds(streams, sport, has_measured_power=has_measured_power)
    return Metrics(
        intensity_of(recorded),
        _bests(recorded, streams, sport, efforts),
        route([(point[0], point[1]) for point in _thinned(streams.get("latlng", ())) if point]),
    )


def on_seconds(streams: Streams, sport: str, *, has_measured_power: bool) -> Recorded:
    """Put a recording on whole seconds. See ``metrics``."""
    time = streams["time"]
    heart_rate = per_second(time, [value or None for value in streams.get("heartrate", ())])
    watts = per_second(time, streams.get("watts", ()) if has_measured_power else ())
    moving = per_second(time, _flags_ahead(streams.get("moving") or [True] * len(time)))
    distance, heights = streams.get("distance"), _heights(streams)
    speed: list[Number] = []
    graded: list[Number] = []
    graded_m = None
    if distance and (sport in ON_FOOT or sport in SWIMS):
        speed = _speeds(time, distance)
        graded = speed
        if sport in RUNS:
            adjusted = adjusted_m(distance, heights) if heights else list(distance)
            graded, graded_m = _speeds(time, adjusted), adjusted[-1]
    return Recorded(
        moving, heart_rate, power.without_spikes(watts), speed, graded, graded_m, heights
    )


def _flags_ahead(moving: Sequence[bool]) -> list[Number]:
    """1 or 0 for the time after each sample: a flag is about the time before its own."""
    return [float(is_moving) for is_moving in [*moving[1:], moving[-1]]]


def intensity_of(recorded: Recorded) -> Intensity:
    """What loads and zones are computed from."""
    watts, moving = recorded.watts, recorded.moving
    normalized = mean = work = None
    try:
        normalized = power.normalized_power_w(watts)
        mean, work = power.mean_power_w(watts), power.work_kj(watts)
    except Unmeasurable:
        pass
    drift = problem = efficiency = None
    try:
        output, seconds, stop_s = seconds_in_motion(recorded)
        result = decoupling(seconds, output, stop_s, None)
        drift, efficiency = result.percent, result.first
    except Unmeasurable as exc:
        problem = str(exc)
    return Intensity(
        recorded_s=moving.recorded_s,
        moving_s=sum(1 for value in moving.values if value),
        heart_rate=_histogram(recorded.heart_rate.values, 1),
        power=_histogram(watts.values, POWER_STEP_W) if normalized is not None else {},
        speed=_histogram(smoothed_speeds(recorded.graded), SPEED_STEP_MS, MIN_SPEED_MS),
        normalized_w=normalized,
        mean_w=mean,
        work_kj=work,
        graded_m=recorded.graded_m,
        drift_percent=drift,
        drift_problem=problem,
        efficiency=efficiency,
    )


def seconds_in_motion(recorded: Recorded) -> tuple[Output, list[Second], int]:
    """What decoupling compares: the output, the seconds in motion, and the longest stop in s.

    A stop counts if it is after the warm-up and motion follows: before, it says nothing about what
    is compared, nor does a watch that was left running.

    Raises Unmeasurable without power or speed.
    """
    output: Output = "power"
    values: Sequence[Number] = recorded.watts.values
    if recorded.watts.coverage < power.MIN_COVERAGE:
        output, values = "speed", recorded.graded
    if not values:
        raise Unmeasurable("needs measured power, or the speed of a run")
    rates = recorded.heart_rate.values or [None] * len(values)
    moving = recorded.moving.values[: min(len(values), len(rates))]
    seconds = [
        Second(value or 0.0, rate)
        for value, rate in zip(compress(values, moving), compress(rates, moving), strict=True)
    ]
    moved_s = stop_s = longest_s = 0
    for is_moving, stretch in groupby(moving, bool):
        length_s = len(list(stretch))
        if not is_moving:
            stop_s = length_s
            continue
        if moved_s >= WARM_UP_S:
            longest_s = max(longest_s, stop_s)
        moved_s += length_s
    return output, seconds, longest_s


def _bests(
    recorded: Recorded, streams: Streams, sport: str, efforts: Sequence[BestEffort] | None
) -> Bests:
    watts = recorded.watts
    has_power = watts.coverage >= power.MIN_COVERAGE
    if efforts is None and sport in RUNS and streams.get("distance"):
        efforts = best_efforts(streams["time"], streams["distance"])
    steep = None
    if recorded.heights_m and streams.get("distance"):
        climbs = climbs_of(streams["distance"], recorded.heights_m)
        steep = max(climbs, key=lambda climb: climb.gain_m, default=None)
    work = watts.or_zero() if has_power else []
    tired = {kj: durability.bests_after(work, kj) for kj in durability.WORK_KJ[1:]}
    return Bests(
        power=_curve(work, 1) if has_power else {},
        heart_rate=_curve(recorded.heart_rate.values, 1),
        speed=_curve(recorded.speed, 3) if sport in RUNS else {},
        efforts={e["name"]: (e["elapsed_time"], round(e["start_s"])) for e in efforts or ()},
        climb=_climb(steep, streams) if steep else None,
        tired={kj: {d: round(w, 1) for d, w in best.items()} for kj, best in tired.items() if best},
    )


def _climb(climb: Climb, streams: Streams) -> tuple[float, float, int]:
    start_s = round(streams["time"][climb.begin] - streams["time"][0])
    return round(climb.gain_m, 1), round(climb.length_m, 1), start_s


def _curve(values: Sequence[Number], digits: int) -> dict[int, tuple[float, int]]:
    curve = mean_maximal.curve(values)
    return {d: (round(best.value, digits), best.start_s) for d, best in curve.items()}


def _histogram(values: Sequence[Number], step: float, minimum: float = 0.0) -> dict[int, int]:
    """Seconds by value in whole ``step``; values below ``minimum`` are left out."""
    seconds: dict[int, int] = {}
    for value in values:
        if value is not None and value >= minimum:
            key = int(value / step + 1e-9)
            seconds[key] = seconds.get(key, 0) + 1
    return dict(sorted(seconds.items()))


def _heights(streams: Streams) -> list[float]:
    """The altitude of each sample without noise and gaps; empty if none was recorded."""
    altitude, distance = streams.get("altitude", ()), streams.get("distance")
    if not distance or not any(value is not None for value in altitude):
        return []
    whole = interpolated(altitude, distance)
    return distance_averaged(median_filtered(whole, distance), distance)


def _speeds(time_s: Sequence[float], distance_m: Sequence[float]) -> list[Number]:
    """Metres in each second: linear between samples, None where no runner can be so fast."""
    speeds: list[Number] = []
    owed = 0.0
    for before, after, end in zip(distance_m, distance_m[1:], time_s[1:], strict=False):
        seconds = round(end - time_s[0]) - len(speeds)
        owed += after - before
        if seconds <= 0:
            continue
        speed = owed / seconds
        speeds += [speed if 0 <= speed <= MAX_SPEED_MS else None] * min(seconds, MAX_DURATION_S)
        owed = 0.0
    return speeds[:MAX_DURATION_S]


def smoothed_speeds(values: Sequence[Number], window_s: int = SPEED_WINDOW_S) -> list[Number]:
    """The mean of the ``window_s`` (odd) seconds around each, of those that are known."""
    padding: list[Number] = [None] * (window_s // 2)
    padded = [*padding, *values, *padding]
    sums = list(accumulate((value or 0.0 for value in padded), initial=0.0))
    counts = list(accumulate((value is not None for value in padded), initial=0))
    totals = map(sub, sums[window_s:], sums)
    return [
        None if value is None else total / count
        for value, total, count in zip(
            values, totals, map(sub, counts[window_s:], counts), strict=False
        )
    ]


def _thinned(points: Sequence[Any]) -> Sequence[Any]:
    return points[:: max(1, -(-len(points) // MAX_TRACK_POINTS))]
