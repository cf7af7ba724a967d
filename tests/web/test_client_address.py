"""Who is who behind a proxy: visitors are distinguished, and nobody can claim another's address."""

import logging
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import run_wsgi_app

from strava_mcp import proxy_notice
from strava_mcp.aws import events
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError, StoreError
from strava_mcp.oauth import owner
from strava_mcp.services import services
from strava_mcp.web import guard
from tests.aws.runtime import url_event
from tests.clients.front import front
from tests.flow import Flow, InProcess, Live, ticket
from tests.servers import free_port, gunicorn, running
from tests.waiting import eventually
from tests.web.conftest import TOKEN, Make, bearer

SECRET = "c1" * 32
OWNER, STRANGER = "203.0.113.9", "198.51.100.7"
WARNING = "A proxy passes requests on, but PROXY_HOPS is 0."


def forwarded(address: str) -> dict[str, str]:
    """The header of a proxy that appends to what a visitor claims."""
    return {"X-Forwarded-For": f"{OWNER}, {address}"}


def by_cloudfront(address: str, secret: str = SECRET) -> dict[str, str]:
    """The headers that the function of ``aws/README.md`` sets."""
    return {"X-Origin-Verify": secret, "True-Client-IP": address}


def wrong_passphrase(flow: Flow, headers: dict[str, str]) -> int:
    """Enter a wrong passphrase on the consent page; returns the status."""
    http = InProcess(flow.http.client.application)
    url = flow.request()
    page = http.send("GET", url, headers=headers)
    visitor = Flow(http, "wrong", client=flow.client)
    form = {"decision": "approve", "scope": "read", "passphrase": "wrong"}
    data = {**form, "ticket": ticket(page.text)}
    return int(visitor.http.send("POST", url, data=data, headers=headers).status)


@pytest.mark.parametrize(
    "settings, headers",
    [
        ({"proxy_hops": 1}, forwarded),
        ({"cloudfront_secret": SECRET}, by_cloudfront),
        ({"cloudfront_secret": SECRET, "proxy_hops": 1}, by_cloudfront),
    ],
)
def test_a_stranger_does_not_lock_the_owner_out(
    make: Make, settings: dict[str, Any], headers: Any, limit_clock: Any
) -> None:
    app = make(rate_limit=1000, **settings)
    flow = Flow(InProcess(app), TOKEN)
    flow.register()
    assert [wrong_passphrase(flow, headers(STRANGER)) for _ in range(owner.PER_KEY + 1)][-1] == 429
    assert wrong_passphrase(flow, headers(OWNER)) == 403
    client = app.test_client()
    for _ in range(guard.MAX_FAILURES + 1):
        reply = client.post("/mcp", json={}, headers=bearer("x" * 64) | headers(STRANGER))
    assert reply.status_code == 429
    reply = client.post("/mcp", json={}, headers=bearer("x" * 64) | headers(OWNER))
    assert reply.status_code == 401


@pytest.mark.parametrize(
    "settings, headers, expected",
    [
        ({}, forwarded(OWNER), 403),
        ({}, by_cloudfront(OWNER), 403),
        ({"proxy_hops": 1}, forwarded(OWNER), 200),
        ({"proxy_hops": 1}, forwarded(STRANGER), 403),
        ({"cloudfront_secret": SECRET}, by_cloudfront(OWNER), 200),
        ({"cloudfront_secret": SECRET}, by_cloudfront(STRANGER), 403),
        *(
            ({"cloudfront_secret": SECRET}, by_cloudfront(OWNER, wrong), 403)
            for wrong in ("", SECRET[:-1], SECRET + "x", "é" * 64, f"{SECRET}, {SECRET}")
        ),
        ({"cloudfront_secret": SECRET}, {"True-Client-IP": OWNER}, 403),
        ({"cloudfront_secret": SECRET}, {"CloudFront-Viewer-Address": f"{OWNER}:1234"}, 403),
        ({"cloudfront_secret": SECRET}, {"X-Origin-Verify": SECRET}, 403),
        ({"cloudfront_secret": SECRET}, by_cloudfront("not an address"), 403),
    ],
)
def test_a_forged_address_is_not_believed(
    make: Make, settings: dict[str, Any], headers: dict[str, str], expected: int
) -> None:
    app = make(allowed_ips=(ip_network(f"{OWNER}/32"),), **settings)
    environ = {"REMOTE_ADDR": "130.176.0.1"}
    reply = app.test_client().get("/health", headers=headers, environ_overrides=environ)
    assert reply.status_code == expected


