"""Recognizing an activity that exists both in the export and as a single recording file.

Two recordings are the same activity if they start within two minutes, overlap, and last about as
long, whichever device and file they come from.
"""

import hashlib
from collections.abc import Container
from dataclasses import replace
from typing import Literal, NamedTuple

from strava_mcp import recordings
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile, Recording, memory_errors
from strava_mcp.sources.archive import local_time
from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.library import ActivityRow, Library, Nearby
from strava_mcp.sources.archive.stored_activity import PARSER_VERSION, StoredActivity
from strava_mcp.sources.source import FIRST_OWN_ID

START_WITHIN_S = 120
#: Strava's elapsed time and the device's differ if the athlete cropped the activity: by at most
#: two minutes or a tenth.
ELAPSED_WITHIN_S = 120
ELAPSED_SHARE = 0.1
#: The keys of a detail that come from the recording.
FROM_RECORDING = ("laps", "splits_metric", "splits_standard", "best_efforts", "outline", "calories")
#: Keys of a summary whose value is 0 or false if unknown: a recording may supply them.
ZERO_IF_UNKNOWN = (
    *("distance", "moving_time", "elapsed_time", "total_elevation_gain", "average_speed"),
    "has_heartrate",
)
#: Keys of a stored activity that ``build_activity`` computes again.
REBUILT = (
    *("id", "resource_state", "computed", "laps", "outline", "has_heartrate", "manual"),
    "is_sport_unknown",
    *local_time.KEYS,
)

#: The end of a single file's ``source_hash``.
PARSED_BY = f":v{PARSER_VERSION}"

Outcome = Literal["imported", "updated", "added to", "known"]


class ImportedSession(NamedTuple):
    """What became of one session of a file, and its activity.

    ``outcome``: ``imported`` as a new activity, ``updated`` by an improved parser, ``added to`` one
    that had no recording, or ``known``: the activity was complete already.
    """

    outcome: Outcome
    activity_id: int


def superseded(library: Library, activity: StoredActivity) -> list[int]:
    """Return the ids of activities from single files that are this activity of the export."""
    if not activity.started or activity.origin == "file":
        return []
    return [
        other.id
        for other in library.near(activity.started, START_WITHIN_S)
        if other.origin == "file" and other.id != activity.id and _is_same_activity(activity, other)
    ]


def with_earlier_recording(
    library: Library, activity: StoredActivity, superseded_ids: list[int]
) -> StoredActivity:
    """Give an activity without a recording the one that was imported before, if there is one."""
    for number in (activity.id, *superseded_ids):
        earlier = library.activity(number)
        block = library.block(earlier.recording) if earlier and earlier.recording else None
        if earlier and block:
            return _with_recording_of(activity, earlier, block)
    return activity


def _with_recording_of(
    activity: StoredActivity, earlier: ActivityRow, block: bytes
) -> StoredActivity:
    """Take the recording and what was derived from it; the new row's own values win."""
    values = _known_values(activity.summary, activity.detail)
    detail = {key: earlier.detail[key] for key in FROM_RECORDING if key in earlier.detail}
    computed = [key for key in earlier.detail.get("computed", ()) if key not in values]
    if computed:
        detail["computed"] = computed
    return replace(
        activity,
        summary={**earlier.summary, **values, "manual": False},
        detail=detail | {k: v for k, v in activity.detail.items() if k != "is_sport_unknown"},
        block=block,
    )


def import_file(library: Library, name: str, content: bytes) -> list[ImportedSession]:
    """Import a single recording file, again if an earlier version of the parser imported it.

    Raises CorruptFile if it cannot be read or has no start time.
    """
    with memory_errors():
        return _import_file(library, name, content)


def _import_file(library: Library, name: str, content: bytes) -> list[ImportedSession]:
    """Import the sessions of a recording file."""
    file_hash = hashlib.sha256(content).hexdigest()
    sessions = recordings.read_activities(content)
    if not any(session.start for session in sessions):
        reasons = ("it does not say when it was recorded", *sessions[0].problems)
        raise CorruptFile("; ".join(reasons))
    stale = [
        activity_id
        for activity_id, source_hash in library.find_by_file(file_hash)
        if not source_hash.endswith(PARSED_BY)
    ]
    library.remove(stale)
    results: list[ImportedSession] = []
    for number, session in enumerate(sessions):
        if session.start:
            # Sessions of one file are different activities, even if they start together.
            others = {result.activity_id for result in results}
            source_hash = f"{file_hash}:{number}{PARSED_BY}"
            result = _import_session(library, name, source_hash, session, others)
            is_update = result.outcome == "imported" and result.activity_id in stale
            results.append(result._replace(outcome="updated") if is_update else result)
    return results


def _import_session(
    library: Library, name: str, source_hash: str, session: Recording, others: Container[int]
) -> ImportedSession:
    """Import a session; it does not match any of the activities ``others``."""
    activity_id = library.find_by_source_hash(source_hash)
    if activity_id is not None:
        return ImportedSession("known", activity_id)
    entry = Entry(_own_id(session), {"file": name, "has_file": True})
    problem = "; ".join(session.problems) or None
    activity = build_activity(entry, session, source_hash, "file", problem)
    for other in library.near(activity.started, START_WITHIN_S):
        if other.id in others or not _is_same_activity(activity, other):
            continue
        if other.is_recorded or other.origin == "file":
            return ImportedSession("known", other.id)
        library.put(_with_added_recording(library, other.id, session))
        return ImportedSession("added to", other.id)
    free_id = _free_id(library, activity.id)
    if free_id != activity.id:
        entry = replace(entry, id=free_id)
        activity = build_activity(entry, session, source_hash, "file", problem)
    library.put(activity)
    return ImportedSession("imported", activity.id)


def _with_added_recording(library: Library, number: int, session: Recording) -> StoredActivity:
    """Rebuild an activity of the export that had no recording."""
    stored, source_hash = library.activity(number), library.source_hash(number)
    assert stored and source_hash
    fields = {**stored.detail, **_known_values(stored.summary, stored.detail)}
    for key in REBUILT:
        fields.pop(key, None)
    problem = "; ".join(session.problems) or None
    return build_activity(Entry(number, fields), session, source_hash, problem=problem)


def _free_id(library: Library, number: int) -> int:
    while library.source_hash(number) is not None:
        number += 1
    return number


def _own_id(session: Recording) -> int:
    """Return an id above all of Strava's, made from the start time."""
    assert session.start
    return FIRST_OWN_ID + int(session.start.timestamp()) * 10


def _known_values(summary: JSON, detail: JSON) -> JSON:
    """Return the values of a summary that are not there for want of better ones."""
    values = {key: value for key, value in summary.items() if value or key not in ZERO_IF_UNKNOWN}
    if detail.get("is_sport_unknown"):
        del values["sport_type"]
    return values


def _is_same_activity(activity: StoredActivity, other: Nearby) -> bool:
    """Whether both overlap and last about as long; their starts are near each other already."""
    start = max(activity.started, other.started)
    end = min(activity.started + activity.elapsed_s, other.started + other.elapsed_s)
    tolerance_s = max(ELAPSED_WITHIN_S, ELAPSED_SHARE * max(activity.elapsed_s, other.elapsed_s))
    lasts_as_long = abs(activity.elapsed_s - other.elapsed_s) <= tolerance_s
    return lasts_as_long and (start < end or activity.started == other.started)
