"""Two athletes on one server, interleaved from many threads: nobody gets another's data."""

import random
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.sandbox.athlete import JONAS, MIRA
from strava_mcp.sources.api import transport
from tests.sandbox_server import serve_sandbox
from tests.waiting import MAX_WAIT_S
from tests.web.conftest import TOKEN, Make
from tests.web.signing import Person, settings_for, tool

THREADS, CALLS = 10, 100
#: Few activities: the sandbox makes each recording when it is first read.
PAGES, PER_PAGE = 3, 5
#: Python's default is 5 ms, in which a whole call may finish undisturbed.
SWITCH_INTERVAL_S = 0.001


@pytest.fixture
def untraced() -> Iterator[None]:
    """Leave new threads untraced: coverage takes a lock for each line, and twenty threads would
    wait for it 15 times as long as they work."""
    tracer = threading.gettrace()
    threading.settrace(None)  # type: ignore[arg-type]
    yield
    threading.settrace(tracer)  # type: ignore[arg-type]


@pytest.fixture
def often_switched() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def strava(untraced: None) -> Iterator[Any]:
    with serve_sandbox(athlete=None) as app:
        yield app


class Reader:
    """One athlete's calls; every result is checked to be that athlete's."""

    def __init__(self, person: Person, token: str, theirs: set[int], others: set[int]) -> None:
        self.person, self.token = person, token
        self.theirs, self.others = theirs, others

    def call(self, chance: random.Random) -> str:
        """Make a random call and check its result; returns the kind of call."""
        athlete = self.person.athlete
        assert athlete
        ask = chance.choice(["get_athlete", "list", "one", "other", "zones", "status"])
        if ask == "get_athlete":
            assert self.person.athlete_seen(self.token)["id"] == athlete.id
        elif ask == "list":
            page = chance.randrange(1, PAGES + 1)
            rows = tool(self.person, self.token, "get_activities", page=page, per_page=PER_PAGE)
            assert {one["id"] for one in rows["activities"]} <= self.theirs
        elif ask == "one":
            number = chance.choice(sorted(self.theirs))
            assert tool(self.person, self.token, "get_activity_by_id", id=number)["id"] == number
        elif ask == "other":
            number = chance.choice(sorted(self.others))
            arguments = {"id": number}
            name = chance.choice(["get_activity_by_id", "get_activity_streams"])
            reply = self.person.call(self.token, "tools/call", name=name, arguments=arguments)
            assert reply.json["result"]["isError"], reply.text
        elif ask == "zones":
            zones = str(tool(self.person, self.token, "get_athlete_zones"))
            assert str(athlete.heart_rate_zones[1]) in zones
        else:
            status = tool(self.person, self.token, "get_connection_status")
            assert status["athlete"].startswith(athlete.firstname)
        return ask


@pytest.mark.no_cover
def test_concurrent_calls_of_two_athletes_never_cross(
    make: Make, strava: Any, often_switched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ_S", 300)  # on a busy machine, ten threads may have to wait
    app = make(**settings_for(strava.url, MIRA, JONAS), log_level="error")
    people = [Person(app, athlete) for athlete in (MIRA, JONAS)]
    tokens = [person.connect()["access_token"] for person in people]
    own = [
        {
            one["id"]
            for page in range(1, PAGES + 1)
            for one in tool(person, token, "get_activities", page=page, per_page=PER_PAGE)[
                "activities"
            ]
        }
        for person, token in zip(people, tokens, strict=True)
    ]
    assert own[0] and own[1] and not own[0] & own[1]
    done: list[str] = []
    failed: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def work(number: int) -> None:
        chance = random.Random(number)
        readers = [
            Reader(Person(app, people[i].athlete), tokens[i], own[i], own[1 - i]) for i in (0, 1)
        ]
        try:
            start.wait(MAX_WAIT_S)
            for call in range(CALLS):  # every thread changes the athlete with every call
                done.append(readers[(number + call) % 2].call(chance))
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]
    assert len(done) == THREADS * CALLS and min(Counter(done).values()) > 100
    assert tool(people[0], TOKEN, "get_athlete")["id"] == MIRA.id
