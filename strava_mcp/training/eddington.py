"""Eddington number: the greatest n with n days of n units or more."""

from collections.abc import Iterable
from typing import NamedTuple


class Eddington(NamedTuple):
    """``number``: the Eddington number; ``missing``: days of ``number`` + 1 still needed."""

    number: int
    missing: int


def eddington(per_day: Iterable[float]) -> Eddington:
    """From the distance of each day, all its activities together, in whichever unit."""
    ordered = sorted(per_day, reverse=True)
    number = sum(distance >= rank for rank, distance in enumerate(ordered, start=1))
    return Eddington(number, days_missing(ordered, number + 1))


def days_missing(per_day: Iterable[float], target: int) -> int:
    """How many more days of ``target`` units the number ``target`` takes."""
    return max(0, target - sum(distance >= target for distance in per_day))
