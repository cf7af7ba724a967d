"""Sessions of many shapes, with the noise of real ones: what a person would call them."""

import random
from collections.abc import Callable
from statistics import fmean

import pytest

from strava_mcp.training.interval_sets import structure
from strava_mcp.training.unmeasurable import Unmeasurable

pytestmark = pytest.mark.no_cover

#: Seconds and output.
Plan = list[tuple[int, float]]
#: The sizes of the sets, or how many efforts that differ; None if there are no intervals.
Reading = list[int] | int | None

SEEDS = range(4)


def recorded(plan: Plan, noise: float, seed: int) -> list[float]:
    """One value per second: noise that lasts some seconds, and a start of three seconds."""
    rng = random.Random(seed)
    output: list[float] = []
    before, error = plan[0][1], 0.0
    for seconds, level in plan:
        for second in range(seconds):
            error = 0.6 * error + 0.8 * rng.gauss(0, noise)
            target = before + (level - before) * min(1.0, (second + 1) / 3)
            output.append(max(0.0, target * (1 + error)) if level else 0.0)
        before = level
    return output


def reading(
    output: list[float], laps: list[tuple[int, int]] | None = None, is_swim: bool = False
) -> Reading:
    try:
        result = structure(output, [value > 0 for value in output], laps or [], is_swim=is_swim)
    except Unmeasurable:
        return None
    return [len(one.repetitions) for one in result.sets] or len(result.repetitions)


def run(*parts: tuple[int, float]) -> Plan:
    return [(900, 2.8), *parts, (600, 2.7)]


def ride(*parts: tuple[int, float]) -> Plan:
    return [(900, 140), *parts, (600, 120)]


def after(efforts: list[int], output: float, rest: float, rest_s: float | None = None) -> Plan:
    """Efforts, each with its rest: of ``rest_s``, or half as long as the effort."""
    return [part for s in efforts for part in ((s, output), (round(rest_s or s / 2), rest))]


