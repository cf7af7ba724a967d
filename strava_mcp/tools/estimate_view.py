"""Render estimates of critical power, critical speed and FTP, each with its error and its age."""

from collections.abc import Collection
from datetime import date

from strava_mcp import display_units
from strava_mcp.analysis.best_efforts import Effort
from strava_mcp.analysis.estimates import CriticalEstimate, FTPEstimate
from strava_mcp.analysis.records import Estimates
from strava_mcp.json_types import JSON

POWER_METHOD = (
    "critical power (work = CP * t + W', 2 to 20 min) and 95 % of the best 20 min both estimate FTP"
)
SPEED_METHOD = "critical speed: distance = CS * t + D', 2 to 20 min"


def render(estimates: Estimates, units: str) -> JSON:
    """The estimates by name. Lower bounds, because training is seldom maximal."""
    days = f"{estimates.first}..{estimates.last}"
    head: JSON = {"from": f"best efforts of {days}; at least this, unless they were maximal"}
    if not estimates.is_power:
        return head | {"critical_speed": _speed(estimates.critical, estimates.last, units)}
    return head | {
        "critical_power": _power(estimates.critical, estimates.last),
        "ftp_95_percent_of_20_min": _ftp(estimates.ftp, estimates.last),
    }


def _power(estimate: CriticalEstimate, today: date) -> JSON:
    fit = estimate.fit
    if fit is None:
        return {"unknown": estimate.problem}
    return {
        "watts": round(fit.critical),
        "standard_error_watts": round(fit.critical_error, 1),
        "w_prime_kj": round(fit.store / 1000, 1),
        "w_prime_standard_error_kj": round(fit.store_error / 1000, 1),
        **_age(estimate.efforts.values(), today),
    }


def _speed(estimate: CriticalEstimate, today: date, units: str) -> JSON:
    fit = estimate.fit
    if fit is None:
        return {"unknown": estimate.problem}
    return {
        "m_per_s": round(fit.critical, 2),
        "standard_error_m_per_s": round(fit.critical_error, 3),
        "pace": display_units.pace(fit.critical, units, "Run"),
        "d_prime_m": round(fit.store),
        "d_prime_standard_error_m": round(fit.store_error),
        **_age(estimate.efforts.values(), today),
    }


def _ftp(estimate: FTPEstimate | None, today: date) -> JSON:
    if estimate is None:
        return {"unknown": "needs 20 minutes of measured power"}
    return {
        "watts": round(estimate.value),
        "standard_error": "unknown: a single effort",
        **_age([estimate.effort], today),
    }


def _age(efforts: Collection[Effort], today: date) -> JSON:
    """The activities that the efforts are from, and how old these are."""
    days = [(today - effort.day).days for effort in efforts]
    newest, oldest = min(days), max(days)
    age = f"{newest}" if newest == oldest else f"{newest} to {oldest}"
    return {"activities": sorted({effort.activity for effort in efforts}), "age_days": age}
