"""Strava's rate limits: read from its headers, shared by all processes, checked before each call.

Limits belong to the application: one for all calls and one for reads, each per 15 minutes and per
day. Calls above a limit count too, so none is sent that would exceed one.
Source: developers.strava.com/docs/rate-limits.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from strava_mcp.errors import RateLimited, StoreError
from strava_mcp.json_types import JSON
from strava_mcp.store import Store

NAMESPACE = "strava-budget"
SHARES = "strava-share"
IN_FLIGHT = "strava-under-way"
QUARTER_S, DAY_S = 15 * 60, 24 * 3600
#: Usage is stored for this long after the last call; by then every limit has reset.
KEPT_S = 2 * DAY_S
#: Kind of limit → its name in the headers ``X-…-Limit`` and ``X-…-Usage``: "15 minutes,day".
HEADERS = {"overall": "RateLimit", "read": "ReadRateLimit"}
NUMBER = re.compile("[0-9]{1,9}")
WINDOWS = (("15 minutes", QUARTER_S), ("day", DAY_S))
#: What a write adds to the counter of calls in flight; a read adds 1, so one counter holds both.
WRITE = 1 << 20
#: Reads that an answer can do without leave one of so many parts of a limit to other calls.
KEPT_PART = 10
#: Attempts to store the usage while concurrent calls store theirs.
MAX_TRIES = 10

#: Kind of limit → used and allowed calls of each window of ``WINDOWS``.
Usage = dict[str, list[list[int]]]


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

    def to_json(self) -> JSON:
        """The bucket as ``Source.status`` returns it."""
        return {
            "of": f"{self.kind}, {self.window}",
            "used": self.used,
            "limit": self.limit,
            "resets_at": time.strftime("%H:%M UTC", time.gmtime(self.resets_at)),
            "resets_in_min": -(-int(self.resets_at - time.time()) // 60),
        }


class RateLimits:
    """The limits of one API application.

    ``sharers``: how many athletes use it. Each may use an equal share of a limit, so that nobody
    locks the others out.
    """

    def __init__(self, store: Store, client_id: str, sharers: int = 1) -> None:
        self._store = store
        self._key = client_id
        self._sharers = sharers

    @contextmanager
    def reserve(
        self, is_read: bool, athlete_key: str, *, keeps_rest: bool = False
    ) -> Iterator[None]:
        """Reserve one call for the length of the block, in which its response updates the usage.

        Without reservations, concurrent calls would exceed a limit that has one call left.
        ``keeps_rest``: whether it must leave the last tenth of each limit to other calls. Raises
        RateLimited, before anything is sent, if the call would exceed a limit, or not leave that.
        """
        ends_at = (time.time() // QUARTER_S + 1) * QUARTER_S
        call = 1 if is_read else WRITE
        # Reserve before reading the usage, so that a concurrent update is counted twice rather than
        # missed.
        counter = self._add(call, ends_at)
        try:
            writes, reads = divmod(counter, WRITE)
            in_flight = {"overall": reads + writes, "read": reads}
            buckets = [one for one in self.buckets() if is_read or one.kind != "read"]
            _check(buckets, in_flight)
            if keeps_rest:
                _check(buckets, in_flight, keeps_rest=True)
            if self._sharers > 1:
                self._count_share(buckets, athlete_key, keeps_rest)
            yield
        finally:
            with suppress(StoreError):  # the counter expires with its 15 minutes
                self._add(-call, ends_at)

    def update_from(self, headers: Mapping[str, str]) -> None:
        """Store the usage in a response's headers; ignores headers without any."""
        usage = _parse_usage(headers)
        if "overall" not in usage:
            return
        record = {"at": _date(headers), **usage}
        expires_at = time.time() + KEPT_S
        with suppress(StoreError):  # the response matters more, and the next one updates again
            for _ in range(MAX_TRIES):
                if self._merge(record, expires_at):
                    return

    def _merge(self, update: JSON, expires_at: float) -> bool:
        record = self._store.get(NAMESPACE, self._key)
        if record is None:
            return self._store.create(NAMESPACE, self._key, update, expires_at)
        merged = _latest(record.value, update)
        return self._store.replace(NAMESPACE, self._key, merged, record.version, expires_at)

    def _add(self, calls: int, ends_at: float) -> int:
        """Add to the calls in flight, in one write; returns their sum."""
        return self._store.increment(IN_FLIGHT, f"{self._key}:{ends_at:.0f}", calls, ends_at)

    def _count_share(self, buckets: list[Bucket], athlete_key: str, keeps_rest: bool) -> None:
        """Count a call of one athlete. Raises RateLimited, and counts none, beyond their share."""
        counted: list[tuple[str, float]] = []
        for bucket in buckets:
            key = f"{athlete_key}:{bucket.kind}:{bucket.window}:{bucket.resets_at:.0f}"
            used = self._store.increment(SHARES, key, 1, bucket.resets_at)
            counted.append((key, bucket.resets_at))
            share = max(1, bucket.limit // self._sharers)
            if used > share or (keeps_rest and used > _without_rest(share)):
                for name, expires_at in counted:
                    self._store.increment(SHARES, name, -1, expires_at)
                raise limit_error(bucket, "Your part of ", is_nearly=used <= share)

    def buckets(self) -> list[Bucket]:
        """Every limit that Strava has reported, with its usage in the current windows."""
        record = self._store.get(NAMESPACE, self._key)
        return _buckets(record.value, record.value["at"]) if record else []


def parse(headers: Mapping[str, str]) -> list[Bucket]:
    """The limits in a response's headers, with their usage."""
    return _buckets(_parse_usage(headers), time.time())


def _check(
    buckets: list[Bucket], in_flight: Mapping[str, int], *, keeps_rest: bool = False
) -> None:
    """Raise RateLimited for a limit that one more call would exceed, or not leave a rest of."""
    full = [
        one
        for one in buckets
        if one.used + max(1, in_flight[one.kind])
        > (_without_rest(one.limit) if keeps_rest else one.limit)
    ]
    if full:
        raise limit_error(max(full, key=lambda one: one.resets_at), is_nearly=keeps_rest)


def _without_rest(limit: int) -> int:
    """The calls of a limit without the last tenth, at least one, which is kept."""
    return limit - max(1, limit // KEPT_PART)


def limit_error(bucket: Bucket, share: str = "", *, is_nearly: bool = False) -> RateLimited:
    """The error for a limit, or a ``share`` of it, that is used up, or nearly."""
    wait_s = max(1, int(bucket.resets_at - time.time()) + 1)
    at = time.strftime("%H:%M", time.gmtime(bucket.resets_at))
    which = "daily" if bucket.window == "day" else "15-minute"
    state = "nearly used up, and the rest is kept for other questions" if is_nearly else "used up"
    advice = "." if is_nearly else ". Wait until then: calls in between count too."
    return RateLimited(
        f"{share}Strava's {which} limit of calls is {state}; it resets at {at} UTC, in "
        f"{-(-wait_s // 60)} min{advice}",
        wait_s,
    )


def _buckets(usage: Mapping[str, list[list[int]]], at: float) -> list[Bucket]:
    """The limits as of now. ``at``: when ``usage`` was reported; in later windows usage is 0."""
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
        if kind in usage
        for (window, length_s), (used, limit) in zip(WINDOWS, usage[kind], strict=True)
    ]


def _parse_usage(headers: Mapping[str, str]) -> Usage:
    """The usage in a response's headers; kinds whose headers are missing or odd are omitted."""
    usage: Usage = {}
    for kind, name in HEADERS.items():
        used = _numbers(headers.get(f"X-{name}-Usage"))
        limits = _numbers(headers.get(f"X-{name}-Limit"))
        if len(used) == len(limits) == len(WINDOWS):
            usage[kind] = [list(pair) for pair in zip(used, limits, strict=True)]
    return usage


def _latest(one: JSON, other: JSON) -> JSON:
    """The newer record; within the same window its usage never falls below the older record's."""
    older, newer = sorted((one, other), key=lambda record: float(record["at"]))
    merged = dict(newer)
    for kind in HEADERS:
        if kind in newer and kind in older:
            merged[kind] = [
                [max(used, before[0]) if _same_window(older, newer, length_s) else used, limit]
                for (used, limit), before, (_, length_s) in zip(
                    newer[kind], older[kind], WINDOWS, strict=True
                )
            ]
    return merged


def _same_window(one: JSON, other: JSON, length_s: int) -> bool:
    return bool(one["at"] // length_s == other["at"] // length_s)


def _date(headers: Mapping[str, str]) -> float:
    """When Strava responded, by Strava's clock, because its windows follow that clock.

    A date far from our own is not believed: no later usage would replace one of the year 9999.
    """
    now = time.time()
    try:
        date = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError, OverflowError, OSError):
        return now
    return date if abs(date - now) <= DAY_S else now


def _numbers(header: str | None) -> list[int]:
    parts = [part.strip() for part in (header or "").split(",")]
    return [int(part) for part in parts] if all(map(NUMBER.fullmatch, parts)) else []
