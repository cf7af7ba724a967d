"""Records on starred segments. The efforts of each are a request, the best of each are not."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from strava_mcp.analysis.best_efforts import Effort, Ranked, ranked
from strava_mcp.analysis.subject import Subject
from strava_mcp.errors import NeedsSubscription, RateLimited, Refused
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import READS_AFTER_RECORDINGS

#: Segments of one page; more are not read.
MAX_SEGMENTS = 200
#: Efforts that Strava returns at most.
MAX_EFFORTS = 200


class SegmentRanking(NamedTuple):
    """The best efforts on a segment (SummarySegment); values are elapsed seconds.

    ``efforts``: how many there are; None where only the best is known. ``is_complete``: False if
    Strava returned no more.
    """

    segment: JSON
    ranked: list[Ranked]
    efforts: int | None
    is_complete: bool = True


@dataclass(frozen=True)
class SegmentRecords:
    """``unread``: starred segments whose efforts were not read, and ``problem``: why.

    Of these the best of all time is shown, if Strava's list has it.
    """

    rankings: Sequence[SegmentRanking]
    unread: int
    problem: str | None


def segment_records(
    subject: Subject,
    first: date | None,
    last: date,
    sports: Collection[str] | None = None,
    top: int = 1,
) -> SegmentRecords:
    """The best efforts of local days on each starred segment; ``first`` None: ever.

    Raises NotSupported if the source does not know efforts.
    """
    segments = [
        segment
        for segment in subject.source.starred_segments(per_page=MAX_SEGMENTS)
        if sports is None or segment.get("activity_type") in sports
    ]
    is_ever = first is None and last >= subject.today
    result: list[SegmentRanking] = []
    problem: str | None = None
    unread = 0
    for segment in segments:
        if problem is None:
            try:
                result.append(_ranking(subject, segment, first, last, top))
                continue
            except (Refused, NeedsSubscription, RateLimited) as exc:
                problem = str(exc)
        unread += 1
        if is_ever:
            result += _of_list(segment)
    return SegmentRecords([one for one in result if one.ranked], unread, problem)


def _ranking(
    subject: Subject, segment: JSON, first: date | None, last: date, top: int
) -> SegmentRanking:
    bounds = {"start_local": f"{first}T00:00:00Z"} if first else {}
    if first or last < subject.today:
        bounds["end_local"] = f"{last}T23:59:59Z"
        bounds.setdefault("start_local", "1970-01-01T00:00:00Z")
    source = subject.source.keeping(READS_AFTER_RECORDINGS)
    efforts = source.segment_efforts(int(segment["id"]), per_page=MAX_EFFORTS, **bounds)
    values = sorted(_valid(efforts, first, last), key=lambda effort: effort[0])
    best = ranked([effort for _, effort in values], top, is_lower_better=True)
    return SegmentRanking(segment, best, len(values), len(efforts) < MAX_EFFORTS)


def _valid(
    efforts: Sequence[Mapping[str, Any]], first: date | None, last: date
) -> Iterator[tuple[str, Effort]]:
    """The local start and the effort of each that has a time, an activity and a date."""
    for effort in efforts:
        start = str(effort.get("start_date_local") or effort.get("start_date") or "")
        activity = (effort.get("activity") or {}).get("id")
        parsed = _effort(effort.get("elapsed_time"), start, activity)
        if parsed and (first is None or parsed.day >= first) and parsed.day <= last:
            yield start, parsed


def _of_list(segment: JSON) -> Iterator[SegmentRanking]:
    """The best of all time as Strava's list of segments has it."""
    best = segment.get("athlete_pr_effort") or segment.get("athlete_segment_stats")
    if not isinstance(best, dict):
        return
    parsed = _effort(
        best.get("pr_elapsed_time") or best.get("elapsed_time"),
        str(best.get("pr_date") or best.get("start_date_local") or best.get("start_date") or ""),
        best.get("pr_activity_id") or best.get("activity_id"),
    )
    if parsed:
        count = best.get("effort_count")
        yield SegmentRanking(
            segment, [Ranked(1, parsed, None)], count if isinstance(count, int) else None
        )


def _effort(seconds: object, start: str, activity: object) -> Effort | None:
    try:
        day = date.fromisoformat(start[:10])
    except ValueError:
        return None
    if not isinstance(seconds, (int, float)) or not isinstance(activity, int) or not seconds > 0:
        return None
    return Effort(float(seconds), day, activity)
