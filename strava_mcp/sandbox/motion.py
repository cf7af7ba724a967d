"""How an athlete moves, second by second: speed, and the effort or the power behind it."""

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, chain, repeat

from strava_mcp.sandbox import physics
from strava_mcp.sandbox.courses import slopes
from strava_mcp.sandbox.plan import SPRINT_S, Plan
from strava_mcp.sandbox.profiles import NODES
from strava_mcp.sandbox.signals import Numbers, capped, gaps, noise, with_top
from strava_mcp.sports import RIDES

#: Harder uphill and easier downhill: share of threshold per unit of slope, and its bounds.
CLIMB_EFFORT, MIN_EFFORT, MAX_EFFORT = 0.9, -0.07, 0.08
#: Riders coast downhill above this speed in m/s.
COASTING_SPEED = 9.0
#: On the flat they coast for 2 to 8 s about every 65 s.
COASTING = (65, 2, 8)
#: Nobody coasts on the flat in a time trial: above this share of FTP.
NO_COASTING = 0.92
#: The unevenness of a sprint or an attack.
SURGE_NOISE = 0.06
#: Seconds from one speed to another, on foot and on a trainer.
ACCELERATION_S = 4
MIN_SPEED = 1.0
#: Wind from behind, in m/s, that makes riders faster by 1 m/s.
WIND_PER_SPEED = 1.3
#: Below this speed in m/s, power no longer becomes more force: nobody stands on one pedal.
SLOWEST = 1.6


@dataclass(frozen=True)
class Motion:
    """One value per moving second: m/s, share of threshold, and watts on a bike."""

    speeds: Numbers
    shares: Numbers
    watts: Numbers | None = None


def motion(plan: Plan) -> Motion:
    """How the athlete of a plan moved. Its distance and its mean power are those of the plan."""
    if plan.sport in RIDES:
        return _riding(plan)
    if plan.course is None or plan.is_structured:
        return _measured(plan)
    return _over_hills(plan)


def _shares(plan: Plan, scales: Iterable[float] = repeat(1.0)) -> Numbers:
    """The share of threshold that the plan has for each second; ``scales``: factors, by block."""
    return [
        share
        for stretch, scale in zip(plan.stretches, scales, strict=False)
        for share in repeat(stretch.share * scale, stretch.seconds)
    ]


def _measured(plan: Plan) -> Motion:
    """On the flat, in a pool or on a treadmill: each block covers its own distance."""
    rng = plan.rng("speed")
    uneven = 0.006 if plan.indoor and plan.sport == "Run" else 0.022
    sway = noise(rng, plan.moving_s, 12)
    speeds: Numbers = []
    at, speed = 0, 0.0
    for stretch in plan.stretches:
        wanted, block = stretch.metres / stretch.seconds, []
        for i in range(at, at + stretch.seconds):
            speed += (wanted - speed) / ACCELERATION_S
            block.append(speed * (1 + uneven * sway[i]))
        scale = stretch.metres / sum(block) if stretch.metres else 0.0
        speeds += [value * scale for value in block]
        at += stretch.seconds
    return Motion(capped(speeds, plan.top_speed) if plan.distance_m else speeds, _shares(plan))


def _over_hills(plan: Plan) -> Motion:
    """On foot over a course: slower uphill, although the effort is higher."""
    assert plan.course
    course, rng = plan.course, plan.rng("speed")
    step_m = (course.loop_m or course.length_m) / NODES
    slow = physics.slownesses(course, plan.sport)
    extra = [max(MIN_EFFORT, min(MAX_EFFORT, CLIMB_EFFORT * slope)) for slope in slopes(course)]
    pace = [(1 + more) / slowness for more, slowness in zip(extra, slow, strict=True)]
    wanted = _shares(plan)
    sway = noise(rng, plan.moving_s, 15)
    wander = noise(rng, plan.moving_s, 240)
    threshold = plan.body.speed(plan.sport)
    scale = 1.0
    for _ in range(2):  # where the hills come depends on the speed, and the speed on the hills
        at, speed, speeds, shares = 0.0, 0.0, [], []
        for share, fast, slowly in zip(wanted, sway, wander, strict=True):
            node = int(at / step_m) % NODES
            effort = share * (1 + 0.012 * slowly)
            target = threshold * scale * effort * pace[node] * (1 + 0.024 * fast)
            speed += (target - speed) / ACCELERATION_S
            at += speed
            speeds.append(speed)
            shares.append(effort * (1 + extra[node]))
        scale *= course.length_m / at
    total = plan.distance_m / sum(speeds)
    return Motion(with_top([speed * total for speed in speeds], plan.top_speed), shares)


