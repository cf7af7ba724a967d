"""What a test can have go wrong, in process and over HTTP."""

import json
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


class Line:
    """A requests session with an access token, by one way or the other."""

    def __init__(self, base: str, faults: Faults, adapter: WSGIAdapter | None = None) -> None:
        self.base = base
        self.faults = faults
        self.session = requests.Session()
        self.session.trust_env = False
        if adapter:
            self.session.mount(base, adapter)
        told = self.post("/oauth/token", data=REFRESH).json()
        self.refresh_token: str = told["refresh_token"]
        self.session.headers["Authorization"] = f"Bearer {told['access_token']}"

    def get(self, path: str, timeout: float = 20) -> requests.Response:
        return self.session.get(f"{self.base}/api/v3{path}", timeout=(5, timeout))

    def post(self, path: str, **options: object) -> requests.Response:
        return self.session.post(self.base + path, timeout=20, **options)  # type: ignore[arg-type]


@pytest.fixture(params=["in process", "over HTTP"])
def line(request: pytest.FixtureRequest, app: Flask) -> Iterator[Line]:
    faults = inject_faults(app)
    if request.param == "in process":
        found = Line(HOST, faults, FaultyAdapter(app, faults))
        yield found
        found.session.close()
        return
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    found = Line(f"http://127.0.0.1:{server.server_port}", faults)
    yield found
    found.session.close()
    server.shutdown()
    server.server_close()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_status(line: Line, status: int) -> None:
    line.faults.add("/api/v3/athlete", "status", times=2, status=status)
    codes = [line.get("/athlete").status_code for _ in range(3)]
    assert codes == [status, status, 200]


def test_only_the_path_that_was_named(line: Line) -> None:
    line.faults.add("/api/v3/gear/", "status")
    assert line.get("/athlete").status_code == 200
    assert line.get("/gear/b11570001").status_code == 503
    assert line.get("/gear/b11570001").status_code == 200


def test_reset(line: Line) -> None:
    line.faults.add("/api/v3/athlete", "reset")
    with pytest.raises(requests.ConnectionError):
        line.get("/athlete")
    assert line.get("/athlete").status_code == 200


def test_slower_than_the_caller_waits(line: Line) -> None:
    line.faults.add("/api/v3/athlete", "slow", seconds=1.0)
    with pytest.raises(requests.ReadTimeout):
        line.get("/athlete", timeout=0.2)
    line.faults.add("/api/v3/athlete", "slow", seconds=0.05)
    assert line.get("/athlete").status_code == 200


def test_silence(line: Line) -> None:
    line.faults.add("/api/v3/athlete", "silence", seconds=1.0)
    with pytest.raises(requests.ReadTimeout):
        line.get("/athlete", timeout=0.2)
    assert line.get("/athlete").status_code == 200


def test_truncated_and_html_are_not_json(line: Line) -> None:
    for kind in ("truncated", "html"):
        line.faults.add("/api/v3/athlete", kind)
        reply = line.get("/athlete")
        assert reply.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            reply.json()
    assert line.get("/athlete").json()["firstname"] == "Mira"


def test_empty_wrong_types_and_news(line: Line) -> None:
    whole = line.get("/athlete/activities?per_page=2").json()
    line.faults.add("/api/v3/athlete/activities", "empty")
    assert line.get("/athlete/activities?per_page=2").json() == []
    line.faults.add("/api/v3/athlete/activities", "wrong-type")
    wrong = line.get("/athlete/activities?per_page=2").json()
    assert all(isinstance(item["distance"], str) for item in wrong)
    assert [item["commute"] for item in wrong] == [item["commute"] for item in whole]
    line.faults.add("/api/v3/athlete/activities", "unknown")
    news = line.get("/athlete/activities?per_page=2").json()
    assert {item["sport_type"] for item in news} == {"MoonWalk"}
    assert all(item["brand_new_field"] and item["map"]["brand_new_field"] for item in news)
    assert line.get("/athlete/activities?per_page=2").json() == whole


def test_a_skewed_clock_tells_wrong_times(line: Line) -> None:
    line.faults.add("/oauth/token", "skew", seconds=-7200)
    reply = line.post("/oauth/token", data=REFRESH | {"refresh_token": line.refresh_token})
    assert reply.json()["expires_at"] == int(NOW) + 4 * 3600
    assert "Mon, 15 Jun 2026 19:30:00 GMT" in reply.headers["Date"]


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="slow, reset"):
        Faults().add("/", "gremlin")


def test_the_adapter_carries_everything(app: Flask) -> None:
    line = Line(HOST, Faults(), WSGIAdapter(app))
    reply = line.get("/athlete/activities?per_page=1&page=2")
    assert len(reply.json()) == 1 and reply.headers["x-ratelimit-usage"]
    assert reply.url.endswith("per_page=1&page=2") and reply.ok and reply.encoding == "utf-8"
    sent = {"name": "Über Ж 跑", "commute": True}
    number = reply.json()[0]["id"]
    changed = line.session.put(f"{HOST}/api/v3/activities/{number}", json=sent)
    assert changed.json()["name"] == sent["name"] and changed.json()["commute"] is True
    files = {"file": ("a.gpx", b"no")}
    upload = line.post("/api/v3/uploads", data={"data_type": "gpx"}, files=files)
    assert upload.status_code == 201 and json.loads(upload.content)["id"]
    with line.session.get(f"{HOST}/api/v3/athlete", stream=True) as streamed:
        assert b"".join(streamed.iter_content(64)).startswith(b"{")
    query = {"client_id": "10000", "redirect_uri": "http://localhost:1/back", "scope": "read"}
    asked = line.session.get(f"{HOST}/oauth/authorize", params=query, allow_redirects=False)
    assert asked.status_code == 302 and "code=" in asked.headers["Location"]
