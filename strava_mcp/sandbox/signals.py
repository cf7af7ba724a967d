"""Noise as devices and bodies make it, and fitting a series to its totals.

Noise comes from tables, which are drawn once: a random number for each sample would take longer
than everything else.
"""

from collections.abc import Sequence
from functools import lru_cache
from random import Random

Numbers = list[float]
#: Samples of a table of noise. A prime, so that tables are hardly ever in the same phase.
TABLE = 8191
FITTING_STEPS = 4


@lru_cache(maxsize=1)
def _white() -> Numbers:
    rng = Random("noise")
    return [rng.gauss(0, 1) for _ in range(TABLE)]


@lru_cache(maxsize=16)
def _table(memory_s: float, smooth: bool) -> Numbers:
    """First-order autoregressive noise of mean 0 and variance 1; ``smooth``: filtered twice."""
    keep = 1 - 1 / memory_s
    first = second = 0.0
    raw = []
    for value in _white():
        first = keep * first + value
        second = keep * second + first
        raw.append(second if smooth else first)
    mean = sum(raw) / TABLE
    size = (sum((value - mean) ** 2 for value in raw) / TABLE) ** 0.5
    return [(value - mean) / size for value in raw]


def noise(rng: Random, count: int, memory_s: float, smooth: bool = False) -> Numbers:
    """Noise of variance 1 that keeps its value for about ``memory_s`` samples."""
    table = _table(memory_s, smooth)
    begin = rng.randrange(TABLE)
    turns = (begin + count) // TABLE + 1
    return (table * turns)[begin : begin + count]


@lru_cache(maxsize=4)
def _gaps(every: int, low: int, high: int) -> list[bool]:
    rng = Random("gaps")
    result: list[bool] = []
    while len(result) < TABLE:
        result += [False] * round(rng.expovariate(1 / every)) + [True] * rng.randint(low, high)
    return result[:TABLE]


def gaps(rng: Random, count: int, every: int, low: int, high: int) -> list[bool]:
    """Gaps of ``low`` to ``high`` samples, about ``every`` samples apart."""
    table = _gaps(every, low, high)
    begin = rng.randrange(TABLE)
    turns = (begin + count) // TABLE + 1
    return (table * turns)[begin : begin + count]


def fitted(values: Sequence[float], counted: Sequence[bool], mean: float, top: float) -> Numbers:
    """Values with this mean, of those that are ``counted``, and this maximum.

    They are shifted, and what is above the mean is scaled.
    """
    result, count = list(values), sum(counted)
    for _ in range(FITTING_STEPS):
        now = sum(value for value, counts in zip(result, counted, strict=True) if counts) / count
        scale = (top - mean) / max(0.5, max(result) - now)
        result = [
            mean + (value - now) * scale if value > now else mean + value - now for value in result
        ]
    return result


def with_top(values: Sequence[float], top: float) -> Numbers:
    """Values of about the same sum whose highest is ``top``: what is above the mean is scaled."""
    mean = sum(values) / len(values)
    scale = (top - mean) / (max(values) - mean)
    if scale <= 1:
        return capped(values, top)
    return capped(
        [mean + max(1.0, scale) * (value - mean) if value > mean else value for value in values],
        top,
        mean * len(values),
    )


def capped(values: Sequence[float], top: float, total: float | None = None) -> Numbers:
    """Values of the same sum (or ``total``), none above ``top``, and the highest equal to it."""
    total, result = total or sum(values), list(values)
    for _ in range(FITTING_STEPS):
        scale = total / sum(result)
        result = [min(value * scale, top) for value in result]
    result[max(range(len(result)), key=result.__getitem__)] = top
    return result
