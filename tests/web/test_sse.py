"""The HTTP+SSE transport (2024-11-05), with stream and posts in one process or in two."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from strava_mcp.errors import StoreError
from strava_mcp.identity import READ, Principal
from strava_mcp.oauth.token_cache import CACHE_S
from strava_mcp.protocol import sse_sessions
from strava_mcp.protocol.mailbox import MAX_BOX_BYTES, MIN_MESSAGE_BYTES
from strava_mcp.services import services
from strava_mcp.tools.chart_page import CHART_PAGE
from strava_mcp.web import sse
from strava_mcp.web.stream_limit import StreamSlot, StreamSlots, stream_slots
from tests import dynamo
from tests.clock import Clock
from tests.servers import flask_run, free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import PING, TOKEN, Make, bearer


class Listener:
    """A client that reads the events of a stream of a running server."""

    def __init__(self, base: str, headers: dict[str, str] | None = None) -> None:
        self.base = base
        self.headers = bearer() if headers is None else headers
        self.reply = requests.get(
            f"{base}/sse", headers=self.headers, stream=True, timeout=MAX_WAIT_S
        )
        self._lines = self.reply.iter_lines(chunk_size=1)

    def event(self) -> dict[str, str]:
        """The next event with data; comments and ``retry`` are passed over."""
        fields: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.decode().partition(": ")
            if line == b"" and "data" in fields:
                return fields
            if name in ("event", "data", "id"):
                fields[name] = value
        raise EOFError

    def post(self, where: str, message: Any, base: str | None = None) -> int:
        url = (base or self.base) + where
        reply = requests.post(url, json=message, headers=self.headers, timeout=MAX_WAIT_S)
        return reply.status_code

    def close(self) -> None:
        self.reply.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sse")


def env(home: Path) -> dict[str, str]:
    return {"STRAVA_MCP_HOME": str(home), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[str]:
    port = free_port()
    command = flask_run(port, "tests.web.patient")
    with running(command, port, home / "log", env(home)) as base:
        yield base


INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2024-11-05",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    },
}


def converse(listener: Listener, posts_to: str | None = None) -> None:
    first = listener.event()
    assert first["event"] == "endpoint" and first["data"].startswith("/message?session_id=")
    where = first["data"]
    assert listener.post(where, INITIALIZE, posts_to) == 202
    reply = json.loads(listener.event()["data"])
    assert reply["result"]["protocolVersion"] == "2024-11-05"
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert listener.post(where, note, posts_to) == 202
    call = {"name": "get_athlete", "arguments": {}}
    request = {"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": call}
    assert listener.post(where, request, posts_to) == 202
    reply = json.loads(listener.event()["data"])
    assert reply["id"] == "a" and "Mira" in reply["result"]["content"][0]["text"]


def test_a_conversation(server: str) -> None:
    listener = Listener(server)
    assert listener.reply.headers["Content-Type"].startswith("text/event-stream")
    assert listener.reply.headers["X-Accel-Buffering"] == "no"
    converse(listener)
    listener.close()


def test_stream_and_posts_in_two_processes(server: str, home: Path) -> None:
    port = free_port()
    command = gunicorn(port, workers=1, app="tests.web.patient:app")
    with running(command, port, home / "log2", env(home)) as other:
        listener = Listener(server)
        converse(listener, posts_to=other)
        listener.close()


def drain(app: Flask, path: str = "/sse", **headers: str) -> str:
    """The text of a whole stream; with the fixture ``short`` it ends at once."""
    reply = app.test_client().get(path, headers=bearer() | headers)
    assert reply.status_code == 200
    return reply.text


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "STREAM_S", 0.05)


def session_of(where: str) -> str:
    """The session in an address for posts."""
    return where.partition("session_id=")[2].partition("&")[0]


def delivered(
    app: Flask, where: str, text: str, path: str = "/sse", headers: dict[str, str] | None = None
) -> str:
    """Continue the session of an address until ``text`` arrives; returns that stream.

    Responses are made in threads, which may take longer than a short stream. ``headers``: those of
    the client, by default its token.
    """
    sent = (bearer() if headers is None else headers) | {"Last-Event-ID": session_of(where)}

    def stream() -> str:
        events = app.test_client().get(path, headers=sent).text
        return events if text in events else ""

    return eventually(stream)


def endpoint(text: str) -> str:
    return text.partition("data: ")[2].partition("\n")[0]


@pytest.mark.parametrize("path", ["/sse", "/sse/"])
def test_a_client_continues_its_session_after_the_end_of_a_stream(
    app: Flask, short: None, path: str
) -> None:
    first = drain(app, path)
    assert first.startswith("retry: 1000\n\n")
    where = endpoint(first)
    posted = app.test_client().post(where, json=PING, headers=bearer())
    assert posted.status_code == 202
    assert endpoint(delivered(app, where, '"result":{}', path)) == where
    assert endpoint(drain(app, path, **{"Last-Event-ID": "unknown"})) != where


def test_a_session_belongs_to_its_principal(app: Flask, short: None) -> None:
    where = endpoint(drain(app))
    _, other = services(app).tokens.create("other", "write", None)
    client = app.test_client()
    assert client.post(where, json=PING, headers=bearer(other)).status_code == 404
    resumed = client.get("/sse", headers=bearer(other) | {"Last-Event-ID": session_of(where)})
    assert endpoint(resumed.text) != where
    for bad in ("/message", "/message?session_id=", "/message?session_id=x", "/message?x=y"):
        assert client.post(bad, json=PING, headers=bearer()).status_code == 404


@pytest.mark.parametrize("engine", dynamo.ENGINES)
def test_an_odd_session_on_dynamodb_is_unknown(make: Make, short: None, engine: str) -> None:
    with dynamo.ENGINES[engine]() as url, dynamo.environment(url):
        client = make(store_url=f"dynamodb://{dynamo.make_table(url)}").test_client()
        for odd in ("", "%00", "x" * 3000, "%ed%a0%80"):
            where = f"/message?session_id={odd}"
            assert client.post(where, json=PING, headers=bearer()).status_code == 404, odd
        for odd in ("", "x" * 3000, "\xff"):
            reply = client.get("/sse", headers=bearer() | {"Last-Event-ID": odd})
            assert "endpoint" in reply.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b'{"jsonrpc": "1.0"}', b"[" * 5000])
def test_an_invalid_message_is_refused(app: Flask, short: None, body: bytes) -> None:
    where = endpoint(drain(app))
    reply = app.test_client().post(where, data=body, headers=bearer())
    assert reply.status_code == 400 and reply.get_json()["error"]["code"] in (-32700, -32600)


def test_a_read_token_cannot_write(app: Flask, short: None) -> None:
    _, reader = services(app).tokens.create("reader", "read", None)
    client = app.test_client()
    where = endpoint(client.get("/sse", headers=bearer(reader)).text)
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    assert client.post(where, json=message, headers=bearer(reader)).status_code == 202
    assert '"isError":true' in delivered(app, where, "strava:write", headers=bearer(reader))


def app_home(app: Flask) -> Path:
    return Path(services(app).config.home)


def named_token(app: Flask, name: str = "other") -> str:
    """A token that is another caller than AUTH_TOKEN."""
    return services(app).tokens.create(name, "read", None)[1]


class Opened:
    """Streams of one app that stay open until they are closed."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()
        self.replies: list[Any] = []

    def open(self, token: str | None = None, address: str = "127.0.0.1") -> Any:
        """Open a stream with a token, or without one; returns the response."""
        reply = self._client.get(
            "/sse",
            headers=bearer(token) if token else {},
            buffered=False,
            environ_overrides={"REMOTE_ADDR": address},
        )
        self.replies.append(reply)
        return reply

    def close(self) -> None:
        while self.replies:
            self.replies.pop().close()


