"""Pool swims: times and distances from the lengths that a watch counts (FIT SDK, pool swims)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from strava_mcp.recordings.fit_fields import seconds
from strava_mcp.recordings.fit_profile import Message
from strava_mcp.recordings.fit_sessions import start_time
from strava_mcp.recordings.samples import Pause, Sample, Session

#: Number of the FIT profile (length_type).
ACTIVE = 1
#: Lengths of pools and total distances are in centimetres.
CENTIMETRES_PER_METRE = 100
#: No swimmer takes longer. Watches write a negative duration as 131,072 s less that duration.
MAX_LENGTH_S = 3600.0


class Length(NamedTuple):
    """One length, swum or rested. Times in seconds since 1970."""

    start: float
    end: float
    is_active: bool


def add_lengths(session: Session, messages: Iterable[Message], head: Message) -> None:
    """Add what the watch did not write into its records: distances, and times if it wrote none."""
    lengths = _lengths(messages)
    active = [length for length in lengths if length.is_active]
    metres = _pool_metres(head, len(active))
    is_untimed = not any("time" in sample for sample in session.samples)
    if not lengths or (not is_untimed and _has_distance(session.samples)):
        return
    if is_untimed and session.samples:
        _set_times(session, lengths)
    if metres:
        for sample in session.samples:
            sample.pop("distance", None)
        _add_distances(session, active, metres)


def _lengths(messages: Iterable[Message]) -> list[Length]:
    """Return the lengths in chronological order, without those of an impossible duration."""
    result = []
    for message in messages:
        start, duration_s = start_time(message), seconds(message, "total_elapsed_time")
        if start is not None and duration_s <= MAX_LENGTH_S:
            is_active = message.get("length_type") == ACTIVE
            result.append(Length(start, start + duration_s, is_active))
    return sorted(result)


def _pool_metres(head: Message, active_count: int) -> float | None:
    """Return the length of the pool; if it is unknown, the mean length of the swim."""
    developer: Message = head.get("developer", {})
    if metres := developer.get("pool_length"):
        return float(metres)
    pool = head.get("pool_length")
    if isinstance(pool, int):
        return pool / CENTIMETRES_PER_METRE
    total = head.get("total_distance")
    if isinstance(total, int) and active_count:
        return total / CENTIMETRES_PER_METRE / active_count
    return None


def _set_times(session: Session, lengths: Sequence[Length]) -> None:
    """Give records without a time that of the end of their length: such watches write one each."""
    active = [length for length in lengths if length.is_active]
    for each in (lengths, active):
        if len(each) == len(session.samples):
            for sample, length in zip(session.samples, each, strict=True):
                sample["time"] = length.end
            return
    session.problems.append(f"{len(session.samples)} records without a time are left out")
    session.samples = []


def _add_distances(session: Session, active: Sequence[Length], metres: float) -> None:
    """Add samples at both ends of each length; what is between lengths is a pause.

    The timer's own pauses end later: a watch recognizes a length when it has been swum for a while.
    """
    for number, length in enumerate(active):
        session.samples.append({"time": length.start, "distance": number * metres})
        session.samples.append({"time": length.end, "distance": (number + 1) * metres})
    session.pauses = [
        Pause(length.end, following.start)
        for length, following in pairwise(active)
        if following.start > length.end
    ]


def _has_distance(samples: Iterable[Sample]) -> bool:
    return len({sample["distance"] for sample in samples if "distance" in sample}) > 1
