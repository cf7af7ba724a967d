"""The API client: its requests, retries, and errors."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask import request

from strava_mcp.config import Config
from strava_mcp.errors import NotConnected, NotFound, Refused, SourceError, Unavailable
from strava_mcp.sandbox.grants import SANDBOX_REFRESH_TOKEN
from strava_mcp.sources import open_source
from strava_mcp.sources.api import transport
from strava_mcp.sources.source import Source
from strava_mcp.store import open_store
from tests.app_server import Served, serve
from tests.clock import Clock
from tests.closing_server import ClosingServer
from tests.rig import Rig

ATHLETE = "/api/v3/athlete"
LIST = "/api/v3/athlete/activities"
NEW = {
    "name": "Core",
    "sport_type": "Workout",
    "start_date_local": "2026-03-01T18:30:00Z",
    "elapsed_time": 60,
}
WRITES: list[Callable[[Source], Any]] = [
    lambda source: source.create_activity(NEW),
    lambda source: source.create_upload(b"<gpx/>", {"data_type": "gpx"}),
]


def fresh_store() -> Any:
    return open_store("sqlite://:memory:")


def test_every_call_is_one_request(rig: Rig) -> None:
    source = rig.source
    athlete = source.athlete()["id"]
    activity = source.activities(per_page=1)[0]["id"]
    source.athlete_stats(athlete)
    source.activity(activity, include_all_efforts=True)
    source.activity_zones(activity)
    streams = source.streams(activity, ["time", "heartrate"])
    source.update_activity(activity, {"name": "x"})
    assert len(rig.calls) == 7
    assert {"time", "heartrate"} <= set(streams)
    assert all(one.headers["Authorization"].startswith("Bearer ") for one in rig.adapter.sent)


def test_half_of_an_emoji_is_replaced(rig: Rig) -> None:
    """No store can keep it, and no page or reply can encode it."""
    rig.faults.add(ATHLETE, "half")
    athlete = rig.source.athlete()
    assert athlete["firstname"] == "Mira\N{REPLACEMENT CHARACTER}"
    whole = "\N{RUNNER}\N{ZERO WIDTH JOINER}\N{FEMALE SIGN} und \N{GRINNING FACE}"
    number = rig.source.activities(per_page=1)[0]["id"]
    assert rig.source.update_activity(number, {"name": whole})["name"] == whole


def test_an_update_is_json_and_an_upload_multipart(rig: Rig) -> None:
    activity = rig.source.activities(per_page=1)[0]["id"]
    rig.source.update_activity(activity, {"commute": True})
    upload = rig.source.create_upload(b"not a recording", {"data_type": "fit", "trainer": True})
    update, sent = rig.adapter.sent[-2:]
    assert update.headers["Content-Type"] == "application/json"
    assert sent.headers["Content-Type"].startswith("multipart/form-data")
    assert isinstance(sent.body, bytes)
    assert b'filename="activity.fit"' in sent.body and b"not a recording" in sent.body
    assert b'name="trainer"\r\n\r\n1\r\n' in sent.body
    assert rig.source.upload(upload["id"])["id"] == upload["id"]


@pytest.mark.parametrize("status", [502, 503])
def test_failed_read_is_retried(rig: Rig, no_backoff: Clock, status: int) -> None:
    rig.faults.add(ATHLETE, "status", status=status)
    assert rig.source.athlete()["id"]
    assert rig.calls == [f"GET {ATHLETE}"] * 2


def test_read_is_sent_at_most_three_times(rig: Rig, no_backoff: Clock) -> None:
    rig.faults.add(ATHLETE, "status", times=9)
    with pytest.raises(Unavailable, match="503"):
        rig.source.athlete()
    assert len(rig.calls) == 3


def test_read_is_retried_after_a_connection_reset(rig: Rig, no_backoff: Clock) -> None:
    rig.faults.add(ATHLETE, "reset")
    assert rig.source.athlete()["id"]
    rig.faults.add(ATHLETE, "reset", times=3)
    with pytest.raises(Unavailable, match="could not be reached"):
        rig.source.athlete()


def test_no_retry_after_the_deadline(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "RETRY_WITHIN_S", -1)
    rig.faults.add(ATHLETE, "status", status=502)
    with pytest.raises(Unavailable):
        rig.source.athlete()
    rig.faults.add(ATHLETE, "silence")
    with pytest.raises(Unavailable, match="did not answer within"):
        rig.source.athlete()
    assert len(rig.calls) == 2


@pytest.mark.parametrize("fault", ["502", "reset", "silence", "html", "truncated"])
@pytest.mark.parametrize("write", WRITES)
def test_create_and_upload_are_never_retried(
    rig: Rig, write: Callable[[Source], Any], fault: str
) -> None:
    if fault == "502":
        rig.faults.add("/api/v3/", "status", status=502)
    else:
        path = "/api" if fault in ("reset", "silence") else "/api/v3/"
        rig.faults.add(path, fault)
    if fault in ("html", "truncated"):
        # These faults alter responses with status 200 only, not the 201 of a create.
        try:
            write(rig.source)
        except Unavailable as exc:
            assert "look before you try again" in str(exc)
    else:
        with pytest.raises(Unavailable, match="look before you try again"):
            write(rig.source)
    assert len(rig.calls) == 1


@pytest.mark.parametrize("kind", ["html", "truncated", "empty"])
def test_invalid_response_is_unavailable(rig: Rig, kind: str) -> None:
    rig.faults.add(ATHLETE, kind)
    with pytest.raises(Unavailable):
        rig.source.athlete()


def test_html_instead_of_a_list_is_unavailable(rig: Rig) -> None:
    rig.faults.add(LIST, "html")
    with pytest.raises(Unavailable):
        rig.source.activities()


def test_unknown_activity_is_not_found(rig: Rig) -> None:
    with pytest.raises(NotFound):
        rig.source.activity(1)


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "reset", "silence", "status"])
def test_no_error_text_contains_a_token(rig: Rig, no_backoff: Clock, kind: str) -> None:
    rig.source.athlete()
    token = rig.adapter.sent[-1].headers["Authorization"].partition(" ")[2]
    rig.faults.add(ATHLETE, kind, times=3, status=500)
    with pytest.raises(SourceError) as caught:
        rig.source.athlete()
    text = str(caught.value)
    assert token not in text and SANDBOX_REFRESH_TOKEN not in text and "Bearer" not in text


# Over a real socket


@pytest.fixture
def served(rig: Rig) -> Iterator[Served]:
    with serve(rig.app) as server:
        yield server


def config_for(url: str, refresh_token: str = SANDBOX_REFRESH_TOKEN) -> Config:
    return Config(
        strava_cache_s=0,
        strava_source="api",
        strava_client_id="10000",
        strava_client_secret="sandbox-client-secret",
        strava_refresh_token=refresh_token,
        strava_api_url=f"{url}/api/v3",
        strava_oauth_url=f"{url}/oauth",
    )


def test_connections_are_reused() -> None:
    store = fresh_store()
    rig = Rig(store)
    with serve(rig.app) as there:
        source = open_source(config_for(there.url), store)
        assert source.name == "api"
        source.athlete()
        opened = there.connections
        for _ in range(5):
            source.activities(per_page=2)
        assert there.connections == opened == 1
    store.close()


def test_cookies_are_not_kept() -> None:
    store = fresh_store()
    rig = Rig(store)
    seen: list[str | None] = []

    @rig.app.after_request
    def leave_a_cookie(response: Any) -> Any:
        seen.append(request.headers.get("Cookie"))
        response.headers["Set-Cookie"] = "session=1"
        return response

    with serve(rig.app) as there:
        source = open_source(config_for(there.url), store)
        source.athlete()
        source.athlete()
    assert seen == [None] * 3
    store.close()


def test_unreachable_server_is_unavailable() -> None:
    store = fresh_store()
    source = open_source(config_for("http://127.0.0.1:1"), store)
    with pytest.raises(Unavailable, match="could not be reached"):
        source.athlete()
    store.close()


def test_rejected_refresh_token_raises_not_connected(served: Served) -> None:
    store = fresh_store()
    source = open_source(config_for(served.url, "made-up-refresh-token"), store)
    with pytest.raises(NotConnected) as caught:
        source.athlete()
    assert "made-up" not in str(caught.value)
    store.close()


class Redirecting(BaseHTTPRequestHandler):
    """A host that redirects everything."""

    paths: list[str] = []

    def do_POST(self) -> None:
        self.paths.append(self.path)
        self.send_response(307)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


def test_tokens_do_not_follow_redirects() -> None:
    server = ClosingServer(("127.0.0.1", 0), Redirecting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    store = fresh_store()
    try:
        source = open_source(config_for(f"http://127.0.0.1:{server.server_port}"), store)
        with pytest.raises(Unavailable, match="unexpected"):
            source.athlete()
        assert Redirecting.paths == ["/oauth/token"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
        store.close()


def test_threads_share_one_client(rig: Rig) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                assert len(rig.source.activities(per_page=3)) == 3
        except BaseException as exc:  # the test must see a thread's failure
            failed.append(exc)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failed
    assert len(rig.calls) == 80


def test_a_conflict_is_refused(rig: Rig) -> None:
    rig.faults.add("/api/v3/activities", "status", status=409)
    with pytest.raises(Refused, match="already"):
        rig.source.create_activity(NEW)
