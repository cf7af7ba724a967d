"""Webhooks over HTTP between a sandbox and a server: handshake, changes and deauthorizations."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import StoreError
from strava_mcp.sandbox import subscriptions
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA, Athlete
from strava_mcp.sandbox.grants import SANDBOX_REFRESH_TOKEN
from strava_mcp.services import services
from strava_mcp.sources.api import deauthorizations, transport
from tests.app_server import serve
from tests.cli.test_commands import fails, run
from tests.clock import Clock
from tests.sandbox_server import serve_sandbox
from tests.servers import free_port
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import TOKEN, Make
from tests.web.signing import Person, settings_for, tool

#: Calls that fail until the test ends the outage.
OUTAGE = 1_000_000


@pytest.fixture
def strava(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A sandbox with more patience than Strava's two seconds, for a busy machine."""
    monkeypatch.setattr(subscriptions, "TIMEOUT_S", MAX_WAIT_S)
    with serve_sandbox(athlete=None) as app:
        yield app


@pytest.fixture
def app(strava: Any, tmp_path: Path) -> Iterator[Flask]:
    """A server that Strava can reach at its PUBLIC_URL."""
    port = free_port()
    config = Config(
        **settings_for(strava.url, MIRA, JONAS) | {"home": tmp_path / "home"},
        auth_tokens=(TOKEN,),
        public_url=f"http://127.0.0.1:{port}",
    )
    app = create_app(config)
    with serve(app, port):
        yield app
    services(app).close()


def subscription(strava: Any) -> Any:
    return strava.extensions["sandbox"].subscriptions


def event(strava: Any, athlete: Athlete = MIRA, **changes: Any) -> dict[str, Any]:
    return {
        "object_type": "activity",
        "object_id": 1,
        "aspect_type": "update",
        "updates": {},
        "owner_id": athlete.id,
        "subscription_id": subscription(strava).get()["id"],
        "event_time": 1_700_000_000,
        **changes,
    }


def send(app: Flask, body: Any) -> int:
    return int(app.test_client().post("/strava/webhook", json=body).status_code)


def test_subscribe_show_and_unsubscribe(app: Flask, strava: Any) -> None:
    assert "There is no subscription" in run(app, "strava", "webhook", "status")
    assert "Subscribed" in run(app, "strava", "webhook", "create")
    url = f"{services(app).config.public_url}/strava/webhook"
    assert url in run(app, "strava", "webhook", "status")
    assert "already exists" in fails(app, "strava", "webhook", "create")
    assert "is deleted" in run(app, "strava", "webhook", "delete")
    assert subscription(strava).get() is None
    assert "There was no" in run(app, "strava", "webhook", "delete")


def test_the_handshake_requires_the_pending_verify_token(app: Flask) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "15f7", "hub.verify_token": "guess"}
    ask = app.test_client().get
    assert ask("/strava/webhook", query_string=query).status_code == 403
    services(app).strava.subscription._store.put(
        "strava-subscription", "creating:10000", {"verify": "0" * 64}
    )
    assert ask("/strava/webhook", query_string=query).status_code == 403
    assert ask("/strava/webhook").status_code == 403
    assert "secret" not in str(services(app).store.records("strava-subscription"))


def test_a_change_at_strava_is_visible_at_once(app: Flask, strava: Any) -> None:
    """The activity was renamed at Strava, so the cached copy is out of date."""
    run(app, "strava", "webhook", "create")
    mira = Person(app, MIRA)
    token = mira.connect()["access_token"]
    number = tool(mira, token, "get_activities")["activities"][0]["id"]
    before = tool(mira, token, "get_activity_by_id", id=number)["name"]
    strava.extensions["sandbox"].state_for(MIRA).change(number, {"name": "Renamed there"})
    assert tool(mira, token, "get_activity_by_id", id=number)["name"] == before
    subscription(strava).publish(MIRA.id, "activity", number, "update", title="Renamed there")
    eventually(
        lambda: tool(mira, token, "get_activity_by_id", id=number)["name"] == "Renamed there"
    )


def generation(app: Flask, athlete: Athlete) -> int:
    records = services(app).store.records("strava-generation")
    return next((r.version for r in records if r.key.endswith(str(athlete.id))), 0)


def test_an_event_is_handled_once_and_for_its_athlete_only(app: Flask, strava: Any) -> None:
    run(app, "strava", "webhook", "create")
    for athlete in (MIRA, JONAS):
        Person(app, athlete).connect()
    begun = [generation(app, athlete) for athlete in (MIRA, JONAS)]
    assert [send(app, event(strava)) for _ in range(3)] == [200] * 3
    assert [generation(app, MIRA), generation(app, JONAS)] == [begun[0] + 1, begun[1]]
    assert send(app, event(strava, event_time=1_700_000_001)) == 200
    assert generation(app, MIRA) == begun[0] + 2


