"""Strava's rate limits: all calls and reads, each per 15 minutes and per day of UTC."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

QUARTER_S = 15 * 60
DAY_S = 24 * 3600


@dataclass(frozen=True)
class Allowance:
    """Calls per 15 minutes and per day, overall and reads; by default a single-player app's."""

    quarter: int = 200
    day: int = 2000
    read_quarter: int = 100
    read_day: int = 1000


class RateLimits:
    """Counts calls, including those over the limit."""

    def __init__(self, allowance: Allowance, now: Callable[[], float]) -> None:
        self.allowance = allowance
        self._now = now
        self._lock = threading.Lock()
        #: (kind, length of the window, number of the window) → calls.
        self._counts: dict[tuple[str, int, int], int] = {}

    def count(self, is_read: bool) -> tuple[bool, dict[str, str]]:
        """Count a call; returns whether it is within the limits, and the rate-limit headers."""
        allowance, now = self.allowance, self._now()
        with self._lock:
            usage = [
                self._add(kind, length_s, now, int(is_counted))
                for kind, is_counted in (("all", True), ("read", is_read))
                for length_s in (QUARTER_S, DAY_S)
            ]
        limits = [allowance.quarter, allowance.day, allowance.read_quarter, allowance.read_day]
        headers = {
            "X-RateLimit-Limit": f"{limits[0]},{limits[1]}",
            "X-RateLimit-Usage": f"{usage[0]},{usage[1]}",
            "X-ReadRateLimit-Limit": f"{limits[2]},{limits[3]}",
            "X-ReadRateLimit-Usage": f"{usage[2]},{usage[3]}",
        }
        applicable = slice(None if is_read else 2)
        pairs = zip(usage[applicable], limits[applicable], strict=True)
        return all(used <= limit for used, limit in pairs), headers

    def _add(self, kind: str, length_s: int, now: float, calls: int) -> int:
        """Add calls to the current window of a length; past windows of that length are dropped."""
        window = int(now // length_s)
        key = (kind, length_s, window)
        self._counts = {k: n for k, n in self._counts.items() if k[1] != length_s or k[2] == window}
        self._counts[key] = self._counts.get(key, 0) + calls
        return self._counts[key]
