"""What devices record of a motion: heart rate, cadence, positions, altitude, temperature.

One value per second of elapsed time; ``moving`` says which of them the athlete moved in.
"""

import math
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from strava_mcp.sandbox import courses
from strava_mcp.sandbox.body import LAG_DOWN_S, LAG_UP_S, drift_at
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.signals import Numbers, fitted, noise
from strava_mcp.sandbox.weather import temperature_c
from strava_mcp.sports import RIDES, VIRTUAL

#: Effort that heart rate follows while the athlete stands still, as a share of threshold.
STANDING = 0.36
#: Coasting down a hill it falls no lower than at this share.
MIN_SHARE = 0.3
#: Beats that a good sensor is wrong by.
BEAT_NOISE = 0.9
#: A sensor that shows something else takes this many seconds to come back.
RECOVERS_S = 25
#: Only in recordings of this length.
MIN_FAULTY_S = 1800
#: Metres that a receiver is off, on open ground and below trees, and over how many metres along
#: the way the error changes. (Typical of consumer receivers: 3 to 5 m, 10 m below trees.)
GPS_M, TREES_M, GPS_MEMORY_M, TREES_MEMORY_M = 2.2, 4.5, 80.0, 240.0
#: Positions are worked out at steps of this many metres, or at this many steps of a long way.
GPS_STEP_M, MAX_STEPS = 8.0, 6000
#: A receiver loses its first error over this distance.
FIX_AFTER_M = 120.0
TUNNEL_M, GRADE_S = 450.0, 20
#: Metres that altitudes from satellites are off.
SATELLITE_M = 3.2
METRES_PER_DEGREE = 111_195.0


def heart_rate(plan: Plan, shares: Numbers, moving: Sequence[bool]) -> list[int]:
    """Heart rate in bpm: follows effort with a lag, drifts upward, and sinks in pauses."""
    standing, lowest = plan.steady_heart_rate(STANDING), plan.steady_heart_rate(MIN_SHARE)
    at_rest, at_threshold = plan.steady_heart_rate(0.0), plan.steady_heart_rate(1.0)
    per_share, highest = at_threshold - at_rest, plan.athlete.max_heart_rate
    remaining = iter(shares)
    state, drift, result = plan.first_heart_rate, plan.drift, []
    jitter = noise(plan.rng("beats"), len(moving), 20)
    for second, (moves, beat) in enumerate(zip(moving, jitter, strict=True)):
        target = at_rest + per_share * next(remaining) if moves else standing
        target = min(highest, max(lowest, target))
        state += (target - state) / (LAG_UP_S if target > state else LAG_DOWN_S)
        result.append(state + drift_at(second, drift) + BEAT_NOISE * beat)
    beats = fitted(result, moving, plan.heart_rate, plan.top_heart_rate)
    if plan.sensor_fault:
        beats = _with_fault(plan, beats, moving)
    return [round(value) for value in beats]


def _with_fault(plan: Plan, beats: Numbers, moving: Sequence[bool]) -> Numbers:
    """What a bad sensor shows: a dry strap, the cadence instead, or nothing new for a while.

    Mean and maximum stay those of the plan.
    """
    rng = plan.rng("fault")
    count = len(beats)
    if plan.sensor_fault == "dropouts":
        for _ in range(rng.randint(1, 3)):
            begin, length = rng.randrange(count), rng.randint(15, 50)
            for i in range(begin, min(count, begin + length)):
                beats[i] = beats[begin]
            _return_to(beats, begin + length)
    elif count > MIN_FAULTY_S:
        locked = plan.sensor_fault == "lock" and plan.sport == "Run"
        wrong = 2 * plan.cadence if locked else 0.9 * plan.top_heart_rate
        wrong = min(wrong, plan.top_heart_rate - 2.0)
        end = rng.randint(150, 420)
        sway = noise(rng, end, 9)
        for i in range(end):
            approach = 1 - math.exp(-i / RECOVERS_S)
            beats[i] += (wrong + 1.5 * sway[i] - beats[i]) * approach
        _return_to(beats, end)
    return fitted(beats, moving, plan.heart_rate, plan.top_heart_rate)


def _return_to(beats: Numbers, begin: int) -> None:
    """Let beats come back to what they are from the value before ``begin``, without a jump."""
    if not 0 < begin < len(beats):
        return
    off = beats[begin - 1] - beats[begin]
    for i in range(begin, min(len(beats), begin + 5 * RECOVERS_S)):
        beats[i] += off * math.exp(-(i - begin) / RECOVERS_S)


def cadence(plan: Plan, shares: Numbers, speeds: Numbers, watts: Numbers | None) -> list[int]:
    """Cadence of each moving second; a rider who does not pedal has none."""
    sway = noise(plan.rng("cadence"), len(shares), 8)
    if plan.sport in RIDES:
        raw = [88 + 4 * value + 14 * min(0.6, share) for value, share in zip(sway, shares)]
        pedals = [power > 0 for power in watts or ()]
    else:
        usual = plan.mean_speed or 1.0
        raw = [88 + 1.2 * s + 11 * (v / usual - 1) for s, v in zip(sway, speeds, strict=True)]
        pedals = [True] * len(raw)
    pairs = list(zip(raw, pedals, strict=True))
    mean = sum(value for value, turns in pairs if turns) / max(1, sum(pedals))
    return [round(value * plan.cadence / mean) if turns else 0 for value, turns in pairs]


