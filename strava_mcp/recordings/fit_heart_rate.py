"""Heart rate that a chest strap sends after the activity, such as Garmin's HRM-Swim (FIT, hr).

Water stops radio, so such a strap stores its beats. The watch appends them when it hears the strap
again, often as further parts of a chained file. A beat's time is a counter of the strap; messages
with a timestamp as well relate that counter to the clock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from strava_mcp.recordings.fit_fields import unix_time
from strava_mcp.recordings.fit_profile import Message
from strava_mcp.recordings.samples import Sample

#: The counter has 32 bits, at 1024 per second; most beats have its lowest 12 bits only.
TICKS_PER_S = 1024
COUNTER_MASK, SHORT_MASK = 0xFFFFFFFF, 0x0FFF
#: How long the last heart rate holds without a further beat, as in Garmin's SDK.
MAX_GAP_S = 5
MIN_BPM, MAX_BPM = 1, 254


class Beat(NamedTuple):
    """A heart rate in beats per minute. ``time``: seconds since 1970."""

    time: float
    rate: float


def beats(messages: Iterable[Message], max_count: int) -> list[Beat]:
    """Return the first beats of one file's hr messages; those before a full time are left out."""
    result: list[Beat] = []
    clock_s: float | None = None
    anchor = counter = 0
    for message in messages:
        if len(result) >= max_count:
            break
        rates = _numbers(message.get("filtered_bpm"))
        counters = _numbers(message.get("event_timestamp"))
        time_s = unix_time(message, "timestamp")
        if time_s is not None:
            clock_s = time_s + _fraction_s(message)
            # Without a counter, the beats are of this very time.
            anchor = counters[0] if counters else counter
            counters = counters or [anchor] * len(rates)
        for short in _short_counters(message.get("event_timestamp_12")):
            last = counters[-1] if counters else counter
            counters.append(last + ((short - last) & SHORT_MASK))
        if counters:
            counter = counters[-1]
        if clock_s is not None:
            result += (
                Beat(clock_s + _elapsed_s(anchor, at), rate)
                for at, rate in zip(counters, rates, strict=False)
                if MIN_BPM <= rate <= MAX_BPM
            )
    return result


def add_heart_rate(samples: Iterable[Sample], measured: Iterable[Beat]) -> None:
    """Set the heart rate of each sample to the mean of the beats since the sample before.

    As in Garmin's SDK, the strap takes precedence over the watch's own optical sensor.
    """
    ordered = sorted(measured)
    times = [beat.time for beat in ordered]
    if not times:
        return
    before: float | None = None
    timed = (sample for sample in samples if "time" in sample)
    for sample in sorted(timed, key=lambda sample: float(sample["time"])):
        now = float(sample["time"])
        last = bisect_right(times, now)
        first = bisect_right(times, now - 1 if before is None or before == now else before)
        if first < last:
            rates = [beat.rate for beat in ordered[first:last]]
            sample["heartrate"] = sum(rates) / len(rates)
        elif last and now - times[last - 1] <= MAX_GAP_S and not sample.get("heartrate"):
            sample["heartrate"] = ordered[last - 1].rate
        before = now


def _short_counters(packed: Any) -> list[int]:
    """Unpack counters of 12 bits, two in three bytes, up to what is no byte."""
    if not isinstance(packed, list):
        return []
    result: list[int] = []
    for at in range(0, len(packed) - 2, 3):
        low, middle, high = packed[at : at + 3]
        if not isinstance(low, int) or not isinstance(middle, int) or not isinstance(high, int):
            break
        result += [low | (middle & 0x0F) << 8, middle >> 4 | high << 4]
    return result


def _elapsed_s(anchor: int, counter: int) -> float:
    """Return the seconds between two readings of the counter, which starts again at 0."""
    ticks = (counter - anchor) & COUNTER_MASK
    return (ticks - COUNTER_MASK - 1 if ticks > COUNTER_MASK // 2 else ticks) / TICKS_PER_S


def _fraction_s(message: Message) -> float:
    for name, scale in (("fractional_timestamp", 32768), ("time256", 256)):
        value = message.get(name)
        if isinstance(value, int):
            return value / scale
    return 0.0


def _numbers(value: object) -> list[int]:
    values: Sequence[object] = value if isinstance(value, list) else (value,)
    return [number for number in values if isinstance(number, int)]
