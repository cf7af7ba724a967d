"""The README files are accurate: their settings, tools, commands and links exist."""

import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from strava_mcp import __version__
from strava_mcp.app import create_app
from strava_mcp.config import Config, settings
from strava_mcp.services import services
from tests.conftest import ROOT

MAX_README_LINES = 150
README = (ROOT / "README.md").read_text("utf-8")
#: The README and what it links to, by folder.
FILES = {
    path.parent.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("strava_mcp", "tests/benchmarks", ".")
    for path in (ROOT / folder).glob("README.md" if folder != "strava_mcp" else "*/README.md")
}
ALL = "\n".join(FILES.values())


def commands(text: str) -> list[str]:
    """The commands in a file's blocks of shell code."""
    blocks = re.findall(r"^ *```sh\n(.*?)```", text, re.S | re.M)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


COMMANDS = commands(README)


@pytest.fixture
def app(tmp_path: Path) -> Any:
    app = create_app(Config(home=tmp_path, auth_tokens=("t" * 64,)))
    yield app
    services(app).close()


def section(title: str, folder: str) -> str:
    match = re.search(rf"^##? {title}\n(.*?)(?=^## |\Z)", FILES[folder], re.S | re.M)
    assert match, title
    return match[1]


def test_settings_table_lists_every_setting() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", section("Settings", "strava_mcp/config"), re.M
    )
    assert [(name, doc) for name, _, doc in rows] == [(name, doc) for name, doc, _ in settings()]
    for (_, documented, _), (_, _, default) in zip(rows, settings(), strict=True):
        assert documented == shown_default(default)


def shown_default(value: Any) -> str:
    """Format a default as in the table."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path):
        return f"`{value.name}/`"
    return f"`{value}`" if value not in ("", (), None) else ""


def test_every_tool_resource_and_prompt_is_listed(app: Flask) -> None:
    tools = FILES["strava_mcp/tools"]
    named = set(re.findall(r"`(\w+)`", re.sub(r"\|[^|]*\|$", "", tools, flags=re.M)))
    assert set(services(app).server.tools) <= named
    for resource in services(app).server.resources:
        assert f"`{resource.uri}`" in tools
    for prompt in services(app).server.prompts:
        assert f"`{prompt.name}`" in tools


def test_readme_is_short_and_links_to_every_other() -> None:
    assert len(README.splitlines()) <= MAX_README_LINES
    for folder in FILES:
        assert folder == "." or f"({folder}/README.md)" in README, folder


def test_every_flask_command_exists(app: Flask) -> None:
    used = [shlex.split(line)[1:] for line in commands(ALL) if line.startswith("flask ")]
    assert used
    for words in used:
        group: Any = app.cli
        if words == ["run"]:
            continue
        command = group.get_command(click.Context(group), words[0])
        rest = words[1:]
        if hasattr(command, "commands") and rest and rest[0] in command.commands:
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, words


def test_readme_mentions_every_flask_command(app: Flask) -> None:
    for name in app.cli.list_commands(click.Context(app.cli)):
        if name not in ("routes", "shell"):
            assert f"flask {name}" in ALL, name


def test_ci_uses_the_same_commands() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "pytest" in COMMANDS
    # The test command, and nothing more but the measurement of coverage.
    assert re.search(r"^(?:COVERAGE_FILE=\S+ )?pytest(?: --cov\S*)* \|\| failed=1$", script, re.M)
    install = "-r requirements.txt -r tests/requirements.txt"
    assert f"pip install {install}" in COMMANDS
    assert install in script
    for line in COMMANDS:
        if line.startswith("bash "):
            assert (ROOT / line.removeprefix("bash ")).is_file(), line


def test_troubleshooting_quotes_what_the_server_says() -> None:
    texts = [
        path.read_text("utf-8")
        for path in (ROOT / "strava_mcp").rglob("*")
        if path.is_file() and path.suffix in (".py", ".html")
    ]
    code = re.sub(r'"\s*f?"|\s+', " ", re.sub(r'" ?\n\s*f?"', "", "\n".join(texts)))
    quotes = [
        quote
        for cell in re.findall(r"^\| (.*?) \|", section("Troubleshooting", "strava_mcp/web"), re.M)
        for quote in re.findall(r'"([^"]+)"(?!.* from Strava)', cell)
    ]
    missing = [quote for quote in quotes if quote.rstrip(" …") not in code]
    assert quotes and not missing


def test_the_changelog_has_a_dated_section_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    titles = re.findall(r"^## (.*)$", text, re.M)
    assert titles[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d", titles[1])
    kinds = set(re.findall(r"^### (.*)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_files_named_in_the_readme_exist() -> None:
    for name in re.findall(r"`((?:strava_mcp|tests|web|\.ci)/[\w./]+|\w+\.json|[\w/]+\.txt)`", ALL):
        assert (
            (ROOT / name).exists()
            or (ROOT / "strava_mcp" / name).exists()
            or name
            in ("claude_desktop_config.json", "zappa_settings.json", "server.json", "/robots.txt")
        ), name


@pytest.mark.parametrize("folder", FILES)
def test_pictures_and_links_exist(folder: str) -> None:
    text = FILES[folder]
    pictures = re.findall(r'<img src="([^"]+)"[^>]* alt="[^"]{20,}">', text)
    assert len(pictures) == text.count("<img ")
    targets = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    for name in (*pictures, *targets):
        assert (ROOT / folder / name).is_file(), name
    titles = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^#+ (.*)$", text, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= titles


def test_the_command_behind_a_proxy_counts_the_proxy() -> None:
    """Else all visitors have the proxy's address, and share its limits."""
    servers = [line for line in commands(FILES["strava_mcp/aws"]) if "gunicorn " in line]
    public = [line for line in servers if "PUBLIC_URL=https://" in line]
    assert public and all("PROXY_HOPS=1 " in line for line in public)
