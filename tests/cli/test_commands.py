"""The ``flask`` commands, run as from a terminal."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.cli import COMMANDS, serving
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.oauth.owner import NotTheOwner
from strava_mcp.sandbox.grants import SANDBOX_REFRESH_TOKEN
from strava_mcp.services import services
from tests.conftest import ROOT
from tests.flow import Flow, InProcess
from tests.servers import free_port, gunicorn, running

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def app(tmp_path: Path) -> Any:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield app
    services(app).close()


def run(app: Flask, *args: str) -> str:
    """Run a command that succeeds; returns its output."""
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 0, result.output
    return result.output


def fails(app: Flask, *args: str) -> str:
    """Run a command that fails; returns its output."""
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code != 0
    return result.output


def test_token_is_created_rotated_and_revoked(app: Flask) -> None:
    output = run(app, "tokens", "create", "VS Code", "--scope", "write", "--expires", "90d")
    secret = re.search(r"smcp_pat_\w{8}_[\w-]{43}", output)
    assert secret
    token_id = secret[0][9:17]
    assert services(app).tokens.authenticate(secret[0])
    listed = run(app, "tokens", "list")
    assert token_id in listed and "VS Code" in listed and "active" in listed
    assert secret[0] not in listed
    rotated = run(app, "tokens", "rotate", token_id, "--grace", "0")
    assert services(app).tokens.authenticate(secret[0]) is None
    assert re.search(rf"smcp_pat_{token_id}_[\w-]{{43}}", rotated)
    run(app, "tokens", "revoke", token_id)
    assert "revoked" in run(app, "tokens", "list")


def test_passphrase_is_set_and_replaced(app: Flask, tmp_path: Path) -> None:
    owner = services(app).owner
    passphrase = "correct horse battery staple"
    output = run(app, "passphrase", "set", "--password", passphrase)
    assert "is set" in output and passphrase not in output
    file = tmp_path / "home" / "passphrase_hash"
    assert file.read_text().startswith("scrypt:") and file.stat().st_mode & 0o777 == 0o600
    owner.check(passphrase, "127.0.0.1")
    with pytest.raises(NotTheOwner):
        owner.check(TOKEN, "127.0.0.1")
    run(app, "passphrase", "set", "--password", "another passphrase")  # a new one replaces it
    owner.check("another passphrase", "127.0.0.1")
    assert "12 to 1024" in fails(app, "passphrase", "set", "--password", "short")


def test_passphrase_hash_can_be_printed_as_a_setting(app: Flask, tmp_path: Path) -> None:
    output = run(app, "passphrase", "set", "--print", "--password", "correct horse battery")
    match = re.fullmatch(r"OWNER_PASSPHRASE_HASH='([^']+)'\n", output)
    assert match and not (tmp_path / "home" / "passphrase_hash").exists()
    config = Config.load({"OWNER_PASSPHRASE_HASH": match[1]})
    assert config.owner_passphrase_hash == match[1]
    with pytest.raises(ConfigError, match="flask passphrase set --print"):
        Config.load({"OWNER_PASSPHRASE_HASH": "correct horse battery"})


def test_passphrase_is_prompted_for_twice(app: Flask) -> None:
    entered = "correct horse battery\ncorrect horse battery\n"
    result = app.test_cli_runner().invoke(args=["passphrase", "set"], input=entered)
    assert result.exit_code == 0 and "correct" not in result.output
    entered = "correct horse battery\nwrong horse battery\n" * 3
    assert app.test_cli_runner().invoke(args=["passphrase", "set"], input=entered).exit_code != 0


def test_grant_is_listed_and_revoked(app: Flask) -> None:
    assert "base URL" in run(app, "grants", "list")
    flow = Flow(InProcess(app), TOKEN)
    flow.register(client_name="Claude")
    tokens = flow.connect()
    grant_id = tokens["access_token"].split("_")[2]
    listed = run(app, "grants", "list")
    assert grant_id in listed and "Claude" in listed and "active" in listed
    assert "smcp_" not in listed
    assert flow.call(tokens["access_token"]).status == 200
    assert "127.0.0.1" in run(app, "grants", "list")
    revoked = run(app, "grants", "revoke", grant_id)
    assert "1 access token and 1 refresh token end" in revoked
    assert "was revoked before" in run(app, "grants", "revoke", grant_id)
    assert flow.call(tokens["access_token"]).status == 401
    assert "revoked" in run(app, "grants", "list")
    assert "flask grants list" in fails(app, "grants", "revoke", "nope")


def test_grants_of_one_client_are_told_apart(app: Flask) -> None:
    flow = Flow(InProcess(app, "198.51.100.4"), TOKEN)
    flow.register(client_name="\u3164cl\u0430ude.ai\u2800")
    ids = [flow.connect()["access_token"].split("_")[2] for _ in range(2)]
    assert "has a label now" in run(app, "grants", "label", ids[0], "Laptop")
    rows = {line.split()[0]: line for line in run(app, "grants", "list").splitlines()}
    assert "Laptop" in rows[ids[0]] and "Laptop" not in rows[ids[1]]
    for grant_id in ids:
        assert "[U+3164]cl[U+0430]ude.ai[U+2800]" in rows[grant_id]
        assert "not verified" in rows[grant_id] and "strava:read" in rows[grant_id]
        assert "198.51.100.4" in rows[grant_id] and "127.0.0.1:33418" in rows[grant_id]
    listed = run(app, "grants", "list")
    assert f"{ids[1]}: Its name has invisible characters" in listed
    assert f"{ids[1]}: Its name mixes Cyrillic and Latin letters." in listed
    assert f"{ids[1]}: Its name looks like “claude.ai”, but is spelled differently." in listed
    assert "has no label now" in run(app, "grants", "label", ids[0])
    assert "Laptop" not in run(app, "grants", "list")
    assert "60 characters" in fails(app, "grants", "label", ids[0], "x" * 61)
    assert "flask grants list" in fails(app, "grants", "label", "nope", "x")


def test_grant_of_an_earlier_release_is_listed_without_a_place(app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    store = services(app).store
    (record,) = store.records("grant")
    del record.value["redirect_uri"]
    store.put("grant", record.key, record.value | {"created_from": ""})
    assert run(app, "grants", "list").count("unknown") == 2


def test_empty_token_list_says_how_to_create_one(app: Flask) -> None:
    assert "flask tokens create" in run(app, "tokens", "list")


@pytest.mark.parametrize(
    "args, output",
    [
        (("create", "x", "--expires", "soon"), "30m, 24h, 90d"),
        (("create", "x", "--expires", "0d"), "30m, 24h, 90d"),
        (("create", "x", "--scope", "admin"), "read"),
        (("create", ""), "1 to 60"),
        (("create", "a\nb"), "1 to 60"),
        (("create", "   "), "1 to 60"),
        (("create", "\u3164\u2800"), "1 to 60"),
        (("create", "\u202egpj"), "1 to 60"),
        (("rotate", "nosuchid"), "flask tokens list"),
        (("rotate", "nosuchid", "--grace", "never"), "must expire"),
        (("revoke", "nosuchid"), "flask tokens list"),
    ],
)
def test_invalid_arguments_are_explained(app: Flask, args: tuple[str, ...], output: str) -> None:
    assert output in fails(app, "tokens", *args)


def printed(guide: str, title: str) -> Any:
    """The JSON in one section of the guide."""
    match = re.search(rf"{re.escape(title)}\n(\{{.*?\n\}})", guide, re.S)
    assert match, guide
    return json.loads(match[1])


def test_guide_hides_the_token_by_default(app: Flask) -> None:
    hidden = run(app, "show-config")
    assert TOKEN not in hidden and "--show-token" in hidden
    guide = run(app, "show-config", "--show-token")
    assert f"Bearer {TOKEN}" in guide
    assert printed(guide, "over HTTP") == {
        "name": "strava",
        "url": "http://127.0.0.1:5000/mcp",
        "headers": {"Authorization": f"Bearer {TOKEN}"},
    }
    assert printed(guide, "or by hand")["mcpServers"]["strava"]["args"] == ["-m", "strava_mcp"]
    for word in ("code --add-mcp", "claude mcp add --transport http", "curl ", "type AUTH_TOKEN"):
        assert word in guide
    cursor = printed(guide, "mcp.json)")["mcpServers"]["strava"]
    assert cursor == {"url": "http://127.0.0.1:5000/mcp"}
    assert "http://127.0.0.1:5000  (calls from the internet: flask tunnel" in guide
    assert "after signing in\nhttp://127.0.0.1:5000/training\n" in guide


def test_guide_depends_on_the_settings(tmp_path: Path) -> None:
    settings = {"home": tmp_path / "home", "auth_tokens": (TOKEN,)}
    public = create_app(Config(**settings, public_url="https://strava.example.com"))
    output = run(public, "show-config")
    assert "connector\nhttps://strava.example.com\n" in output and "flask tunnel" not in output
    assert "\nhttps://strava.example.com/training\n" in output
    run(public, "passphrase", "set", "--password", "correct horse battery")
    assert "type your passphrase" in run(public, "show-config")
    closed = run(create_app(Config(**settings, oauth_enabled=False)), "show-config")
    assert "OAuth" not in closed and "Claude Web" not in closed and "By header" in closed
    assert "/training" not in closed


def test_guide_has_the_address_without_a_token_but_never_the_secret(tmp_path: Path) -> None:
    settings = {"home": tmp_path / "home", "auth_tokens": (TOKEN,), "allow_authless": True}
    assert ":5000/sse\n" in run(create_app(Config(**settings)), "show-config")
    app = create_app(Config(**settings, authless_secret="u" * 40))
    guide = run(app, "show-config", "--show-token")
    assert ":5000/sse?secret=<AUTHLESS_SECRET>\n" in guide and "u" * 40 not in guide


def test_settings_hide_every_secret(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLESS_SECRET", "u" * 40)
    output = run(app, "settings")
    assert re.search(r"^AUTHLESS_SECRET +\(hidden\) ", output, re.M) and "u" * 40 not in output


def test_stdio_entry_of_the_guide_starts_a_server(app: Flask, tmp_path: Path) -> None:
    guide = run(app, "show-config")
    server = printed(guide, "or by hand")["mcpServers"]["strava"]
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    env = {"PATH": os.environ["PATH"], **server["env"]}
    result = subprocess.run(
        [server["command"], *server["args"]],
        input=json.dumps(message) + "\n",
        capture_output=True,
        text=True,
        env=env,
        cwd="/",
        timeout=120,
    )
    assert json.loads(result.stdout) == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_doctor_finds_no_problem(app: Flask) -> None:
    output = run(app, "doctor")
    for word in (
        "settings",
        "data folder",
        "store",
        "AUTH_TOKEN",
        "OAuth",
        "clock",
        "source sandbox",
    ):
        assert re.search(rf"^ok .*{word}", output, re.M), output


def test_doctor_names_every_problem(tmp_path: Path) -> None:
    home = tmp_path / "home"
    config = Config(
        home=home,
        auth_tokens=("a" * 40,),
        secret_key="k" * 64,
        strava_source="api",
        strava_api_url="http://127.0.0.1:9/api",
        strava_oauth_url="http://127.0.0.1:9/oauth",
        strava_client_id="1",
        strava_client_secret="s",
        strava_refresh_token="r",
        allow_authless=True,
    )
    app = create_app(config)
    services(app).store.put("a", "b", {})
    home.chmod(0o755)
    (home / "store.db").chmod(0o644)
    output = fails(app, "doctor")
    for word in ("data folder", "easy to guess", "source api"):
        assert re.search(rf"^FAIL .*{word}", output, re.M), output
    assert re.search(r"^warn .*ALLOW_AUTHLESS", output, re.M)
    assert re.search(r"^warn .*clock", output, re.M)
    assert "Traceback" not in output
    services(app).close()


def flask(*args: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own, with the project's wsgi.py."""
    return subprocess.run(
        [sys.executable, "-m", "flask", *args],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
        timeout=120,
    )


