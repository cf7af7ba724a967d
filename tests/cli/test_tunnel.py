"""``flask tunnel``: the settings, the passphrase and the check from outside."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.cli import serving
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.app_server import serve
from tests.cli.test_commands import fails, run
from tests.tunnel import KINDS, Tunnel, tunnel

PASSPHRASE = re.compile(r"only this once: ((?:[a-z2-9]{4}-){3}[a-z2-9]{4})\n")


@pytest.fixture
def way_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tunnel]:
    with tunnel(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def app() -> Iterator[Flask]:
    """The app as a command loads it."""
    app = create_app()
    yield app
    services(app).close()


def settings_file() -> dict[str, str]:
    content: dict[str, str] = json.loads((Config.load().home / "settings.json").read_text())
    return content


def remember(url: str) -> None:
    """Set the tunnel's address as an earlier run of the command did."""
    folder = Config.load().home
    folder.mkdir(mode=0o700, exist_ok=True)
    text = json.dumps({"PUBLIC_URL": url, "PROXY_HOPS": "1"})
    (folder / "settings.json").write_text(text)


def test_settings_and_passphrase_are_set_before_the_server_runs(app: Flask) -> None:
    output = run(app, "tunnel", " https://abc.invalid/ ")
    assert settings_file() == {"PUBLIC_URL": "https://abc.invalid", "PROXY_HOPS": "1"}
    assert Config.load().public_url == "https://abc.invalid" and Config.load().proxy_hops == 1
    passphrase = PASSPHRASE.search(output)
    assert passphrase
    services(app).owner.check(passphrase[1], "192.0.2.1")
    stored = b"".join(file.read_bytes() for file in Config.load().home.iterdir())
    assert passphrase[1].encode() not in stored, "only the hash is kept"
    assert "https://abc.invalid cannot be reached: start the tunnel" in output
    assert "Add custom connector\nhttps://abc.invalid\n" in output
    assert "(developer mode)\nhttps://abc.invalid/mcp\n" in output
    assert "On that page, type your passphrase." in output


def test_passphrase_that_is_set_is_kept(app: Flask) -> None:
    run(app, "passphrase", "set", "--password", "correct horse battery staple")
    assert "passphrase, shown" not in run(app, "tunnel", "https://abc.invalid")
    services(app).owner.check("correct horse battery staple", "192.0.2.1")


def test_new_address_replaces_the_earlier_one() -> None:
    remember("https://first.invalid")
    app = create_app()
    output = run(app, "tunnel", "https://second.invalid")
    assert "It was https://first.invalid: apps that are connected there connect again." in output
    assert settings_file()["PUBLIC_URL"] == "https://second.invalid"
    services(app).close()


def test_off_removes_the_settings_and_keeps_the_passphrase(app: Flask) -> None:
    run(app, "tunnel", "https://abc.invalid")
    assert "the passphrase stays" in run(app, "tunnel", "--off")
    assert settings_file() == {} and services(app).owner.asks_for() == "passphrase"
    assert "No tunnel is set." in run(app, "tunnel", "--off")
    assert serving.base_url(Config.load()) == "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    "address, problem",
    [
        ("abc.trycloudflare.com", "must be an absolute URL"),
        ("https://abc.trycloudflare.com/mcp", "must have no path"),
        ("https://ABC.trycloudflare.com", "must be lowercase"),
        ("http://abc.trycloudflare.com", "must begin with https://"),
        ("http://127.0.0.1:5000", "must be the https address that your tunnel prints"),
        ("https://localhost:5000", "must be the https address that your tunnel prints"),
        ("https://a.invalid?x=1", "must be an absolute URL"),
        ("", "Give the https address"),
    ],
)
def test_wrong_address_is_refused_before_anything_is_set(
    app: Flask, address: str, problem: str
) -> None:
    assert problem in " ".join(fails(app, "tunnel", address).split())
    assert not (Config.load().home / "settings.json").exists()
    assert services(app).owner.asks_for() == "AUTH_TOKEN"


@pytest.mark.parametrize(
    "name, value, problem",
    [
        ("PUBLIC_URL", "https://b.invalid", "set in the environment: change it there to https://a"),
        ("PROXY_HOPS", "0", "set in the environment: change it there to 1."),
        ("PROXY_HOPS", "2", "set in the environment: change it there to 1."),
        ("ALLOW_AUTHLESS", "true", "anyone who knows the address could read your data"),
        ("OAUTH_ENABLED", "false", "connect by OAuth only"),
    ],
)
def test_settings_that_must_change_first_are_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    app = create_app()
    output = fails(app, "tunnel", "https://a.invalid")
    assert f"{name} is" in output and problem in output
    assert not (Config.load().home / "settings.json").exists()
    services(app).close()


def test_address_in_the_environment_may_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://a.invalid/")
    app = create_app()
    run(app, "tunnel", "https://a.invalid")
    assert "PUBLIC_URL is set in the environment: remove it there." in run(app, "tunnel", "--off")
    services(app).close()


@pytest.mark.parametrize("kind", KINDS)
def test_check_finds_this_server(way_in: Tunnel, kind: str) -> None:
    remember(way_in.url)
    way_in.kind = kind
    app = create_app()
    with serve(app) as served:
        way_in.port = int(served.url.rpartition(":")[2])
        assert f"Checked: this server answers at {way_in.url}." in run(app, "tunnel")
    assert "authorization" not in {name for sent in way_in.forwarded for name in sent}
    services(app).close()


@pytest.mark.parametrize("kind", KINDS)
def test_check_finds_a_server_that_was_not_restarted(app: Flask, way_in: Tunnel, kind: str) -> None:
    way_in.kind = kind
    with serve(app) as served:
        way_in.port = int(served.url.rpartition(":")[2])
        output = run(app, "tunnel", way_in.url)
    assert "The server still has its earlier settings: stop it and start it again." in output


def test_check_tells_a_stopped_server_from_another_one(way_in: Tunnel, tmp_path: Path) -> None:
    remember(way_in.url)
    app, other = create_app(), create_app(Config(home=tmp_path / "o", public_url=way_in.url))
    output = fails(app, "tunnel")
    assert "is not this server (status 502): start the server" in output
    with serve(other) as served:
        way_in.port = int(served.url.rpartition(":")[2])
        assert "Another Strava MCP server answers" in fails(app, "tunnel")
    for one in (app, other):
        services(one).close()


def test_proof_is_given_only_for_a_challenge(app: Flask) -> None:
    client = app.test_client()
    challenge = "0123456789abcdef" * 2
    assert "proof" not in client.get("/health").get_json()
    for wrong in (challenge[1:], challenge + "0", challenge.upper() + "X", "ü" * 32):
        assert "proof" not in client.get("/health", query_string={"challenge": wrong}).get_json()
    proof = client.get(f"/health?challenge={challenge}").get_json()["proof"]
    assert proof == services(app).proof(challenge) != services(app).proof("f" * 32)
