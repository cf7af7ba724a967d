"""``flask connect``: entering this server in the file of a client on this machine."""

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp import connection_guide
from strava_mcp.app import create_app
from strava_mcp.cli.client_files import FileProblem, add_entry, client_files, read_entry
from strava_mcp.cli.connect import CLIENTS
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.cli.test_commands import TOKEN, fails, run
from tests.sources.archive.maker import bulk_export

ENTRY = {"command": "/venv/bin/python", "args": ["-m", "strava_mcp"], "env": {"A": "b"}}


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user who has no client yet; with a space and non-ASCII characters."""
    folder = tmp_path / "Zoë Müller"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield app
    services(app).close()


@pytest.mark.parametrize(
    "platform, environ, client, path",
    [
        ("linux", {}, "claude-desktop", ".config/Claude/claude_desktop_config.json"),
        ("linux", {"XDG_CONFIG_HOME": "/x"}, "vscode", "/x/Code/User/mcp.json"),
        ("darwin", {}, "vscode", "Library/Application Support/Code/User/mcp.json"),
        (
            "darwin",
            {},
            "claude-desktop",
            "Library/Application Support/Claude/claude_desktop_config.json",
        ),
        ("win32", {"APPDATA": "/r"}, "claude-desktop", "/r/Claude/claude_desktop_config.json"),
        ("win32", {}, "vscode", "AppData/Roaming/Code/User/mcp.json"),
        ("linux", {}, "claude-code", ".claude.json"),
        ("win32", {}, "cursor", ".cursor/mcp.json"),
        ("darwin", {}, "gemini", ".gemini/settings.json"),
    ],
)
def test_files_are_where_each_client_documents_them(
    platform: str, environ: dict[str, str], client: str, path: str, tmp_path: Path
) -> None:
    assert client_files(platform, environ, tmp_path)[client].path == tmp_path / path


def test_claude_desktop_as_a_windows_package_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "Packages" / "Claude_pzs8sxrjxfjjc" / "LocalCache" / "Roaming" / "Claude"
    folder.mkdir(parents=True)
    environ = {"APPDATA": str(tmp_path / "Roaming"), "LOCALAPPDATA": str(tmp_path)}
    file = client_files("win32", environ, tmp_path)["claude-desktop"]
    assert file.path == folder / "claude_desktop_config.json"


def test_every_client_can_be_chosen(tmp_path: Path) -> None:
    assert sorted(client_files(home=tmp_path)) == sorted(CLIENTS)


def test_other_entries_are_kept_and_the_previous_file_is_copied(user: Path) -> None:
    file = client_files()["claude-desktop"]
    file.path.parent.mkdir(parents=True)
    others = {"globalShortcut": "Ctrl+Ü", "mcpServers": {"strava": {"command": "x"}, "b": {"c": 1}}}
    before = "\ufeff" + json.dumps(others)
    file.path.write_text(before, encoding="utf-8")
    file.path.chmod(0o640)
    backup = add_entry(file, ENTRY)
    assert backup and backup.parent == file.path.parent
    assert backup.read_text(encoding="utf-8") == before
    content = json.loads(file.path.read_text(encoding="utf-8"))
    assert content == {**others, "mcpServers": {"strava": ENTRY, "b": {"c": 1}}}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o640
    assert "Ctrl+Ü" in file.path.read_text(encoding="utf-8")
    assert add_entry(file, ENTRY) is None, "nothing changed, so there is nothing to copy"
    assert len(list(file.path.parent.iterdir())) == 2


def test_new_file_is_readable_by_its_owner_only(user: Path) -> None:
    file = client_files()["vscode"]
    assert read_entry(file) is None
    assert add_entry(file, ENTRY) is None
    assert json.loads(file.path.read_text()) == {"servers": {"strava": {"type": "stdio", **ENTRY}}}
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_link_to_the_file_stays_a_link(user: Path) -> None:
    file = client_files()["cursor"]
    real = user / "dotfiles.json"
    real.write_text("")
    file.path.parent.mkdir()
    file.path.symlink_to(real)
    add_entry(file, ENTRY)
    assert file.path.is_symlink() and json.loads(real.read_text())["mcpServers"]["strava"] == ENTRY


@pytest.mark.parametrize(
    "text, problem",
    [
        ('{\n  // my servers\n  "servers": {}\n}', "comments"),
        ('{"servers": {', "not plain JSON"),
        ("[1]", "not a JSON object"),
        ('{"servers": []}', "“servers”"),
        ("[" * 100_000, "not plain JSON"),
    ],
)
def test_file_that_is_not_understood_is_left_alone(user: Path, text: str, problem: str) -> None:
    file = client_files()["vscode"]
    file.path.parent.mkdir(parents=True)
    file.path.write_text(text)
    with pytest.raises(FileProblem, match=problem):
        add_entry(file, ENTRY)
    assert file.path.read_text() == text and len(list(file.path.parent.iterdir())) == 1


def test_entry_is_shown_before_it_is_written(app: Flask, user: Path) -> None:
    path = client_files()["claude-desktop"].path
    output = run(app, "connect", "claude-desktop", "--print")
    assert not path.exists() and "Written" not in output
    printed = json.loads(output[output.index("{") : output.rindex("}") + 1])
    assert "invented sandbox athlete" in output, "the sandbox must not pass for the user's data"
    output = run(app, "connect", "claude-desktop")
    assert "Written." in output and "Quit Claude Desktop" in output
    assert json.loads(path.read_text()) == printed
    path.write_text("{")
    assert "left as it is" in fails(app, "connect", "claude-desktop")


def test_settings_of_the_terminal_only_are_named(
    app: Flask, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Set only in this terminal" not in run(app, "connect", "cursor", "--print")
    monkeypatch.setenv("UNITS", "imperial")
    output = run(app, "connect", "cursor", "--print")
    assert "Set only in this terminal and not in the entry: UNITS." in output


def answer(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Start an entry as a client does (folder ``/``, its own environment only); call a tool."""
    client = {"protocolVersion": "2025-06-18", "capabilities": {}}
    messages = [
        {"id": 1, "method": "initialize", "params": {**client, "clientInfo": {"name": "t"}}},
        {"id": 2, "method": "tools/call", "params": {"name": name, "arguments": {}}},
    ]
    done = subprocess.run(
        [entry["command"], *entry["args"]],
        input="".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages),
        capture_output=True,
        text=True,
        cwd="/",
        env=entry["env"],
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    replies = {reply["id"]: reply for reply in map(json.loads, done.stdout.splitlines())}
    content: dict[str, Any] = replies[2]["result"]["structuredContent"]
    return content


