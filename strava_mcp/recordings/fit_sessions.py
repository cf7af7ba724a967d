"""Dividing the messages of a chain of FIT files among its sessions.

A chain is one file: a part without a session, such as the heart rate that a chest strap sends
later, belongs to the sessions of the others. A part with its own sessions is an activity of its
own, unless it adds series to one of an earlier part, continues or repeats it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from strava_mcp.recordings.fit_fields import seconds, unix_time
from strava_mcp.recordings.fit_heart_rate import Beat
from strava_mcp.recordings.fit_messages import PartMessages
from strava_mcp.recordings.fit_profile import EVENT, LAP, LENGTH, SESSION, Message
from strava_mcp.recordings.samples import Sample, is_time

T = TypeVar("T")

#: Numbers of the FIT profile (sport).
GENERIC, TRANSITION = 0, 3
#: How many parts may complete a session, so that the work does not grow with their square.
MAX_PARTS_PER_SESSION = 8


@dataclass(eq=False)
class SessionMessages:
    """A session message and what belongs to it. ``start``: seconds since 1970.

    ``parts``: those that may say which device it was, the session's own first.
    """

    head: Message
    start: int | None
    parts: list[PartMessages]
    samples: list[Sample] = field(default_factory=list)
    laps: list[Message] = field(default_factory=list)
    lengths: list[Message] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    beats: list[Sequence[Beat]] = field(default_factory=list)

    @cached_property
    def keys(self) -> set[str]:
        """The types of values in the samples."""
        return set().union(*self.samples) - {"time"}

    @cached_property
    def by_time(self) -> dict[int, Sample]:
        """The samples that have a time, by it."""
        return {sample["time"]: sample for sample in self.samples if "time" in sample}

    def complete(self, later: "SessionMessages") -> None:
        """Add what a later part recorded of the same activity."""
        heads = sorted((later.head, self.head), key=_extent)
        self.head = {**heads[0], **heads[1]}
        starts = {start_time(lap) for lap in self.laps}
        self.laps += [lap for lap in later.laps if start_time(lap) not in starts]
        self.samples += later.samples
        self.lengths += later.lengths
        self.events += later.events
        self.beats += later.beats
        self.parts += later.parts
        self.keys.update(later.keys)
        self.by_time.update(later.by_time)


def by_session(parts: Sequence[PartMessages]) -> list[SessionMessages]:
    """Return the sessions in chronological order; without any, the whole file is one session."""
    sessions: list[SessionMessages] = []
    added = [part for part in parts if not part.by_kind.get(SESSION)]
    for part in parts:
        own = _sessions(part)
        _divide(part, own)
        for session in own:
            earlier = _overlapping(session, sessions)
            if earlier and session.samples and not earlier.keys & session.keys:
                added.append(PartMessages(session.samples, beats=part.beats))
            elif earlier and _is_same_activity(earlier, session):
                earlier.complete(session)
            else:
                sessions.append(session)
    sessions.sort(key=lambda session: session.start or 0)
    if not sessions:
        sessions = [SessionMessages({}, None, [])]
    for part in added:
        _divide(part, sessions)
    return sessions


def _sessions(part: PartMessages) -> list[SessionMessages]:
    """Return the sessions of one part by their start; of several with one start, the longest."""
    by_start: dict[int | None, Message] = {}
    for message in part.by_kind.get(SESSION, ()):
        start = start_time(message)
        same = by_start.get(start)
        if same is None or _extent(message) >= _extent(same):
            by_start[start] = message
    timed = [(start, head) for start, head in by_start.items() if start and is_time(start)]
    sessions = [SessionMessages(head, start, [part]) for start, head in timed or by_start.items()]
    return sorted(sessions if timed else sessions[-1:], key=lambda session: session.start or 0)


def _extent(message: Message) -> tuple[bool, float]:
    return message.get("sport") != TRANSITION, seconds(message, "total_elapsed_time")


def start_time(message: Message) -> int | None:
    """Return when a session, lap or length began: as it says, else its duration before its end."""
    start = unix_time(message, "start_time")
    end = unix_time(message, "timestamp")
    if start is None and end is not None:
        return round(end - seconds(message, "total_elapsed_time"))
    return start


def _divide(part: PartMessages, sessions: Sequence[SessionMessages]) -> None:
    """Add the messages of a part to the sessions that started last before them."""
    starts = [session.start or 0 for session in sessions]
    if not sessions:
        return
    groups = zip(
        sessions,
        _by_start(part.samples, starts, lambda sample: sample.get("time")),
        _by_start(part.by_kind.get(LAP, ()), starts, start_time),
        _by_start(part.by_kind.get(LENGTH, ()), starts, start_time),
        _by_start(part.by_kind.get(EVENT, ()), starts, lambda event: unix_time(event, "timestamp")),
        strict=True,
    )
    for session, samples, laps, lengths, events in groups:
        session.samples += samples
        session.laps += laps
        session.lengths += lengths
        session.events += events
        if part not in session.parts:
            session.parts.append(part)
        if part.beats:
            session.beats.append(part.beats)


def _by_start(
    items: Iterable[T], starts: Sequence[float], when: Callable[[T], float | None]
) -> list[list[T]]:
    """Group items by the session that started last; earlier items belong to the first one."""
    groups: list[list[T]] = [[] for _ in starts]
    later = starts[1:]
    for item in items:
        time_s = when(item)
        groups[0 if time_s is None else bisect_right(later, time_s)].append(item)
    return groups


def _overlapping(
    session: SessionMessages, earlier: Sequence[SessionMessages]
) -> SessionMessages | None:
    """Return the latest session of an earlier part at the same time that may be the same activity.

    Another sport is another activity.
    """
    for other in reversed(earlier):
        sports = {other.head.get("sport"), session.head.get("sport")} - {None, GENERIC}
        if (
            other.parts[0] is not session.parts[0]
            and len(other.parts) < MAX_PARTS_PER_SESSION
            and len(sports) < 2
            and (other.start or 0) < _end(session)
            and (session.start or 0) < _end(other)
        ):
            return other
    return None


def _end(session: SessionMessages) -> float:
    return (session.start or 0) + max(1.0, seconds(session.head, "total_elapsed_time"))


def _is_same_activity(first: SessionMessages, second: SessionMessages) -> bool:
    """Whether the second session continues or repeats the first one, rather than disagree."""
    if not second.samples:
        return first.start == second.start and _extent(first.head) == _extent(second.head)
    if not first.by_time or not second.by_time:
        return False
    if first.start == second.start and max(first.by_time) < min(second.by_time):
        return True
    common = first.by_time.keys() & second.by_time.keys()
    return bool(common) and all(_agree(first.by_time[at], second.by_time[at]) for at in common)


def _agree(first: Sample, second: Sample) -> bool:
    return all(first[key] == second[key] for key in first.keys() & second.keys())
