"""``flask server-json``, against the rules of the MCP registry (schema 2025-12-11)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.cli import zappa_settings
from strava_mcp.config import Config
from strava_mcp.services import services

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make an app of these settings."""
    monkeypatch.chdir(tmp_path)
    apps: list[Flask] = []

    def make_app(**settings: Any) -> Flask:
        config = Config(home=tmp_path / "home", auth_tokens=(TOKEN,), **settings)
        apps.append(create_app(config))
        return apps[-1]

    yield make_app
    for app in apps:
        services(app).close()


def run(app: Flask, *args: str, fails: bool = False) -> str:
    result = app.test_cli_runner().invoke(args=["server-json", *args])
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def document() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path("server.json").read_text())
    return content


def test_own_domain_is_the_name(make: Any) -> None:
    output = run(make(public_url="https://strava.example.com"))
    content = document()
    assert content["name"] == "com.example.strava/strava-mcp"
    assert content["remotes"] == [
        {"type": "streamable-http", "url": "https://strava.example.com/mcp"}
    ]
    assert "mcp-publisher login dns --domain strava.example.com" in output
    # The limits of ServerDetail.
    assert re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", content["name"])
    assert 1 <= len(content["description"]) <= 100 and 1 <= len(content["title"]) <= 100
    assert re.fullmatch(r"\d+\.\d+\.\d+", content["version"])
    assert TOKEN not in Path("server.json").read_text()


def test_address_that_nobody_owns_needs_a_name(make: Any) -> None:
    app = make(public_url="https://abc123.lambda-url.eu-north-1.on.aws")
    assert "--name io.github.YOU/strava-mcp" in run(app, fails=True)
    for wrong in ("strava", "io.github.me/strava mcp", "a/b/c", "x/" + "y" * 199):
        assert "must be a reversed domain" in run(app, "--name", wrong, fails=True)
    assert not Path("server.json").exists()
    output = run(app, "--name", "io.github.me/strava-mcp", "--output", "x.json")
    assert "mcp-publisher login github" in output
    assert json.loads(Path("x.json").read_text())["name"] == "io.github.me/strava-mcp"


def test_server_of_this_machine_is_not_for_the_registry(make: Any) -> None:
    assert "on the internet only" in run(make(), fails=True)
    assert "on the internet only" in run(make(public_url="http://127.0.0.1:5000"), fails=True)


def test_without_oauth_the_header_is_described(make: Any) -> None:
    run(make(public_url="https://strava.example.com", oauth_enabled=False))
    header = document()["remotes"][0]["headers"][0]
    assert header["name"] == "Authorization" and header["isSecret"] and header["isRequired"]
    assert header["value"] == "Bearer {token}" and header["variables"]["token"]["isSecret"]


def test_stage_has_its_own_address_and_settings(make: Any) -> None:
    app = make(public_url="https://not-this.example.com")
    assert "run `flask setup` first" in run(app, "--stage", "production", fails=True)
    variables = {"PUBLIC_URL": "https://strava.example.com", "OAUTH_ENABLED": "false"}
    stage = {**zappa_settings.example(), zappa_settings.VARIABLES: variables}
    zappa_settings.write({"production": stage})
    run(app, "--stage", "production")
    assert document()["remotes"][0]["url"] == "https://strava.example.com/mcp"
    assert "headers" in document()["remotes"][0]


def test_file_that_cannot_be_written_is_named(make: Any) -> None:
    app = make(public_url="https://strava.example.com")
    assert "missing/server.json: No such file" in run(
        app, "--output", "missing/server.json", fails=True
    )