def test_imported_export_is_what_the_client_gets(user: Path, tmp_path: Path) -> None:
    home = user / "data folder"
    environ = {name: value for name, value in os.environ.items() if name != "STRAVA_MCP_HOME"}
    environ["STRAVA_MCP_HOME"] = str(home)
    export = tmp_path / "export.zip"
    bulk_export(export, 5)

    def flask(*words: str) -> str:
        done = subprocess.run(
            ["flask", *words], capture_output=True, text=True, env=environ, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "From now on this server answers from it" in flask("archive", "import", str(export))
    flask("connect", "claude-desktop")
    entry = read_entry(client_files()["claude-desktop"])
    assert entry and entry["env"]["STRAVA_SOURCE"] == "archive"
    status = answer(entry, "get_connection_status")
    assert (status["source"], status["activities"]) == ("archive", 5)
    assert status["access"].startswith("a program on the owner's computer")
    assert status["access"].endswith("; may read and write")
    doctor = flask("doctor")
    assert f"Claude Desktop ({client_files()['claude-desktop'].path}) starts" in doctor
    assert "source archive" in doctor


def test_doctor_names_an_entry_that_does_not_start(app: Flask, user: Path) -> None:
    assert "the entry of `flask connect` starts and answers" in run(app, "doctor")
    gone = {"command": str(user / "gone" / "python"), "args": []}
    add_entry(client_files()["gemini"], gone)
    assert "Gemini CLI" in (output := fails(app, "doctor")) and "cannot be started" in output
    wrong = connection_guide.stdio_entry(services(app).config)
    wrong["env"] = {**wrong["env"], "UNITS": "cubits"}  # type: ignore[dict-item]
    add_entry(client_files()["gemini"], wrong)
    assert "did not answer; it printed: UNITS" in fails(app, "doctor")
