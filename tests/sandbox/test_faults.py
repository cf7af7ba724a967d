"""Fault injection (tests.faults), in process and over HTTP."""

import threading
from collections.abc import Iterator

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from strava_mcp.sandbox.adapter import WSGIAdapter
from tests.faults import Faults, FaultyAdapter, inject_faults
from tests.sandbox.conftest import NOW, REFRESH

HOST = "http://strava.invalid"


class Client:
    """A requests session with an access token, in process or over HTTP."""

    def __init__(self, base: str, faults: Faults, adapter: WSGIAdapter | None = None) -> None:
        self.base = base
        self.faults = faults
        self.session = requests.Session()
        self.session.trust_env = False
        if adapter:
            self.session.mount(base, adapter)
        tokens = self.post("/oauth/token", data=REFRESH).json()
        self.refresh_token: str = tokens["refresh_token"]
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def get(self, path: str, timeout: float = 120) -> requests.Response:
        return self.session.get(f"{self.base}/api/v3{path}", timeout=(120, timeout))

    def post(self, path: str, **options: object) -> requests.Response:
        return self.session.post(self.base + path, timeout=120, **options)  # type: ignore[arg-type]


@pytest.fixture(params=["in process", "over HTTP"])
def client(request: pytest.FixtureRequest, app: Flask) -> Iterator[Client]:
    faults = inject_faults(app)
    if request.param == "in process":
        in_process = Client(HOST, faults, FaultyAdapter(app, faults))
        yield in_process
        in_process.session.close()
        return
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    over_http = Client(f"http://127.0.0.1:{server.server_port}", faults)
    yield over_http
    over_http.session.close()
    faults.end_waits()
    server.shutdown()
    server.server_close()
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_error_status(client: Client, status: int) -> None:
    client.faults.add("/api/v3/athlete", "status", times=2, status=status)
    codes = [client.get("/athlete").status_code for _ in range(3)]
    assert codes == [status, status, 200]


def test_faults_concern_one_path_only(client: Client) -> None:
    client.faults.add("/api/v3/gear/", "status")
    assert client.get("/athlete").status_code == 200
    assert client.get("/gear/b11570001").status_code == 503
    assert client.get("/gear/b11570001").status_code == 200


def test_reset_connection(client: Client) -> None:
    client.faults.add("/api/v3/athlete", "reset")
    with pytest.raises(requests.ConnectionError):
        client.get("/athlete")
    assert client.get("/athlete").status_code == 200


def test_slow_responses_time_out(client: Client) -> None:
    client.faults.add("/api/v3/athlete", "slow", seconds=120)
    with pytest.raises(requests.ReadTimeout):
        client.get("/athlete", timeout=0.2)
    client.faults.add("/api/v3/athlete", "slow", seconds=0.05)
    assert client.get("/athlete").status_code == 200


def test_silence_times_out(client: Client) -> None:
    client.faults.add("/api/v3/athlete", "silence", seconds=120)
    with pytest.raises(requests.ReadTimeout):
        client.get("/athlete", timeout=0.2)
    assert client.get("/athlete").status_code == 200


def test_truncated_and_html_are_not_json(client: Client) -> None:
    for kind in ("truncated", "html"):
        client.faults.add("/api/v3/athlete", kind)
        reply = client.get("/athlete")
        assert reply.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            reply.json()
    assert client.get("/athlete").json()["firstname"] == "Mira"


def test_empty_lists_wrong_types_and_unknown_fields(client: Client) -> None:
    activities = client.get("/athlete/activities?per_page=2").json()
    client.faults.add("/api/v3/athlete/activities", "empty")
    assert client.get("/athlete/activities?per_page=2").json() == []
    client.faults.add("/api/v3/athlete/activities", "wrong-type")
    wrong = client.get("/athlete/activities?per_page=2").json()
    assert all(isinstance(item["distance"], str) for item in wrong)
    assert [item["commute"] for item in wrong] == [item["commute"] for item in activities]
    client.faults.add("/api/v3/athlete/activities", "unknown")
    unknown = client.get("/athlete/activities?per_page=2").json()
    assert [item["sport_type"] == "MoonWalk" for item in unknown] == [True, False]
    assert all(item["brand_new_field"] and item["map"]["brand_new_field"] for item in unknown)
    assert client.get("/athlete/activities?per_page=2").json() == activities


def test_skewed_clock_gives_wrong_times(client: Client) -> None:
    client.faults.add("/oauth/token", "skew", seconds=-7200)
    reply = client.post("/oauth/token", data=REFRESH | {"refresh_token": client.refresh_token})
    assert reply.json()["expires_at"] == int(NOW) + 4 * 3600
    assert "Mon, 15 Jun 2026 19:30:00 GMT" in reply.headers["Date"]


def test_unknown_kinds_are_rejected() -> None:
    with pytest.raises(ValueError, match="slow, reset"):
        Faults().add("/", "gremlin")
