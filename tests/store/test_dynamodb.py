"""DynamoDB that fails or throttles, and OAuth's race conditions on each engine."""

import http.server
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import StoreError
from strava_mcp.services import services
from strava_mcp.store import Store
from strava_mcp.store import dynamodb as module
from strava_mcp.store import open_store
from tests import dynamo
from tests.closing_server import ClosingServer
from tests.flow import Flow, InProcess
from tests.rig import Rig
from tests.servers import free_port
from tests.sources.api.test_tokens import TOKEN as TOKEN_REQUEST
from tests.sources.api.test_tokens import in_threads
from tests.web.conftest import TOKEN, bearer

MANY = 64


def every_operation(store: Store) -> None:
    """Assert that each operation raises StoreError."""
    for operation in (
        lambda: store.get("a", "k"),
        lambda: store.put("a", "k", {}),
        lambda: store.create("a", "k", {}),
        lambda: store.replace("a", "k", {}, 1),
        lambda: store.take("a", "k"),
        lambda: store.delete("a", "k"),
        lambda: store.records("a"),
        lambda: store.increment("a", "k", 1, 2e9),
    ):
        with pytest.raises(StoreError, match="did not answer"):
            operation()


def test_unreachable_engine_raises_store_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRIES", 1)
    with dynamo.environment(f"http://127.0.0.1:{free_port()}"):
        every_operation(open_store("dynamodb://nowhere"))


@pytest.fixture
def throttling() -> Iterator[str]:
    """An engine that throttles every request."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kind = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
            body = json.dumps({"__type": kind, "message": "slow down"}).encode()
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(400)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_throttled_engine_raises_store_error(
    throttling: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "TRIES", 1)
    with dynamo.environment(throttling):
        every_operation(open_store("dynamodb://table"))
        config = Config(auth_tokens=(TOKEN,), home=tmp_path, store_url="dynamodb://table")
        client = create_app(config).test_client()
        token = "smcp_at_" + "a" * 16 + "_" + "A" * 43
        reply = client.post("/mcp", json={}, headers=bearer(token))
        assert reply.status_code == 503 and reply.headers["Retry-After"]
        assert client.post("/register", json={}).status_code == 503


@pytest.fixture(scope="module", params=["sqlite", *dynamo.ENGINES])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a DynamoDB engine; empty for SQLite."""
    if request.param == "sqlite":
        yield ""
        return
    with dynamo.ENGINES[request.param]() as url, dynamo.environment(url):
        yield url


@pytest.fixture
def store_url(engine: str, tmp_path: Path) -> str:
    """A new store."""
    return f"dynamodb://{dynamo.make_table(engine)}" if engine else f"sqlite://{tmp_path}/store.db"


@pytest.fixture
def flow(store_url: str, tmp_path: Path) -> Iterator[Flow]:
    """A registered client of a server on each store."""
    app = create_app(
        Config(auth_tokens=(TOKEN,), home=tmp_path, store_url=store_url, rate_limit=100_000)
    )
    client = Flow(InProcess(app), TOKEN)
    assert client.register().status == 201
    yield client
    services(app).close()


def test_64_parallel_redemptions_of_a_code_give_one_token(flow: Flow) -> None:
    code = flow.approve()
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda _: flow.redeem(code), range(MANY)))
    assert sorted(answer.status for answer in answers) == [200] + [400] * (MANY - 1)
    given = next(answer for answer in answers if answer.status == 200)
    assert flow.refresh(given.json["refresh_token"]).json["error"] == "invalid_grant"


def test_parallel_refreshes_each_get_a_pair_and_none_is_lost(flow: Flow) -> None:
    first = flow.connect()
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: flow.refresh(first["refresh_token"]), range(5)))
    assert [answer.status for answer in answers] == [200] * 5
    for answer in answers:
        assert flow.call(answer.json["access_token"]).status == 200
        assert flow.refresh(answer.json["refresh_token"]).status == 200


def test_oauth_flow_works_on_each_store(flow: Flow) -> None:
    tokens = flow.connect("write", scope=None)
    assert flow.call(tokens["access_token"], "tools/call", name="get_athlete").status == 200
    form = {"token": tokens["refresh_token"], "client_id": flow.client["client_id"]}
    assert flow.http.send("POST", "/revoke", data=form).status == 200
    assert flow.call(tokens["access_token"]).status == 401


def test_concurrent_instances_refresh_stravas_token_once(store_url: str) -> None:
    """Each has a client of its own, so that only the store prevents a second refresh."""
    stores = [open_store(store_url) for _ in range(6)]
    rigs = [Rig(store) for store in stores]
    waiting = iter(rigs)
    in_threads(lambda: next(waiting).source.athlete(), len(rigs))
    assert sum(rig.calls.count(TOKEN_REQUEST) for rig in rigs) == 1
    for store in stores:
        store.close()
