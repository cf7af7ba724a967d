"""Whether a recording that came alone and an activity of the catalog are the same.

A person does one thing at a time: what began within two minutes of each other, went on at the same
time and took about as long is one activity, whichever device and whichever file it came from.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from strava_mcp import recordings
from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import CorruptFile, Recording
from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.library import Library, StoredActivity
from strava_mcp.sources.source import FIRST_OWN_ID

START_WITHIN_S = 120
#: Strava's elapsed time and a device's differ by what was cut off, at most a tenth or two minutes.
ELAPSED_WITHIN_S = 120
ELAPSED_SHARE = 0.1
#: What an activity has of its recording, beside the recording itself.
PARTS = ("laps", "splits_metric", "splits_standard", "best_efforts", "outline", "calories")
#: Numbers of a summary that are 0 where nobody knows them: a recording may.
UNSAID = (
    *("distance", "moving_time", "elapsed_time", "total_elevation_gain", "average_speed"),
    "has_heartrate",
)


def superseded(library: Library, kept: StoredActivity) -> list[int]:
    """The activities from single files that an activity of the export stands for."""
    if not kept.started or kept.origin == "file":
        return []
    near = library.near(kept.started, START_WITHIN_S)
    return [
        number
        for number, *when, origin, _ in near
        if origin == "file" and number != kept.id and _is_same_activity(kept, *when)
    ]


def with_known_recording(
    library: Library, kept: StoredActivity, instead_of: Sequence[int]
) -> StoredActivity:
    """An activity of which the export has no recording, with the one that came alone, if any."""
    for number in (kept.id, *instead_of):
        known = library.activity(number)
        block = library.block(known[2]) if known and known[2] else None
        if known and block:
            summary, detail, _ = known
            said = _said(kept.summary)
            parts = {name: detail[name] for name in PARTS if name in detail}
            computed = [name for name in detail.get("computed", ()) if name not in said]
            parts |= {"computed": computed} if computed else {}
            summary = {**summary, **said, "manual": False}
            return replace(kept, summary=summary, detail=parts | kept.detail, block=block)
    return kept


def import_file(library: Library, name: str, content: bytes) -> list[tuple[str, int]]:
    """Import a recording that came alone: what became of each session of it, and its activity.

    The words are ``imported``, ``added to`` an activity that had no recording, and ``known``.
    Raises CorruptFile.
    """
    source_hash = hashlib.sha256(content).hexdigest()
    sessions = recordings.read(content)
    if not any(session.start for session in sessions):
        raise CorruptFile("it does not say when it was recorded")
    return [
        _import(library, name, f"{source_hash}:{number}", session)
        for number, session in enumerate(sessions)
        if session.start
    ]


def _import(library: Library, name: str, source_hash: str, session: Recording) -> tuple[str, int]:
    known = library.find_by_source_hash(source_hash)
    if known is not None:
        return "known", known
    facts = {"file": name, "has_file": True}
    fresh = build_activity(Entry(_own_id(session), facts), session, source_hash, "file")
    for number, *when, origin, is_recorded in library.near(fresh.started, START_WITHIN_S):
        if not _is_same_activity(fresh, *when):
            continue
        if is_recorded or origin == "file":
            return "known", number
        library.put(_completed(library, number, session))
        return "added to", number
    fresh = _with_free_id(library, fresh, session, source_hash, facts)
    library.put(fresh)
    return "imported", fresh.id


def _completed(library: Library, number: int, session: Recording) -> StoredActivity:
    """An activity of the export that had no recording, with this one."""
    found = library.activity(number)
    source_hash = library.source_hash(number)
    assert found and source_hash
    summary, detail, _ = found
    facts = {**detail, **_said(summary)}
    for key in ("id", "resource_state", "computed", "laps", "outline", "has_heartrate", "manual"):
        facts.pop(key, None)
    return build_activity(Entry(number, facts), session, source_hash)


def _with_free_id(
    library: Library,
    fresh: StoredActivity,
    session: Recording,
    source_hash: str,
    facts: dict[str, object],
) -> StoredActivity:
    number = fresh.id
    while library.source_hash(number) is not None:
        number += 1
    return (
        fresh
        if number == fresh.id
        else build_activity(Entry(number, facts), session, source_hash, "file")
    )


def _own_id(session: Recording) -> int:
    assert session.start
    return FIRST_OWN_ID + int(session.start.timestamp()) * 10


def _said(summary: JSON) -> JSON:
    return {key: value for key, value in summary.items() if value or key not in UNSAID}


def _is_same_activity(kept: StoredActivity, started: int, elapsed_s: int) -> bool:
    """Whether an activity and one that began then and took so long are the same."""
    begin, end = max(kept.started, started), min(kept.started + kept.elapsed_s, started + elapsed_s)
    most_s = max(ELAPSED_WITHIN_S, ELAPSED_SHARE * max(kept.elapsed_s, elapsed_s))
    is_as_long = abs(kept.elapsed_s - elapsed_s) <= most_s
    return is_as_long and (begin < end or kept.started == started)