@pytest.fixture
def opened(make: Make) -> Iterator[Callable[..., Opened]]:
    """Make an app whose streams are closed after the test."""
    apps: list[Opened] = []

    def open_on(app: Flask) -> Opened:
        apps.append(Opened(app))
        return apps[-1]

    yield open_on
    for one in apps:
        one.close()


def test_open_streams_are_limited(make: Make, opened: Callable[..., Opened]) -> None:
    app = make(max_streams=2)
    streams, other = opened(app), named_token(app)
    assert streams.open(TOKEN).status_code == streams.open(other).status_code == 200
    third = streams.open(named_token(app, "third"))
    assert third.status_code == 503 and third.headers["Retry-After"]
    assert "MAX_STREAMS" in third.get_json()["message"]
    streams.replies[0].close()
    assert streams.open(TOKEN).status_code == 200
    streams.close()
    assert stream_slots(app).used == 0


def test_a_caller_has_half_of_the_streams(make: Make, opened: Callable[..., Opened]) -> None:
    app = make(max_streams=8)
    streams = opened(app)
    other = named_token(app)
    assert [streams.open(other).status_code for _ in range(5)] == [200] * 4 + [503]
    assert "with this token" in streams.replies[-1].get_json()["message"]
    assert [streams.open(TOKEN).status_code for _ in range(5)] == [200] * 4 + [503]


