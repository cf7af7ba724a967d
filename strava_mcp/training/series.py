"""Statistics of recorded series, and downsampling that keeps their shape.

A series is a list of numbers, one per sample, with None where nothing was recorded. All series of a
recording have the same length and share sample indices.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Number = float | None
Series = Sequence[Number]
#: The series of a recording by Strava's stream type (API v3, StreamSet), all of one length: time
#: (s from the start), distance (m), moving (bool), altitude (m), velocity_smooth (m/s), heartrate
#: (bpm), cadence (rpm), watts (W), temp (°C), grade_smooth (%) and latlng (°, the one without
#: numbers).
Streams = Mapping[str, Sequence[Any]]


def sample_durations(time_s: Sequence[float]) -> list[float]:
    """Seconds from each sample to the next; the last sample gets one second."""
    steps = [max(0.0, after - now) for now, after in zip(time_s, time_s[1:], strict=False)]
    return [*steps, 1.0] if time_s else []


def mean(series: Series, weights: Sequence[float]) -> float | None:
    """The weighted mean of the recorded values; None if there are none."""
    pairs = [(v, w) for v, w in zip(series, weights, strict=True) if v is not None]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def downsample(series: Mapping[str, Series], max_points: int) -> list[int]:
    """The indices of at most ``max_points`` (2 or more) samples that keep the shape of all series.

    The first and the last sample are kept, and as far as possible the minimum and maximum of each
    series. Between them one sample of each bucket is chosen: the one that spans the largest
    triangle with its neighbours, summed over the series (Steinarsson 2013, Largest Triangle Three
    Buckets, with each series scaled to its own range).
    """
    size = max((len(values) for values in series.values()), default=0)
    if size <= max_points:
        return list(range(size))
    scaled = [_scaled(values) for values in series.values()]
    kept = {0, size - 1}
    for values in series.values():
        recorded = [(value, index) for index, value in enumerate(values) if value is not None]
        for extreme in (max, min):
            if recorded and len(kept) < max_points:
                kept.add(extreme(recorded)[1])
    chosen = _largest_triangles(scaled, size, max_points - len(kept))
    return sorted(kept | set(chosen))


def _scaled(values: Series) -> list[float]:
    """Scale to 0..1, forward-filling gaps."""
    recorded = [value for value in values if value is not None]
    if not recorded:
        return [0.0] * len(values)
    low, span = min(recorded), (max(recorded) - min(recorded)) or 1.0
    scaled, last = [], recorded[0]
    for value in values:
        last = last if value is None else value
        scaled.append((last - low) / span)
    return scaled


def _largest_triangles(scaled: list[list[float]], size: int, count: int) -> list[int]:
    """One index from each of ``count`` buckets between the first and the last sample."""
    if count <= 0:
        return []
    bounds = [1 + (size - 2) * i // count for i in range(count + 1)]
    previous, chosen = 0, []
    for begin, end in zip(bounds, bounds[1:], strict=False):
        if begin == end:
            continue
        next_end = min(size, end + max(1, (size - 2) // count))
        next_mean = [
            sum(values[end:next_end]) / (next_end - end) if next_end > end else values[-1]
            for values in scaled
        ]
        next_middle = (end + next_end) / 2
        best, max_area = begin, -1.0
        for i in range(begin, end):
            area = 0.0
            for values, target in zip(scaled, next_mean, strict=True):
                here = values[previous]
                area += abs(
                    (previous - next_middle) * (values[i] - here) - (previous - i) * (target - here)
                )
            if area > max_area:
                best, max_area = i, area
        previous = best
        chosen.append(best)
    return chosen