def _riding(plan: Plan) -> Motion:
    """On a bike: power first, and speed from power, hills and inertia."""
    assert plan.course
    scales, wind = [1.0] * len(plan.stretches), 0.0
    for _ in range(4):  # where the hills come depends on the speed, and the speed on the hills
        watts, speeds = _ride(plan, scales, wind)
        missing = _missing_power(plan, watts)
        scales = [scale * factor for scale, factor in zip(scales, missing, strict=True)]
        wind += WIND_PER_SPEED * (plan.course.length_m - sum(speeds)) / len(speeds)
    lengths = [stretch.seconds for stretch in plan.stretches]
    factors = chain.from_iterable(map(repeat, missing, lengths))
    watts = list(map(operator.mul, watts, factors))
    total = plan.distance_m / sum(speeds)
    return Motion(
        with_top([speed * total for speed in speeds], plan.top_speed),
        [value / plan.body.ftp_w for value in watts],
        capped(watts, plan.top_watts),
    )


def _missing_power(plan: Plan, watts: Numbers) -> Numbers:
    """For each block, by what its power has to be multiplied to have the planned mean.

    Without a workout that is the mean of the ride: a short block may well be a descent.
    """
    if not plan.has_hand_laps:
        return [plan.watts * len(watts) / sum(watts)] * len(plan.stretches)
    result, at = [], 0
    for stretch in plan.stretches:
        block = watts[at : at + stretch.seconds]
        result.append(stretch.share * plan.body.ftp_w * len(block) / max(1.0, sum(block)))
        at += stretch.seconds
    return result


def _ride(plan: Plan, scales: Numbers, wind: float) -> tuple[Numbers, Numbers]:
    """Power and speed of each second. ``scales``: of power by block; ``wind``: from behind."""
    assert plan.course
    course, ftp_w = plan.course, plan.body.ftp_w
    step_m, hills = (course.loop_m or course.length_m) / NODES, slopes(course)
    drag_area, rolling = physics.resistance(plan.bike)
    drag, mass_kg = 0.5 * physics.AIR_DENSITY * drag_area, plan.mass_kg
    weight = mass_kg * physics.GRAVITY
    at, speed, watts, speeds = 0.0, 2.0, [], []
    push = plan.climb_push
    hilly = 0.35 if plan.indoor else 1.0  # trainers halve slopes, and riders in a world shift
    for target, coasts, surge in _efforts(plan, scales):
        slope = hills[int(at / step_m) % NODES] * hilly
        power = ftp_w * target
        if not plan.indoor and surge is None:
            power *= physics.power_on(slope, push)
            if (coasts and target < NO_COASTING) or (
                slope < physics.COASTING_SLOPE and speed > COASTING_SPEED
            ):
                power = 0.0
        elif surge is not None:
            power = surge
        air = speed - wind
        force = power / max(speed, SLOWEST) - weight * (slope + rolling) - drag * air * abs(air)
        speed = min(physics.MAX_SPEED, max(MIN_SPEED, speed + force / mass_kg))
        at += speed
        watts.append(power)
        speeds.append(speed)
    return watts, speeds


def _efforts(plan: Plan, scales: Numbers) -> Iterator[tuple[float, bool, float | None]]:
    """Share of FTP, whether the rider coasts, and watts of a surge, for each second."""
    rng, count = plan.rng("power"), plan.moving_s
    fast, slow = noise(rng, count, 3), noise(rng, count, 45)
    sizes = (0.03, 0.01) if plan.indoor else (0.13, 0.13)
    uneven = [
        max(0.1, 1 + sizes[0] * quick + sizes[1] * sway)
        for quick, sway in zip(fast, slow, strict=True)
    ]
    targets = map(operator.mul, _shares(plan, scales), uneven)
    surges = (
        None if watts is None else watts * (1 + SURGE_NOISE * quick)
        for watts, quick in zip(_surges(plan), fast, strict=True)
    )
    return zip(targets, gaps(rng, count, *COASTING), surges, strict=True)


def _surges(plan: Plan) -> list[float | None]:
    """Watts of the seconds in which the rider sprints, attacks or pulls; None elsewhere."""
    result: list[float | None] = [None] * plan.moving_s
    if not plan.surges:
        return result
    rng, efforts = plan.rng("sprints"), list(plan.surges)
    part = plan.moving_s // (len(efforts) + 1)
    rng.shuffle(efforts)
    for number, (seconds, watts) in enumerate(efforts, 1):
        begin = number * part + rng.randrange(part // 2)
        share = rng.uniform(0.9, 1.0)
        for i in range(min(seconds, plan.moving_s - begin)):
            fade = _sprint(i) if seconds == SPRINT_S else 1.02 - 0.04 * i / seconds
            result[begin + i] = watts * share * fade
    return result


def _sprint(second: int) -> float:
    """The power of a sprint relative to its peak: up within 3 s, then it fades."""
    return (0.55, 0.85, 1.0, 1.0, 0.97, 0.93, 0.89, 0.84, 0.78, 0.7, 0.6, 0.45, 0.3)[second]


def distances(plan: Plan, speeds: Numbers) -> Numbers:
    """Metres from the start after each moving second, which end at the plan's distance."""
    covered = list(accumulate(speeds))
    return [metres / covered[-1] * plan.distance_m for metres in covered]
