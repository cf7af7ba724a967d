"""The real server, started as the README says, for third-party clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.aws.url import REMAPPED
from tests.clients.front import front
from tests.servers import flask_run, free_port, running

TOKEN = "5a" * 32
WRONG = "a5" * 32
#: Wrong, expired and revoked tokens of a minute may be more than the app accepts from one address.
FORGIVING_APP = "tests.clients.forgiving"
#: How long clients wait for an answer: their own 5 s are too few on a busy machine.
TIMEOUT_S = 60


@dataclass(frozen=True)
class Running:
    """A running server, its token and its data folder."""

    base: str
    token: str = TOKEN
    home: Path = Path()

    @property
    def url(self) -> str:
        """The MCP endpoint."""
        return f"{self.base}/mcp"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """``flask run`` with nothing configured but a token, a data folder and higher limits."""
    port = free_port()
    folder = tmp_path_factory.mktemp("server")
    env = {"STRAVA_MCP_HOME": str(folder / "home"), "AUTH_TOKEN": TOKEN, "RATE_LIMIT": "100000"}
    with running(flask_run(port, FORGIVING_APP), port, folder / "server.log", env) as base:
        yield Running(base, home=folder / "home")


@pytest.fixture(scope="session")
def reader(server: Running) -> str:
    """A named token of the server that may only read."""
    app = create_app(Config(home=server.home, auth_tokens=(TOKEN,)))
    _, secret = services(app).tokens.create("reader", "read", None)
    services(app).close()
    return secret


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with the settings of a function, behind a proxy that renames WWW-Authenticate."""
    port, public_port = free_port(), free_port()
    folder = tmp_path_factory.mktemp("renamed")
    env = {
        "STRAVA_MCP_HOME": str(folder / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "100000",
        "PUBLIC_URL": f"http://127.0.0.1:{public_port}",
        "AWS_LAMBDA_FUNCTION_NAME": "strava-mcp",
        "SECRET_KEY": "k" * 64,
        "STORE_URL": f"sqlite://{folder / 'store.db'}",
    }
    with running(flask_run(port, FORGIVING_APP), port, folder / "server.log", env) as base:
        with front(base, base, public_port, REMAPPED) as public:
            yield Running(public)