PYRAMID = [60, 120, 180, 240, 180, 120, 60]
RUNS: dict[str, tuple[Plan, Reading]] = {
    "10 × 400 m, standing": (run(*[(72, 5.5), (60, 0)] * 10), [10]),
    "10 × 400 m, walking": (run(*[(72, 5.5), (90, 1.3)] * 10), [10]),
    "5 × 1 km, walking": (run(*[(210, 4.75), (120, 1.4)] * 5), [5]),
    "8 × 200 m, walking": (run(*[(35, 6.0), (140, 1.4)] * 8), [8]),
    "hills, walking down": (run(*[(60, 4.2), (100, 1.2)] * 8), [8]),
    "hills, jogging down": (run(*[(60, 4.2), (90, 2.3)] * 8), [8]),
    "strides": ([(2400, 2.9), *[(20, 5.3), (70, 2.0)] * 6, (300, 2.7)], [6]),
    "16 × 30/30": (run(*[(30, 5.2), (30, 2.5)] * 16), [16]),
    "2 × (10 × 30/30)": (run(*([(30, 5.2), (30, 2.5)] * 10 + [(210, 2.0)]) * 2), [10, 10]),
    "pyramid, jogging": (run(*after(PYRAMID, 4.6, 2.4)), 7),
    "pyramid, walking": (run(*after([75, 160, 250, 160, 75], 5.2, 1.4, 120)), 5),
    "ladder": (run(*after([360, 300, 240, 180, 120, 60], 4.4, 2.4, 60)), 6),
    "fartlek": (run(*after([60, 180, 30, 240, 90], 4.4, 2.8, 100)), 5),
    "3 × 1 km and 4 × 200 m": (
        run(*[(210, 4.75), (120, 2.3)] * 3, (180, 2.2), *[(36, 5.6), (60, 2.2)] * 4),
        [3, 4],
    ),
    "a gate before the last": (
        run(*[(210, 4.75), (90, 2.3)] * 5, (150, 0), (210, 4.7), (90, 2.3)),
        [6],
    ),
    "2 × (4 × 400 m)": (run(*([(78, 5.1), (60, 2.0)] * 4 + [(240, 1.4)]) * 2), [4, 4]),
    "20 × 200 m": (run(*[(40, 5.1), (45, 2.3)] * 20), [20]),
    "mile repeats": (run(*[(375, 4.29), (180, 2.2)] * 4), [4]),
    "Yasso 800s": (run(*[(210, 3.81), (210, 2.3)] * 10), [10]),
    "10 × 1 km, standing for a minute": (run(*[(215, 4.65), (60, 0)] * 10), [10]),
    "25 × 400 m, half a minute": (run(*[(82, 4.88), (30, 1.5)] * 25), [25]),
    "1 km and 400 m in turn": (run(*[(212, 4.7), (90, 2.2), (78, 5.1), (90, 2.2)] * 4), 8),
    "ladder down": (run(*after([300, 240, 180, 120, 60], 4.4, 2.3, 90)), 5),
    "running into the first of 10 × 5 min": (
        [(648, 2.85), *[(300, 4.45), (143, 1.3)] * 10, (676, 2.7)],
        [10],
    ),
    "30 s of running, 30 of walking": ([(30, 2.8), (30, 1.5)] * 45, [45]),
    "race with a surge": ([(1200, 4.2), (60, 4.9), (1200, 4.2)], None),
    "stops for photos": ([(1300, 2.9), (120, 0), (900, 2.9), (240, 0), (800, 2.9)], None),
    "tempo": (run((1200, 3.9)), 1),
    "3 tempo blocks": (run(*[(600, 3.9), (60, 2.6)] * 3), [3]),
    "marathon pace within a long run": (run(*[(1250, 3.9), (300, 3.2)] * 3), [3]),
    "fast finish": ([(2400, 3.0), (66, 3.6), (1200, 3.0), (900, 3.8)], 1),
    "nine minutes of running, one of walking": ([(540, 2.7), (60, 1.5)] * 6, [6]),
    "progression": ([(1200, 2.8), (1200, 3.1), (1200, 3.4), (900, 3.8)], None),
    "easy": ([(3600, 2.9)], None),
}
RIDES: dict[str, tuple[Plan, Reading]] = {
    "5 × 4 min": (ride(*[(240, 285), (180, 120)] * 5), [5]),
    "2 × (5 × 3 min)": (ride(*([(180, 300), (90, 120)] * 5 + [(390, 120)]) * 2), [5, 5]),
    "3 × (13 × 30/15)": (ride(*([(30, 340), (15, 150)] * 13 + [(180, 120)]) * 3), [13] * 3),
    "3 × (10 × 40/20)": (ride(*([(40, 320), (20, 130)] * 10 + [(300, 120)]) * 3), [10] * 3),
    "8 × 20/10": (ride(*[(20, 450), (10, 80)] * 8), [8]),
    "over-unders": (ride(*([(120, 235), (60, 275)] * 4 + [(300, 120)]) * 3), [3]),
    "over-unders of 2 min": (ride(*[(120, 238), (120, 263), (240, 130)] * 3), [3]),
    "4 × 6 min at 240 W and 3 at 290 W": (
        ride(*[(360, 240), (180, 120)] * 4, *[(360, 290), (180, 120)] * 3),
        [4, 3],
    ),
    "sprints of 10 s": (ride(*[(10, 800), (290, 150)] * 6), [6]),
    "sprints of 15 s": (ride(*[(15, 800), (285, 150)] * 6), [6]),
    "bursts": ([(600, 170), *[(30, 400), (570, 170)] * 5], [5]),
    "pyramid": (ride(*[(s, w) for m in range(1, 6) for s, w in ((60 * m, 280), (60 * m, 130))]), 5),
    "2 × 20 min": (ride((1200, 255), (300, 120), (1200, 252)), [2]),
    "a test of 5 and 20 minutes": (
        [(1200, 150), (300, 330), (600, 130), (1200, 270), (900, 120)],
        2,
    ),
    "ramp": ([(600, 100), *[(60, 100 + 20 * i) for i in range(12)], (600, 80)], None),
    "endurance": ([(7200, 170)], None),
}
SWIMS: dict[str, tuple[Plan, Reading]] = {
    "10 × 100 m": ([(400, 1.0), (40, 0), *[(90, 1.11), (20, 0)] * 10, (200, 0.9)], [10]),
    "8 × 50 m and 4 × 200 m": (
        [(300, 1.0), (30, 0), *[(42, 1.2), (15, 0)] * 8, (60, 0)]
        + [*[(185, 1.08), (30, 0)] * 4, (150, 0.9)],
        [8, 4],
    ),
    "3 × (4 × 50 m)": (
        [(400, 1.0), (40, 0), *([(42, 1.19), (15, 0)] * 4 + [(60, 0)]) * 3, (200, 0.9)],
        [4, 4, 4],
    ),
    "ladder": (after([48, 95, 142, 190, 142, 95, 48], 1.05, 0, 20), 7),
    "one long swim": ([(1500, 1.0)], None),
}


