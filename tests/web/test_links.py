"""Links to download or upload one file: what they open, for whom, how often and how long."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from strava_mcp import recordings
from strava_mcp.errors import Unavailable
from strava_mcp.identity import ANONYMOUS, READ, Principal
from strava_mcp.json_types import JSON
from strava_mcp.links import LIFETIME_S, NAMESPACE, PREFIX
from strava_mcp.services import services
from strava_mcp.sources import activity_file as activity_files
from tests.clock import Clock
from tests.servers import free_port, gunicorn, running
from tests.tools.test_uploads import gpx
from tests.waiting import MAX_WAIT_S, eventually
from tests.web.conftest import TOKEN, Make, bearer

URL = re.compile(r"http://localhost(/(?:download|upload)/smcp_link_[A-Za-z0-9_-]{43})")


@pytest.fixture
def run(app: Flask) -> JSON:
    rows = services(app).source.activities(per_page=60)
    return next(a for a in rows if a["sport_type"] == "Run" and a["start_latlng"])


def call(app: Flask, name: str, token: str | None = None, /, **arguments: Any) -> JSON:
    params = {"name": name, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = bearer(token) if token else bearer()
    reply = app.test_client().post("/mcp", json=message, headers=headers)
    result: JSON = reply.get_json()["result"]
    assert not result.get("isError"), result
    content: JSON = result["structuredContent"]
    return content


def path_of(url: str) -> str:
    match = URL.fullmatch(url)
    assert match, url
    return match[1]


def exported(app: Flask, run: JSON, **arguments: Any) -> str:
    return path_of(call(app, "export_activity", id=run["id"], **arguments)["download"])


def upload_page(app: Flask, **arguments: Any) -> str:
    return path_of(call(app, "create_upload", **arguments)["upload_link"])


def send(app: Flask, path: str, content: bytes, name: str = "run.gpx") -> TestResponse:
    """Post a file as a browser's form does."""
    head = f'--form\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + b"\r\n--form--\r\n"
    kind = "multipart/form-data; boundary=form"
    return app.test_client().post(path, data=body, content_type=kind)


@pytest.mark.parametrize("kind", ["gpx", "tcx"])
def test_download_has_every_sample_of_the_activity(app: Flask, run: JSON, kind: str) -> None:
    reply = app.test_client().get(exported(app, run, format=kind))
    assert reply.status_code == 200
    streams = services(app).source.streams(run["id"], ("time", "latlng", "heartrate"))
    (recording,) = recordings.read_activities(reply.data)
    assert list(recording.streams["time"]) == streams["time"]["data"]
    points = [tuple(point) for point in streams["latlng"]["data"]]
    assert [tuple(point) for point in recording.streams["latlng"]] == points
    if run["has_heartrate"]:
        assert list(recording.streams["heartrate"]) == streams["heartrate"]["data"]
    disposition = reply.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="activity-{run["id"]}.{kind}"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_link_works_once(app: Flask, run: JSON) -> None:
    path = exported(app, run)
    client = app.test_client()
    assert client.head(path).status_code == 204, "a look at it uses nothing up"
    assert client.get(path).status_code == 200
    assert client.get(path).status_code == 410


def test_one_of_many_gets_it_and_the_file_is_made_once(
    app: Flask, run: JSON, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(app, run)
    files = []
    gate, activity_file = Barrier(6, timeout=MAX_WAIT_S), activity_files.activity_file

    def slow(*arguments: Any) -> Any:
        files.append(arguments)
        with suppress(BrokenBarrierError):
            gate.wait()  # until all others have been answered, or make the file as well
        return activity_file(*arguments)

    def get(_: int) -> int:
        status = app.test_client().get(path).status_code
        gate.abort()
        return status

    monkeypatch.setattr(activity_files, "activity_file", slow)
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(get, range(6)))
    assert sorted(codes) == [200, *[410] * 5] and len(files) == 1


@pytest.mark.parametrize("problem, status", [(Unavailable("down"), 503), (ValueError("x"), 500)])
def test_a_download_that_fails_leaves_its_link(
    app: Flask,
    run: JSON,
    frozen_clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    problem: Exception,
    status: int,
) -> None:
    path, late = exported(app, run), exported(app, run)

    def fail(*arguments: Any) -> Any:
        raise problem

    with monkeypatch.context() as broken:
        broken.setattr(activity_files, "activity_file", fail)
        assert app.test_client().get(path).status_code == status
        frozen_clock.advance(LIFETIME_S - 5)
        assert app.test_client().get(late).status_code == status
    assert app.test_client().get(path).status_code == 200
    frozen_clock.advance(10)
    assert app.test_client().get(late).status_code == 410, "it lives no longer than it would have"


