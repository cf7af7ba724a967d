"""Benchmark of answers about training, in process, on a library of 3,000 activities.

``python -m tests.benchmarks.answers`` prints a table of medians, in CPU time: other work of the
machine does not count. The activities are those of the
sandbox's athlete until today, and the same again in the years before, with their metrics.
"""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sandbox import activities, calendar
from strava_mcp.sandbox.athlete import MIRA
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sources.api import sandbox_metrics
from strava_mcp.sources.archive.library import FILE, Library
from strava_mcp.sources.archive.source import Archive
from strava_mcp.sources.archive.stored_activity import StoredActivity
from strava_mcp.sources.kept_metrics import to_texts
from strava_mcp.sources.metrics_parts import PARTS, Part
from strava_mcp.tools import load_tools
from strava_mcp.training.activity_metrics import Metrics
from tests.benchmarks.archive import ask, with_recordings
from tests.sources.archive import maker_long
from tests.sources.archive.imported import archive_of
from tests.sources.archive.maker import encoded

COUNT = 3000
#: Keys of a SummaryActivity that an export knows nothing of, and that would make it larger.
UNKNOWN_TO_EXPORTS = ("map", "athlete", "trainer", "photo_count", "total_photo_count")
#: The first call of a process, from its own clock: imports and caches are its own.
FIRST_CALL = """
import sys, time
from pathlib import Path
from tests.benchmarks.archive import ask
from tests.sources.archive.imported import archive_of
from strava_mcp.tools import load_tools
load_tools()
archive = archive_of(Path(sys.argv[1]))
began = time.process_time()
ask(archive, sys.argv[2], **eval(sys.argv[3]))
print(time.process_time() - began)
"""


@dataclass(frozen=True)
class Question:
    """A question and the time that its answer may take, in ms; None: as long as it needs.

    ``{ride}``: the id of a long ride; ``{run}``: that of a run whose course was run often.
    """

    title: str
    tool: str
    arguments: dict[str, Any]
    goal_ms: int | None


QUESTIONS = (
    Question(
        "summary of 52 weeks",
        "get_training_summary",
        {"date_range": "last 52 weeks", "by": "week"},
        100,
    ),
    Question(
        "this year against last year",
        "get_training_summary",
        {"date_range": "this year", "compare": "last_year"},
        100,
    ),
    Question("all time by year", "get_training_summary", {"date_range": "all", "by": "year"}, None),
    Question("fastest distances of all time", "get_records", {"kind": "distances"}, 100),
    Question("power records of all time", "get_records", {"kind": "power"}, 100),
    Question("Eddington number", "get_records", {"kind": "eddington"}, 100),
    Question("load of a year", "get_training_load", {"date_range": "last 365 days"}, 100),
    Question("marathon prediction", "predict_race", {"distance": "marathon"}, 100),
    Question("a ride of three hours at 1 Hz", "analyze_activity", {"id": "{ride}"}, 250),
    Question(
        "one course among 3,000 activities", "compare_activities", {"similar_to": "{run}"}, 60
    ),
)


def fill(home: Path, count: int = COUNT, today: date | None = None) -> Library:
    """Make a library of ``count`` activities until ``today``, with metrics, without recordings."""
    library = Library(home / FILE, create=True)
    for activity in _stored(count, today or date.today()):
        library.put(activity)
    return library


def _stored(count: int, today: date) -> Iterator[StoredActivity]:
    """Yield activities from the newest to the oldest."""
    days = range(sandbox_metrics.FIRST_DAY.toordinal(), today.toordinal() + 1)
    plans = [p for day in days for p in calendar.plans_on(date.fromordinal(day), MIRA)][::-1]
    summaries = [activities.summary(plan) for plan in plans]
    texts = _metrics(summaries)
    weeks = -(-len(days) // 7)
    for number in range(count):
        repeat, index = divmod(number, len(plans))
        back = timedelta(weeks=weeks * repeat)
        yield _shifted(plans[index], summaries[index], texts.get(plans[index].id, {}), back)


def _metrics(summaries: list[JSON]) -> dict[int, dict[str, str]]:
    parts: dict[Part, dict[int, Any]] = {
        part: sandbox_metrics.computed_ahead(part, summaries) for part in PARTS
    }
    return {
        number: to_texts(Metrics(*(parts[part].get(number) for part in PARTS)))
        for number in parts["intensity"]
        if parts["intensity"][number] and parts["bests"][number]
    }


def _shifted(plan: Plan, summary: JSON, metrics: dict[str, str], back: timedelta) -> StoredActivity:
    """The same activity, earlier by whole weeks, under an id of its own."""
    started = plan.start_utc.replace(tzinfo=UTC) - back
    local = datetime.fromisoformat(summary["start_date_local"]) - back
    moved = summary | {
        "id": plan.id - back.days * 10**6,
        "start_date": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "start_date_local": local.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    kept = {key: value for key, value in moved.items() if key not in UNKNOWN_TO_EXPORTS}
    return StoredActivity(
        id=moved["id"],
        started=int(started.timestamp()),
        elapsed_s=summary["elapsed_time"],
        summary=kept,
        detail={},
        source_hash=str(moved["id"]),
        origin="export",
        metrics=metrics,
    )


def rows(folder: Path, rounds: int) -> Iterator[tuple[str, str]]:
    """Yield each question, its median, the first call of a process, and the goal."""
    fill(folder).close()
    ids = _ids(folder)
    archive = archive_of(folder)
    for question in QUESTIONS:
        if question.tool not in load_tools():
            continue
        arguments = {
            key: ids[value] if value in ids else value for key, value in question.arguments.items()
        }
        first_ms = [1000 * _first_call(folder, question.tool, arguments) for _ in range(3)]
        ask(archive, question.tool, **arguments)
        ms = 1000 * median(_cpu_s(archive, question.tool, arguments) for _ in range(rounds))
        yield question.title, f"{ms:.0f} ms | {median(first_ms):.0f} ms | {_goal(question, ms)}"


def _goal(question: Question, ms: float) -> str:
    if question.goal_ms is None:
        return ""
    return f"≤ {question.goal_ms} ms" + ("" if ms <= question.goal_ms else " MISSED")


def _cpu_s(archive: Archive, tool: str, arguments: dict[str, Any]) -> float:
    began_s = time.process_time()
    ask(archive, tool, **arguments)
    return time.process_time() - began_s


def _ids(home: Path) -> dict[str, int]:
    """The ids that questions name: a long ride with its recording, and a run."""
    _, recording = maker_long.generate(3 * 3600, 0, "fit")
    ids = with_recordings(home, {3: encoded(recording, "ride.fit")})
    archive = archive_of(home)
    listed = archive.activities(per_page=200)
    run = next(row for row in listed if row.get("sport_type") == "Run" and row.get("start_latlng"))
    return {"{ride}": ids[3], "{run}": run["id"]}


def _first_call(home: Path, tool: str, arguments: dict[str, Any]) -> float:
    command = [sys.executable, "-c", FIRST_CALL, str(home), tool, repr(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def main() -> None:
    """Print the table."""
    logging.disable(logging.INFO)
    rounds = 15
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        print("| Answer | Median | First call of a process | Goal |\n|---|---|---|---|")
        for name, value in rows(Path(folder), rounds):
            print(f"| {name} | {value} |", flush=True)
    print(f"\nmeasured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