def test_forged_events_do_nothing(app: Flask, strava: Any) -> None:
    run(app, "strava", "webhook", "create")
    mira = Person(app, MIRA)
    token = mira.connect()["access_token"]
    begun = generation(app, MIRA)
    assert send(app, event(strava, subscription_id=7)) == 200
    assert send(app, event(strava, owner_id=1)) == 200  # nobody here
    deauthorization = event(strava, object_type="athlete", updates={"authorized": "false"})
    assert send(app, deauthorization) == 200
    eventually(lambda: services(app).store.records("strava-farewell-asked"))
    eventually(lambda: not services(app).strava.deauthorizations.pending())
    assert generation(app, MIRA) == begun
    assert mira.athlete_seen(token)["id"] == MIRA.id, "Strava did not confirm it"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"subscription_id": True},
        {"object_type": "segment"},
        {"aspect_type": 1},
        {"owner_id": "1"},
        {"owner_id": 10**400},
        {"object_id": -1},
        {"updates": "x" * 5000},
    ],
)
def test_invalid_events_are_rejected(app: Flask, strava: Any, body: Any) -> None:
    run(app, "strava", "webhook", "create")
    changed = event(strava) | body if isinstance(body, dict) and body else body
    assert send(app, changed) in (400, 413)


def test_without_a_subscription_events_do_nothing(app: Flask) -> None:
    Person(app, MIRA).connect()
    update = {"subscription_id": 1, "owner_id": MIRA.id, "object_id": 1, "event_time": 1}
    assert send(app, update | {"object_type": "activity", "aspect_type": "update"}) == 200
    assert generation(app, MIRA) == 1, "that of the sign-in"


FORGED = {"object_type": "athlete", "updates": {"authorized": "false"}}