def test_a_link_expires(app: Flask, run: JSON, frozen_clock: Clock) -> None:
    early, late = exported(app, run), exported(app, run)
    frozen_clock.advance(LIFETIME_S - 5)
    assert app.test_client().get(early).status_code == 200
    frozen_clock.advance(10)
    assert app.test_client().get(late).status_code == 410


def test_invalid_links_get_one_answer(app: Flask, run: JSON, clock: Clock) -> None:
    used, expired, upload = exported(app, run), exported(app, run), upload_page(app)
    client = app.test_client()
    assert client.get(used).status_code == 200
    token = upload.rpartition("/")[2]
    paths = [used, "/download/x", f"/download/{token}", f"/download/{PREFIX}{'a' * 43}"]
    paths += [f"/download/{'a' * 5000}", "/download/%00", "/download/%ff"]
    answers = [client.get(path) for path in paths]
    clock.advance(LIFETIME_S + 1)
    answers.append(client.get(expired))
    for answer in answers:
        assert answer.status_code == 410
        assert answer.data == answers[0].data
        headers = [dict(one.headers) | {"X-Request-Id": ""} for one in (answer, answers[0])]
        assert headers[0] == headers[1]
    download = exported(app, run).rpartition("/")[2]
    for other in ("x", download):
        assert client.get(f"/upload/{other}").data == answers[0].data
        assert send(app, f"/upload/{other}", gpx()).status_code == 410


def test_only_the_hash_is_stored_and_no_log_has_the_token(
    app: Flask, run: JSON, capsys: pytest.CaptureFixture[str]
) -> None:
    path = exported(app, run)
    token = path.rpartition("/")[2]
    records = services(app).store.records(NAMESPACE)
    assert len(records) == 1 and token not in json.dumps([records[0].key, records[0].value])
    app.test_client().get(path)
    app.test_client().get(path)
    upload = upload_page(app)
    app.test_client().get(upload)
    send(app, upload, b"nothing")
    text = "".join(capsys.readouterr())
    assert "/download/" in text and "/upload/" in text
    for one in (token, upload.rpartition("/")[2]):
        assert one not in text and one[len(PREFIX) :] not in text
    assert services(app).store.records(NAMESPACE), "the failed upload left its link"