def temperatures(plan: Plan, count: int) -> list[int]:
    """Degrees Celsius: they follow the hours of the day, and stay indoors."""
    if plan.indoor:
        return [plan.mean_temperature] * count
    begin, end = (
        temperature_c(plan.place, plan.start_local + timedelta(seconds=second))
        for second in (0, count)
    )
    middle = plan.mean_temperature
    return [round(middle + (end - begin) * (i / count - 0.5)) for i in range(count)]


def surveyed(plan: Plan, metres: Numbers) -> tuple[list[list[float]] | None, Numbers]:
    """Positions (latitude and longitude in degrees, None without a track) and altitudes in metres.

    A GPS receiver is some metres off. Its error changes along the way rather than with time, so
    that it stays while the athlete stands. One stretch leads through a wood, where it is larger.
    A barometer drifts with the weather; satellites give noisy altitudes.
    """
    assert plan.course
    course = plan.course
    last = min(MAX_STEPS, math.ceil(metres[-1] / GPS_STEP_M))
    step_m, count = metres[-1] / last, last + 1
    fractions = [step / last for step in range(count)]
    heights = courses.altitudes(course, fractions)
    at = [metre / step_m for metre in metres]
    steps = [(i, x - i) for x in at for i in (min(int(x), last - 1),)]
    exact = [heights[i] + (heights[i + 1] - heights[i]) * rest for i, rest in steps]
    levels = _with_drift(plan, exact, metres)
    if not plan.has_track:
        return None, levels
    lats, lngs = zip(*courses.positions(course, fractions), strict=True)
    if plan.sport not in VIRTUAL:
        rng = plan.rng("gps")
        wood = rng.uniform(0.2, 0.7) * count, rng.uniform(0.05, 0.2) * count
        per_degree = METRES_PER_DEGREE * math.cos(math.radians(course.place.latlng[0]))
        north, east = (_errors(rng, count, step_m, wood, fix) for fix in plan.first_fix)
        lats = tuple(lat + off / METRES_PER_DEGREE for lat, off in zip(lats, north, strict=True))
        lngs = tuple(lng + off / per_degree for lng, off in zip(lngs, east, strict=True))
        if plan.goes_through_tunnel:
            begin, wide = count // 3, max(2, round(TUNNEL_M / step_m))
            lats, lngs = (_straight(values, begin, begin + wide) for values in (lats, lngs))
    return [
        [
            round(lats[i] + (lats[i + 1] - lats[i]) * r, 6),
            round(lngs[i] + (lngs[i + 1] - lngs[i]) * r, 6),
        ]
        for i, r in steps
    ], levels


def _straight(values: Sequence[float], begin: int, end: int) -> tuple[float, ...]:
    """Values with a straight line from one to another: a receiver sees nothing in a tunnel."""
    first, last = values[begin], values[end]
    line = (first + (last - first) * i / (end - begin) for i in range(end - begin))
    return (*values[:begin], *line, *values[end:])


def _errors(
    rng: Random, count: int, step_m: float, wood: tuple[float, float], fix: float
) -> Numbers:
    """The receiver's error in metres in one direction, at steps along the way.

    It is ``fix`` at both ends: at the start until it knows better, at the end in the same street.
    """
    open_ground = noise(rng, count, GPS_MEMORY_M / step_m, smooth=True)
    trees = noise(rng, count, TREES_MEMORY_M / step_m, smooth=True)
    begin, length = wood
    errors = [GPS_M * error for error in open_ground]
    for step in range(int(begin), min(count, int(begin + length))):
        errors[step] += TREES_M * math.sin(math.pi * (step - begin) / length) * trees[step]
    for step in range(min(count // 2, int(6 * FIX_AFTER_M / step_m))):
        share = math.exp(-step * step_m / FIX_AFTER_M)
        for at in (step, count - 1 - step):
            errors[at] += (fix - errors[at]) * share
    return errors


def _with_drift(plan: Plan, heights: Numbers, metres: Numbers) -> Numbers:
    """Altitudes as the device measures them."""
    if plan.sport in VIRTUAL:
        return heights
    if plan.athlete.has_barometer:
        return [
            h + plan.barometer_drift * m / metres[-1] for h, m in zip(heights, metres, strict=True)
        ]
    sway = noise(plan.rng("altitude"), len(heights), 70, smooth=True)
    return [height + SATELLITE_M * off for height, off in zip(heights, sway, strict=True)]


def grades(heights: Numbers, metres: Numbers) -> Numbers:
    """Slope in per cent over about 20 seconds."""
    ends = min(GRADE_S // 2, len(heights) // 2)
    wide = 2 * ends
    inside = [
        round(100 * (b - a) / (to - at), 1) if to - at > 3 else 0.0
        for a, b, at, to in zip(heights, heights[wide:], metres, metres[wide:])
    ]
    return [*inside[:1] * ends, *inside, *inside[-1:] * ends][: len(heights)]
