"""Clocks that jump while they record, as when a watch finds the time or loses it.

Where the athlete went on without a break, the later times are put right after the earlier ones.
Where nothing says so, the smaller part is left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from strava_mcp.geo import haversine_m
from strava_mcp.recordings.samples import (
    DAY_S,
    Pause,
    RawLap,
    Sample,
    Session,
    counted,
    is_time,
)

#: Nobody pauses a recording for as long without the pause button.
MAX_UNMARKED_GAP_S = 7 * DAY_S
#: More steps of more than a day are no jumps of a clock: the samples are in no order.
MAX_LONG_STEPS = 100
#: A longer way between two samples, at the athlete's speed, is a break.
MAX_STEP_S = 60.0
#: Slower than this, a distance says nothing about the time.
MIN_SPEED_MS = 0.5
#: Between the samples around a jump, where neither speed nor distance says it.
DEFAULT_STEP_S = 1.0


class _Part(NamedTuple):
    """Samples between two jumps, in the order of the file; and the seconds since the part before.

    ``step_s``: None if the athlete did not go on without a break.
    """

    samples: list[Sample]
    step_s: float | None

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last time."""
        return self.samples[0]["time"], self.samples[-1]["time"]


class _Clock(NamedTuple):
    """The first and last time of each part by the device, and the seconds to add to them."""

    spans: list[tuple[float, float]]
    shifts: list[float]

    def correct(self, moment: float) -> float:
        """Correct the time of a lap or a pause by the part that it is in, if there is one."""
        apart = [max(first - moment, moment - last, 0.0) for first, last in self.spans]
        nearest = apart.index(min(apart))
        return moment + self.shifts[nearest] if apart[nearest] <= DAY_S else moment


def without_jumps(session: Session) -> Session:
    """Return the session with one continuous clock; its problems name the jumps.

    Samples are changed in place. A gap of less than a day is never a jump: nights out stay part of
    a recording, and so do longer ones that the timer or the device's elapsed time accounts for.
    """
    timed = [sample for sample in session.samples if is_time(sample.get("time"))]
    parts = _split(timed, session)
    if len(parts) == 1:
        return session
    groups: list[list[_Part]] = []
    for part in parts:
        if part.step_s is None:
            groups.append([])
        groups[-1].append(part)
    kept = max(groups, key=lambda group: sum(len(part.samples) for part in group))
    problem = _problem(parts, len(timed) - sum(len(part.samples) for part in kept))
    clock = _Clock([part.span for part in kept], _shifts(kept, session.start))
    for part, shift_s in zip(kept, clock.shifts, strict=True):
        for sample in part.samples:
            sample["time"] += shift_s
    samples = [sample for part in kept for sample in part.samples]
    untimed = [sample for sample in session.samples if not is_time(sample.get("time"))]
    return replace(
        session,
        samples=untimed + samples,
        laps=[RawLap(clock.correct(lap.start), lap.totals) for lap in session.laps],
        pauses=[Pause(*map(clock.correct, pause)) for pause in session.pauses],
        problems=[*session.problems, problem],
    )


def _problem(parts: Sequence[_Part], left_out: int) -> str:
    """Say by how much the clock jumps, and what becomes of it."""
    steps = (after.span[0] - before.span[1] for before, after in pairwise(parts))
    days = counted(round(max(map(abs, steps)) / DAY_S), "day")
    if not left_out:
        return f"its clock jumps by {days}; the jump is left out"
    are = "is" if left_out == 1 else "are"
    return f"its clock jumps by {days}; {counted(left_out, 'sample')} beyond it {are} left out"


def _split(samples: Sequence[Sample], session: Session) -> list[_Part]:
    """Split samples, in the order of the file, where the clock jumps."""
    begins: list[int] = [0]
    steps: list[float | None] = [None]
    times = [sample["time"] for sample in samples]
    span_s = max(times, default=0.0) - min(times, default=0.0)
    long = [i for i in range(1, len(times)) if abs(times[i] - times[i - 1]) > DAY_S]
    for i in long if len(long) <= MAX_LONG_STEPS else ():
        step_s = _step_s(samples, i)
        if _is_jump(times[i - 1], times[i], span_s, step_s, session):
            begins.append(i)
            steps.append(step_s)
    ends = [*begins[1:], len(samples)]
    return [
        _Part(list(samples[begin:end]), step_s)
        for begin, end, step_s in zip(begins, ends, steps, strict=True)
    ]


def _is_jump(
    begin: float, end: float, span_s: float, step_s: float | None, session: Session
) -> bool:
    """Whether the time between two samples is an error. ``step_s``: what the samples say it is."""
    gap_s = end - begin
    if gap_s < 0:
        # Segments of a file may be in any order.
        return step_s is not None
    paused_s = (max(0.0, min(pause.end, end) - max(pause.start, begin)) for pause in session.pauses)
    if sum(paused_s) > gap_s / 2:
        return False
    elapsed_s = session.totals.get("elapsed_time")
    if elapsed_s and span_s > elapsed_s + gap_s / 2:
        return True
    return gap_s > MAX_UNMARKED_GAP_S


def _step_s(samples: Sequence[Sample], after: int) -> float | None:
    """Return how long the athlete took between two samples; None after a break."""
    metres = metres_between(samples[after - 1], samples[after])
    if metres is None:
        return None
    speeds = [samples[i].get("velocity_smooth") for i in (after - 1, after)]
    speed = next((speed for speed in speeds if speed), None) or _speed_before(samples, after - 1)
    if speed < MIN_SPEED_MS:
        return DEFAULT_STEP_S if metres < MIN_SPEED_MS * MAX_STEP_S else None
    step_s = max(DEFAULT_STEP_S, metres / speed)
    return step_s if step_s <= MAX_STEP_S else None


def _speed_before(samples: Sequence[Sample], last: int) -> float:
    """Return the speed of the step that ends at a sample; 0 if unknown."""
    if not last:
        return 0.0
    metres = metres_between(samples[last - 1], samples[last])
    seconds = samples[last]["time"] - samples[last - 1]["time"]
    return metres / seconds if metres and seconds > 0 else 0.0


def metres_between(one: Sample, other: Sample) -> float | None:
    """Return how far apart two samples are; None if neither position nor distance says it."""
    if "latlng" in one and "latlng" in other:
        return haversine_m(one["latlng"], other["latlng"])
    if "distance" in one and "distance" in other:
        return float(abs(one["distance"] - other["distance"]))
    return None


def _shifts(parts: Sequence[_Part], start: float | None) -> list[float]:
    """Return the seconds to add to the times of each part.

    The clock of the part that the session starts in is right, otherwise that of the largest part.
    """
    shifts = [0.0]
    for before, after in pairwise(parts):
        shifts.append(before.span[1] + shifts[-1] + (after.step_s or 0.0) - after.span[0])
    sizes = [len(part.samples) for part in parts]
    right = sizes.index(max(sizes))
    for i, part in enumerate(parts):
        if start is not None and 0 <= part.span[0] - start <= DAY_S:
            right = i
    return [round(shift - shifts[right]) for shift in shifts]
