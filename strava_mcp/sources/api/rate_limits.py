"""Strava's limits of calls: read from its headers, shared by all processes, kept to beforehand.

Limits are the application's: two for everything and two for reads, one of each for a quarter of an
hour and one for a day. Calls over a limit still count, so none is sent that would cross one.
Source: developers.strava.com/docs/rate-limits.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from strava_mcp.errors import RateLimited, StoreError
from strava_mcp.store import Store

NAMESPACE = "strava-budget"
SHARES = "strava-share"
UNDER_WAY = "strava-under-way"
QUARTER_S, DAY_S = 15 * 60, 24 * 3600
#: Kept for this long after the last call; by then every limit has been reset.
KEPT_S = 2 * DAY_S
#: Bucket → the headers that tell its limit and use, each "15 minutes,day".
HEADERS = {"overall": "RateLimit", "read": "ReadRateLimit"}
WINDOWS = (("15 minutes", QUARTER_S), ("day", DAY_S))
#: How often the use is written again where other calls write theirs at the same time.
MAX_TRIES = 10


@dataclass(frozen=True)
class Bucket:
    """One limit. ``kind``: ``overall`` or ``read``; ``window``: ``15 minutes`` or ``day``.

    ``used`` and ``limit``: calls; ``resets_at``: seconds since the epoch.
    """

    kind: str
    window: str
    used: int
    limit: int
    resets_at: float

    def to_json(self) -> dict[str, Any]:
        """The bucket for a reader."""
        return {
            "of": f"{self.kind}, {self.window}",
            "used": self.used,
            "limit": self.limit,
            "resets_at": time.strftime("%H:%M UTC", time.gmtime(self.resets_at)),
            "resets_in_min": -(-int(self.resets_at - time.time()) // 60),
        }


class RateLimits:
    """What is left of the limits of one API application.

    ``sharers``: how many athletes use it. None may take more than their part of a limit, so that
    nobody locks the others out.
    """

    def __init__(self, store: Store, client_id: str, sharers: int = 1) -> None:
        self._store = store
        self._key = client_id
        self._sharers = sharers

    @contextmanager
    def reserve(self, is_read: bool, whose: str) -> Iterator[None]:
        """A call, which counts as under way until its answer has told the use.

        Without that, as many calls as are sent at once would cross a limit with one call left.
        Raises RateLimited, before anything is sent, if the call would cross a limit.
        """
        ends_at = (time.time() // QUARTER_S + 1) * QUARTER_S
        keys = {kind: f"{self._key}:{kind}:{ends_at:.0f}" for kind in HEADERS}
        if not is_read:
            del keys["read"]
        under_way: dict[str, int] = {}
        try:
            # Counted before the use is read: what is told in between counts twice then, not never.
            for kind, key in keys.items():
                under_way[kind] = self._add(key, 1, ends_at)
            counted = [one for one in self.buckets() if one.kind in keys]
            full = [one for one in counted if one.used + max(1, under_way[one.kind]) > one.limit]
            if full:
                raise limit_error(max(full, key=lambda bucket: bucket.resets_at))
            if self._sharers > 1:
                self._count_share(counted, whose)
            yield
        finally:
            for kind in under_way:
                with suppress(StoreError):  # forgotten at the end of the quarter at the latest
                    self._add(keys[kind], -1, ends_at)

    def update_from(self, headers: Mapping[str, str]) -> None:
        """Learn from the headers of an answer; nothing from one that does not tell."""
        told = {"at": _date(headers), **_told(headers)}
        if "overall" not in told:
            return
        now = time.time()
        with suppress(StoreError):  # the answer is what counts; the next one tells the use again
            for _ in range(MAX_TRIES):
                if self._wrote(told, now + KEPT_S):
                    return

    def _wrote(self, told: Mapping[str, Any], expires_at: float) -> bool:
        record = self._store.get(NAMESPACE, self._key)
        if record is None:
            return self._store.create(NAMESPACE, self._key, told, expires_at)
        merged = _latest(record.value, told)
        return self._store.replace(NAMESPACE, self._key, merged, record.version, expires_at)

    def _add(self, key: str, by: int, ends_at: float) -> int:
        return self._store.increment(UNDER_WAY, key, by, ends_at)

    def _count_share(self, counted: list[Bucket], whose: str) -> None:
        """Count a call of an athlete's. Raises RateLimited where their part is used up."""
        for bucket in counted:
            key = f"{whose}:{bucket.kind}:{bucket.window}:{bucket.resets_at:.0f}"
            taken = self._store.increment(SHARES, key, 1, bucket.resets_at)
            if taken > max(1, bucket.limit // self._sharers):
                raise limit_error(bucket, "Your part of ")

    def buckets(self) -> list[Bucket]:
        """Every limit that Strava has told, with its use in the windows of now."""
        record = self._store.get(NAMESPACE, self._key)
        return _buckets(record.value, record.value["at"]) if record else []


def parse(headers: Mapping[str, str]) -> list[Bucket]:
    """The limits that the headers of an answer tell."""
    return _buckets(_told(headers), time.time())


def limit_error(bucket: Bucket, part: str = "") -> RateLimited:
    """The error for a limit that is used up, or a ``part`` of it."""
    wait_s = max(1, int(bucket.resets_at - time.time()) + 1)
    at = time.strftime("%H:%M", time.gmtime(bucket.resets_at))
    which = "daily" if bucket.window == "day" else "15-minute"
    return RateLimited(
        f"{part}Strava's {which} limit of calls is used up; it resets at {at} UTC, in "
        f"{-(-wait_s // 60)} min. Wait until then: calls in between count too.",
        wait_s,
    )


def _buckets(known: Mapping[str, Any], at: float) -> list[Bucket]:
    """The limits of ``known``, with their use in the windows of now; it was true ``at`` a time."""
    now = time.time()
    return [
        Bucket(
            kind,
            window,
            used if at // length_s == now // length_s else 0,
            limit,
            (now // length_s + 1) * length_s,
        )
        for kind in HEADERS
        if kind in known
        for (window, length_s), (used, limit) in zip(WINDOWS, known[kind], strict=True)
    ]


def _told(headers: Mapping[str, str]) -> dict[str, list[list[int]]]:
    """Bucket → use and limit of each window, as far as the headers tell."""
    found: dict[str, list[list[int]]] = {}
    for kind, name in HEADERS.items():
        used = _numbers(headers.get(f"X-{name}-Usage"))
        limits = _numbers(headers.get(f"X-{name}-Limit"))
        if len(used) == len(limits) == len(WINDOWS):
            found[kind] = [list(pair) for pair in zip(used, limits, strict=True)]
    return found


def _latest(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """The newer of both; an answer that comes late takes back nothing of its window."""
    older, newer = sorted((known, told), key=lambda one: float(one["at"]))
    merged = dict(newer)
    for kind in HEADERS:
        if kind in newer and kind in older:
            merged[kind] = [
                [max(used, before[0]) if _same(older, newer, length_s) else used, limit]
                for (used, limit), before, (_, length_s) in zip(
                    newer[kind], older[kind], WINDOWS, strict=True
                )
            ]
    return merged


def _same(one: Mapping[str, Any], other: Mapping[str, Any], length_s: int) -> bool:
    return bool(one["at"] // length_s == other["at"] // length_s)


def _date(headers: Mapping[str, str]) -> float:
    """When Strava answered, by its own clock: its windows end by that, not by ours."""
    try:
        return parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return time.time()


def _numbers(header: str | None) -> list[int]:
    parts = [part.strip() for part in (header or "").split(",")]
    return [int(part) for part in parts] if all(map(str.isdecimal, parts)) else []
