"""Whether a recording that came alone and an activity of the catalog are the same.

A person does one thing at a time: what began within two minutes of each other and took about as
long is one activity, whichever device and whichever file it came from.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from strava_mcp.strava.archive import files
from strava_mcp.strava.archive.assembling import assembled
from strava_mcp.strava.archive.entry import Entry
from strava_mcp.strava.archive.library import Kept, Library
from strava_mcp.strava.archive.recording import Damaged, Recording
from strava_mcp.strava.source import FIRST_OWN_ID

START_WITHIN_S = 120
#: Strava's elapsed time and a device's differ by what was cut off, at most a tenth or two minutes.
ELAPSED_WITHIN_S = 120
ELAPSED_SHARE = 0.1
#: What an activity has of its recording, beside the recording itself.
PARTS = ("laps", "splits_metric", "splits_standard", "best_efforts", "outline", "computed")


def superseded(library: Library, kept: Kept) -> list[int]:
    """The activities from single files that an activity of the export stands for."""
    if not kept.started or kept.origin == "file":
        return []
    near = library.near(kept.started, START_WITHIN_S)
    return [
        number
        for number, _, elapsed_s, origin, _ in near
        if origin == "file" and number != kept.id and _is_as_long(elapsed_s, kept.elapsed_s)
    ]


def with_known_recording(library: Library, kept: Kept, instead_of: Sequence[int]) -> Kept:
    """An activity of which the export has no recording, with the one that came alone, if any."""
    for number in (kept.id, *instead_of):
        known = library.activity(number)
        block = library.block(known[2]) if known and known[2] else None
        if known and block:
            summary, detail, _ = known
            parts = {name: detail[name] for name in PARTS if name in detail}
            summary = {**summary, **kept.summary, "manual": False}
            return replace(kept, summary=summary, detail=parts | kept.detail, block=block)
    return kept


def import_file(library: Library, name: str, content: bytes) -> list[tuple[str, int]]:
    """Import a recording that came alone: what became of each session of it, and its activity.

    The words are ``imported``, ``added to`` an activity that had no recording, and ``known``.
    Raises Damaged.
    """
    mark = hashlib.sha256(content).hexdigest()
    sessions = files.read(content)
    if not any(session.start for session in sessions):
        raise Damaged("it does not say when it was recorded")
    return [
        _import(library, name, f"{mark}:{number}", session)
        for number, session in enumerate(sessions)
        if session.start
    ]


def _import(library: Library, name: str, mark: str, session: Recording) -> tuple[str, int]:
    known = library.has_mark(mark)
    if known is not None:
        return "known", known
    facts = {"file": name, "has_file": True}
    fresh = assembled(Entry(_own_id(session), facts), session, mark, "file")
    for number, _, elapsed_s, origin, is_recorded in library.near(fresh.started, START_WITHIN_S):
        if not _is_as_long(elapsed_s, fresh.elapsed_s):
            continue
        if is_recorded or origin == "file":
            return "known", number
        library.put(_completed(library, number, session))
        return "added to", number
    library.put(_with_free_id(library, fresh, session, mark, facts))
    return "imported", fresh.id


def _completed(library: Library, number: int, session: Recording) -> Kept:
    """An activity of the export that had no recording, with this one."""
    found = library.activity(number)
    mark = library.mark(number)
    assert found and mark
    summary, detail, _ = found
    facts = {**detail, **summary}
    for key in ("id", "resource_state", "computed", "laps", "outline", "has_heartrate", "manual"):
        facts.pop(key, None)
    return assembled(Entry(number, facts), session, mark)


def _with_free_id(
    library: Library, fresh: Kept, session: Recording, mark: str, facts: dict[str, object]
) -> Kept:
    number = fresh.id
    while library.mark(number) is not None:
        number += 1
    return fresh if number == fresh.id else assembled(Entry(number, facts), session, mark, "file")


def _own_id(session: Recording) -> int:
    assert session.start
    return FIRST_OWN_ID + int(session.start.timestamp()) * 10


def _is_as_long(one_s: float, other_s: float) -> bool:
    longer: Sequence[float] = (ELAPSED_WITHIN_S, ELAPSED_SHARE * max(one_s, other_s))
    return abs(one_s - other_s) <= max(longer)
