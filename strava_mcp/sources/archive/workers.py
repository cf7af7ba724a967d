"""Parse recordings in worker processes (parsing is CPU-bound).

A worker receives a file's bytes with its row of the catalog and returns the finished activity.
Workers exit when their parent is killed.

Memory is bounded: parsing the recording of a day takes more than 100 MB, so a large file is parsed
alone, in a process that ends afterwards.
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

from strava_mcp.recordings.recording import CorruptFile, OutOfMemory, Recording, reading_errors
from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.stored_activity import StoredActivity

#: Starting processes takes longer than parsing this many recordings.
MIN_PARALLEL_TASKS = 8
#: A worker takes about 90 MB, a third of it the map of time zones.
MAX_JOBS = 2
#: Files above these sizes are large: seven hours or more of recording. FIT and gzip are compact.
LARGE_PACKED_BYTES, LARGE_PLAIN_BYTES = 640 << 10, 8 << 20
PACKED = (".fit", ".gz")
#: A recording that started further away from its row belongs to another activity.
MAX_START_DIFFERENCE = timedelta(days=1)


@dataclass(frozen=True)
class Task:
    """An activity to build: its row, the hash of its sources, and its file's content.

    ``content``: None until it is loaded, and if there is no file; ``problem``: why a file is
    missing. ``size``: of the file, in bytes, known before it is loaded.
    """

    entry: Entry
    source_hash: str
    content: bytes | None = None
    problem: str | None = None
    size: int = 0

    @property
    def is_large(self) -> bool:
        """Whether parsing it takes much memory."""
        is_packed = (self.entry.file or "").lower().endswith(PACKED)
        return self.size > (LARGE_PACKED_BYTES if is_packed else LARGE_PLAIN_BYTES)


#: Loads a task's content; called shortly before the task is parsed.
LoadContent = Callable[[Task], Task]


def parse(task: Task) -> StoredActivity:
    """Build the activity, without a recording and with a problem if its file cannot be read.

    Where memory was short, the activity has no hash of its sources: the next import tries again.
    """
    problem, source_hash = task.problem, task.source_hash
    if task.content is not None:
        try:
            return _build(task, task.content)
        except OutOfMemory as exc:
            problem, source_hash = f"{exc}; the next import tries again", ""
        except CorruptFile as exc:
            problem = str(exc)
    return build_activity(task.entry, None, source_hash, problem=problem)


def _build(task: Task, content: bytes) -> StoredActivity:
    """Build the activity with its recording. Raises CorruptFile."""
    with reading_errors():
        recording = _matching_session(content, task.entry)
        problem = "; ".join(recording.problems) or None
        return build_activity(task.entry, recording, task.source_hash, problem=problem)


def _matching_session(content: bytes, entry: Entry) -> Recording:
    """Return the session of a file that started nearest to the row. Raises CorruptFile."""
    from strava_mcp import recordings

    sessions = recordings.read_activities(content)
    row_start = entry.fields.get("start_date")
    start = datetime.fromisoformat(str(row_start)).astimezone(UTC) if row_start else None

    def distance(session: Recording) -> tuple[timedelta, bool]:
        """Return how far a session is from the row; of two with one start, the sport decides."""
        apart = abs(session.start - start) if session.start and start else timedelta(0)
        return apart, session.sport != entry.fields.get("sport_type")

    best = min(sessions, key=distance)
    if start and best.start and abs(best.start - start) > MAX_START_DIFFERENCE:
        raise CorruptFile(
            f"it was recorded on {best.start:%Y-%m-%d}, the activity on {start:%Y-%m-%d}"
        )
    return best


def parse_all(
    tasks: Iterable[Task], load_content: LoadContent, jobs: int
) -> Iterator[StoredActivity]:
    """Build every task's activity in at most ``jobs`` processes, in the order of the tasks.

    At most two tasks per process are loaded at a time, so memory does not grow with their number.
    """
    iterator = iter(tasks)
    first = list(islice(iterator, MIN_PARALLEL_TASKS))
    every = chain(first, iterator)
    if jobs < 2 or len(first) < MIN_PARALLEL_TASKS:
        yield from (parse(load_content(task)) for task in every)
    else:
        yield from _in_processes(every, load_content, jobs)


def _in_processes(
    tasks: Iterable[Task], load_content: LoadContent, jobs: int
) -> Iterator[StoredActivity]:
    running: deque[tuple[Task, Future[StoredActivity]]] = deque()
    pool = _pool(jobs)
    try:
        for task in tasks:
            if task.is_large:
                yield from _results(running)
                pool.shutdown()
                yield _parse_alone(_compress(load_content(task)))
                pool = _pool(jobs)
                continue
            task = load_content(task)
            try:
                running.append((task, pool.submit(parse, task)))
                if len(running) >= 2 * jobs:
                    yield running[0][1].result()
                    running.popleft()
            except (BrokenProcessPool, MemoryError):
                unfinished = [one for one, _ in running]
                running.clear()
                pool.shutdown(wait=False, cancel_futures=True)
                yield from map(
                    _parse_alone, unfinished if task in unfinished else [*unfinished, task]
                )
                pool = _pool(jobs)
        yield from _results(running)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _results(running: deque[tuple[Task, Future[StoredActivity]]]) -> Iterator[StoredActivity]:
    """Wait for all running tasks, in order."""
    while running:
        task, future = running.popleft()
        try:
            activity = future.result()
        except (BrokenProcessPool, MemoryError):
            activity = _parse_alone(task)
        yield activity


def _compress(task: Task) -> Task:
    """Gzip the content: while it is sent to a worker it is in memory several times."""
    if task.content is None or (task.entry.file or "").lower().endswith(".gz"):
        return task
    return replace(task, content=gzip.compress(task.content, 1))


def _parse_alone(task: Task) -> StoredActivity:
    """Build an activity in a process of its own, which ends afterwards.

    If a worker died, this finds out which of the running tasks was the cause.
    """
    with _pool(1) as pool:
        try:
            return pool.submit(parse, task).result()
        except (BrokenProcessPool, MemoryError):
            problem = "reading it ended the process that read it; the next import tries again"
            return build_activity(task.entry, None, "", problem=problem)


def _pool(jobs: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_exit_with_parent)


def _exit_with_parent() -> None:
    """Exit this worker if its parent dies: otherwise it would wait for work forever."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def default_jobs() -> int:
    """Return one job per core, at most MAX_JOBS."""
    return min(os.cpu_count() or 1, MAX_JOBS)
