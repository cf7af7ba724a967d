"""FIT: sessions from its messages.

Every message belongs to the session that had begun last at its time. What devices write is
described in Garmin's FIT SDK (file types: Activity; cookbook: pool swims, multisport).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from strava_mcp.recordings import fit_messages
from strava_mcp.recordings.fit_devices import device, name_of
from strava_mcp.recordings.fit_fields import Message, moment, seconds, totals
from strava_mcp.recordings.fit_messages import Messages
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Sample, Session, is_time
from strava_mcp.recordings.sports import sport_from_fit

T = TypeVar("T")

#: Numbers of the FIT profile: file, sport, event, event_type, length_type.
ACTIVITY_FILE, COURSE_FILE = 4, 6
TRANSITION = 3
TIMER = 0
TIMER_STARTS, TIMER_STOPS = (0,), (1, 4, 8, 9)
ACTIVE_LENGTH = 1
#: Of a pool's length, in a metre.
CENTIMETRES = 100
#: Clocks of the world differ by quarters of an hour, and by at most 14 hours.
ZONE_STEP_S, MAX_ZONE_S = 900, 14 * 3600


def read(data: bytes) -> list[Session]:
    """The sessions of a FIT file, without transitions between sports. Raises CorruptFile."""
    messages = fit_messages.read(data)
    if _first(messages.of["file_id"], "type") == COURSE_FILE:
        sessions = [Session([_without_time(sample) for sample in messages.samples])]
    else:
        sessions = _without_transitions(_sessions(messages))
    found = [session for session in sessions if session.samples or session.totals]
    if not found:
        raise CorruptFile(_nothing(messages))
    for session in found:
        session.problems += messages.problems
    return found


def _nothing(messages: Messages) -> str:
    """Why there is no recording."""
    if messages.problems:
        return f"{messages.problems[0]}; no sample is left"
    kind = _first(messages.of["file_id"], "type")
    name = name_of("file", kind)
    if name and kind != ACTIVITY_FILE:
        return f"it is a FIT file of another kind ({name.replace('_', ' ')}), not a recording"
    return "it is a FIT file without a recorded sample"


def _sessions(messages: Messages) -> list[tuple[Session, Message]]:
    """Sessions with the messages that end them; where there is none, all of the file is one."""
    by_start: dict[int, Message] = {}
    for message in messages.of["session"]:
        start = moment(message, "start_time")
        if start is not None and is_time(start):
            by_start[start] = message
    heads = sorted(by_start.items()) or [(0, (messages.of["session"] or [{}])[-1])]
    starts = [start for start, _ in heads]
    samples = _dealt(messages.samples, starts, lambda sample: sample.get("time"))
    laps = _dealt(messages.of["lap"], starts, lambda lap: moment(lap, "start_time"))
    lengths = _dealt(messages.of["length"], starts, lambda swum: moment(swum, "start_time"))
    pauses = _dealt(_pauses(messages.of["event"]), starts, lambda pause: pause[0])
    found = []
    for number, (start, head) in enumerate(heads):
        session = Session(
            samples=samples[number],
            start=start or None,
            offset_s=_offset_s(messages.of["activity"]),
            sport=_sport(head),
            device=device(messages.of["file_id"], messages.of["device_info"]),
            totals=totals(head),
            laps=[(moment(lap, "start_time") or 0, totals(lap)) for lap in laps[number]],
            pauses=pauses[number],
        )
        _add_lengths(session, lengths[number], head.get("pool_length"))
        found.append((session, head))
    return found


def _dealt(
    items: Iterable[T], starts: Sequence[float], when: Callable[[T], float | None]
) -> list[list[T]]:
    """Items by the session that had begun last; those before the first belong to it."""
    found: list[list[T]] = [[] for _ in starts]
    later = starts[1:]
    for item in items:
        moment_s = when(item)
        found[0 if moment_s is None else bisect_right(later, moment_s)].append(item)
    return found


def _without_transitions(sessions: Sequence[tuple[Session, Message]]) -> list[Session]:
    """Strava makes no activity of a transition, and its minutes are no training."""
    found: list[Session] = []
    for session, head in sessions:
        if head.get("sport") != TRANSITION:
            found.append(session)
        elif found:
            found[-1].problems.append("the transition after it is left out")
    return found or [session for session, _ in sessions]


def _pauses(events: Iterable[Message]) -> list[tuple[float, float]]:
    """When the timer stood, from each stop to the next start."""
    found, stopped = [], None
    timer = [event for event in events if event.get("event") == TIMER]
    moments = [(moment(event, "timestamp"), event.get("event_type")) for event in timer]
    known = [(when, kind) for when, kind in moments if when is not None and is_time(when)]
    for when, kind in sorted(known, key=lambda event: event[0]):
        if kind in TIMER_STOPS:
            stopped = when if stopped is None else stopped
        elif kind in TIMER_STARTS and stopped is not None:
            found.append((float(stopped), float(when)))
            stopped = None
    return found


def _add_lengths(session: Session, lengths: Sequence[Message], pool_length: Any) -> None:
    """The way of a swim in a pool, which only its lengths tell; between them is rest.

    Watches that write the distance into their samples are left to that.
    """
    if not isinstance(pool_length, int) or _tells_distance(session.samples):
        return
    metres, last_s = 0.0, None
    for length in lengths:
        begin = moment(length, "start_time")
        if begin is None or length.get("length_type") != ACTIVE_LENGTH:
            continue
        end = begin + seconds(length, "total_elapsed_time")
        if last_s is not None and begin > last_s:
            session.pauses.append((last_s, begin))
        session.samples.append({"time": begin, "distance": metres})
        metres += pool_length / CENTIMETRES
        session.samples.append({"time": end, "distance": metres})
        last_s = end


def _tells_distance(samples: Iterable[Sample]) -> bool:
    return len({sample["distance"] for sample in samples if "distance" in sample}) > 1


def _sport(head: Message) -> str | None:
    names = (name_of(field, head.get(field)) for field in ("sport", "sub_sport"))
    return sport_from_fit(*names)


def _offset_s(activities: Sequence[Message]) -> int | None:
    """Local time minus UTC as the device had it at the end."""
    local, utc = (_first(activities, name) for name in ("local_timestamp", "timestamp"))
    if not isinstance(local, int) or not isinstance(utc, int):
        return None
    offset = round((local - utc) / ZONE_STEP_S) * ZONE_STEP_S
    return offset if abs(offset) <= MAX_ZONE_S else None


def _first(messages: Sequence[Message], name: str) -> Any:
    return next((message[name] for message in messages if name in message), None)


def _without_time(sample: Sample) -> Sample:
    """A course has the times of a virtual partner."""
    return {key: value for key, value in sample.items() if key != "time"}
