"""Checking a device's totals and laps against each other and against its samples.

No part is longer than the whole, and nothing is faster than it can be. What cannot be true is left
out, and the problems name it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from strava_mcp.json_types import JSON
from strava_mcp.recordings.extent import (
    MIN_SLACK_M,
    MIN_SLACK_S,
    SLACK_SHARE,
    Extent,
    Reason,
    excessive,
    impossible,
)
from strava_mcp.recordings.left_out import TIMES, LeftOut, distance, duration
from strava_mcp.recordings.placeholders import without_placeholders
from strava_mcp.recordings.recording import Lap, Streams
from strava_mcp.recordings.samples import MAX_DURATION_S, RawLap, Session, is_time

#: Elapsed and moving time are rounded each for itself.
ROUNDING_S = 2.0
#: A device that was put away paused counts on: its elapsed time may be as much longer than its
#: samples, or twice as long.
MAX_IDLE_S = 3600.0
#: Samples that cover the rest of a recording are complete.
MAX_MISSING_SHARE = 0.1
#: A device's distance is not below this share of the one in its samples.
MIN_DISTANCE_SHARE = 0.5


@dataclass(frozen=True)
class Checked:
    """What is left of the device's totals and laps, and what was left out."""

    totals: JSON
    laps: tuple[Lap, ...]
    problems: tuple[str, ...]


def check(session: Session, start: float | None, streams: Streams, computed: set[str]) -> Checked:
    """Check the totals and laps of a session. ``start``: of the recording, None if unknown.

    ``streams``: of its samples; ``computed``: those that the device did not record.
    """
    left_out = LeftOut()
    totals, raw_laps = without_placeholders(session.totals, session.laps, streams)
    time, metres = streams.get("time"), streams.get("distance")
    samples = Extent(
        time[-1] if time else None,
        metres[-1] if metres else None,
        None if "velocity_smooth" in computed else _max(*streams.get("velocity_smooth", ())),
    )
    if _exchange_times(totals, streams):
        left_out.note("its elapsed and moving time are exchanged")
        raw_laps = [RawLap(lap.start, _exchanged(lap.totals)) for lap in raw_laps]
    _drop(totals, impossible(totals), left_out)
    _drop(totals, _contradicted(totals, samples, "distance" in computed), left_out)
    _align_times(totals)
    whole = _whole(totals, samples, raw_laps, start)
    _drop(totals, excessive(totals, whole, session.sport, samples), left_out)
    whole = replace(whole, metres=_max(totals.get("distance"), samples.metres))
    sampled = Extent(time[-1] - time[0] if time else 0)
    # A start long before the samples is that of something else.
    is_own = not time or time[0] <= sampled.max_seconds - (sampled.seconds or 0)
    elapsed_s = whole.seconds if is_own else totals.get("moving_time")
    if "elapsed_time" not in totals and elapsed_s and elapsed_s > (sampled.seconds or 0):
        totals["elapsed_time"] = round(elapsed_s)
    laps = tuple(_laps(raw_laps, start, whole, session.sport, left_out))
    return Checked(totals, laps, left_out.lines())


def _drop(totals: JSON, reasons: Iterator[Reason], left_out: LeftOut) -> None:
    """Leave out totals, each for the first reason."""
    for key, reason in list(reasons):
        if key in totals:
            left_out.total(key, totals.pop(key), reason)


def _exchange_times(totals: JSON, streams: Streams) -> bool:
    """Exchange elapsed and moving time if a program wrote one for the other.

    Then the elapsed time is about that of the samples that moved, and the moving time that of all.
    """
    elapsed_s, moving_s = (totals.get(key) for key in TIMES)
    time, moving = streams.get("time"), streams.get("moving")
    if not elapsed_s or not moving_s or not time or not moving:
        return False
    span_s = time[-1] - time[0]
    is_span = abs(moving_s - span_s) <= max(MIN_SLACK_S, SLACK_SHARE * span_s)
    if not is_span or elapsed_s > (1 - MAX_MISSING_SHARE) * span_s:
        return False
    steps = zip(pairwise(time), moving[1:], strict=True)
    moved_s = sum(after - now for (now, after), is_moving in steps if is_moving)
    if abs(moved_s - elapsed_s) > abs(moved_s - moving_s):
        return False
    totals.update(_exchanged(totals))
    return True


def _exchanged(totals: JSON) -> JSON:
    """Copy totals with elapsed and moving time exchanged if the latter is longer."""
    elapsed_s, moving_s = (totals.get(key, 0) for key in TIMES)
    if moving_s <= elapsed_s or not elapsed_s:
        return totals
    return totals | {"elapsed_time": moving_s, "moving_time": elapsed_s}