def test_all_apps_of_an_athlete_are_one_caller(app: Flask) -> None:
    slots = StreamSlots(8)

    def acquire(grant: str, athlete_id: int) -> bool:
        caller = Principal(grant, frozenset({READ}), athlete_id=athlete_id, client_id="c")
        return isinstance(slots.acquire(caller, ""), StreamSlot)

    assert [acquire(f"app{n}", 7) for n in range(6)] == [True] * 4 + [False] * 2
    assert acquire("app", 8)


def test_anonymous_listeners_leave_room_for_tokens(
    make: Make, opened: Callable[..., Opened]
) -> None:
    app = make(max_streams=8, allow_authless=True)
    streams = opened(app)
    one = [streams.open(address="203.0.113.1").status_code for _ in range(3)]
    assert one == [200, 200, 503]
    assert "from this address" in streams.replies[-1].get_json()["message"]
    # An IPv6 network counts as one address (RFC 6177).
    other = [streams.open(address=f"2001:db8:1::{n}").status_code for n in range(1, 4)]
    assert other == [200, 200, 503]
    # Half of the slots are in use: no further address gets one, but a token does.
    assert [streams.open(address=f"198.51.100.{n}").status_code for n in range(1, 4)] == [503] * 3
    assert [streams.open(TOKEN).status_code for _ in range(4)] == [200] * 4


def test_one_stream_belongs_to_callers_with_a_token(
    make: Make, opened: Callable[..., Opened]
) -> None:
    streams = opened(make(max_streams=1, allow_authless=True))
    assert streams.open().status_code == 503
    assert streams.open(TOKEN).status_code == 200


