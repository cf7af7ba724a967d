"""The handler under AWS's own runtime client and under the streaming runtime."""

import base64
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.aws import events
from strava_mcp.tools import catalogue
from tests.aws.runtime import (
    ADDRESS,
    AWSLAMBDARIC,
    HOST,
    RuntimeAPI,
    api_event,
    form,
    function,
    streaming,
    url_event,
)
from tests.flow import BOTH, Answer, Flow, ticket
from tests.web.conftest import TOKEN, bearer

ENV = {
    "AUTH_TOKEN": TOKEN,
    "PUBLIC_URL": f"https://{HOST}",
    "RATE_LIMIT": "100000",
    "SECRET_KEY": "k" * 64,
}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture(scope="module", params=["awslambdaric", "streaming"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    command = AWSLAMBDARIC if request.param == "awslambdaric" else streaming()
    home = tmp_path_factory.mktemp("function") / "home"
    with function(command, home, env=ENV) as running:
        running.log = home / "function.log"  # type: ignore[attr-defined]
        yield running


def post(path: str, message: Any, token: str = TOKEN, **headers: str) -> dict[str, Any]:
    sent = {"content-type": "application/json", **bearer(token), **headers}
    return url_event("POST", path, body=json.dumps(message), headers=sent)


class OnLambda:
    """A browser or client that sends its requests to a function and keeps cookies."""

    def __init__(self, api: RuntimeAPI) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}

    def send(self, method: str, path: str, **options: Any) -> Answer:
        path, _, query = path.partition("?")
        headers = dict(options.get("headers") or {})
        body = ""
        if "json" in options:
            body, headers["content-type"] = json.dumps(options["json"]), "application/json"
        elif "data" in options:
            sent = form(**options["data"])
            body = sent["body"]
            headers |= sent["headers"]
        cookies = [f"{name}={value}" for name, value in self.cookies.items()]
        event = url_event(method, path, query=query, headers=headers, body=body, cookies=cookies)
        call = self.api.invoke(event)
        for cookie in call.answer["cookies"]:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(call.answer["statusCode"], call.answer["headers"], call.text)


def test_only_health_needs_no_token(api: RuntimeAPI) -> None:
    up = api.invoke(url_event("GET", "/health"))
    assert up.answer["statusCode"] == 200 and json.loads(up.text)["status"] == "healthy"
    for event in (
        url_event("POST", "/mcp"),
        post("/mcp", PING, "x" * 64),
        url_event("GET", "/.env"),
    ):
        assert api.invoke(event).answer["statusCode"] == 401
    challenge = api.invoke(url_event("POST", "/mcp")).answer["headers"]["WWW-Authenticate"]
    assert f'resource_metadata="https://{HOST}/.well-known/' in challenge


def test_client_initializes_lists_and_calls(api: RuntimeAPI) -> None:
    params = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    assert "2025-11-25" in api.invoke(post("/mcp", message)).text
    listed = api.invoke(post("/mcp", {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}))
    assert len(json.loads(listed.text)["result"]["tools"]) == len(catalogue.read())
    call = {"name": "get_athlete", "arguments": {}}
    message = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}
    assert "Mira" in api.invoke(post("/", message)).text


