"""FIT: building sessions from messages (Garmin's FIT SDK, file types: Activity).

``fit_chain`` finds the files of a chain, ``fit_decoder`` their messages; ``fit_sessions`` divides
these among the sessions.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from strava_mcp.recordings import fit_messages
from strava_mcp.recordings.altimeters import source_by_sensors
from strava_mcp.recordings.fit_clock import set_clock
from strava_mcp.recordings.fit_devices import device_name
from strava_mcp.recordings.fit_fields import drop_contradicted_zeros, totals, unix_time
from strava_mcp.recordings.fit_heart_rate import add_heart_rate, beats
from strava_mcp.recordings.fit_lengths import add_lengths
from strava_mcp.recordings.fit_messages import Messages, PartMessages
from strava_mcp.recordings.fit_profile import (
    ACTIVITY,
    DEVICE_INFO,
    FILE_ID,
    HEART_RATE,
    SPORT,
    Message,
    type_name,
)
from strava_mcp.recordings.fit_sessions import (
    TRANSITION,
    SessionMessages,
    by_session,
    start_time,
)
from strava_mcp.recordings.recording import CorruptFile
from strava_mcp.recordings.samples import Pause, RawLap, Session, is_time, without_time
from strava_mcp.recordings.sports import sport_from_fit

#: Numbers of the FIT profile: file, event_type.
ACTIVITY_FILE, COURSE_FILE = 4, 6
TIMER_STARTS, TIMER_STOPS = (0,), (1, 4, 8, 9)
#: A file that the profile does not list.
LOCATIONS_FILE = 8
#: Files that are not recordings, by the profile's identifier; others are called by it.
OTHER_FILES = {
    "device": "a description of a device",
    "settings": "a file of settings",
    "sport": "a file of sport settings",
    "schedules": "a training schedule",
    "weight": "a file of weights",
    "totals": "a file of totals",
    "goals": "a file of goals",
    "blood_pressure": "a file of blood pressures",
    **dict.fromkeys(("monitoring_a", "monitoring_b", "monitoring_daily"), "a day's monitoring"),
    "activity_summary": "a summary of an activity",
    "segment_list": "a list of segments",
    "exd_configuration": "a configuration of a display",
}
#: Time zones are multiples of a quarter of an hour, from UTC-12 to UTC+14. Devices note both times
#: within a few seconds of each other.
ZONE_STEP_S, ZONE_TOLERANCE_S = 900, 60
MIN_ZONE_S, MAX_ZONE_S = -12 * 3600, 14 * 3600
#: Sub-sports on machines.
INDOOR = frozenset("""
treadmill spin indoor_cycling indoor_rowing indoor_running indoor_walking indoor_skiing
indoor_hand_cycling indoor_wheelchair_walk indoor_wheelchair_run elliptical stair_climbing
virtual_activity
""".split())
#: Of all parts: a day at the highest heart rate.
MAX_BEATS = 350_000
CLOCK_NOT_SET = (
    "the device's clock was not set: its times count from when it was switched on, so its start is "
    "unknown"
)


def read(data: bytes) -> list[Session]:
    """Parse the sessions of a FIT file, without transitions between sports. Raises CorruptFile."""
    messages = fit_messages.read(data)
    if _first(messages.of_kind(FILE_ID), "type") == COURSE_FILE:
        # Its times are those of a virtual partner.
        samples = [without_time(sample) for part in messages.parts for sample in part.samples]
        sessions = [Session(samples, is_course=True)]
    else:
        sessions = _sessions(messages)
    recorded = [session for session in sessions if session.samples or any(session.totals.values())]
    if not recorded:
        raise CorruptFile(_reason(messages))
    for session in recorded:
        session.problems += messages.problems
    return recorded


def _reason(messages: Messages) -> str:
    """Say why there is no recording."""
    number = _first(messages.of_kind(FILE_ID), "type")
    if number == LOCATIONS_FILE:
        return "it is a file of locations, not a recording"
    if number not in (None, ACTIVITY_FILE):
        name = type_name("file", number)
        if name is None or name.startswith("mfg_range"):
            return f"it is a FIT file of its maker's own kind ({number}), not a recording"
        article = "an" if name[0] in "aeiou" else "a"
        return f"it is {OTHER_FILES.get(name, f'{article} {name}')}, not a recording"
    if messages.problems:
        return f"{messages.problems[0]}; no sample is left"
    return "it is a FIT file without a recorded sample"


def _sessions(messages: Messages) -> list[Session]:
    """Return the sessions without transitions, which are not training and not on Strava."""
    has_start = set_clock(messages.parts)
    _set_beats(messages.parts)
    kept: list[Session] = []
    transitions: list[Session] = []
    for group in by_session(messages.parts):
        session = _session(group, messages)
        if not has_start:
            session.has_start = False
            session.problems.append(CLOCK_NOT_SET)
        if group.head.get("sport") == TRANSITION:
            transitions.append(session)
            if kept:
                kept[-1].problems.append("the transition after it is left out")
        else:
            kept.append(session)
    return kept or transitions


def _set_beats(parts: Iterable[PartMessages]) -> None:
    """Read the heart rate of hr messages, of at most MAX_BEATS beats."""
    left = MAX_BEATS
    for part in parts:
        part.beats = beats(part.by_kind.get(HEART_RATE, ()), left)
        left -= len(part.beats)


def _session(group: SessionMessages, messages: Messages) -> Session:
    head = group.head
    file_ids, devices, activities = (
        _of_kind(group.parts, kind) or messages.of_kind(kind)
        for kind in (FILE_ID, DEVICE_INFO, ACTIVITY)
    )
    session = Session(
        samples=group.samples,
        start=group.start,
        offset_s=_offset_s(activities),
        sport=_sport(head, _of_kind(group.parts, SPORT)),
        device=device_name(file_ids, devices),
        altitude_source=source_by_sensors(devices),
        maker=type_name("manufacturer", _first(file_ids, "manufacturer")),
        is_indoor=type_name("sub_sport", head.get("sub_sport")) in INDOOR,
        totals=totals(head),
        laps=[RawLap(start_time(lap) or 0, totals(lap)) for lap in group.laps],
        pauses=_pauses(group.events),
    )
    drop_contradicted_zeros(session.samples, session.totals)
    add_lengths(session, group.lengths, head)
    add_heart_rate(session.samples, chain.from_iterable(group.beats))
    return session


def _of_kind(parts: Iterable[PartMessages], kind: int) -> list[Message]:
    return [message for part in parts for message in part.by_kind.get(kind, ())]


def _pauses(timer_events: Iterable[Message]) -> list[Pause]:
    """Return the times from each stop of the timer to its next start."""
    pauses, stopped = [], None
    times = [(unix_time(event, "timestamp"), event.get("event_type")) for event in timer_events]
    plausible = [(when, kind) for when, kind in times if when is not None and is_time(when)]
    for when, kind in sorted(plausible, key=lambda event: event[0]):
        if kind in TIMER_STOPS:
            stopped = when if stopped is None else stopped
        elif kind in TIMER_STARTS and stopped is not None:
            pauses.append(Pause(float(stopped), float(when)))
            stopped = None
    return pauses


def _sport(head: Message, profiles: Sequence[Message]) -> str | None:
    """Return the sport of a session, or that of the sport profile if there is only one."""
    profile = profiles[0] if len(profiles) == 1 else {}
    values = profile | head
    sport, sub_sport = (type_name(field, values.get(field)) for field in ("sport", "sub_sport"))
    name = head.get("sport_profile_name") or profile.get("name")
    return sport_from_fit(sport, sub_sport, name if isinstance(name, str) else None)


def _offset_s(activities: Sequence[Message]) -> int | None:
    """Return local time minus UTC according to the device, at the end of the activity.

    None if that is no offset of a time zone: programs without a time zone write a local time of 0.
    """
    local, utc = (_first(activities, name) for name in ("local_timestamp", "timestamp"))
    if not isinstance(local, int) or not isinstance(utc, int):
        return None
    offset = round((local - utc) / ZONE_STEP_S) * ZONE_STEP_S
    is_offset = abs(local - utc - offset) <= ZONE_TOLERANCE_S and MIN_ZONE_S <= offset <= MAX_ZONE_S
    return offset if is_offset else None


def _first(messages: Sequence[Message], name: str) -> Any:
    return next((message[name] for message in messages if name in message), None)