@pytest.mark.parametrize("name", RUNS)
def test_runs(name: str) -> None:
    plan, expected = RUNS[name]
    assert [reading(recorded(plan, 0.03, seed)) for seed in SEEDS] == [expected] * len(SEEDS)


@pytest.mark.parametrize("name", RIDES)
def test_rides(name: str) -> None:
    plan, expected = RIDES[name]
    assert [reading(recorded(plan, 0.08, seed)) for seed in SEEDS] == [expected] * len(SEEDS)


@pytest.mark.parametrize("name", SWIMS)
def test_swims(name: str) -> None:
    plan, expected = SWIMS[name]
    readings = [reading(recorded(plan, 0.03, seed), is_swim=True) for seed in SEEDS]
    assert readings == [expected] * len(SEEDS)


@pytest.mark.parametrize("name", [name for name in (*RUNS, *RIDES) if "over" not in name])
def test_laps_pressed_a_little_early_or_late(name: str) -> None:
    plan, expected = (RUNS | RIDES)[name]
    if min(seconds for seconds, _ in plan) < 30:
        return  # two seconds matter too much
    for seed in SEEDS:
        rng, ends = random.Random(seed), [0]
        for seconds, _ in plan:
            ends.append(ends[-1] + seconds)
        pressed = [0, *(end + rng.randint(-2, 2) for end in ends[1:-1]), ends[-1]]
        laps = list(zip(pressed, pressed[1:], strict=False))
        assert reading(recorded(plan, 0.03, seed), laps) == expected


def test_laps_count_where_the_output_within_them_shows_no_plan() -> None:
    """2 × 20 minutes on a road with traffic: the power of a lap varies, the laps are pressed."""
    rng, plan, laps = random.Random(5), Plan(), [0]
    for seconds, watts in (
        (1200, 250),
        (300, 295),
        (130, 60),
        (1200, 311),
        (130, 160),
        (1200, 305),
    ):
        laps.append(laps[-1] + seconds)
        while sum(part for part, _ in plan) < laps[-1]:
            plan += [(rng.randint(20, 90), watts * 1.25), (rng.randint(20, 90), watts * 0.75)]
    output = recorded(plan, 0.05, 5)
    assert reading(output) is None
    assert reading(output, list(zip(laps, laps[1:], strict=False))) == [2]


def stops(seed: int) -> list[float]:
    """A commute: stretches of any length between lights."""
    rng = random.Random(seed)
    plan = [part for _ in range(12) for part in ((rng.randint(60, 240), 170.0), (stop(rng), 0.0))]
    return recorded(plan, 0.1, seed)