def test_the_log_of_gunicorn_has_no_token(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    env = {"AUTH_TOKEN": TOKEN, "STRAVA_MCP_HOME": str(tmp_path / "home")}
    params = {"name": "create_upload", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {**bearer(), "Content-Type": "application/json"}
    with running([*gunicorn(port), "--access-logfile", "-"], port, log, env) as base:
        request = Request(f"{base}/mcp", json.dumps(message).encode(), headers)
        with urlopen(request, timeout=MAX_WAIT_S) as reply:
            link = json.loads(reply.read())["result"]["structuredContent"]["upload_link"]
        token = link.rpartition("/")[2]
        for path in (f"/upload/{token}", f"/upload/%73{token[1:]}", "/health"):
            urlopen(Request(base + path, headers={"Referer": link}), timeout=MAX_WAIT_S).close()
        # The server writes the line of a request after its response.
        eventually(lambda: log.read_text().count("GET /upload/[hidden] HTTP/1.1") == 2)
        eventually(lambda: "GET /health HTTP/1.1" in log.read_text())
    text = log.read_text()
    assert token[len(PREFIX) :] not in text


def test_a_link_ends_with_the_token_that_asked_for_it(app: Flask, run: JSON) -> None:
    tokens = services(app).tokens
    created, text = tokens.create("phone", "write", None)
    paths = [
        path_of(call(app, "export_activity", text, id=run["id"])["download"]) for _ in range(2)
    ]
    page = path_of(call(app, "create_upload", text)["upload_link"])
    assert app.test_client().get(paths[0]).status_code == 200
    tokens.revoke(created.id)
    assert app.test_client().get(paths[1]).status_code == 410
    assert app.test_client().get(page).status_code == 410
    assert send(app, page, gpx()).status_code == 410


def test_a_link_ends_with_a_new_auth_token(make: Make, tmp_path: Path) -> None:
    store = {"store_url": f"sqlite://{tmp_path / 'store.db'}"}
    app = make(**store)
    page = upload_page(app)
    assert make(**store).test_client().get(page).status_code == 200
    assert make(auth_tokens=("f" * 64,), **store).test_client().get(page).status_code == 410


@pytest.mark.parametrize("changed", [{"authless_secret": "t" * 40}, {"allow_authless": False}])
def test_a_link_ends_with_a_new_secret_for_callers_without_a_token(
    make: Make, tmp_path: Path, run: JSON, changed: dict[str, Any]
) -> None:
    before = {"allow_authless": True, "authless_secret": "s" * 40}
    before["store_url"] = f"sqlite://{tmp_path / 'store.db'}"
    app = make(**before)
    anonymous = Principal(ANONYMOUS, frozenset({READ}))
    url = services(app).links_for(anonymous, "http://localhost").download(run["id"], "gpx")
    changed_app = make(**{**before, **changed})
    assert changed_app.test_client().get(path_of(url)).status_code == 410
    assert app.test_client().get(path_of(url)).status_code == 200


def test_a_link_opens_only_the_data_it_was_made_for(
    app: Flask, run: JSON, monkeypatch: Any
) -> None:
    path = exported(app, run)
    monkeypatch.setattr(services(app).data, "of", lambda athlete: "api:7")
    assert app.test_client().get(path).status_code == 410


def test_reading_is_not_enough_for_an_upload_link(app: Flask) -> None:
    _, text = services(app).tokens.create("viewer", "read", None)
    params = {"name": "create_upload", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    reply = app.test_client().post("/mcp", json=message, headers=bearer(text)).get_json()
    assert reply["result"]["isError"] and "strava:write" in str(reply)
    assert not services(app).store.records(NAMESPACE)


def test_an_upload_through_the_page(app: Flask) -> None:
    path = upload_page(app, name="From the page", commute=True)
    page = app.test_client().get(path)
    assert page.status_code == 200 and 'type="file"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "script" not in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "same-origin" and 'href="/' not in page.text
    done = send(app, path, gpx())
    assert done.status_code == 200
    match = re.search("as upload ([0-9]+)", done.text)
    assert match
    status = call(app, "get_upload", id=int(match[1]))
    while "activity_id" not in status:
        status = call(app, "get_upload", id=int(match[1]))
    activity_id = status["activity_id"]
    activity = services(app).source.activity(activity_id)
    assert (activity["name"], activity["commute"]) == ("From the page", True)
    assert send(app, path, gpx(20)).status_code == 410, "one file"


@pytest.mark.parametrize(
    "content, name, problem",
    [
        (b"", "empty.gpx", "Choose a file"),
        (b"%PDF-1.7", "run.gpx", "no FIT, TCX or GPX"),
        (b"<html>", "run.gpx", "no FIT, TCX or GPX"),
        (b"\x1f\x8bx", "run.zip", "no FIT, TCX or GPX"),
    ],
)
def test_a_wrong_file_leaves_the_link(app: Flask, content: bytes, name: str, problem: str) -> None:
    path = upload_page(app)
    reply = send(app, path, content, name)
    assert reply.status_code == 400 and problem in reply.text
    assert app.test_client().post(path).status_code == 400
    assert send(app, path, gpx()).status_code == 200


def test_a_file_name_is_never_shown(app: Flask) -> None:
    reply = send(app, upload_page(app), b"x", "<script>alert(1)</script>.gpx")
    assert "alert(" not in reply.text and "&lt;" not in reply.text


def test_the_size_is_bounded(make: Make) -> None:
    app = make(max_body_bytes=1 << 20)
    path = upload_page(app)
    assert "At most 1 MB" in app.test_client().get(path).text
    assert send(app, path, b"<gpx" + b" " * (1 << 20)).status_code == 413
    assert app.test_client().get(path).status_code == 200


def test_foreign_pages_cannot_send_files(app: Flask) -> None:
    path = upload_page(app)
    reply = app.test_client().post(path, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403


def test_an_activity_without_positions_says_what_to_ask_for(app: Flask) -> None:
    rows = services(app).source.activities(per_page=60)
    indoors = next(a for a in rows if a["sport_type"] == "WeightTraining")
    path = exported(app, indoors)
    reply = app.test_client().get(path)
    assert reply.status_code == 503 and "Ask for tcx" in reply.text
    assert app.test_client().get(exported(app, indoors, format="tcx")).status_code == 200


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("strava_mcp.tools.uploads.POLL_INTERVAL_S", 0.01)
    yield
