"""Strava API calls per conversation: this server, and the original.

``python -m tests.benchmarks.calls`` prints a table. Ours are counted between client and sandbox.
The original caches nothing and sends one request per tool call, so its figure is the number of tool
calls that the same questions take: a page of activities has at most 200, and its totals need the
athlete's ID first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.identity import READ, Principal
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from tests.rig import Rig

READER = Principal("benchmark", frozenset({READ}))
TOKEN = "POST /oauth/token"


@dataclass
class Talk:
    """A conversation that calls tools."""

    rig: Rig

    def call(self, name: str, **arguments: Any) -> Any:
        """Call a tool and return its reply."""
        tool = load_tools()[name]
        return tool.function(Context(READER, optional_source=self.rig.source), tool.load(arguments))

    def activities(self, **arguments: Any) -> list[int]:
        """The IDs of all matching activities, read page by page."""
        ids: list[int] = []
        reply = self.call("get_activities", **arguments)
        while True:
            ids += [row["id"] for row in reply["activities"]]
            if "cursor" not in reply:
                return ids
            reply = self.call("get_activities", cursor=reply["cursor"])


def week(talk: Talk) -> int:
    """Review last week activity by activity, then ask about one of them again."""
    ids = talk.activities(date_range="last 7 days")
    for number in ids:
        talk.call("get_activity_by_id", id=number)
    talk.call("get_athlete_stats")
    talk.activities(date_range="last 7 days")
    talk.call("get_activity_by_id", id=ids[0])
    # The list, each activity, athlete and totals, the list and one activity again.
    return 1 + len(ids) + 2 + 1 + 1


def year(talk: Talk) -> int:
    """List a year's activities, then its runs, then its rides."""
    every = talk.activities(date_range="last year")
    for sport in ("Run", "Ride"):
        talk.activities(date_range="last year", sport_type=sport)
    # The original cannot filter by sport: it reads the year's pages again for each question.
    return 3 * -(-len(every) // 200)


def run(talk: Talk) -> int:
    """Find the last run; read its laps and its recording twice, then its zones."""
    number = talk.activities(date_range="last 30 days", sport_type="Run")[0]
    for _ in range(2):
        talk.call("get_activity_by_id", id=number)
        talk.call("get_activity_streams", id=number, keys=["heartrate", "velocity_smooth"])
    talk.call("get_activity_zones", id=number)
    return 1 + 2 * 2 + 1


CONVERSATIONS = {
    "a week's review": week,
    "a year's activities, then its runs, then its rides": year,
    "one run analysed": run,
}


@contextmanager
def talking() -> Iterator[Talk]:
    """A conversation with a new server, whose cache is empty."""
    store = open_store("sqlite://:memory:")
    yield Talk(Rig(store, config=Config()))
    store.close()


def measured() -> dict[str, tuple[int, int]]:
    """Conversation → calls of this server and of the original, without token requests."""
    counts: dict[str, tuple[int, int]] = {}
    for name, conversation in CONVERSATIONS.items():
        with talking() as talk:
            theirs = conversation(talk)
            counts[name] = (sum(call != TOKEN for call in talk.rig.calls), theirs)
    return counts


if __name__ == "__main__":
    print("| Conversation | This server | The original |\n|---|---|---|")
    for title, (ours, theirs) in measured().items():
        print(f"| {title} | {ours} | {theirs} |")
