"""Recorded series: statistics over every sample, and fewer samples that keep the shape.

A series is a list of numbers, one a sample, None where nothing was recorded. All series of a
recording have one length and share the index of their samples.
"""

from collections.abc import Mapping, Sequence

Number = float | None
Series = Sequence[Number]


def seconds_each(time_s: Sequence[float]) -> list[float]:
    """The seconds that each sample stands for: up to the next one. The last stands for one."""
    steps = [max(0.0, after - now) for now, after in zip(time_s, time_s[1:], strict=False)]
    return [*steps, 1.0] if time_s else []


def mean(series: Series, weights: Sequence[float]) -> float | None:
    """The weighted mean of what was recorded; None where nothing was."""
    pairs = [(v, w) for v, w in zip(series, weights, strict=True) if v is not None]
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def thinned(series: Mapping[str, Series], most: int) -> list[int]:
    """The indices of at most ``most`` samples that keep the shape of all ``series`` together.

    The first and the last are kept, and as far as there is room the lowest and highest of each
    series. Between them one sample of each bucket is chosen: the one that spans the largest
    triangle with its neighbours, summed over the series (Steinarsson 2013, largest triangle three
    buckets, with each series scaled to its own range). ``most`` is at least 2.
    """
    size = max((len(values) for values in series.values()), default=0)
    if size <= most:
        return list(range(size))
    scaled = [_scaled(values) for values in series.values()]
    kept = {0, size - 1}
    for values in series.values():
        known = [(value, index) for index, value in enumerate(values) if value is not None]
        for extreme in (max, min):
            if known and len(kept) < most:
                kept.add(extreme(known)[1])
    chosen = _largest_triangles(scaled, size, most - len(kept))
    return sorted(kept | set(chosen))


def _scaled(values: Series) -> list[float]:
    """Values between 0 and 1; gaps hold the last value, for a triangle needs three corners."""
    known = [value for value in values if value is not None]
    if not known:
        return [0.0] * len(values)
    low, span = min(known), (max(known) - min(known)) or 1.0
    found, last = [], known[0]
    for value in values:
        last = last if value is None else value
        found.append((last - low) / span)
    return found


def _largest_triangles(scaled: list[list[float]], size: int, count: int) -> list[int]:
    """One index from each of ``count`` buckets between the first and the last sample."""
    if count <= 0:
        return []
    bounds = [1 + (size - 2) * i // count for i in range(count + 1)]
    before, found = 0, []
    for begin, end in zip(bounds, bounds[1:], strict=False):
        if begin == end:
            continue
        until = min(size, end + max(1, (size - 2) // count))
        ahead = [sum(v[end:until]) / (until - end) if until > end else v[-1] for v in scaled]
        middle = (end + until) / 2
        best, most = begin, -1.0
        for i in range(begin, end):
            area = 0.0
            for values, target in zip(scaled, ahead, strict=True):
                here = values[before]
                area += abs((before - middle) * (values[i] - here) - (before - i) * (target - here))
            if area > most:
                best, most = i, area
        before = best
        found.append(best)
    return found
