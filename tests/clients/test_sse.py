"""The official clients over the transport of 2024-11-05, stream and posts in two processes."""

import asyncio
import json
from collections.abc import Iterator

import pytest

from tests.clients.conftest import FORGIVING_APP, TOKEN, WRONG, Running
from tests.clients.front import front
from tests.clients.test_node import HERE, run
from tests.clients.test_python import TOOLS, look_around, over_sse, use
from tests.node import MODULES, package
from tests.servers import flask_run, free_port, running


@pytest.fixture(scope="module", params=["one process", "two processes"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sse")
    one, two = free_port(), free_port()
    env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "100000",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    with running(flask_run(one, FORGIVING_APP), one, folder / "one.log", env) as first:
        if request.param == "one process":
            yield first
            return
        with running(flask_run(two, FORGIVING_APP), two, folder / "two.log", env) as second:
            with front(first, second) as both:
                yield both


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", ["/sse", "/sse/"])
@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_python_client(base: str, path: str, mode: str) -> None:
    asyncio.run(use(over_sse(base + path, bearer(TOKEN)), mode, look_around))


def test_the_python_client_without_the_token(base: str) -> None:
    with pytest.raises(BaseException):  # noqa: B017 - the client's own, in an exception group
        asyncio.run(use(over_sse(f"{base}/sse", bearer(WRONG)), "legacy", look_around))


@pytest.mark.parametrize("which", ["v1", "v2"])
def test_the_typescript_client(base: str, which: str) -> None:
    package("@modelcontextprotocol/client")
    script = str(HERE / "typescript.mjs")
    done = run(script, str(MODULES), f"{base}/sse", TOKEN, which, "", "sse")
    assert done.returncode == 0, done.stderr[-3000:]
    printed = json.loads(done.stdout)
    assert set(printed["tools"]) >= TOOLS
    assert len(printed["called"]["structuredContent"]["activities"]) == 2


def test_the_typescript_client_on_a_websocket(server: Running) -> None:
    package("@modelcontextprotocol/sdk")
    script, url = str(HERE / "typescript.mjs"), f"{server.base.replace('http', 'ws')}/ws"
    done = run(script, str(MODULES), url, TOKEN, "v1", "", "ws")
    assert done.returncode == 0, done.stderr[-3000:]
    assert set(json.loads(done.stdout)["tools"]) >= TOOLS


SECRET = "secret-of-clients-without-headers-0123"


@pytest.fixture(scope="module")
def authless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that is open to whoever has SECRET."""
    folder, port = tmp_path_factory.mktemp("authless"), free_port()
    env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "ALLOW_AUTHLESS": "true",
        "AUTHLESS_SECRET": SECRET,
    }
    with running(flask_run(port), port, folder / "log", env) as base:
        yield base


@pytest.mark.parametrize(
    "query, headers",
    [(f"?secret={SECRET}", None), ("", {"X-Authless-Secret": SECRET})],
    ids=["in the URL", "in a header"],
)
def test_a_client_with_the_secret_alone(
    authless: str, query: str, headers: dict[str, str] | None
) -> None:
    """The client posts to the address that the stream names, secret included."""
    asyncio.run(use(over_sse(f"{authless}/sse{query}", headers), "legacy", look_around))


def test_a_client_without_the_secret(authless: str) -> None:
    with pytest.raises(BaseException):  # noqa: B017 - the client's own, in an exception group
        asyncio.run(use(over_sse(f"{authless}/sse?secret={SECRET}x"), "legacy", look_around))
