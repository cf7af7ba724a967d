"""How uniform a week of training is: Foster's monotony and strain.

Source: Foster 1998 (Med Sci Sports Exerc 30:1164), with the population's standard deviation.
"""

from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import NamedTuple

DAYS = 7


class Monotony(NamedTuple):
    """``monotony``: mean over standard deviation of the daily loads.

    ``strain``: the week's load times monotony.
    """

    monotony: float
    strain: float


def monotony(loads: Sequence[float]) -> Monotony | None:
    """Monotony of the last seven days, 0 on days of rest.

    None with fewer days, and if all are alike (the quotient is infinite).
    """
    week = loads[-DAYS:]
    if len(week) < DAYS or not (deviation := pstdev(week)):
        return None
    value = fmean(week) / deviation
    return Monotony(value, sum(week) * value)
