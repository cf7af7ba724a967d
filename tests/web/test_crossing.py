"""Two athletes on one server, interleaved from many threads: nobody gets what is another's."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from strava_mcp.sandbox.app import create_app as create_sandbox
from strava_mcp.sandbox.athlete import JONAS, MIRA
from strava_mcp.sources.api import transport
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.web.conftest import TOKEN, Make
from tests.web.signing import Person, settings_for, tool

THREADS, CALLS = 10, 500


@pytest.fixture
def unmeasured() -> Iterator[None]:
    """Threads that begin meanwhile are not traced: coverage takes one lock of all for each line,
    and twenty threads that wait for it need fifteen times as long."""
    tracer = threading.gettrace()
    threading.settrace(None)  # type: ignore[arg-type]
    yield
    threading.settrace(tracer)  # type: ignore[arg-type]


@pytest.fixture
def strava(unmeasured: None) -> Iterator[Any]:
    store = open_store("sqlite://:memory:")
    app = create_sandbox(store, athlete=None)
    with serve(app) as there:
        app.url = there.url  # type: ignore[attr-defined]
        yield app
    store.close()


class Reader:
    """One athlete's calls, each answer checked for whose it is."""

    def __init__(self, person: Person, token: str, theirs: set[int], others: set[int]) -> None:
        self.person, self.token = person, token
        self.theirs, self.others = theirs, others

    def call(self, chance: random.Random) -> str:
        """One call of some kind; its name."""
        athlete = self.person.athlete
        assert athlete
        ask = chance.choice(["get_athlete", "list", "one", "other", "zones", "status"])
        if ask == "get_athlete":
            assert self.person.athlete_seen(self.token)["id"] == athlete.id
        elif ask == "list":
            page = chance.randrange(1, 6)
            found = tool(self.person, self.token, "get_activities", page=page, per_page=20)
            assert {one["id"] for one in found["activities"]} <= self.theirs
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
def test_5000_calls_of_two_athletes_never_cross(
    make: Make, strava: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "READ_S", 300)  # ten threads on a busy machine may have to wait
    app = make(**settings_for(strava.url, MIRA, JONAS), log_level="error")
    people = [Person(app, athlete) for athlete in (MIRA, JONAS)]
    tokens = [person.connect()["access_token"] for person in people]
    own = [
        {
            one["id"]
            for page in range(1, 6)
            for one in tool(person, token, "get_activities", page=page, per_page=20)["activities"]
        }
        for person, token in zip(people, tokens, strict=True)
    ]
    assert own[0] and own[1] and not own[0] & own[1]
    done: Counter[str] = Counter()
    failed: list[BaseException] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        readers = [
            Reader(Person(app, people[i].athlete), tokens[i], own[i], own[1 - i]) for i in (0, 1)
        ]
        try:
            for _ in range(CALLS):
                done[readers[chance.randrange(2)].call(chance)] += 1
        except BaseException as exc:
            failed.append(exc)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not failed, failed[0]
    assert sum(done.values()) == THREADS * CALLS and min(done.values()) > 500
    assert tool(people[0], TOKEN, "get_athlete")["id"] == MIRA.id
