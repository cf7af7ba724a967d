"""W′ balance: how much of the store above critical power is left.

The differential form, exact for each step: above CP the excess is spent; below it, the distance to
a full store shrinks exponentially (Skiba 2015, Eur J Appl Physiol 115:703). Measured recovery
differs by 15 to 30 points in both directions, so this is a model, never a verdict of exhaustion.
"""

from collections.abc import Sequence
from math import exp
from typing import NamedTuple

#: Share of the store below which time is counted as deep.
DEEP = 0.25


class Balance(NamedTuple):
    """``lowest_j``: the least that was left; below 0, CP or W′ is set too low. ``lowest_at_s``:
    when, in seconds from the start. ``deep_share``: share of the time below a quarter of the store.
    """

    lowest_j: float
    lowest_at_s: int
    deep_share: float


def balance_j(watts: Sequence[float], cp_w: float, store_j: float) -> list[float]:
    """What is left of the store after each second, in J. ``watts``: one per second, 0 in pauses."""
    left, remaining = store_j, []
    for power in watts:
        if power >= cp_w:
            left -= power - cp_w
        else:
            left = store_j - (store_j - left) * exp((power - cp_w) / store_j)
        remaining.append(left)
    return remaining


def balance(watts: Sequence[float], cp_w: float, store_j: float) -> Balance:
    """The lowest point of W′ balance, and the share of deep time. ``watts``: at least one."""
    remaining = balance_j(watts, cp_w, store_j)
    lowest = min(remaining)
    deep = sum(left < DEEP * store_j for left in remaining) / len(remaining)
    return Balance(lowest, remaining.index(lowest) + 1, deep)