@pytest.mark.parametrize(
    "forwarded_for, network",
    [
        ("203.0.113.9:52814", "203.0.113.9/32"),
        ("[2001:db8:7::1]:443", "2001:db8:7::/48"),
        ("[2001:db8:7::1]", "2001:db8:7::/48"),
        ("2001:db8:7::1", "2001:db8:7::/48"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
    ],
)
def test_a_proxy_may_forward_an_address_with_its_port(
    make: Make, forwarded_for: str, network: str, limit_clock: Any
) -> None:
    """As Azure's Application Gateway does; all visitors counted as one otherwise."""
    app = make(allowed_ips=(ip_network(network),), proxy_hops=1)
    http, header = app.test_client(), {"X-Forwarded-For": forwarded_for}
    assert http.get("/health", headers=header).status_code == 200
    other = {"X-Forwarded-For": "198.51.100.7:443"}
    assert http.get("/health", headers=other).status_code == 403


def test_on_lambda_cloudfront_is_told_from_direct_requests(make: Make) -> None:
    app = make(
        lambda_function="strava",
        cloudfront_secret=SECRET,
        allowed_ips=(ip_network(f"{OWNER}/32"),),
    )
    event = {"requestContext": {"http": {"sourceIp": "130.176.0.1"}}}
    for headers, expected in ((by_cloudfront(OWNER), 200), (by_cloudfront(OWNER, "x" * 64), 403)):
        environ = {"lambda.event": event}
        reply = app.test_client().get("/health", headers=headers, environ_overrides=environ)
        assert reply.status_code == expected


@pytest.mark.parametrize("name", ["True_Client_IP", "true-client_ip", "X_Origin_Verify"])
def test_on_lambda_a_visitor_cannot_replace_what_cloudfront_sets(make: Make, name: str) -> None:
    app = make(
        lambda_function="strava",
        cloudfront_secret=SECRET,
        allowed_ips=(ip_network(f"{OWNER}/32"),),
    )
    for address, expected in ((STRANGER, "403"), (OWNER, "200")):
        claimed = "x" if name.startswith("X") else OWNER if address == STRANGER else STRANGER
        event = url_event("GET", "/health", headers=by_cloudfront(address) | {name: claimed})
        status = run_wsgi_app(app.wsgi_app, events.wsgi_environ(event, None))[1]
        assert status.startswith(expected)


def test_the_secret_is_long_and_never_shown(make: Make, caplog: Any) -> None:
    with pytest.raises(ConfigError, match="CLOUDFRONT_SECRET must have at least 32 characters"):
        Config.load({"CLOUDFRONT_SECRET": "short"})
    assert SECRET not in repr(Config(cloudfront_secret=SECRET))
    with caplog.at_level(logging.INFO):
        app = make(cloudfront_secret=SECRET)
        reply = app.test_client().get("/health", headers=by_cloudfront(OWNER))
    assert SECRET not in reply.text + str([vars(record) for record in caplog.records])
    assert OWNER in [getattr(record, "address", "") for record in caplog.records]


def warnings(caplog: Any) -> int:
    return sum(record.getMessage().startswith(WARNING) for record in caplog.records)


@pytest.mark.parametrize(
    "settings, peer, headers, count",
    [
        ({}, "127.0.0.1", {"X-Forwarded-For": STRANGER}, 1),
        ({}, "::1", {"X-Forwarded-For": STRANGER}, 1),
        ({}, "172.17.0.1", {"X-Forwarded-For": STRANGER}, 1),
        ({}, "::ffff:10.0.0.1", {"X-Forwarded-For": STRANGER}, 1),
        ({}, "100.64.0.1", {"X-Forwarded-For": STRANGER}, 1),
        ({}, "", {"X-Forwarded-For": STRANGER}, 1),  # a proxy on a Unix socket
        ({}, "127.0.0.1", {}, 0),
        ({}, "127.0.0.1", {"X-Forwarded-For": ""}, 0),
        ({}, "8.8.8.8", {"X-Forwarded-For": STRANGER}, 0),  # anybody can write it
        ({"proxy_hops": 1}, "127.0.0.1", {"X-Forwarded-For": STRANGER}, 0),
        ({"lambda_function": "strava"}, "127.0.0.1", {"X-Forwarded-For": STRANGER}, 0),
    ],
)
def test_a_proxy_that_is_not_counted_is_warned_about_once(
    make: Make,
    settings: dict[str, Any],
    peer: str,
    headers: dict[str, str],
    count: int,
    caplog: Any,
) -> None:
    app = make(**settings)
    for path in ("/health", "/mcp", "/health"):
        app.test_client().get(path, headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert warnings(caplog) == count
    there = services(app)
    assert bool(proxy_notice.problem(there.config, there.store)) == bool(count)
    if count:  # another app of the same store, as after a restart
        make().test_client().get(
            "/health", headers=headers, environ_overrides={"REMOTE_ADDR": peer}
        )
        assert warnings(caplog) == 2


def test_a_store_that_is_down_does_not_stop_the_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object) -> None:
        raise StoreError("The store did not answer: disk full")

    monkeypatch.setattr(services(app).store, "put", down)
    reply = app.test_client().get("/health", headers={"X-Forwarded-For": STRANGER})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"public_url": "https://strava.example.com"}, "PUBLIC_URL is https, so a proxy ends TLS"),
        ({"public_url": "https://strava.example.com", "proxy_hops": 1}, ""),
        ({}, ""),
    ],
)
def test_doctor_names_a_proxy_that_is_not_counted(
    make: Make, settings: dict[str, Any], words: str
) -> None:
    result = make(**settings).test_cli_runner().invoke(args=["doctor"])
    assert ("PROXY_HOPS" in result.output) == bool(words)
    assert words in result.output


def test_doctor_names_a_proxy_that_the_server_has_seen(make: Make) -> None:
    make().test_client().get("/health", headers={"X-Forwarded-For": STRANGER})
    result = make().test_cli_runner().invoke(args=["doctor"])
    assert "a proxy passes requests on" in result.output and "usually 1" in result.output


def test_behind_a_real_proxy_two_visitors_have_limits_of_their_own(tmp_path: Path) -> None:
    """The proxy passes on the header as one that appends to it would have written it."""
    port = free_port()
    env = {"AUTH_TOKEN": TOKEN, "STRAVA_MCP_HOME": str(tmp_path / "home"), "PROXY_HOPS": "1"}
    with running(gunicorn(port, workers=1), port, tmp_path / "log", env) as base:
        with front(base, base) as public:
            http = Live(public)
            wrong = bearer("x" * 64)
            stranger = {"json": {}, "headers": wrong | forwarded(STRANGER)}
            eventually(lambda: http.send("POST", "/mcp", **stranger).status == 429)
            other = http.send("POST", "/mcp", json={}, headers=wrong | forwarded(OWNER))
            assert other.status == 401
