"""``flask desktop-bundle``: its content, its validity, and a start as a host does it."""

import asyncio
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from strava_mcp.app import create_app
from strava_mcp.cli import desktop_bundle
from strava_mcp.config import Config
from strava_mcp.services import services
from strava_mcp.tools import catalogue
from tests.cli.test_commands import TOKEN, fails, run
from tests.conftest import ROOT
from tests.node import node, package
from tests.sources.archive.maker import bulk_export

#: How uv reaches its index: certificates, proxies and settings of its own.
NETWORK = re.compile(r"(SSL_CERT_|UV_)\w+|\w+_PROXY", re.IGNORECASE)
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, made by the command."""
    folder = tmp_path_factory.mktemp("bundle")
    app = create_app(Config(home=folder / "home", auth_tokens=(TOKEN,)))
    output = run(app, "desktop-bundle", "--output", str(folder / "strava.mcpb"))
    services(app).close()
    assert "strava.mcpb" in output and "double click" in output
    return folder / "strava.mcpb"


@pytest.fixture(scope="module")
def unpacked(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("Zoë's extensions") / "strava"
    with ZipFile(bundle) as archive:
        archive.extractall(folder)
    return folder


def test_it_has_the_package_and_neither_secrets_nor_tests(bundle: Path) -> None:
    with ZipFile(bundle) as archive:
        names = archive.namelist()
    top = {name.partition("/")[0] for name in names}
    assert top == {"manifest.json", "pyproject.toml", "server.py", "LICENSE", "strava_mcp"}
    assert {"strava_mcp/__main__.py", "strava_mcp/tools/catalogue.json"} <= set(names)
    for name in names:
        assert not re.search(r"(^|/)(\.|tests/|instance/|__pycache__)|\.(db|pyc|zip)$", name), name


def test_what_lies_in_the_package_by_accident_stays_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    kept = ["strava_mcp/__init__.py", "strava_mcp/icon.png"]
    left_out = [
        *(".env", "strava_mcp/.env", "strava_mcp/auth_token", "strava_mcp/.idea/a.json"),
        *("strava_mcp/library.db", "strava_mcp/__pycache__/a.py", "instance/settings.json"),
    ]
    for name in kept + left_out:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("secret")
    for name in ("requirements.txt", "LICENSE"):
        (project / name).write_text((ROOT / name).read_text())
    monkeypatch.setattr(desktop_bundle, "PROJECT_FOLDER", project)
    desktop_bundle.write_bundle(tmp_path / "a.mcpb")
    with ZipFile(tmp_path / "a.mcpb") as archive:
        names = [name for name in archive.namelist() if "/" in name]
    assert names == kept


def test_dependencies_are_the_requirements_that_a_desktop_needs(unpacked: Path) -> None:
    text = (unpacked / "pyproject.toml").read_text()
    named = set(re.findall(r'^    "([\w-]+)[<>=]', text, re.MULTILINE))
    every = set(re.findall(r"^([\w-]+)[<>=]", (ROOT / "requirements.txt").read_text(), re.M))
    assert every - named == {"zappa", "gunicorn", "flask-sock", "pytest"}
    assert named <= every


def test_every_tool_is_listed(unpacked: Path) -> None:
    manifest = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    assert [tool["name"] for tool in manifest["tools"]] == [t["name"] for t in catalogue.read()]
    icon = (unpacked / manifest["icon"]).read_bytes()
    assert icon.startswith(b"\x89PNG") and struct.unpack(">II", icon[16:24]) == (512, 512)
    assert (unpacked / manifest["server"]["entry_point"]).is_file()


def test_same_code_makes_the_same_bundle(bundle: Path, tmp_path: Path) -> None:
    desktop_bundle.write_bundle(tmp_path / "again.mcpb")
    assert (tmp_path / "again.mcpb").read_bytes() == bundle.read_bytes()


def test_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    path = tmp_path / "missing" / "a.mcpb"
    assert f"{path}: No such file" in fails(app, "desktop-bundle", "--output", str(path))
    services(app).close()


def test_the_validator_of_the_format_accepts_it(unpacked: Path) -> None:
    tool = package("@anthropic-ai/mcpb") / "dist" / "cli" / "cli.js"
    command = [node(), tool, "validate", unpacked / "manifest.json"]
    validated = subprocess.run(command, capture_output=True, text=True, timeout=120)
    output = validated.stdout + validated.stderr
    assert validated.returncode == 0 and "validation passes" in output, output


def parameters(folder: Path, user: Path, fields: dict[str, str]) -> StdioServerParameters:
    """Start the bundle as a host does: the placeholders of empty fields stay as they are."""
    config = json.loads((folder / "manifest.json").read_text("utf-8"))["server"]["mcp_config"]

    def expand(text: str) -> str:
        text = text.replace("${__dirname}", str(folder))
        return re.sub(r"\$\{user_config\.(\w+)\}", lambda m: fields.get(m[1], m[0]), text)

    cache = subprocess.run([UV, "cache", "dir"], capture_output=True, text=True, check=True)
    environment = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
    environment |= {"PATH": "/usr/bin:/bin", "HOME": str(user), "UV_PYTHON": sys.executable}
    environment |= {"UV_CACHE_DIR": cache.stdout.strip(), **index_of_pip()}
    environment |= {name: expand(value) for name, value in config["env"].items()}
    return StdioServerParameters(
        command=str(UV),
        args=[expand(argument) for argument in config["args"]],
        env=environment,
        cwd="/",
    )


def index_of_pip() -> dict[str, str]:
    """Pip's index for uv, which does not read pip's configuration; empty if pip has the default."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    url = subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return {"UV_DEFAULT_INDEX": url} if url else {}


async def structured(client: Client, tool: str) -> Any:
    reply = await client.call_tool(tool, {})
    assert not reply.is_error, reply
    return reply.structured_content


def ask(server: StdioServerParameters, *tools: str) -> list[Any]:
    """Initialize and, after an import, call each tool; returns their structured replies."""

    async def visit() -> list[Any]:
        async with Client(stdio_client(server), mode="legacy") as client:
            while "importing" in await structured(client, "get_connection_status"):
                await asyncio.sleep(0.1)
            return [await structured(client, tool) for tool in tools]

    return asyncio.run(visit())


def test_unpacked_bundle_answers_from_the_chosen_export(unpacked: Path, tmp_path: Path) -> None:
    user = tmp_path / "Zoë Müller"
    user.mkdir()
    export = user / "export 12.zip"
    bulk_export(export, 12)
    fields = {"export": str(export), "data_folder": str(user / "my data")}
    listed, status = ask(
        parameters(unpacked, user, fields), "get_activities", "get_connection_status"
    )
    assert listed["total"]["count"] == 12
    assert status["source"] == "archive" and status["imported"].startswith("export 12.zip")
    assert (user / "my data" / "library.db").is_file()
    assert not (unpacked / "instance").exists()


def test_bundle_without_an_export_shows_the_invented_athlete_and_says_so(
    unpacked: Path, tmp_path: Path
) -> None:
    (status,) = ask(parameters(unpacked, tmp_path, {}), "get_connection_status")
    assert status["source"] == "sandbox"
    assert "choose your export in the settings of this extension" in status["change"]
    assert (tmp_path / "strava-mcp" / "store.db").is_file(), "outside of the bundle's folder"
    assert not (unpacked / "instance").exists()