def stop(rng: random.Random) -> int:
    return rng.randint(10, 70)


def rolling_hills(seed: int) -> list[float]:
    """Climbs, descents and flats of any length."""
    rng, plan = random.Random(seed), []
    while sum(seconds for seconds, _ in plan) < 7200:
        up_s = rng.randint(20, 400)
        plan += [(up_s, rng.gauss(240, 25)), (round(up_s * rng.uniform(0.3, 1)), 90)]
        plan += [(rng.randint(1, 300), 160)]
    return recorded(plan, 0.15, seed)


def criterium(seed: int) -> list[float]:
    """A race of surges."""
    rng, plan = random.Random(seed), []
    for _ in range(120):
        plan += [(rng.randint(5, 25), rng.uniform(250, 600))]
        plan += [(rng.randint(8, 30), rng.uniform(1, 180))]
    return recorded(plan, 0.1, seed)


def traffic(seed: int) -> list[float]:
    """An easy run between lights."""
    rng, plan = random.Random(seed), Plan()
    while sum(seconds for seconds, _ in plan) < 3000:
        plan += [(rng.randint(60, 300), rng.uniform(2.8, 3.1)), (rng.randint(10, 60), 0)]
    return recorded(plan, 0.03, seed)


@pytest.mark.parametrize("made", [stops, rolling_hills, criterium, traffic])
def test_sessions_without_a_plan_have_no_intervals(made: Callable[[int], list[float]]) -> None:
    assert [reading(made(seed)) for seed in range(8)] == [None] * 8


def run_and_walk(seed: int) -> list[float]:
    """Running and walking by feel (Galloway's method without a watch)."""
    rng, plan = random.Random(seed), Plan()
    while sum(seconds for seconds, _ in plan) < 3300:
        plan += [(rng.randint(200, 420), rng.uniform(2.6, 2.9)), (rng.randint(50, 90), 1.5)]
    return recorded(plan, 0.03, seed)


def uneven_fartlek(seed: int) -> list[float]:
    """Faster where it pleases."""
    rng, plan = random.Random(seed), [(700, 2.8)]
    for _ in range(9):
        plan += [(rng.randint(60, 180), rng.uniform(4.0, 5.0)), (rng.randint(60, 150), 2.7)]
    return recorded([*plan, (600, 2.7)], 0.03, seed)


def paceline(seed: int) -> list[float]:
    """Turns at the front of a group."""
    rng, plan = random.Random(seed), Plan()
    while sum(seconds for seconds, _ in plan) < 4500:
        plan += [(rng.randint(30, 90), rng.gauss(270, 25)), (rng.randint(60, 200), 165)]
    return recorded(plan, 0.08, seed)


@pytest.mark.parametrize("made", [run_and_walk, uneven_fartlek, paceline])
def test_irregular_efforts_are_never_a_set(made: Callable[[int], list[float]]) -> None:
    readings = [reading(made(seed)) for seed in range(16)]
    assert not [sizes for sizes in readings if isinstance(sizes, list)]


def test_laps_of_one_block_are_one_repetition() -> None:
    """Over and under FTP without a rest: 3 × 12 minutes, however often the lap is pressed."""
    plan = ride(*([(120, 235), (120, 265)] * 3 + [(300, 120)]) * 3)
    ends = [0]
    for seconds, _ in plan:
        ends.append(ends[-1] + seconds)
    laps = list(zip(ends, ends[1:], strict=False))
    result = structure(recorded(plan, 0.02, 1), [True] * ends[-1], laps)
    assert result.origin == "laps"
    assert [one.duration_s for one in result.repetitions] == [720] * 3


def test_a_reading_of_two_days_of_sprints_takes_a_bounded_time() -> None:
    output = ([400.0] * 10 + [100.0] * 10) * 8640
    result = structure(output, [True] * len(output))
    assert fmean(one.duration_s for one in result.repetitions) == pytest.approx(10, abs=1)
