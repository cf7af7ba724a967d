"""Workouts as blocks: what a coach would write on a training plan.

The shares of threshold and the lengths follow common practice: Daniels, "Running Formula" (easy 59
to 74 % of VO2max, threshold, interval and repetition pace), and Allen and Coggan, "Training and
Racing with a Power Meter" (endurance 56 to 75 %, sweet spot 88 to 93 %, VO2max 106 to 120 % of FTP;
ramp test of 1-minute steps, whose best minute is FTP / 0.75).
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from strava_mcp.sandbox.profiles import HILL_AFTER_M, HILL_SLOPE

WARM_UP, WORK, RECOVERY, REST, COOL_DOWN, STEADY = (
    *("warm-up", "work", "recovery", "rest", "cool-down", "steady"),
)
#: Ramp test: first step, height of a step and last step, as shares of FTP.
RAMP_FROM, RAMP_STEP, RAMP_TO = 0.45, 0.08, 1.33


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a workout: its share of threshold speed or power, and its length.

    Either ``seconds`` or ``metres`` is given; the other one follows from the athlete's fitness.
    ``rest``: stands still. ``slope``: rise over run.
    """

    kind: str
    share: float
    seconds: float = 0.0
    metres: float = 0.0
    slope: float = 0.0


Blocks = list[Block]


@dataclass(frozen=True)
class Workout:
    """A workout. ``blocks``: None for a steady session, which takes its length from its course.

    ``share``: of threshold, on average. ``minutes``: a usual length. ``where``: the kind of course
    that a run with blocks needs (track, path, hill).
    """

    share: float
    minutes: int
    blocks: Callable[[Random], Blocks] | None = None
    where: str = "path"
    sprints: int = 0


def _minutes(kind: str, share: float, minutes: float) -> Block:
    return Block(kind, share, seconds=60 * minutes)


def _metres(kind: str, share: float, metres: float, slope: float = 0.0) -> Block:
    return Block(kind, share, metres=metres, slope=slope)


def _repeat(count: int, work: Block, recovery: Block) -> Blocks:
    """Repetitions with a recovery between them, but none after the last."""
    return [work, *[recovery, work] * (count - 1)]


def _on_foot(work: Blocks) -> Blocks:
    """Jog before and after."""
    return [_metres(WARM_UP, 0.74, 2000), *work, _metres(COOL_DOWN, 0.7, 1600)]


def _fartlek(rng: Random) -> Blocks:
    """Surges as long as they please, and as much easy running between them."""
    work = []
    for _ in range(rng.randint(9, 12)):
        work += [
            _minutes(WORK, rng.uniform(0.98, 1.12), rng.choice((0.75, 1, 1, 1.5, 2, 3))),
            _minutes(RECOVERY, rng.uniform(0.72, 0.78), rng.choice((1, 1, 1.5, 2))),
        ]
    return _on_foot(work[:-1])


def _hills(_: Random) -> Blocks:
    up, down = _metres(WORK, 1.13, 190, HILL_SLOPE), _metres(RECOVERY, 0.62, 190, -HILL_SLOPE)
    return [
        _metres(WARM_UP, 0.74, HILL_AFTER_M),
        *[up, down] * 8,
        _metres(COOL_DOWN, 0.72, HILL_AFTER_M),
    ]


def _track(count: int, metres: int, share: float, jog_m: int) -> Workout:
    work, jog = _metres(WORK, share, metres), _metres(RECOVERY, 0.64, jog_m)
    return Workout(0.88, 55, lambda _: _on_foot(_repeat(count, work, jog)), "track")


def _on_path(count: int, minutes: float, share: float, jog_minutes: float) -> Workout:
    work, jog = _minutes(WORK, share, minutes), _minutes(RECOVERY, 0.68, jog_minutes)
    return Workout(0.88, 58, lambda _: _on_foot(_repeat(count, work, jog)))


def _trainer(count: int, minutes: float, share: float, easy_minutes: float) -> Workout:
    work, easy = _minutes(WORK, share, minutes), _minutes(RECOVERY, 0.5, easy_minutes)
    ends = (_minutes(WARM_UP, 0.56, 12), _minutes(COOL_DOWN, 0.48, 8))
    return Workout(0.82, 60, lambda _: [ends[0], *_repeat(count, work, easy), ends[1]])


def _ramp_test(_: Random) -> Blocks:
    steps = round((RAMP_TO - RAMP_FROM) / RAMP_STEP) + 1
    ramp = [_minutes(WORK, RAMP_FROM + RAMP_STEP * step, 1) for step in range(steps)]
    return [_minutes(WARM_UP, 0.5, 10), *ramp, _minutes(COOL_DOWN, 0.42, 10)]


def _pool(count: int, metres: int, share: float, rest_s: int) -> Workout:
    work, rest = _metres(WORK, share, metres), Block(REST, 0.0, seconds=rest_s)
    turn = Block(REST, 0.0, seconds=40)
    ends = (_metres(WARM_UP, 0.84, 400), _metres(COOL_DOWN, 0.8, 200))
    return Workout(
        0.85, 45, lambda _: [ends[0], turn, *_repeat(count, work, rest), turn, ends[1]], "pool"
    )


WORKOUTS: dict[str, Workout] = {
    "easy": Workout(0.77, 48),
    "long": Workout(0.78, 100),
    "fast end": Workout(0.82, 105, lambda _: [
        _minutes(STEADY, 0.775, 75), _minutes(STEADY, 0.93, 25)
    ]),
    "race": Workout(1.0, 70),
    "brick run": Workout(0.86, 24),
    "5 × 1 km": _track(5, 1000, 1.08, 400),
    "6 × 800 m": _track(6, 800, 1.1, 400),
    "10 × 400 m": _track(10, 400, 1.15, 200),
    "fartlek": Workout(0.88, 52, _fartlek),
    "hills": Workout(0.87, 55, _hills, "hill"),
    "3 × 10 min": _on_path(3, 10, 0.985, 2.5),
    "4 × 5 min": _on_path(4, 5, 1.04, 2.0),
    "endurance": Workout(0.64, 75),
    "tempo ride": Workout(0.76, 75),
    "group ride": Workout(0.69, 110, sprints=3),
    "long ride": Workout(0.63, 150, sprints=1),
    "commute": Workout(0.55, 15),
    "time trial": Workout(0.78, 75, lambda _: [
        _minutes(WARM_UP, 0.6, 22), _minutes(WORK, 1.05, 21), _minutes(COOL_DOWN, 0.55, 26)
    ]),
    "3 × 12 min": _trainer(3, 12, 0.9, 4),
    "5 × 4 min": _trainer(5, 4, 1.11, 4),
    "ramp test": Workout(0.75, 32, _ramp_test),
    "10 × 100 m": _pool(10, 100, 1.0, 20),
    "12 × 50 m": _pool(12, 50, 1.06, 25),
    "5 × 300 m": _pool(5, 300, 0.97, 30),
    "hike": Workout(0.52, 190),
    "walk": Workout(0.44, 55),
    "strength": Workout(0.45, 50),
}  # fmt: skip
