"""What the athlete says about themselves: thresholds, weight, sex and year of birth, with dates.

Kept in the store for each athlete. A value counts from its date on, and before the first one, too.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from strava_mcp.store import Store

Name = Literal[
    "ftp",
    "lthr",
    "max_hr",
    "rest_hr",
    "threshold_pace",
    "css",
    "weight",
    "sex",
    "birth_year",
]
NAMESPACE = "athlete-settings"
#: Values that are kept of each setting; the oldest is dropped.
MAX_VALUES = 40


class Setting(NamedTuple):
    """A setting: its unit, bounds (inclusive), and what it is, in words."""

    unit: str
    minimum: float
    maximum: float
    meaning: str


#: Speeds are kept as seconds: per km for ``threshold_pace``, per 100 m for ``css``.
SETTINGS: Mapping[Name, Setting] = {
    "ftp": Setting("W", 60, 600, "functional threshold power"),
    "lthr": Setting("bpm", 90, 215, "heart rate at the lactate threshold"),
    "max_hr": Setting("bpm", 120, 230, "maximal heart rate"),
    "rest_hr": Setting("bpm", 25, 110, "resting heart rate"),
    "threshold_pace": Setting("s/km", 140, 720, "running pace at the threshold"),
    "css": Setting("s/100 m", 45, 300, "critical swim speed"),
    "weight": Setting("kg", 25, 250, "body weight"),
    "sex": Setting("F or M", 0, 0, "for coefficients and age grades"),
    "birth_year": Setting("year", 1900, 2025, "for age grades and the default maximal heart rate"),
}


class Given(NamedTuple):
    """A value that counts from ``since`` on; ``value``: a number, or ``F`` or ``M`` of ``sex``."""

    value: float | str
    since: date


class AthleteSettings:
    """The settings of one athlete. ``key`` identifies the athlete in the store."""

    def __init__(self, store: Store, key: str) -> None:
        self._store = store
        self._key = key

    def all(self) -> dict[Name, list[Given]]:
        """Every setting that was given, its values in the order of their dates."""
        record = self._store.get(NAMESPACE, self._key)
        kept: Mapping[str, Any] = record.value if record else {}
        return {
            name: [Given(value, date.fromisoformat(since)) for since, value in kept[name]]
            for name in SETTINGS
            if kept.get(name)
        }

    def set(self, name: Name, value: float | str | None, since: date) -> None:
        """Give a value from a date on; None removes the setting.

        Raises ValueError for a value that cannot be, and one that contradicts another.
        """
        settings = self.all()
        values = {given.since: given.value for given in settings.pop(name, [])}
        if value is None:
            values = {}
        else:
            values[since] = check(name, value)
        latest = {other: given[-1].value for other, given in settings.items()}
        if value is not None:
            _check_together({**latest, name: value})
        kept: dict[str, list[list[float | str]]] = {
            other: _rows({g.since: g.value for g in given}) for other, given in settings.items()
        }
        if values:
            kept[name] = _rows(values)
        self._store.put(NAMESPACE, self._key, kept)


def check(name: Name, value: float | str) -> float | str:
    """Return a valid value. Raises ValueError with the bounds."""
    setting = SETTINGS[name]
    if name == "sex":
        if value not in ("F", "M"):
            raise ValueError("sex must be F or M; leave it out if neither fits")
        return value
    if isinstance(value, str) or not setting.minimum <= value <= setting.maximum:
        low, high = setting.minimum, setting.maximum
        raise ValueError(f"{name} must be from {low:g} to {high:g} {setting.unit}, not {value}")
    return value


def _check_together(latest: Mapping[Name, float | str]) -> None:
    rates = [(name, latest[name]) for name in ("rest_hr", "lthr", "max_hr") if name in latest]
    for (lower, low), (higher, high) in zip(rates, rates[1:], strict=False):
        if float(low) >= float(high):
            raise ValueError(f"{lower} ({low:g}) must be below {higher} ({high:g})")


def _rows(values: Mapping[date, float | str]) -> list[list[float | str]]:
    return [[since.isoformat(), values[since]] for since in sorted(values)][-MAX_VALUES:]
