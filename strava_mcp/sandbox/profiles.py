"""Elevation profiles of loops: climbs with descents behind them, and gentle ground between."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from random import Random

#: A loop has this many stretches of equal length between its nodes.
NODES = 300
#: How often slopes are averaged with their neighbours: summits and valleys are round.
ROUNDING = 6
#: The hill of the hill repeats begins after this many metres, and rises at this slope.
HILL_AFTER_M, HILL_SLOPE = 2400.0, 0.07


def heights(rng: Random, loop_m: float, ascent_m: float) -> list[float]:
    """Metres above the start at the nodes of a loop; its rises add up to ``ascent_m``."""
    smooth = _slopes(rng, loop_m, ascent_m)
    for _ in range(ROUNDING):
        ahead, behind = smooth[1:] + smooth[:1], smooth[-1:] + smooth[:-1]
        smooth = [(a + 2 * b + c) / 4 for a, b, c in zip(behind, smooth, ahead, strict=True)]
    level = sum(smooth) / NODES
    raw = [0.0, *accumulate(slope - level for slope in smooth)]
    scale = ascent_m / total_ascent(raw)
    return [scale * height for height in raw]


def _slopes(rng: Random, loop_m: float, ascent_m: float) -> list[float]:
    """The slope of each stretch: climbs of different height, and descents that are less steep.

    Hilly loops have steeper climbs: 6 % on roads around Zürich, up to 18 % on mountain paths.
    """
    hilliness = ascent_m / loop_m
    steepness = min(0.045 + 2.2 * hilliness, 0.012 + 5 * hilliness)
    count = min(6, max(1, round(ascent_m / (50 if loop_m < 25_000 else 140))))
    sizes = [rng.uniform(0.4, 1.6) for _ in range(count)]
    step_m = loop_m / NODES
    pieces = []
    for size in sizes:
        gain_m = 0.85 * ascent_m * size / sum(sizes)
        up = steepness * rng.uniform(0.8, 1.2)
        down = up * rng.uniform(0.65, 0.95)
        pieces.append(
            [up * rng.uniform(0.6, 1.4) for _ in range(max(1, round(gain_m / up / step_m)))]
            + [-down * rng.uniform(0.6, 1.4) for _ in range(max(1, round(gain_m / down / step_m)))]
        )
    flat = max(0, NODES - sum(map(len, pieces)))
    cuts = sorted(rng.randint(0, flat) for _ in pieces)
    result: list[float] = []
    for piece, (begin, end) in zip(pieces, pairwise([0, *cuts]), strict=True):
        result += [0.0] * (end - begin) + piece
    result = (result + [0.0] * NODES)[:NODES]
    sway = 0.0
    for node in range(NODES):
        sway = 0.9 * sway + rng.gauss(0, 0.0008)
        result[node] += sway
    return result


def hill(loop_m: float) -> list[float]:
    """Metres above the start at the nodes of the path to the hill and up it."""
    return [
        HILL_SLOPE * max(0.0, loop_m * node / NODES - HILL_AFTER_M) for node in range(NODES + 1)
    ]


def total_ascent(values: Sequence[float]) -> float:
    """The sum of all rises, in the unit of the values."""
    return sum(max(0.0, b - a) for a, b in pairwise(values))