def _contradicted(totals: JSON, samples: Extent, is_computed: bool) -> Iterator[Reason]:
    """Yield totals that the samples or each other contradict.

    ``is_computed``: whether the distance of the samples was not recorded but computed.
    """
    elapsed_s, moving_s = (totals.get(key) for key in TIMES)
    span_s = samples.seconds
    distance_m = totals.get("distance")
    if elapsed_s is not None and span_s:
        is_short = elapsed_s + max(MIN_SLACK_S, MAX_MISSING_SHARE * span_s) < span_s
        is_long = elapsed_s > span_s + max(MAX_IDLE_S, span_s)
        # A timer that ran as long shows that samples are missing, unless they go as far.
        is_partial = (moving_s or 0) > elapsed_s / 2 and not (
            distance_m and (samples.metres or 0) > (1 - MAX_MISSING_SHARE) * distance_m
        )
        if is_short or (is_long and not is_partial):
            reason = f"the samples last {duration(span_s)}"
            yield "elapsed_time", reason
            if moving_s is not None and is_short and abs(moving_s - elapsed_s) <= ROUNDING_S:
                # The timer made the same error.
                yield "moving_time", reason
            elapsed_s = None
    if elapsed_s is not None and moving_s is not None and moving_s - elapsed_s > ROUNDING_S:
        # The one that is further from the samples is wrong.
        span_s = span_s or elapsed_s
        is_elapsed = abs(moving_s - span_s) < abs(elapsed_s - span_s)
        yield TIMES[not is_elapsed], "the moving time is above the elapsed time"
    if distance_m is not None and samples.metres and not is_computed:
        if distance_m + MIN_SLACK_M < MIN_DISTANCE_SHARE * samples.metres:
            yield "distance", f"the samples have {distance(samples.metres)}"


def _align_times(totals: JSON) -> None:
    """Make a moving time that was rounded up equal to the elapsed time."""
    elapsed_s, moving_s = (totals.get(key) for key in TIMES)
    if elapsed_s is not None and moving_s is not None:
        totals["moving_time"] = min(moving_s, elapsed_s)


def _whole(totals: JSON, samples: Extent, laps: Sequence[RawLap], start: float | None) -> Extent:
    """Return the extent of a recording: the device's own, or that of the samples if longer.

    A timer that ran on after the last sample belongs to it. Without samples the laps say it.
    """
    moving_s = totals.get("moving_time")
    seconds = _max(totals.get("elapsed_time"), samples.seconds)
    if seconds is None and moving_s is not None and laps and start is not None:
        begin_s = max(lap.start for lap in laps) - start
        seconds = begin_s + min(laps[-1].totals.get("moving_time", 0), moving_s)
    if moving_s is not None and moving_s <= Extent(seconds).max_seconds:
        seconds = _max(seconds, moving_s)
    is_sampled = (samples.seconds or 0) >= (1 - MAX_MISSING_SHARE) * (seconds or 0)
    return Extent(seconds, None, samples.max_speed if is_sampled else None)


def _max(*values: float | None) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _laps(
    laps: Sequence[RawLap], start: float | None, whole: Extent, sport: str | None, left_out: LeftOut
) -> Iterator[Lap]:
    """Yield the laps that start within the recording, in order, without what cannot be true."""
    if start is None:
        return
    within = [lap for lap in laps if _is_within(lap, start, whole)]
    if len(within) < len(laps):
        left_out.whole_laps(len(laps) - len(within))
    for number, lap in enumerate(sorted(within, key=lambda lap: lap.start), 1):
        totals = dict(lap.totals)
        reasons = (
            *impossible(totals),
            *_contradicted(totals, Extent(), is_computed=True),
            *excessive(totals, whole, sport),
        )
        for key, reason in reasons:
            if key in totals:
                left_out.lap(number, key, totals.pop(key), reason)
        _align_times(totals)
        yield Lap(max(0.0, lap.start - start), totals)


def _is_within(lap: RawLap, start: float, whole: Extent) -> bool:
    """Whether a lap neither begins after the end of the recording nor ends before its start."""
    if not is_time(lap.start):
        return False
    max_s = min(whole.max_seconds, MAX_DURATION_S)
    lasts_s = max(lap.totals.get(key, 0.0) for key in TIMES)
    begin_s = lap.start - start
    return begin_s <= max_s and begin_s + min(lasts_s, max_s) >= -MIN_SLACK_S
