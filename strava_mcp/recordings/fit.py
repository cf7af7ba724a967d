"""FIT: building sessions from messages.

A message belongs to the session that started last before it. See Garmin's FIT SDK (file types:
Activity; cookbook: pool swims, multisport).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from strava_mcp.recordings import fit_messages
from strava_mcp.recordings.fit_devices import device_name, profile_name
from strava_mcp.recordings.fit_fields import Message, seconds, totals, unix_time
from strava_mcp.recordings.fit_messages import Messages
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, RawLap, Sample, Session, is_time, without_time
from strava_mcp.recordings.sports import sport_from_fit

T = TypeVar("T")

#: Numbers of the FIT profile: file, sport, event, event_type, length_type.
ACTIVITY_FILE, COURSE_FILE = 4, 6
TRANSITION = 3
TIMER = 0
TIMER_STARTS, TIMER_STOPS = (0,), (1, 4, 8, 9)
ACTIVE_LENGTH = 1
#: Pool lengths are in centimetres.
CENTIMETRES_PER_METRE = 100
#: Time zones are multiples of a quarter of an hour, and at most 14 hours from UTC.
ZONE_STEP_S, MAX_ZONE_S = 900, 14 * 3600


def read(data: bytes) -> list[Session]:
    """Parse the sessions of a FIT file, without transitions between sports. Raises CorruptFile."""
    messages = fit_messages.read(data)
    if _first(messages.by_kind["file_id"], "type") == COURSE_FILE:
        # Its times are those of a virtual partner.
        sessions = [Session([without_time(sample) for sample in messages.samples])]
    else:
        sessions = _without_transitions(_sessions(messages))
    recorded = [session for session in sessions if session.samples or session.totals]
    if not recorded:
        raise CorruptFile(_reason(messages))
    for session in recorded:
        session.problems += messages.problems
    return recorded


def _reason(messages: Messages) -> str:
    """Say why there is no recording."""
    if messages.problems:
        return f"{messages.problems[0]}; no sample is left"
    kind = _first(messages.by_kind["file_id"], "type")
    name = profile_name("file", kind)
    if name and kind != ACTIVITY_FILE:
        return f"it is a FIT file of another kind ({name.replace('_', ' ')}), not a recording"
    return "it is a FIT file without a recorded sample"


def _sessions(messages: Messages) -> list[tuple[Session, Message]]:
    """Return sessions with their session messages; without any, the whole file is one session."""
    by_start: dict[int, Message] = {}
    for message in messages.by_kind["session"]:
        start = unix_time(message, "start_time")
        if start is not None and is_time(start):
            by_start[start] = message
    heads = sorted(by_start.items()) or [(0, (messages.by_kind["session"] or [{}])[-1])]
    starts = [start for start, _ in heads]
    samples = _by_session(messages.samples, starts, lambda sample: sample.get("time"))
    laps = _by_session(messages.by_kind["lap"], starts, lambda lap: unix_time(lap, "start_time"))
    lengths = _by_session(
        messages.by_kind["length"], starts, lambda length: unix_time(length, "start_time")
    )
    pauses = _by_session(_pauses(messages.by_kind["event"]), starts, lambda pause: pause[0])
    sessions = []
    for number, (start, head) in enumerate(heads):
        session = Session(
            samples=samples[number],
            start=start or None,
            offset_s=_offset_s(messages.by_kind["activity"]),
            sport=_sport(head),
            device=device_name(messages.by_kind["file_id"], messages.by_kind["device_info"]),
            totals=totals(head),
            laps=[RawLap(unix_time(lap, "start_time") or 0, totals(lap)) for lap in laps[number]],
            pauses=pauses[number],
        )
        _add_lengths(session, lengths[number], head.get("pool_length"))
        sessions.append((session, head))
    return sessions


def _by_session(
    items: Iterable[T], starts: Sequence[float], when: Callable[[T], float | None]
) -> list[list[T]]:
    """Group items by the session that started last; earlier items belong to the first one."""
    groups: list[list[T]] = [[] for _ in starts]
    later = starts[1:]
    for item in items:
        time_s = when(item)
        groups[0 if time_s is None else bisect_right(later, time_s)].append(item)
    return groups


def _without_transitions(sessions: Sequence[tuple[Session, Message]]) -> list[Session]:
    """Drop transitions, which are not training and have no activity on Strava."""
    kept: list[Session] = []
    for session, head in sessions:
        if head.get("sport") != TRANSITION:
            kept.append(session)
        elif kept:
            kept[-1].problems.append("the transition after it is left out")
    return kept or [session for session, _ in sessions]


def _pauses(events: Iterable[Message]) -> list[Pause]:
    """Return the times from each stop of the timer to its next start."""
    pauses, stopped = [], None
    timer = [event for event in events if event.get("event") == TIMER]
    times = [(unix_time(event, "timestamp"), event.get("event_type")) for event in timer]
    plausible = [(when, kind) for when, kind in times if when is not None and is_time(when)]
    for when, kind in sorted(plausible, key=lambda event: event[0]):
        if kind in TIMER_STOPS:
            stopped = when if stopped is None else stopped
        elif kind in TIMER_STARTS and stopped is not None:
            pauses.append(Pause(float(stopped), float(when)))
            stopped = None
    return pauses


def _add_lengths(session: Session, lengths: Sequence[Message], pool_length: object) -> None:
    """Add the distance of a pool swim from its lengths, with pauses between them.

    Does nothing if the watch wrote the distance into its samples.
    """
    if not isinstance(pool_length, int) or _has_distance(session.samples):
        return
    metres, last_s = 0.0, None
    for length in lengths:
        begin = unix_time(length, "start_time")
        if begin is None or length.get("length_type") != ACTIVE_LENGTH:
            continue
        end = begin + seconds(length, "total_elapsed_time")
        if last_s is not None and begin > last_s:
            session.pauses.append(Pause(last_s, begin))
        session.samples.append({"time": begin, "distance": metres})
        metres += pool_length / CENTIMETRES_PER_METRE
        session.samples.append({"time": end, "distance": metres})
        last_s = end


def _has_distance(samples: Iterable[Sample]) -> bool:
    return len({sample["distance"] for sample in samples if "distance" in sample}) > 1


def _sport(head: Message) -> str | None:
    names = (profile_name(field, head.get(field)) for field in ("sport", "sub_sport"))
    return sport_from_fit(*names)


def _offset_s(activities: Sequence[Message]) -> int | None:
    """Return local time minus UTC according to the device, at the end of the activity."""
    local, utc = (_first(activities, name) for name in ("local_timestamp", "timestamp"))
    if not isinstance(local, int) or not isinstance(utc, int):
        return None
    offset = round((local - utc) / ZONE_STEP_S) * ZONE_STEP_S
    return offset if abs(offset) <= MAX_ZONE_S else None


def _first(messages: Sequence[Message], name: str) -> Any:
    return next((message[name] for message in messages if name in message), None)
