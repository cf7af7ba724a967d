"""The server's own URL: on this machine the one that was typed, elsewhere PUBLIC_URL."""

import json
import re
import sys
from pathlib import Path

import pytest
import requests
from flask import Flask

from strava_mcp.oauth import audience
from strava_mcp.web.server_url import Host, parse_host
from tests.flow import BOTH, Answer, Flow, InProcess, Live
from tests.servers import flask_run, free_port, gunicorn, running
from tests.web.conftest import TOKEN, Make

WELL_KNOWN = (
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource/mcp/",
    "/.well-known/oauth-protected-resource/sse",
)
BASES = [
    "http://localhost",
    "http://localhost:5000",
    "http://127.0.0.1:5000",
    "http://127.0.0.1:8123",
    "http://[::1]:5000",
    "https://localhost:8443",
]


def urls(answer: Answer) -> set[str]:
    """Every base URL in a response: scheme, host and port."""
    text = answer.text + str(answer.headers)
    return set(re.findall(r"https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?", text))


def whole_flow(flow: Flow, base: str) -> str:
    """Discover, register, approve, redeem, refresh and call; returns an access token."""
    http = flow.http
    for path in WELL_KNOWN:
        assert urls(http.send("GET", path)) == {base}, path
    refused = http.send("POST", "/mcp", json={})
    assert refused.status == 401 and urls(refused) == {base}
    assert urls(http.send("GET", "/", headers={"Accept": "text/html"})) == {base}
    if not flow.client:
        assert flow.register().status == 201
    page = flow.look(resource=f"{base}/mcp", scope=BOTH)
    redirected = flow.decide(page, flow.request(resource=f"{base}/mcp", scope=BOTH))
    assert redirected.query["iss"] == [base]
    tokens = flow.redeem(redirected.query["code"][0], resource=f"{base}/mcp").json
    tokens = flow.refresh(tokens["refresh_token"], resource=f"{base}/mcp/").json
    assert flow.call(tokens["access_token"]).status == 200
    denied = flow.decide(flow.look(), flow.request(), decision="deny")
    assert denied.query["iss"] == [base] and denied.query["error"] == ["access_denied"]
    rejected = flow.look(code_challenge=None)
    assert rejected.query["iss"] == [base] and rejected.query["error"] == ["invalid_request"]
    return str(tokens["access_token"])


@pytest.mark.parametrize("base", BASES)
def test_every_url_is_the_one_that_was_typed(app: Flask, base: str) -> None:
    whole_flow(Flow(InProcess(app, base=base), TOKEN), base)


def test_loopback_names_are_one_audience(app: Flask) -> None:
    flow = Flow(InProcess(app, base="http://localhost:5000"), TOKEN)
    token = whole_flow(flow, "http://localhost:5000")
    for base in BASES:
        there = Flow(InProcess(app, base=base), TOKEN, client=flow.client)
        assert there.call(token).status == 200
    there = Flow(InProcess(app), TOKEN, client=flow.client)  # another name, the same port
    for base in BASES[1:3]:
        assert there.redeem(there.approve(resource=base), resource=base).status == 200


@pytest.mark.parametrize(
    "resource",
    [
        "http://localhost:5001/mcp",  # where another program listens
        "http://localhost/mcp",
        "https://localhost:5000/mcp",
        "http://127.0.0.2:5000/mcp",
        "http://localhost.evil.example:5000/mcp",
        "http://localhost:5000.evil.example/mcp",
        "http://localhost:5000@evil.example/mcp",
    ],
)
def test_no_other_resource_is_this_server(app: Flask, resource: str) -> None:
    flow = Flow(InProcess(app), TOKEN)
    flow.register()
    assert flow.look(resource=resource).query["error"] == ["invalid_target"]


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1:5000", "[::1]:5000"])
def test_public_url_is_the_only_one_where_it_is_set(make: Make, host: str) -> None:
    base = "https://strava.example.com"
    flow = Flow(InProcess(make(public_url=base), base=f"http://{host}"), TOKEN)
    for path in WELL_KNOWN:
        text = flow.http.send("GET", path).text
        assert base in text and host not in text
    flow.register()
    assert flow.look(code_challenge=None).query["iss"] == [base]
    assert flow.look(resource=f"http://{host}/mcp").query["error"] == ["invalid_target"]


def test_a_grant_is_for_the_public_url_where_it_is_set(make: Make) -> None:
    local = Flow(InProcess(make()), TOKEN)
    token = local.connect()["access_token"]
    for public_url in ("https://strava.example.com", "http://localhost:9999"):
        elsewhere = Flow(InProcess(make(public_url=public_url)), TOKEN, client=local.client)
        assert elsewhere.call(token).status == 401


