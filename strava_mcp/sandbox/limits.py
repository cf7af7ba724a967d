"""Strava's rate limits: two buckets for everything, two for reads, reset by the clock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 15 * 60
DAY_S = 24 * 3600


@dataclass(frozen=True)
class Allowance:
    """Calls in 15 minutes and a day, overall and reads; a single-player app's by default."""

    quarter: int = 200
    day: int = 2000
    read_quarter: int = 100
    read_day: int = 1000


class Limits:
    """Counts calls, those over the limit too."""

    def __init__(self, allowance: Allowance, now: Callable[[], float]) -> None:
        self._allowance = allowance
        self._now = now
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, int, int], int] = {}

    def count(self, is_read: bool) -> tuple[bool, dict[str, str]]:
        """Count a call; whether it is within the limits, and the headers that say so."""
        allowed = self._allowance
        now = self._now()
        with self._lock:
            used = [
                self._add(kind, length, now, int(counted))
                for kind, counted in (("all", True), ("read", is_read))
                for length in (WINDOW_S, DAY_S)
            ]
        most = [allowed.quarter, allowed.day, allowed.read_quarter, allowed.read_day]
        headers = {
            "X-RateLimit-Limit": f"{most[0]},{most[1]}",
            "X-RateLimit-Usage": f"{used[0]},{used[1]}",
            "X-ReadRateLimit-Limit": f"{most[2]},{most[3]}",
            "X-ReadRateLimit-Usage": f"{used[2]},{used[3]}",
        }
        relevant = zip(used, most, strict=True) if is_read else zip(used[:2], most[:2], strict=True)
        return all(count <= limit for count, limit in relevant), headers

    def _add(self, kind: str, length_s: int, now: float, by: int) -> int:
        window = int(now // length_s)
        key = (kind, length_s, window)
        self._counts = {k: n for k, n in self._counts.items() if k[1] != length_s or k[2] == window}
        self._counts[key] = self._counts.get(key, 0) + by
        return self._counts[key]
