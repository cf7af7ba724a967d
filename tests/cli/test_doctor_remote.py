"""``flask doctor --url`` against servers on this machine that misbehave in one way each."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp import __version__
from strava_mcp.cli import probe
from tests.app_server import Make, app_maker, serve
from tests.aws.url import REMAPPED
from tests.cli.test_commands import fails, run
from tests.clients.front import front
from tests.clock import Clock
from tests.closing_server import ClosingServer
from tests.servers import free_port
from tests.tunnel import tunnel

TOKEN = "c3" * 32
#: The body of a response that goes on until the client closes the connection.
ENDLESS = b"x" * 65536
Responses = dict[str, tuple[int, dict[str, str], Any]]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for servers on a busy machine; no test but that of the limit reaches it."""
    monkeypatch.setattr(probe, "TIMEOUT_S", 120)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make an app with some settings."""
    with app_maker(tmp_path / "home", TOKEN) as make_app:
        yield make_app


@pytest.fixture
def here(make: Make) -> Flask:
    """The app of the machine that the command runs on."""
    return make()


@contextmanager
def deployed(make: Make, renamed: dict[str, str] | None = None, **settings: Any) -> Iterator[str]:
    """A real server behind a proxy; yields the address of the proxy."""
    port = free_port()
    app = make(**{"public_url": f"http://127.0.0.1:{port}", **settings})
    with serve(app) as served, front(served.url, served.url, port, renamed) as url:
        yield url


@contextmanager
def stand_in(
    responses: Responses, date: str | None = None, requests: list[Message] | None = None
) -> Iterator[str]:
    """A server with fixed responses, by path: status, headers, and JSON or bytes.

    ``requests``: receives the headers of each request.
    """

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            if requests is not None:
                requests.append(self.headers)
            status, headers, content = responses.get(self.path, (404, {}, {}))
            self.send_response_only(status)
            self.send_header("Date", date or formatdate(usegmt=True))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            try:
                self.wfile.write(body)
                while content is ENDLESS:
                    self.wfile.write(body)
            except OSError:
                pass  # the client has read enough

        do_GET = do_POST = _answer

        def log_message(self, *args: object) -> None:
            pass

    server = ClosingServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def healthy(**changes: Any) -> tuple[int, dict[str, str], Any]:
    body = {"status": "healthy", "version": __version__, "source": "sandbox", "authless": False}
    return 200, {}, body | changes


def test_a_healthy_server(here: Flask, make: Make) -> None:
    with deployed(make) as url:
        output = run(here, "doctor", "--url", f"{url}/mcp")
    lines = [line for line in output.splitlines() if not line.startswith("{")]  # without the log
    assert lines == [
        "warn  plain http: right for this machine only; clients elsewhere need https",
        f"ok    reached: {url}, source sandbox",
        f"ok    version: {__version__}, as here",
        "ok    clock: agrees with this machine's",
        "ok    challenge: a call without a token gets 401 with WWW-Authenticate",
        f"ok    OAuth: issuer {url}",
    ]


def test_a_renamed_header_is_explained(here: Flask, make: Make) -> None:
    with deployed(make, REMAPPED) as url:
        output = run(here, "doctor", "--url", url)
    assert "warn  challenge: WWW-Authenticate arrives as x-amzn-Remapped" in output
    assert "on AWS there is nothing to fix" in output and f"ok    OAuth: issuer {url}" in output


def test_a_header_that_a_proxy_removes(here: Flask, make: Make) -> None:
    with deployed(make, {"www-authenticate": "X-Other"}) as url:
        output = fails(here, "doctor", "--url", url)
    assert "FAIL  challenge: WWW-Authenticate is missing" in output


def test_another_issuer(here: Flask, make: Make) -> None:
    public = "https://strava.example.com"
    with deployed(make, public_url=public, allowed_hosts=("127.0.0.1",)) as url:
        output = fails(here, "doctor", "--url", url)
    assert f"FAIL  issuer: the server calls itself {public}" in output
    assert f"PUBLIC_URL={url}" in output


def test_a_name_that_the_server_does_not_know(
    here: Flask, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make(public_url="https://strava.example.com")
    with tunnel(tmp_path, monkeypatch) as way_in, serve(app) as served:
        way_in.port = int(served.url.rpartition(":")[2])
        output = fails(here, "doctor", "--url", way_in.url)
    assert "FAIL  host: the server does not answer as tunnel.example:" in output


def test_without_oauth(here: Flask, make: Make) -> None:
    with deployed(make, oauth_enabled=False) as url:
        assert "ok    OAuth: off; clients connect with a token" in run(here, "doctor", "--url", url)


def test_metadata_that_a_proxy_holds_back(here: Flask) -> None:
    challenge = {"WWW-Authenticate": 'Bearer resource_metadata="https://s.example/.well-known/x"'}
    with stand_in({"/health": healthy(), "/mcp": (401, challenge, {})}) as url:
        output = fails(here, "doctor", "--url", url)
    assert "FAIL  OAuth: its metadata is missing" in output


@pytest.mark.parametrize(
    "token, line",
    [
        (TOKEN, "ok    token: accepted"),
        ("wrong", "FAIL  token: status 401: The token is not valid"),
    ],
)
def test_a_token_is_asked_for(here: Flask, make: Make, token: str, line: str) -> None:
    command = here.test_cli_runner()
    with deployed(make) as url:
        result = command.invoke(args=["doctor", "--url", url, "--token"], input=f"{token}\n")
    assert line in result.output and token not in result.output
    assert result.exit_code == (1 if line.startswith("FAIL") else 0)


def test_nothing_answers(here: Flask) -> None:
    output = fails(here, "doctor", "--url", f"http://127.0.0.1:{free_port()}")
    assert "refuses connections. Start the server" in output


def test_an_unknown_name(here: Flask) -> None:
    output = fails(here, "doctor", "--url", "https://strava.invalid")
    assert "FAIL  unreachable: there is no host strava.invalid. Check the address" in output


def test_an_impossible_name(here: Flask) -> None:
    output = fails(here, "doctor", "--url", f"https://{'a' * 64}.example")
    assert "cannot be the name of a host" in output or "there is no host" in output


def test_a_proxy_of_this_machine_that_is_down(here: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    output = fails(here, "doctor", "--url", "https://strava.invalid")
    assert "the proxy of this machine (HTTPS_PROXY) does not answer" in output


@pytest.mark.parametrize("drips", [False, True])
def test_a_server_that_never_finishes(
    here: Flask, monkeypatch: pytest.MonkeyPatch, drips: bool
) -> None:
    """Also one that sends a byte now and then, which no limit of a socket ends."""
    monkeypatch.setattr(probe, "TIMEOUT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                for _ in range(1200):
                    if ended.wait(0.1):
                        return
                    if drips:
                        connection.sendall(b"y")

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            port = listening.getsockname()[1]
            output = fails(here, "doctor", "--url", f"http://127.0.0.1:{port}")
        finally:
            ended.set()
            thread.join()
    assert "FAIL  unreachable: it did not answer in 1 s" in output


def test_an_endless_response_is_not_read_to_its_end(here: Flask) -> None:
    with stand_in({"/health": (200, {}, ENDLESS)}) as url:
        output = fails(here, "doctor", "--url", url)
    assert "What answers there is not this server (status 200" in output


def test_no_password_of_this_machine_is_sent_and_no_compression_asked_for(
    here: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password of-this-machine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    received: list[Message] = []
    with stand_in({"/health": healthy()}, requests=received) as url:
        fails(here, "doctor", "--url", url)
    assert len(received) >= 3
    assert all(headers["Authorization"] is None for headers in received)
    assert {headers["Accept-Encoding"] for headers in received} == {"identity"}


def test_metadata_of_another_resource(here: Flask) -> None:
    """As behind a proxy that rewrites only a part of the metadata."""
    challenge = {"WWW-Authenticate": 'Bearer resource_metadata="https://s.example/.well-known/x"'}
    responses: Responses = {"/health": healthy(), "/mcp": (401, challenge, {})}
    resource = {"resource": "http://127.0.0.1:5000/mcp"}
    responses["/.well-known/oauth-protected-resource/mcp"] = (200, {}, resource)
    with stand_in(responses) as url:
        responses["/.well-known/oauth-authorization-server"] = (200, {}, {"issuer": url})
        output = fails(here, "doctor", "--url", url)
    assert "FAIL  issuer: the metadata is for http://127.0.0.1:5000/mcp" in output


def test_a_response_may_come_in_chunks(here: Flask) -> None:
    """As proxies send it that do not know its length."""
    parts = [json.dumps(healthy()[2]).encode()[at : at + 20] for at in range(0, 200, 20)]
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"
    chunked = (200, {"Transfer-Encoding": "chunked"}, body)
    with stand_in({"/health": chunked}) as url:
        output = fails(here, "doctor", "--url", url)
    assert f"ok    reached: {url}, source sandbox" in output


def test_a_server_that_closes_the_connection(here: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: listening.accept()[0].close())
        thread.start()
        output = fails(here, "doctor", "--url", f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread.join()
    assert "closed the connection without an answer" in output


def test_certificates(here: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tunnel(tmp_path, monkeypatch) as way_in, stand_in({"/health": healthy()}) as plain:
        way_in.port = int(plain.rpartition(":")[2])
        assert f"ok    reached: {way_in.url}" in fails(here, "doctor", "--url", way_in.url)
        other_name = way_in.url.replace("tunnel.example", "localhost")
        output = fails(here, "doctor", "--url", other_name)
        assert "its certificate is refused: Hostname mismatch" in output
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        output = fails(here, "doctor", "--url", way_in.url)
        assert "its certificate is refused: " in output and "Renew it, or have one issued" in output
        spoken = fails(here, "doctor", "--url", plain.replace("http", "https"))
        assert "does not speak https. Put a proxy" in spoken
        elsewhere = plain.replace("127.0.0.1", "tunnel.example")
        output = fails(here, "doctor", "--url", elsewhere, "--token")
        assert "FAIL  plain http: tokens can be read on the way." in output
        assert "Token" not in output, "no token is sent in the clear"


@pytest.mark.parametrize(
    "status, headers, body, words",
    [
        (
            403,
            {"x-amzn-ErrorType": "AccessDeniedException"},
            {"Message": "Forbidden. For troubleshooting Function URL authorization issues, see …"},
            "403 by AWS itself: the Function URL lacks a permission. Run `zappa update",
        ),
        (
            403,
            {"x-amzn-ErrorType": "MissingAuthenticationTokenException"},
            {"message": "Missing Authentication Token"},
            "403 by API Gateway (MissingAuthenticationTokenException): check its stage",
        ),
        (403, {"X-Amz-Cf-Id": "abc"}, b"<html>", "403 by CloudFront or WAF"),
        (
            403,
            {},
            {"error": "forbidden", "message": "ALLOWED_IPS\x1b[31m"},
            r"403 by the server: 'ALLOWED_IPS\x1b[31m'",
        ),
        (301, {"Location": "https://other.example/"}, b"", "sends visitors to https://other.ex"),
        (502, {"x-amzn-ErrorType": "InternalServerErrorException"}, b"", "zappa tail production"),
        (429, {"x-amzn-ErrorType": "TooManyRequestsException"}, {}, "status 429: too many"),
        (503, {}, {}, "status 503: the server fails"),
        (200, {}, b"<html>Welcome to nginx!", "not this server (status 200 on /health)"),
        (200, {}, b"[" * 100_000, "not this server"),
        (200, {}, b"x" * 10_000_000, "not this server"),
        (404, {}, {"status": "error"}, "not this server (status 404"),
    ],
)
def test_something_else_answers(
    here: Flask, status: int, headers: dict[str, str], body: Any, words: str
) -> None:
    with stand_in({"/health": (status, headers, body)}) as url:
        output = fails(here, "doctor", "--url", url)
    assert words in output
    assert "\x1b" not in output and len(output) < 1000


@pytest.mark.parametrize("skew_s", [-3600, -90, 90, 86400])
def test_a_wrong_clock(here: Flask, clock: Clock, skew_s: int) -> None:
    now = int(time.time())
    clock.freeze(now)
    with stand_in({"/health": healthy()}, formatdate(now + skew_s, usegmt=True)) as url:
        output = fails(here, "doctor", "--url", url)
    (line,) = [line for line in output.splitlines() if "clock" in line]
    assert line.startswith("FAIL  clock: ") and "Synchronize both" in line
    assert int(line.split()[2]) == skew_s


def test_a_clock_that_is_right_or_unknown(here: Flask) -> None:
    with stand_in({"/health": healthy()}) as url:
        assert "ok    clock: agrees" in fails(here, "doctor", "--url", url)
    with stand_in({"/health": healthy()}, "yesterday") as url:
        assert "warn  clock: the server sent no time" in fails(here, "doctor", "--url", url)


def test_another_version(here: Flask) -> None:
    with stand_in({"/health": healthy(version="0.0.1")}) as url:
        output = fails(here, "doctor", "--url", url)
    assert f"FAIL  version: 0.0.1 there, {__version__} here: deploy again" in output


def test_a_response_that_is_nested_too_deeply(here: Flask) -> None:
    """Python reads a little more of it than it can show afterwards."""
    for depth in (70, 500, *range(970, 1000)):
        body = b'{"status": 1, "version": %b}' % (b"[" * depth + b"]" * depth)
        with stand_in({"/health": (200, {}, body)}) as url:
            assert "What answers there is not this server" in fails(here, "doctor", "--url", url)


def test_a_server_that_answers_without_a_token(here: Flask) -> None:
    with stand_in({"/health": healthy(authless=True), "/mcp": (200, {}, {"result": {}})}) as url:
        output = fails(here, "doctor", "--url", url)
    assert "FAIL  /mcp answers without a token" in output
    assert "warn  ALLOW_AUTHLESS is true" in output


def test_a_proxy_that_does_not_pass_posts(here: Flask) -> None:
    with stand_in({"/health": healthy(), "/mcp": (405, {}, {})}) as url:
        output = fails(here, "doctor", "--url", url)
    assert "FAIL  /mcp: status 405 instead of 401" in output


@pytest.mark.parametrize(
    "url, words",
    [
        ("strava.example.com", "must begin with https://"),
        ("ftp://strava.example.com", "must begin with https://"),
        ("https://", "must begin with https://"),
        ("https://strava.example.com:99999", "must begin with https://"),
        ("https://me:secret@strava.example.com", "leave out secrets"),
        ("https://strava.example.com/?token=secret", "leave out secrets"),
        ("https://strava.example.com/production", "must have no path, not /production"),
    ],
)
def test_an_address_that_is_not_one(here: Flask, url: str, words: str) -> None:
    result = here.test_cli_runner().invoke(args=["doctor", "--url", url])
    assert result.exit_code == 2 and words in result.output and "secret@" not in result.output


def test_a_token_needs_an_address(here: Flask) -> None:
    result = here.test_cli_runner().invoke(args=["doctor", "--token"])
    assert result.exit_code == 2 and "--token goes with --url" in result.output