@pytest.mark.parametrize("command", [("doctor",), ("run",), ("tokens", "list")])
def test_invalid_settings_stop_every_command_with_one_line_each(command: tuple[str, ...]) -> None:
    result = flask(*command, ALLOW_AUTHLESS="maybe", RATE_LIMIT="lots")
    assert result.returncode == 1
    assert re.search(r"^ALLOW_AUTHLESS must be", result.stderr, re.M)
    assert re.search(r"^RATE_LIMIT must be", result.stderr, re.M)
    assert "Traceback" not in result.stderr + result.stdout


def test_only_the_first_start_prints_the_token(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log"
    env = {"STRAVA_MCP_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "flask", "run", "--port", str(port)]
    with running(command, port, log, env):
        pass
    token = (tmp_path / "home" / "auth_token").read_text().strip()
    first = log.read_text()
    assert f"Bearer {token}" in first and f"http://127.0.0.1:{port}/mcp" in first
    assert f"http://127.0.0.1:{port}/training" in first
    with running(command, port, log, env):
        pass
    second = log.read_text()[len(first) :]
    assert token not in second and f"Serving http://127.0.0.1:{port}/mcp" in second
    assert f"Charts, after signing in: http://127.0.0.1:{port}/training" in second


def test_first_server_prints_the_token_that_a_command_generated(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    home = tmp_path / "home"
    assert flask("tokens", "list", STRAVA_MCP_HOME=str(home)).returncode == 0
    token = (home / "auth_token").read_text().strip()
    with running(gunicorn(port), port, log, {"STRAVA_MCP_HOME": str(home)}):
        deadline = time.monotonic() + 120
        while token not in log.read_text():  # another worker may answer before
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
    printed = log.read_text()
    assert (
        printed.count(f"http://127.0.0.1:{port}/mcp --header 'Authorization: Bearer {token}") == 1
    )
    assert (
        f"curl http://127.0.0.1:{port}/health"
        in flask("show-config", STRAVA_MCP_HOME=str(home)).stdout
    )


@pytest.mark.parametrize(
    "environ, base",
    [
        ({}, "http://127.0.0.1:5000"),
        ({"FLASK_RUN_PORT": "5099"}, "http://127.0.0.1:5099"),
        ({"FLASK_RUN_PORT": "9" * 5000}, "http://127.0.0.1:5000"),
        ({"FLASK_RUN_PORT": "5099", "FLASK_RUN_HOST": "0.0.0.0"}, "http://127.0.0.1:5099"),
        ({"FLASK_RUN_PORT": "5099", "FLASK_RUN_HOST": "::1"}, "http://[::1]:5099"),
        ({"FLASK_RUN_PORT": "5099", "PUBLIC_URL": "https://a.example"}, "https://a.example"),
    ],
)
def test_commands_know_the_address_of_the_server(environ: dict[str, str], base: str) -> None:
    assert f"curl {base}/health" in flask("show-config", **environ).stdout


@pytest.mark.parametrize(
    "arguments, environ, url",
    [
        (["gunicorn", "wsgi:app"], {}, "http://127.0.0.1:8000"),
        (["gunicorn", "wsgi:app"], {"PORT": "9000"}, "http://127.0.0.1:9000"),
        (["/venv/bin/gunicorn", "-b", ":8001", "wsgi:app"], {}, "http://127.0.0.1:8001"),
        (["/x/gunicorn/__main__.py", "--bind=[::1]:8002"], {}, "http://[::1]:8002"),
        (["gunicorn", "-b127.0.0.1:8003"], {}, "http://127.0.0.1:8003"),
        (["gunicorn"], {"GUNICORN_CMD_ARGS": "--bind=127.0.0.1:8004"}, "http://127.0.0.1:8004"),
        (["gunicorn", "--bind", "unix:/tmp/socket"], {}, "http://127.0.0.1:5000"),
        (["gunicorn", "--bind", "a:b"], {}, "http://127.0.0.1:5000"),
        (["waitress-serve"], {}, "http://127.0.0.1:5000"),
    ],
)
def test_address_of_gunicorn(
    arguments: list[str], environ: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", arguments)
    for name in ("PORT", "GUNICORN_CMD_ARGS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert serving.base_url(Config()) == url


def test_sandbox_prints_the_settings_that_connect_to_it(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "flask", "sandbox", "run", "--port", str(port)]
    with running(command, port, log, {"STRAVA_MCP_HOME": str(tmp_path / "home")}) as base:
        settings = dict(re.findall(r"^([A-Z_]+)=(.+)$", log.read_text(), re.M))
        config = Config.load(settings)
        assert config.strava_source == "api" and config.strava_api_url == f"{base}/api/v3"
        answer = requests.post(
            f"{config.strava_oauth_url}/token",
            {
                "client_id": config.strava_client_id,
                "client_secret": config.strava_client_secret,
                "grant_type": "refresh_token",
                "refresh_token": SANDBOX_REFRESH_TOKEN,
            },
            timeout=120,
        )
        assert answer.status_code == 200, answer.text


def test_sandbox_is_served_over_http(tmp_path: Path) -> None:
    from urllib.error import HTTPError
    from urllib.request import urlopen

    port = free_port()
    command = [sys.executable, "-m", "flask", "sandbox", "run", "--port", str(port)]
    env = {"STRAVA_MCP_HOME": str(tmp_path / "home")}
    with running(command, port, tmp_path / "log", env) as base:
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{base}/api/v3/athlete", timeout=120)


def test_commands_are_imported_when_they_are_used(tmp_path: Path) -> None:
    """A server loads the app and none of the commands."""
    code = "import sys, wsgi; print(sorted(m for m in sys.modules if 'p.cli.' in m))"
    env = {**os.environ, "STRAVA_MCP_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=env, timeout=120
    )
    assert result.stdout == "['strava_mcp.cli.lazy', 'strava_mcp.cli.serving']\n", result.stderr


def test_help_lists_every_command_with_its_summary(app: Flask) -> None:
    listed = run(app, "--help")
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\S.*\S", listed, re.M), listed


def subcommands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """The names that lead to each group."""
    context = click.Context(group)
    yield path
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from subcommands(command, *path, name)


def test_no_line_of_help_is_cut_off(app: Flask) -> None:
    for path in subcommands(app.cli):
        listed = run(app, *path, "--help")
        assert not re.search(r"^  .*\.\.\.$", listed, re.M), listed


def test_stdio_says_what_it_is() -> None:
    command = [sys.executable, "-m", "strava_mcp", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert result.returncode == 0 and "flask connect claude-desktop" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(app: Flask, name: str) -> None:
    assert run(app, name, "--help").startswith("Usage: ")
    assert "No such command" in fails(app, f"{name}-x")