@pytest.fixture
def asked(strava: Any) -> list[str]:
    """The requests that Strava gets from now on."""
    paths: list[str] = []
    wsgi_app = strava.wsgi_app

    def record(environ: Any, start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return wsgi_app(environ, start_response)

    strava.wsgi_app = record
    return paths


def rows(app: Flask) -> list[tuple[str, str]]:
    """Namespace and key of every row of the store."""
    path = services(app).config.home / "store.db"
    with sqlite3.connect(path) as connection:
        return sorted(connection.execute("select space, key from records"))


@pytest.mark.parametrize("changes", [{}, FORGED])
def test_events_of_unknown_athletes_leave_no_rows(
    app: Flask, strava: Any, changes: dict[str, Any], asked: list[str]
) -> None:
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    services(app).source.athlete()
    before, asked[:] = rows(app), []
    for number in range(20):
        assert send(app, event(strava, owner_id=number + 1, object_id=number, **changes)) == 200
    assert [row for row in rows(app) if row not in before and row[0][:5] != "rate:"] == []
    assert asked == []


def test_events_of_a_known_athlete_share_one_row(app: Flask, strava: Any) -> None:
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    assert send(app, event(strava)) == 200
    before = rows(app)
    for number in range(50):
        assert send(app, event(strava, object_id=number, event_time=number)) == 200
    assert [row for row in rows(app) if row not in before and row[0][:5] != "rate:"] == []


@pytest.mark.parametrize("status", [None, 503])
def test_forged_deauthorizations_cost_one_question(
    app: Flask, strava: Any, asked: list[str], clock: Clock, status: int | None
) -> None:
    """Whether Strava answers or not."""
    run(app, "strava", "webhook", "create")
    mira = Person(app, MIRA)
    token = mira.connect()["access_token"]
    services(app).source.athlete()
    asked.clear()
    if status:
        strava.faults.add("/api/v3/athlete", "status", times=99, status=status)
    for number in range(20):
        assert send(app, event(strava, event_time=number, **FORGED)) == 200
    eventually(lambda: services(app).store.records("strava-farewell-asked"))
    settle = services(app).disconnections.settle_pending
    for _ in range(20):
        assert send(app, event(strava, **FORGED)) == 200
        settle()
    questions = transport.MAX_TRIES if status else 1
    eventually(lambda: len(asked) >= questions)
    assert asked == ["/api/v3/athlete"] * questions, "tries of one question"
    strava.faults.clear()
    clock.advance(deauthorizations.CHECK_INTERVAL_S + 1)
    settle()
    # It may be the thread in the background that asks.
    eventually(lambda: len(asked) > questions)
    assert len(asked) == questions + 1 and mira.call(token).status == 200


def test_forged_deauthorizations_of_a_configured_token_cost_one_question(
    app: Flask, strava: Any, make: Make, asked: list[str]
) -> None:
    """STRAVA_REFRESH_TOKEN does not name its athlete, so that any athlete may be meant."""
    strava.extensions["sandbox"].athlete = MIRA
    settings = settings_for(strava.url) | {"authorize_with": "passphrase"}
    home = services(app).config.home
    other = make(**settings, strava_refresh_token=SANDBOX_REFRESH_TOKEN, home=home)
    run(app, "strava", "webhook", "create")
    services(other).source.athlete()
    asked.clear()
    for number in range(20):
        assert send(other, event(strava, owner_id=number + 1, **FORGED)) == 200
    eventually(lambda: asked)
    services(other).disconnections.settle_pending()
    assert asked == ["/api/v3/athlete"]
    assert len(services(other).strava.deauthorizations.pending()) <= 1


@pytest.mark.parametrize("changes", [{}, FORGED])
@pytest.mark.parametrize("athlete", [MIRA, ANOUK], ids=["known", "unknown"])
def test_the_answer_does_not_tell_the_number_of_the_subscription(
    app: Flask, strava: Any, monkeypatch: Any, athlete: Athlete, changes: dict[str, Any]
) -> None:
    """The answers are equal, and so are the reads and writes that make up the time they take."""
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    right = event(strava, athlete, **changes)
    monkeypatch.setattr(services(app).strava.deauthorizations, "settle_in_background", id)
    answers, work = [], []
    for body in (right | {"subscription_id": 7}, right):
        done: list[str] = []
        with monkeypatch.context() as patched:
            for name in ("get", "records", "put", "create", "replace", "take", "delete"):
                real = getattr(services(app).store, name)

                def count(*args: Any, real: Any = real, name: str = name) -> Any:
                    done.append("read" if name in ("get", "records") else "write")
                    return real(*args)

                patched.setattr(services(app).store, name, count)
            reply = app.test_client().post("/strava/webhook", json=body)
        headers = {k: v for k, v in reply.headers.items() if k != "X-Request-Id"}
        answers.append((reply.status_code, reply.data, headers))
        work.append(sorted(done))
    assert answers[0] == answers[1] and work[0] == work[1]


@pytest.mark.parametrize("athlete", [MIRA, JONAS])
def test_deauthorized_athlete_is_deleted(app: Flask, strava: Any, athlete: Athlete) -> None:
    run(app, "strava", "webhook", "create")
    person, other = Person(app, athlete), Person(app, JONAS if athlete is MIRA else MIRA)
    token, kept = person.connect()["access_token"], other.connect()["access_token"]
    tool(person, token, "get_activities")
    theirs = services(app).strava.for_athlete(athlete.id)._tokens
    headers = {"Authorization": f"Bearer {theirs.access(theirs.key)}"}
    requests.post(f"{strava.url}/oauth/deauthorize", headers=headers, timeout=MAX_WAIT_S)
    eventually(lambda: not _has_tokens(app, athlete))
    eventually(lambda: person.call(token).status == 401)
    assert other.athlete_seen(kept)["id"] != athlete.id
    assert services(app).store.records(f"strava-cache:{theirs.key}") == []


def _has_tokens(app: Flask, athlete: Athlete) -> bool:
    return any(r.key.endswith(str(athlete.id)) for r in services(app).store.records("strava"))


def test_deauthorization_is_retried_when_strava_is_down(
    app: Flask, strava: Any, clock: Clock
) -> None:
    """On Lambda the response waits for the check."""
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    object.__setattr__(services(app).config, "lambda_function", "strava")
    deauthorization = event(strava, object_type="athlete", updates={"authorized": "false"})
    strava.faults.add("/api/v3/athlete", "status", times=9, status=503)
    assert send(app, deauthorization) == 200 and _has_tokens(app, MIRA)
    strava.faults.take("/api/v3/athlete")
    strava.extensions["sandbox"].grants.revoke_all(MIRA.id)
    strava.faults.clear()
    clock.advance(deauthorizations.CHECK_INTERVAL_S + 1)
    assert send(app, event(strava, owner_id=1)) == 200, "any event has it checked again"
    assert not _has_tokens(app, MIRA)


def leave(app: Flask, strava: Any, athlete: Athlete) -> None:
    """Revoke the athlete's grants at Strava. The test sends the event itself."""
    strava.extensions["sandbox"].grants.revoke_all(athlete.id)


def test_deauthorization_survives_an_outage_of_strava(
    app: Flask, strava: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strava does not repeat an event that was answered with 200: the server checks again."""
    monkeypatch.setattr(deauthorizations, "CHECK_INTERVAL_S", 0.05)
    monkeypatch.setattr(deauthorizations, "RETRY_S", 0.1)
    run(app, "strava", "webhook", "create")
    token = Person(app, MIRA).connect()["access_token"]
    faults = strava.faults
    faults.add("/api/v3/athlete", "status", times=OUTAGE, status=503)
    deauthorization = event(strava, object_type="athlete", updates={"authorized": "false"})
    assert send(app, deauthorization) == 200
    eventually(lambda: faults.pending[0].times < OUTAGE)
    assert _has_tokens(app, MIRA), "nothing is deleted before Strava confirms"
    leave(app, strava, MIRA)
    faults.clear()
    eventually(lambda: not _has_tokens(app, MIRA))
    assert Person(app, MIRA).call(token).status == 401
    eventually(lambda: not services(app).strava.deauthorizations.pending())


def test_forged_deauthorization_does_not_hide_a_genuine_one(
    app: Flask, strava: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deauthorizations, "CHECK_INTERVAL_S", 0.3)
    monkeypatch.setattr(deauthorizations, "RETRY_S", 0.4)
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    deauthorization = event(strava, object_type="athlete", updates={"authorized": "false"})
    assert send(app, deauthorization) == 200
    eventually(lambda: not services(app).strava.deauthorizations.pending())
    assert _has_tokens(app, MIRA)
    leave(app, strava, MIRA)
    assert send(app, deauthorization) == 200
    eventually(lambda: not _has_tokens(app, MIRA))


def add_pending(app: Flask, athlete: Athlete) -> None:
    api = services(app).strava
    api.deauthorizations.add(athlete.id, api.for_athlete(athlete.id))


def test_another_process_settles_a_pending_deauthorization(app: Flask, strava: Any) -> None:
    run(app, "strava", "webhook", "create")
    for athlete in (MIRA, JONAS):
        Person(app, athlete).connect()
    add_pending(app, JONAS)  # by a process that was then stopped
    leave(app, strava, JONAS)
    deauthorization = event(strava, object_type="athlete", updates={"authorized": "false"})
    assert send(app, deauthorization) == 200
    eventually(lambda: not _has_tokens(app, JONAS))
    assert _has_tokens(app, MIRA)


def test_a_deauthorization_left_pending_is_settled_after_a_restart(app: Flask, strava: Any) -> None:
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    add_pending(app, MIRA)
    leave(app, strava, MIRA)
    later = create_app(services(app).config)
    assert Person(later, JONAS).connect()
    eventually(lambda: not _has_tokens(app, MIRA))
    services(later).close()


def test_the_configured_refresh_token_belongs_to_the_owner(app: Flask, strava: Any) -> None:
    """The token does not name an athlete; the first of ALLOWED_ATHLETES is the owner."""
    object.__setattr__(services(app).config, "strava_refresh_token", SANDBOX_REFRESH_TOKEN)
    strava.extensions["sandbox"].athlete = MIRA
    run(app, "strava", "webhook", "create")
    services(app).source.activities()
    key = services(app).strava.key
    kept = services(app).store.records(f"strava-cache:{key}")
    assert kept and str(MIRA.id) not in key
    assert services(app).strava.find_connected(MIRA.id) and not services(app).strava.find_connected(
        1
    )
    assert send(app, event(strava)) == 200
    services(app).source.activities()
    assert len(services(app).store.records(f"strava-cache:{key}")) == 2, "fetched again"


def test_an_event_can_be_retried_after_a_store_failure(
    app: Flask, strava: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(app, "strava", "webhook", "create")
    Person(app, MIRA).connect()
    begun = generation(app, MIRA)
    with monkeypatch.context() as patched:
        real = services(app).store.put

        def put(space: str, *args: Any, **kw: Any) -> None:
            if space == "strava-generation":
                raise StoreError("down")
            real(space, *args, **kw)

        patched.setattr(services(app).store, "put", put)
        assert send(app, event(strava)) == 503
    assert generation(app, MIRA) == begun
    assert send(app, event(strava)) == 200 and generation(app, MIRA) == begun + 1


def test_create_names_missing_settings(tmp_path: Path, strava: Any) -> None:
    settings = settings_for(strava.url, MIRA) | {"home": tmp_path / "home"}
    app = create_app(Config(**settings, auth_tokens=(TOKEN,)))
    assert "PUBLIC_URL" in fails(app, "strava", "webhook", "create")
    nobody = f"http://127.0.0.1:{free_port()}"
    app = create_app(Config(**settings, auth_tokens=(TOKEN,), public_url=nobody))
    output = fails(app, "strava", "webhook", "create")
    assert "not verifiable" in output and "same store" in output
    services(app).close()


@pytest.mark.parametrize("body", ["[" * 3000, "{", "\x00", '{"object_id": ' + "9" * 3000 + "}"])
def test_a_body_that_is_not_an_event_is_rejected(app: Flask, strava: Any, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    reply = app.test_client().post("/strava/webhook", data=body, headers=headers)
    assert reply.status_code == 400
