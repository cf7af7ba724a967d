"""What athletes give about themselves: thresholds, weight, sex and year of birth, with dates.

Kept in the store, one record per athlete. A value counts from its date on, and before the first
one, too. ``setting_text`` converts values from and to text.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from strava_mcp.errors import StoreError
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
Value = float | str
NAMESPACE = "athlete-settings"
#: Values that are kept of each setting; the oldest is dropped.
MAX_VALUES = 40
#: The earliest date that a value can count from.
MIN_SINCE = date(1970, 1, 1)
#: The age of the youngest athlete, in years.
MIN_AGE = 5
MAX_ATTEMPTS = 5


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
    "birth_year": Setting("", 1900, 2100, "for age grades and the default maximal heart rate"),
}
#: Each of these is below the next.
HEART_RATES: tuple[Name, ...] = ("rest_hr", "lthr", "max_hr")


class Given(NamedTuple):
    """A value that counts from ``since`` on; ``value``: a number, or ``F`` or ``M`` of ``sex``."""

    value: Value
    since: date


History = dict[Name, list[Given]]


class AthleteSettings:
    """The settings of one athlete.

    ``key``: identifies the athlete in the store; a function is called when it is needed. Every
    method raises StoreError.
    """

    def __init__(self, store: Store, key: str | Callable[[], str]) -> None:
        self._store = store
        self._key = key

    @property
    def key(self) -> str:
        """The key of the athlete's record."""
        return self._key if isinstance(self._key, str) else self._key()

    def all(self) -> History:
        """Every setting that was given, its values in the order of their dates."""
        record = self._store.get(NAMESPACE, self.key)
        return _history(record.value) if record else {}

    def set(self, name: Name, value: Value | None, since: date) -> None:
        """Give one value; see ``update``."""
        self.update({name: value}, since)

    def update(self, values: Mapping[Name, Value | None], since: date) -> None:
        """Give values from a date on, all or none of them; None removes a setting.

        Raises ValueError for a value that cannot be, and for one that contradicts another.
        """
        if since < MIN_SINCE:
            raise ValueError(f"a value counts from {MIN_SINCE} at the earliest, not {since}")
        valid = {name: None if v is None else check(name, v) for name, v in values.items()}
        key = self.key
        for _ in range(MAX_ATTEMPTS):
            record = self._store.get(NAMESPACE, key)
            history = _history(record.value) if record else {}
            for name, value in valid.items():
                _change(history, name, value, since)
            _check_together(history)
            rows: dict[str, Any] = {name: _rows(history[name]) for name in history}
            if record is None and self._store.create(NAMESPACE, key, rows):
                return
            if record and self._store.replace(NAMESPACE, key, rows, record.version):
                return
        raise StoreError("The settings were changed by somebody else at the same time: try again.")

    def forget(self) -> None:
        """Delete everything that the athlete gave."""
        self._store.delete(NAMESPACE, self.key)


def value_on(values: Sequence[Given], day: date) -> Given:
    """The value that counts on a day. ``values``: not empty, in the order of their dates."""
    return next((given for given in reversed(values) if given.since <= day), values[0])


def check(name: Name, value: Value) -> Value:
    """Return a valid value. Raises ValueError with the bounds."""
    if name == "sex":
        if value not in ("F", "M"):
            raise ValueError("sex must be F or M; leave it out if neither fits")
        return value
    unit, low, high, _ = SETTINGS[name]
    if name == "birth_year":
        high = time.gmtime(time.time()).tm_year - MIN_AGE
    if isinstance(value, (str, bool)):
        raise ValueError(f"{name} must be a number")
    if not low <= value <= high:
        bounds = f"from {low:g} to {high:g} {unit}".rstrip()
        raise ValueError(f"{name} must be {bounds}, not {value:g}")
    if name == "birth_year" and value % 1:
        raise ValueError(f"{name} must be a whole number, not {value:g}")
    return value


def _change(history: History, name: Name, value: Value | None, since: date) -> None:
    """Give or remove one setting."""
    if value is None:
        history.pop(name, None)
        return
    others = [given for given in history.get(name, []) if given.since != since]
    latest = sorted([*others, Given(value, since)], key=lambda given: given.since)
    history[name] = latest[-MAX_VALUES:]


def _check_together(history: History) -> None:
    """Check the order of the heart rates on every day on which one of them begins to count."""
    rates = [name for name in HEART_RATES if name in history]
    for day in sorted({given.since for name in rates for given in history[name]}):
        values = [(name, float(value_on(history[name], day).value)) for name in rates]
        for (lower, low), (higher, high) in zip(values, values[1:], strict=False):
            if low >= high:
                when = f" on {day}" if any(len(history[name]) > 1 for name in rates) else ""
                raise ValueError(f"{lower} ({low:g}) must be below {higher} ({high:g}){when}")


def _history(record: Mapping[str, Any]) -> History:
    return {
        name: [Given(value, date.fromisoformat(since)) for since, value in record[name]]
        for name in SETTINGS
        if record.get(name)
    }


def _rows(values: Sequence[Given]) -> list[list[Value]]:
    return [[given.since.isoformat(), given.value] for given in values]