def test_a_stream_does_not_outlive_its_token(make: Make, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr(sse, "KEEPALIVE_INTERVAL_S", 0.01)
    app = make()
    token, secret = services(app).tokens.create("laptop", "read", None)
    reply = app.test_client().get("/sse", headers=bearer(secret), buffered=False)
    events = iter(reply.response)
    assert b"retry" in next(events) and b"endpoint" in next(events)
    assert next(events) == b":\n\n"
    services(app).tokens.revoke(token.id)
    clock.advance(CACHE_S + 1)
    assert list(events) == []
    assert stream_slots(app).used == 0 and services(app).store.records("sse") == []
    reply.close()


def test_a_stream_survives_a_store_that_fails(make: Make, monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(sse, "KEEPALIVE_INTERVAL_S", 0.01)
    app = make()
    reply = app.test_client().get("/sse", headers=bearer(), buffered=False)
    events = iter(reply.response)
    where = endpoint((next(events) + next(events)).decode())  # type: ignore[operator]

    def fail(*args: object) -> None:
        raise StoreError("The store did not answer: disk full")

    with monkeypatch.context() as broken:
        broken.setattr(services(app).sse_sessions.mailbox, "collect", fail)
        assert list(events) == []
    reply.close()
    assert "disk full" in caplog.text and stream_slots(app).used == 0
    # The session is still there: a reconnected client continues.
    assert app.test_client().post(where, json=PING, headers=bearer()).status_code == 202


def test_each_app_has_its_own_limit_of_streams(make: Make) -> None:
    one, other = make(max_streams=1), make(max_streams=1)
    replies = [
        app.test_client().get("/sse", headers=bearer(), buffered=False) for app in (one, other)
    ]
    assert [reply.status_code for reply in replies] == [200, 200]
    for reply in replies:
        reply.close()


def test_abandoned_streams_leave_nothing_behind(make: Make, tmp_path: Path) -> None:
    app = make(rate_limit=1_000_000, log_level="error")
    client = app.test_client()
    store = services(app).store
    before = threading.active_count()
    for number in range(100):
        reply = client.get("/sse", headers=bearer(), buffered=False)
        events = iter(reply.response)
        next(events)
        if number % 2:  # half of them also leave without the answer to a request
            where = endpoint(next(events).decode())  # type: ignore[union-attr]
            assert client.post(where, json=PING, headers=bearer()).status_code == 202
        reply.close()
    eventually(lambda: threading.active_count() <= before)
    assert stream_slots(app).used == 0 and store.records("sse") == []
    rows = sqlite3.connect(tmp_path / "home" / "store.db").execute("select space from records")
    assert [space for (space,) in rows if space.startswith("mail")] == []


CHARTS = {"jsonrpc": "2.0", "id": 1, "method": "resources/read"}
CHARTS["params"] = {"uri": CHART_PAGE}


def mail(home: Path) -> tuple[int, int]:
    """How many messages wait in the boxes of a server, and their bytes."""
    query = "select count(*), total(length(value)) from records where space like 'mail:%'"
    with closing(sqlite3.connect(home / "store.db")) as connection:
        count, size = connection.execute(query).fetchone()
    return int(count), int(size)


def when_free(post: Callable[[], int]) -> int:
    """The status of a post, made again while too many calls are running."""
    return eventually(lambda: (status := post()) != 503 and status)


def fill(post: Callable[[], int], home: Path) -> tuple[int, int]:
    """Post until the session has ended; the highest values of ``mail``."""
    highest = (0, 0)
    for _ in range(1500):
        status = when_free(post)
        highest = max(highest, mail(home))
        if status == 404:
            return highest
        assert status == 202
    raise AssertionError(f"still open: {highest}")


def test_a_client_that_does_not_read_loses_its_session(server: str, home: Path) -> None:
    listener = Listener(server)
    where = listener.event()["data"]
    session = requests.Session()

    def post() -> int:
        reply = session.post(server + where, json=CHARTS, headers=bearer(), timeout=MAX_WAIT_S)
        return reply.status_code

    _, size = fill(post, home)
    assert MAX_BOX_BYTES // 2 < size < MAX_BOX_BYTES * 1.1
    for _ in listener.reply.iter_content(1 << 16):
        pass  # what was sent before; then the stream ends
    listener.close()
    session.close()


def test_too_many_messages_end_the_session_and_its_stream(make: Make, monkeypatch: Any) -> None:
    monkeypatch.setattr(sse, "KEEPALIVE_INTERVAL_S", 0.01)
    app = make(rate_limit=1_000_000)
    reply = app.test_client().get("/sse", headers=bearer(), buffered=False)
    events = iter(reply.response)
    where = endpoint((next(events) + next(events)).decode())  # type: ignore[operator]
    client, store = app.test_client(), services(app).store
    count, _ = fill(
        lambda: client.post(where, json=PING, headers=bearer()).status_code, app_home(app)
    )
    assert count <= MAX_BOX_BYTES // MIN_MESSAGE_BYTES
    assert sum(b"data" in event for event in events) <= MAX_BOX_BYTES // MIN_MESSAGE_BYTES
    assert stream_slots(app).used == 0 and store.records("sse") == []
    reply.close()


def test_a_client_that_reads_may_post_without_end(make: Make, short: None) -> None:
    app = make(rate_limit=1_000_000)
    where = endpoint(drain(app))
    client, answer, pending = app.test_client(), '"result":{}', 0
    for _ in range(3 * MAX_BOX_BYTES // MIN_MESSAGE_BYTES // 50):
        for _ in range(50):
            post = partial(client.post, where, json=PING, headers=bearer())
            assert when_free(lambda: post().status_code) == 202
        pending += 50
        pending -= delivered(app, where, answer).count(answer)
    while pending:
        pending -= delivered(app, where, answer).count(answer)


def failing_posts(app: Flask, monkeypatch: Any, failures: int) -> None:
    """Let the next messages to a client fail to be stored."""
    mailbox, left = services(app).sse_sessions.mailbox, [failures]
    post = mailbox.post

    def fail(box: str, message: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise StoreError("The store did not answer: disk full")
        post(box, message)

    monkeypatch.setattr(mailbox, "post", fail)
    monkeypatch.setattr(sse_sessions, "RETRY_INTERVAL_S", 0.01)


def next_reply(app: Flask, where: str) -> Any:
    """The next message of a session, from streams that end at once."""
    text = delivered(app, where, '"jsonrpc"')
    return json.loads(text.rpartition("data: ")[2].partition("\n")[0])


def test_a_response_outlasts_a_store_that_fails(
    make: Make, short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make()
    where = endpoint(drain(app))
    failing_posts(app, monkeypatch, failures=3)
    assert app.test_client().post(where, json=PING, headers=bearer()).status_code == 202
    assert next_reply(app, where)["result"] == {}


def test_a_response_that_cannot_be_stored_becomes_an_error(
    make: Make, short: None, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    app = make()
    where = endpoint(drain(app))
    failing_posts(app, monkeypatch, failures=1)
    monkeypatch.setattr(sse_sessions, "DELIVERY_S", 0)
    assert app.test_client().post(where, json=PING, headers=bearer()).status_code == 202
    reply = next_reply(app, where)
    assert reply["id"] == PING["id"] and "could not be delivered" in reply["error"]["message"]
    assert "disk full" in caplog.text


# ALLOW_AUTHLESS


def test_by_default_every_path_needs_a_token(app: Flask) -> None:
    client = app.test_client()
    for method, path in (("GET", "/sse"), ("GET", "/sse/"), ("POST", "/message"), ("POST", "/sse")):
        assert client.open(path, method=method).status_code == 401


def test_authless_opens_exactly_three_paths(make: Make, short: None) -> None:
    app = make(allow_authless=True)
    client = app.test_client()
    for path in ("/sse", "/sse/"):
        assert client.get(path).status_code == 200
    where = endpoint(client.get("/sse").text)
    assert client.post(where, json=PING).status_code == 202
    for method, path in (("POST", "/mcp"), ("POST", "/"), ("GET", "/mcp"), ("GET", "/nope")):
        assert client.open(path, method=method, json=PING).status_code == 401
    for path in ("/sse/x", "/message/", "/messages", "/SSE", "/sse//"):
        assert client.get(path).status_code in (401, 404, 308), path
    assert client.post("/sse", json=PING).status_code == 405
    assert delivered(app, where, '"result":{}', headers={})


def test_authless_never_writes(make: Make, short: None) -> None:
    app = make(allow_authless=True)
    client = app.test_client()
    where = endpoint(client.get("/sse").text)
    call = {"name": "update_activity", "arguments": {"id": 1, "name": "x"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    assert client.post(where, json=message).status_code == 202
    events = delivered(app, where, "strava:write", headers={})
    assert '"isError":true' in events and "without a token" in events


@pytest.mark.parametrize(
    "headers",
    [
        bearer("x" * 64),
        bearer(""),
        {"Authorization": ""},
        {"Authorization": "Basic eDp5"},
        {"Authorization": TOKEN},
    ],
)
def test_authless_still_refuses_a_wrong_token(make: Make, headers: dict[str, str]) -> None:
    client = make(allow_authless=True).test_client()
    assert client.get("/sse", headers=headers).status_code == 401
    assert client.post("/message?session_id=x", json=PING, headers=headers).status_code == 401


def test_authless_cannot_use_the_session_of_a_token(make: Make, short: None) -> None:
    client = make(allow_authless=True).test_client()
    where = endpoint(client.get("/sse", headers=bearer()).text)
    assert client.post(where, json=PING).status_code == 404


def test_authless_requests_are_limited(make: Make, short: None, limit_clock: Any) -> None:
    client = make(allow_authless=True, rate_limit=10).test_client()
    replies = [client.get("/sse", buffered=True) for _ in range(12)]
    assert [reply.status_code for reply in replies] == [200] * 10 + [429] * 2


def test_authless_is_warned_about_at_the_start(make: Make, caplog: Any) -> None:
    make(allow_authless=True)
    assert any("ALLOW_AUTHLESS" in r.message and r.levelname == "WARNING" for r in caplog.records)
    caplog.clear()
    make()
    assert not any("ALLOW_AUTHLESS" in record.message for record in caplog.records)


# AUTHLESS_SECRET

SECRET = "s3cret-of-the-url." * 2


@pytest.fixture
def guarded(make: Make, short: None) -> Flask:
    """A server that is open without a token to whoever has SECRET."""
    return make(allow_authless=True, authless_secret=SECRET)


@pytest.mark.parametrize("path", ["/sse", "/sse/"])
def test_authless_with_a_secret_needs_it_on_every_path(guarded: Flask, path: str) -> None:
    client = guarded.test_client()
    for query in (
        "",
        "?secret=",
        f"?secret={SECRET[:-1]}",
        f"?secret={SECRET}x",
        f"?SECRET={SECRET}",
    ):
        refused = client.get(path + query)
        assert refused.status_code == 401 and "AUTHLESS_SECRET" in refused.get_json()["message"]
    assert client.get(f"{path}?secret={SECRET}&secret={SECRET}x").status_code == 401
    where = endpoint(client.get(f"{path}?secret={SECRET}").text)
    without = where.partition("&")[0]
    assert client.post(without, json=PING).status_code == 401
    assert client.post(where, json=PING).status_code == 202


def test_the_secret_of_the_url_is_carried_on_to_the_address_for_posts(guarded: Flask) -> None:
    client = guarded.test_client()
    where = endpoint(client.get(f"/sse?secret={SECRET}").text)
    assert where.endswith(f"&secret={SECRET}")
    assert client.post(where, json=PING).status_code == 202
    again = delivered(guarded, where, '"result":{}', f"/sse?secret={SECRET}", headers={})
    assert endpoint(again) == where


def test_the_secret_may_come_in_a_header_and_then_stays_out_of_the_url(guarded: Flask) -> None:
    client, header = guarded.test_client(), {"X-Authless-Secret": SECRET}
    where = endpoint(client.get("/sse", headers=header).text)
    assert SECRET not in where
    assert client.post(where, json=PING).status_code == 401
    assert client.post(where, json=PING, headers=header).status_code == 202
    wrong = {"X-Authless-Secret": "x" * 40}
    assert client.get(f"/sse?secret={SECRET}", headers=wrong).status_code == 401


def test_a_token_needs_no_secret(guarded: Flask) -> None:
    client = guarded.test_client()
    where = endpoint(client.get(f"/sse?secret={SECRET}", headers=bearer()).text)
    assert "secret" not in where
    assert client.post(where, json=PING, headers=bearer()).status_code == 202
    wrong = bearer("x" * 64)
    assert client.get(f"/sse?secret={SECRET}", headers=wrong).status_code == 401


def test_no_other_path_reads_the_secret(guarded: Flask) -> None:
    client = guarded.test_client()
    for method, path in (("POST", "/mcp"), ("POST", "/"), ("GET", "/mcp"), ("GET", "/ws")):
        for name in ("secret", "token", "access_token"):
            url = f"{path}?{name}={SECRET}"
            headers = {"X-Authless-Secret": SECRET}
            assert client.open(url, method=method, json=PING, headers=headers).status_code == 401


def test_the_secret_alone_opens_nothing(make: Make, caplog: Any) -> None:
    client = make(authless_secret=SECRET).test_client()
    assert client.get(f"/sse?secret={SECRET}").status_code == 401
    assert any("opens nothing" in record.message for record in caplog.records)


def test_guessing_the_secret_is_limited(guarded: Flask, limit_clock: Any) -> None:
    client = guarded.test_client()
    statuses = [client.get(f"/sse?secret={n:040}").status_code for n in range(22)]
    assert statuses == [401] * 20 + [429] * 2
    header = {"X-Authless-Secret": "x" * 40}
    assert client.get("/sse", headers=header).status_code == 429
    assert client.get(f"/sse?secret={SECRET}").status_code == 200, "others are not locked out"


@pytest.mark.parametrize("server_command", [flask_run, gunicorn])
def test_no_server_logs_the_secret(tmp_path: Path, server_command: Any) -> None:
    port, log = free_port(), tmp_path / "log"
    environ = {
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "ALLOW_AUTHLESS": "true",
        "AUTHLESS_SECRET": SECRET,
        "GUNICORN_CMD_ARGS": "--access-logfile -",
    }
    with running(server_command(port), port, log, environ) as base:
        listener = Listener(f"{base}", headers={"X-Authless-Secret": SECRET})
        listener.close()
        for url in (f"/sse?secret={SECRET}x", f"/sse?%73ecret={SECRET}&secret=1"):
            assert requests.get(base + url, timeout=MAX_WAIT_S).status_code == 401
        with requests.get(f"{base}/sse?secret={SECRET}", stream=True, timeout=MAX_WAIT_S) as reply:
            lines = reply.iter_lines(chunk_size=1)
            where = next(line for line in lines if b"session_id" in line).decode()[6:]
            assert requests.post(base + where, json=PING, timeout=MAX_WAIT_S).status_code == 202
        # Refused before anybody looks for the secret, or without a look: a preflight has no token.
        for method, url, headers in (
            ("OPTIONS", where, {"Origin": base, "Access-Control-Request-Method": "POST"}),
            ("GET", f"/sse?secret={SECRET}", {"Host": "foreign.example"}),
            ("GET", f"/sse?secret={SECRET}", {"Origin": "https://foreign.example"}),
            ("PUT", f"/sse?secret={SECRET}", {}),
            ("GET", f"/SSE?secret={SECRET}", {}),
        ):
            assert requests.request(
                method, base + url, headers=headers, timeout=MAX_WAIT_S
            ).status_code
    content = log.read_text()
    assert '"path": "/message"' in content and "/sse" in content
    assert SECRET not in content and "session_id" not in content
