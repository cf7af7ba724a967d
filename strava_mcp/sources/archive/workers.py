"""Recordings read in processes of their own: reading is arithmetic, and a machine has cores.

What is sent is the file's bytes and its row of the catalog; what comes back is the activity, made
whole and packed. A process that is left alone by a killed import ends by itself.

Memory is kept to: a recording of a day takes more than a hundred megabytes to read, so it is read
when no other is, by a process that ends with it.
"""

import gzip
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice

from strava_mcp.recordings.recording import CorruptFile, Recording
from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.library import StoredActivity

#: Starting processes costs more than reading this many recordings.
FEW = 8
#: A process that reads has about 90 MB, of which the map of time zones is a third.
MAX_JOBS = 2
#: Files of more bytes are large: of FIT and what is gzipped, seven hours or more; of XML as well.
LARGE_PACKED, LARGE_PLAIN = 640 << 10, 8 << 20
PACKED = (".fit", ".gz")
#: A recording that began further from its row than this belongs to another activity.
MAX_CLOCK_DIFFERENCE = timedelta(days=1)


@dataclass(frozen=True)
class Task:
    """An activity to make: its row, its source_hash, and its file's bytes or why there are none.

    ``size``: how many bytes there will be, once loaded.
    """

    entry: Entry
    source_hash: str
    content: bytes | None = None
    problem: str | None = None
    size: int = 0

    @property
    def is_large(self) -> bool:
        """Whether reading it takes much memory."""
        is_packed = (self.entry.file or "").lower().endswith(PACKED)
        return self.size > (LARGE_PACKED if is_packed else LARGE_PLAIN)


#: Gives a task its file's bytes, no sooner than it is its turn.
LoadContent = Callable[[Task], Task]


def parse(task: Task) -> StoredActivity:
    """The activity; where the recording cannot be read, without it and with the reason."""
    recording, problem = None, task.problem
    if task.content is not None:
        try:
            recording, problem = _of_row(task)
        except CorruptFile as exc:
            problem = str(exc)
    return build_activity(task.entry, recording, task.source_hash, problem=problem)


def _of_row(task: Task) -> tuple[Recording, str | None]:
    """The session of the file that the row is about, and what was left out. Raises CorruptFile."""
    from strava_mcp import recordings

    sessions = recordings.read(task.content or b"")
    said = task.entry.fields.get("start_date")
    start = datetime.fromisoformat(str(said)).astimezone(UTC) if said else None
    best = min(sessions, key=lambda session: _distance(session, start))
    if start and best.start and abs(best.start - start) > MAX_CLOCK_DIFFERENCE:
        raise CorruptFile(
            f"it was recorded on {best.start:%Y-%m-%d}, the activity on {start:%Y-%m-%d}"
        )
    return best, "; ".join(best.problems) or None


def _distance(session: Recording, start: datetime | None) -> timedelta:
    return abs(session.start - start) if session.start and start else timedelta(0)


def parse_all(
    tasks: Iterable[Task], load_content: LoadContent, jobs: int
) -> Iterator[StoredActivity]:
    """Every task's activity, in the order of the tasks; ``jobs`` processes at most.

    At most two tasks a process are under way, so that memory does not grow with their number.
    """
    waiting = iter(tasks)
    first = list(islice(waiting, FEW))
    every = chain(first, waiting)
    if jobs < 2 or len(first) < FEW:
        yield from (parse(load_content(task)) for task in every)
    else:
        yield from _in_processes(every, load_content, jobs)


def _in_processes(
    tasks: Iterable[Task], load_content: LoadContent, jobs: int
) -> Iterator[StoredActivity]:
    under_way: deque[tuple[Task, Future[StoredActivity]]] = deque()
    pool = _pool(jobs)
    try:
        for task in tasks:
            if task.is_large:
                yield from _rest(under_way)
                pool.shutdown()
                yield _parse_alone(_compress(load_content(task)))
                pool = _pool(jobs)
                continue
            task = load_content(task)
            try:
                under_way.append((task, pool.submit(parse, task)))
                if len(under_way) >= 2 * jobs:
                    yield under_way[0][1].result()
                    under_way.popleft()
            except BrokenProcessPool:
                waiting = [one for one, _ in under_way]
                under_way.clear()
                yield from map(_parse_alone, waiting if task in waiting else [*waiting, task])
                pool = _pool(jobs)
        yield from _rest(under_way)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _rest(under_way: deque[tuple[Task, Future[StoredActivity]]]) -> Iterator[StoredActivity]:
    """What is still under way, until nothing is."""
    while under_way:
        task, future = under_way.popleft()
        try:
            kept = future.result()
        except BrokenProcessPool:
            kept = _parse_alone(task)
        yield kept


def _compress(task: Task) -> Task:
    """The task to be sent: on its way a file is in memory several times."""
    if task.content is None or (task.entry.file or "").lower().endswith(".gz"):
        return task
    return replace(task, content=gzip.compress(task.content, 1))


def _parse_alone(task: Task) -> StoredActivity:
    """An activity parsed in a process of its own, which ends with it.

    Of those under way when a process died, this tells which one it was.
    """
    with _pool(1) as pool:
        try:
            return pool.submit(parse, task).result()
        except BrokenProcessPool:
            problem = "reading it ended the process that read it; the next import tries again"
            return build_activity(task.entry, None, "", problem=problem)


def _pool(jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def usual_jobs() -> int:
    """As many as there are cores, within reason."""
    return min(os.cpu_count() or 1, MAX_JOBS)