def test_base64_upload(api: RuntimeAPI) -> None:
    track = "<gpx/>"
    arguments = {"file": base64.b64encode(track.encode()).decode(), "data_type": "gpx"}
    call = {"name": "create_upload", "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call}
    response = json.loads(api.invoke(post("/mcp", message)).text)
    assert "result" in response


def test_oauth_flow_sets_each_cookie_once(api: RuntimeAPI) -> None:
    http = OnLambda(api)
    flow = Flow(http, TOKEN)
    assert flow.register().status == 201
    first = api.invoke(url_event("GET", "/authorize", query=flow.request().partition("?")[2]))
    assert len(first.answer["cookies"]) == 1
    assert first.answer["cookies"][0].startswith("__Host-")
    assert "set-cookie" not in {name.lower() for name in first.answer["headers"]}
    tokens = flow.connect()
    assert flow.call(tokens["access_token"]).status == 200
    page = http.send("GET", "/connections")
    data = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": TOKEN}
    assert http.send("POST", "/connections", data=data).status == 303
    assert f"allowed from {ADDRESS}" in http.send("GET", "/connections").text
    revoked = {"token": tokens["refresh_token"], "client_id": flow.client["client_id"]}
    assert http.send("POST", "/revoke", data=revoked).status == 200
    assert flow.call(tokens["access_token"]).status == 401


@pytest.mark.parametrize("scope", ["strava:read", BOTH])
def test_a_missing_scope_is_a_tool_error(api: RuntimeAPI, scope: str) -> None:
    """No client sees the challenge of a 403: the Function URL renames its header."""
    flow = Flow(OnLambda(api), TOKEN)
    token = flow.connect("read", scope=scope)["access_token"]
    arguments = {"id": 1, "name": "x"}
    answer = flow.call(token, "tools/call", name="update_activity", arguments=arguments)
    assert answer.status == 200
    result = answer.json["result"]
    assert result["isError"] and "Read and write" in result["content"][0]["text"]
    (challenge,) = result["_meta"]["mcp/www_authenticate"]
    assert f'resource_metadata="https://{HOST}/.well-known/' in challenge


@pytest.mark.parametrize(
    "event",
    [
        {"raw_command": "print('own' + 'ed')"},
        {"command": "os.getcwd"},
        {"manage": "check"},
        {"Records": [{"Sns": {"Message": '{"command": "os.getcwd"}'}}]},
        {"detail-type": "Scheduled Event", "resources": ["x:events/os.getcwd"]},
        {"strava_mcp": "os.getcwd"},
        {"strava_mcp": ["status"]},
        {"strava_mcp": "__class__"},
        {"version": "2.0"},
        {"currentIntent": {"name": "x"}},
        {},
        [],
        "text",
        None,
        7,
    ],
)
def test_no_event_executes_code(api: Any, event: Any) -> None:
    call = api.invoke(event)
    assert call.kind == "error", call.body
    assert "os" not in json.loads(call.body).get("errorMessage", "")
    assert "owned" not in call.body.decode() + api.log.read_text()


def test_named_commands_answer(api: RuntimeAPI) -> None:
    assert api.invoke({"strava_mcp": "status"}).reply["status"] == "healthy"
    guide = api.invoke({"strava_mcp": "show-config"}).reply["card"]
    assert f"https://{HOST}/mcp" in guide and TOKEN not in guide and "stdio" not in guide
    assert "mcpServers" not in guide.partition("Claude Code")[2]
    assert api.invoke({"source": "aws.events", "detail-type": "Scheduled Event"}).reply == {
        "warm": True
    }


def test_client_address_is_the_one_aws_reports(api: Any) -> None:
    spoofed = {"x-forwarded-for": "1.1.1.1", "x-real-ip": "1.1.1.1"}
    api.invoke(url_event("GET", "/spoofed", headers=spoofed))
    api.invoke(url_event("GET", "/health"))  # the log line of the first request is written by then
    (line,) = [line for line in api.log.read_text().splitlines() if "/spoofed" in line]
    assert json.loads(line)["address"] == ADDRESS


def test_errors_are_reported_without_stack_trace(api: RuntimeAPI) -> None:
    broken = url_event("POST", "/mcp", headers=bearer())
    broken["body"], broken["isBase64Encoded"] = "A", True  # no base64
    call = api.invoke(broken)
    assert call.kind == "error" and "base64" not in json.loads(call.body).get("stackTrace", [])
    assert api.invoke(url_event("GET", "/health")).answer["statusCode"] == 200


# Event formats


@pytest.mark.parametrize("kind", ["url", "http-api", "rest", "alb", "alb-multi"])
def test_every_event_format_is_translated(kind: str) -> None:
    event = api_event(
        kind,
        "POST",
        "/a b/ü%2F",
        query="x=1&y=%C3%BC",
        headers={"Content-Type": "text/plain", "X-One": "1"},
        body="héllo",
        cookies=["a=1", "b=2"],
    )
    assert events.is_http(event)
    environ = events.wsgi_environ(event, None)
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["wsgi.input"].read().decode() == "héllo"
    assert environ["CONTENT_TYPE"] == "text/plain" and environ["CONTENT_LENGTH"] == "6"
    assert environ["HTTP_X_ONE"] == "1" and environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_HOST"] == HOST and environ["wsgi.url_scheme"] == "https"
    assert environ["strava_mcp.address"] == ADDRESS == environ["REMOTE_ADDR"]
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/ü/"
    assert environ["QUERY_STRING"].startswith("x=1&y=")
    headers = [("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Vary", "A"), ("Vary", "B")]
    reply = events.lambda_response(event, "201 CREATED", headers, "wé".encode())
    assert reply["statusCode"] == 201 and reply["body"] == "wé"
    if kind in ("url", "http-api"):
        assert reply["cookies"] == ["a=1"]
        assert reply["headers"] == {"Content-Type": "text/html", "Vary": "A, B"}
    elif kind == "alb":
        assert reply["headers"]["Set-Cookie"] == "a=1" and reply["statusDescription"]
    else:
        assert reply["multiValueHeaders"]["Vary"] == ["A", "B"]


@pytest.mark.parametrize("kind", ["url", "http-api", "rest", "alb", "alb-multi"])
@pytest.mark.parametrize("name", ["true_client_ip", "True_Client-IP", "TRUE-CLIENT-IP"])
def test_no_header_takes_the_place_of_another(kind: str, name: str) -> None:
    event = api_event(kind, "GET", "/health", headers={"true-client-ip": "198.51.100.7"})
    field = "multiValueHeaders" if "multiValueHeaders" in event else "headers"
    event[field][name] = ["203.0.113.9"] if field == "multiValueHeaders" else "203.0.113.9"
    environ = events.wsgi_environ(event, None)
    joined = "198.51.100.7,203.0.113.9"
    assert environ["HTTP_TRUE_CLIENT_IP"] == (joined if "_" not in name else "198.51.100.7")


@pytest.mark.parametrize("kind", ["url", "http-api", "rest", "alb", "alb-multi"])
def test_binary_bodies_are_base64(kind: str) -> None:
    event = api_event(kind, "POST", "/", body=bytes(range(256)))
    assert events.wsgi_environ(event, None)["wsgi.input"].read() == bytes(range(256))
    reply = events.lambda_response(event, "200 OK", [("Content-Type", "image/png")], b"\x89PNG\xff")
    assert reply["isBase64Encoded"] and base64.b64decode(reply["body"]) == b"\x89PNG\xff"


# Streaming


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[RuntimeAPI]:
    with function(streaming(), tmp_path / "one", env=ENV) as running:
        yield running


def test_events_are_streamed_as_they_occur(stream: RuntimeAPI, tmp_path: Path) -> None:
    """Two instances share a store: one streams, the other takes the posts."""
    shared = {**ENV, "STORE_URL": f"sqlite://{tmp_path / 'one' / 'store.db'}"}
    with function(AWSLAMBDARIC, tmp_path / "other", env=shared) as other:
        assert other.invoke(url_event("GET", "/health")).answer["statusCode"] == 200
        call = stream.start(url_event("GET", "/sse", headers=bearer()), deadline_s=120)
        deadline = time.monotonic() + 60
        while b"/message?session_id=" not in call.body and time.monotonic() < deadline:
            time.sleep(0.01)
        where = call.body.decode().partition("data: ")[2].partition("\n")[0]
        path, _, query = where.partition("?")
        for number in range(3):
            event = post(path, {**PING, "id": number})
            event["rawQueryString"] = query
            posted = time.monotonic()
            assert other.invoke(event).answer["statusCode"] == 202
            wanted = f'"id":{number}'.encode()
            while wanted not in call.body and time.monotonic() < deadline:
                time.sleep(0.005)
            assert wanted in call.body and not call.done.is_set()
            arrived = next(at for at, data in call.pieces if wanted in data)
            assert arrived >= posted


def test_a_stream_of_events_ends_before_the_deadline(stream: RuntimeAPI) -> None:
    call = stream.invoke(url_event("GET", "/sse", headers=bearer()), deadline_s=3)
    assert call.trailers == {} and call.prelude["headers"]["X-Accel-Buffering"] == "no"
    assert call.headers["content-type"] == "application/vnd.awslambda.http-integration-response"
    again = stream.invoke(url_event("GET", "/health"))
    assert again.prelude["statusCode"] == 200


def test_buffered_sse_resumes_with_the_next_request(tmp_path: Path) -> None:
    with function(AWSLAMBDARIC, tmp_path / "home", env=ENV) as api:
        first = api.invoke(url_event("GET", "/sse", headers=bearer()))
        assert first.text.startswith("retry: 1000")
        where = first.text.partition("data: ")[2].partition("\n")[0]
        path, _, query = where.partition("?")
        event = post(path, PING)
        event["rawQueryString"] = query
        assert api.invoke(event).answer["statusCode"] == 202
        headers = bearer() | {"last-event-id": query.partition("=")[2]}
        again = api.invoke(url_event("GET", "/sse", headers=headers))
        assert '"result":{}' in again.text


#: A program that runs the streaming runtime with an app that fails in ways ours should not.
FAULTY = """
import threading, time
from flask import Flask, Response
import strava_mcp.app
from strava_mcp.aws import streaming
app = Flask("faulty")
ended = threading.Event()
end_soon = streaming.Response.end_soon
def end_and_report(response):
    end_soon(response)
    ended.set()
streaming.Response.end_soon = end_and_report
@app.get("/half")
def half():
    def chunks():
        yield b"first"
        raise RuntimeError("secret detail")
    return Response(chunks())
@app.get("/slow")
def slow():
    def chunks():
        for n in range(1000):
            yield b"%d " % n
            time.sleep(0.05)
    return Response(chunks())
@app.get("/late")
def late():
    ended.wait(120)
    return slow()
@app.get("/stuck")
def stuck():
    def chunks():
        yield b"first"
        ended.wait(120)
        yield b"late"
    return Response(chunks())
@app.get("/big")
def big():
    return Response(b"x" * 3_000_000)
@app.get("/fine")
def fine():
    return "fine"
strava_mcp.app.start = lambda: app
streaming.main()
"""

#: The same with an app that cannot be created.
BROKEN = """
import strava_mcp.app
from strava_mcp.aws import streaming
def start():
    raise RuntimeError("a secret detail")
strava_mcp.app.start = start
streaming.main()
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RuntimeAPI]:
    home = tmp_path_factory.mktemp("faulty") / "home"
    with function([sys.executable, "-c", FAULTY], home) as api:
        yield api


def test_error_after_the_prelude_is_sent_as_trailers(faulty: RuntimeAPI) -> None:
    call = faulty.invoke(url_event("GET", "/half"))
    assert call.streamed == b"first" and call.prelude["statusCode"] == 200
    assert call.trailers["lambda-runtime-function-error-type"] == "Runtime.StreamError"
    body = base64.b64decode(call.trailers["lambda-runtime-function-error-body"])
    assert b"RuntimeError" in body and b"secret" not in body
    assert faulty.invoke(url_event("GET", "/fine")).streamed == b"fine"


@pytest.mark.parametrize("path, first", [("/slow", b"0 "), ("/late", b"0 "), ("/stuck", b"first")])
def test_response_ends_before_the_deadline(tmp_path: Path, path: str, first: bytes) -> None:
    """Also one that begins when its time is up: it ends after its first chunk."""
    with function([sys.executable, "-c", FAULTY], tmp_path / "home") as faulty:
        call = faulty.invoke(url_event("GET", path), deadline_s=3)
        assert call.prelude["statusCode"] == 200
        assert call.streamed.startswith(first)
        assert b"late" not in call.streamed and b"999" not in call.streamed
        assert call.trailers == {}
        assert faulty.invoke(url_event("GET", "/fine")).streamed == b"fine"


def test_large_response_is_complete(faulty: RuntimeAPI) -> None:
    assert faulty.invoke(url_event("GET", "/big")).streamed == b"x" * 3_000_000


def test_app_that_does_not_start_is_reported(tmp_path: Path) -> None:
    with function([sys.executable, "-c", BROKEN], tmp_path / "home") as api:
        deadline = time.monotonic() + 60
        while not api.init_errors and time.monotonic() < deadline:
            time.sleep(0.02)
    assert api.init_errors[0]["errorType"] == "RuntimeError"
    assert "secret" not in str(api.init_errors)
    assert threading.active_count() < 50
