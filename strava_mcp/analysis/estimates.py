"""Critical power and speed, and FTP, from the best efforts of 90 days; each with its error.

Training is seldom maximal, so all of them are lower bounds. Sources: ``training.critical_power``;
95 % of the best 20 minutes is the estimate of FTP by Allen and Coggan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strava_mcp.analysis.best_efforts import Effort
from strava_mcp.analysis.candidates import FTP_OF_20_MINUTES, FTP_S
from strava_mcp.training.critical_power import (
    MAX_DURATION_S,
    MIN_DURATION_S,
    STORE_J,
    STORE_M,
    Critical,
    critical,
)
from strava_mcp.training.mean_maximal import hull
from strava_mcp.training.unmeasurable import Unmeasurable


@dataclass(frozen=True)
class CriticalEstimate:
    """A fit of ``critical_power``, or the ``problem`` that prevents it.

    ``efforts``: what it rests on, by duration in s. One of a longer duration can stand for a
    shorter one.
    """

    fit: Critical | None
    problem: str | None
    efforts: Mapping[int, Effort]


@dataclass(frozen=True)
class FTPEstimate:
    """95 % of the best 20 minutes, in W. A single effort has no standard error."""

    value: float
    effort: Effort


def critical_power(efforts: Mapping[str | int, Sequence[Effort]]) -> CriticalEstimate:
    """CP in W, and W′ in J, from efforts by duration in s."""
    return _critical(efforts, STORE_J)


def critical_speed(efforts: Mapping[str | int, Sequence[Effort]]) -> CriticalEstimate:
    """Critical speed in m/s, and D′ in m, from efforts by duration in s."""
    return _critical(efforts, STORE_M)


def ftp(efforts: Mapping[str | int, Sequence[Effort]]) -> FTPEstimate | None:
    """FTP by the best 20 minutes; None without an effort of 20 minutes."""
    best = max(efforts.get(FTP_S, ()), key=lambda effort: effort.value, default=None)
    return FTPEstimate(FTP_OF_20_MINUTES * best.value, best) if best else None


def _critical(
    efforts: Mapping[str | int, Sequence[Effort]], store: tuple[float, float]
) -> CriticalEstimate:
    best = {
        duration_s: max(group, key=lambda effort: effort.value)
        for duration_s, group in efforts.items()
        if isinstance(duration_s, int) and group
    }
    values = hull({duration_s: effort.value for duration_s, effort in best.items()})
    holders = {effort.value: effort for effort in best.values()}
    fitted = {
        duration_s: holders[value]
        for duration_s, value in values.items()
        if MIN_DURATION_S <= duration_s <= MAX_DURATION_S
    }
    try:
        return CriticalEstimate(critical(values, store), None, fitted)
    except Unmeasurable as exc:
        return CriticalEstimate(None, str(exc), fitted)