def test_other_allowed_hosts_do_not_choose_the_issuer(make: Make) -> None:
    app = make(allowed_hosts=("host.docker.internal",))
    http = InProcess(app, base="http://host.docker.internal:5000")
    for path in WELL_KNOWN:
        answer = http.send("GET", path)
        assert answer.status == 200 and "docker" not in answer.text


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "HTTPS", ""])
def test_the_scheme_is_http_or_https(make: Make, scheme: str) -> None:
    http = InProcess(make(proxy_hops=1))
    answer = http.send("GET", WELL_KNOWN[0], headers={"X-Forwarded-Proto": scheme})
    assert answer.json["issuer"] == "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    "text, host",
    [
        ("LOCALHOST:5000", Host("localhost", 5000)),
        ("[::1]", Host("::1", None)),
        ("127.0.0.1:", Host("127.0.0.1", None)),
        ("strava.example.com:443", Host("strava.example.com", 443)),
        *((text, None) for text in ("", "[::1", "::1", "localhost:65536", "localhost:+80")),
        *((text, None) for text in ("a@localhost", "localhost/x", "localhost?x", "localhost#x")),
        *(
            (text, None)
            for text in ("localhost\t", " localhost", "localhost,localhost", "localhöst")
        ),
    ],
)
def test_host_headers_are_parsed_strictly(text: str, host: Host | None) -> None:
    assert parse_host(text) == host


def test_audiences_are_compared_whole() -> None:
    for url in ("http://localhost:5000", "http://[::1]:1", "https://127.0.0.1"):
        assert audience.includes(url, "") and not audience.includes(url, "https://a.example")
    for url in ("https://a.example", "http://localhost.evil", "http://localhost:5000/mcp", ""):
        assert not audience.includes(url, "")


def test_servers_on_two_ports_have_cookies_of_their_own(make: Make) -> None:
    """All ports of a host share its cookies (RFC 6265 §8.5)."""
    names = set()
    for base in ("http://localhost:5000", "http://localhost:5001", "http://localhost"):
        page = InProcess(make(), base=base).send("GET", "/connections")
        names.add(page.headers["Set-Cookie"].partition("=")[0])
    assert names == {"strava_mcp_browser_5000", "strava_mcp_browser_5001", "strava_mcp_browser"}


@pytest.mark.parametrize(
    "public_url, name",
    [
        ("https://strava.example.com", "__Host-strava_mcp_browser"),
        ("https://localhost:8443", "__Host-strava_mcp_browser_8443"),
        ("http://localhost:8000", "strava_mcp_browser_8000"),
    ],
)
def test_over_https_cookies_keep_their_prefix(make: Make, public_url: str, name: str) -> None:
    page = InProcess(make(public_url=public_url)).send("GET", "/connections")
    cookie = page.headers["Set-Cookie"]
    assert cookie.partition("=")[0] == name
    assert ("Secure" in cookie) == public_url.startswith("https:")


@pytest.mark.parametrize("config_file", [False, True])
def test_gunicorn_on_any_port_accepts_its_own_tokens(tmp_path: Path, config_file: bool) -> None:
    """Its port is not known from a configuration file, but from what clients ask for."""
    port = free_port()
    command = gunicorn(port, workers=1)
    if config_file:
        (tmp_path / "gunicorn.conf.py").write_text(f'bind = "127.0.0.1:{port}"\nthreads = 4\n')
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            f"{tmp_path}/gunicorn.conf.py",
            "wsgi:app",
        ]
    env = {"AUTH_TOKEN": TOKEN, "STRAVA_MCP_HOME": str(tmp_path / "home")}
    with running(command, port, tmp_path / "log", env):
        for name in ("127.0.0.1", "localhost"):
            base = f"http://{name}:{port}"
            whole_flow(Flow(Live(base), TOKEN), base)
        foreign = requests.get(f"http://127.0.0.1:{port}/health", headers={"Host": "evil.example"})
        assert foreign.status_code == 421


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_flask_run_answers_under_the_name_of_its_host(tmp_path: Path, host: str) -> None:
    port = free_port()
    env = {"AUTH_TOKEN": TOKEN, "STRAVA_MCP_HOME": str(tmp_path / "home")}
    name = f"[{host}]" if ":" in host else host
    command = [*flask_run(port), "--host", host]
    with running(command, port, tmp_path / "log", env, name):
        base = f"http://{name}:{port}"
        flow = Flow(Live(base), TOKEN)
        whole_flow(flow, base)
        opened = flow.http.session.get(
            f"{base}/sse", headers={"Authorization": f"Bearer {TOKEN}"}, stream=True
        )
        first = b"".join(
            line + b"\n" for _, line in zip(range(5), opened.iter_lines(), strict=False)
        )
        opened.close()
        assert b"data: /message?session_id=" in first, json.dumps(first.decode())
