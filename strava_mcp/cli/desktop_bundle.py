"""``flask desktop-bundle``: the server as an extension that Claude Desktop installs.

A bundle (``.mcpb``) is a zip with a manifest. Its host asks for the fields of ``user_config``,
installs the dependencies of ``pyproject.toml`` with uv, and starts the server over stdio. Format:
MCPB manifest 0.4, https://github.com/modelcontextprotocol/mcpb.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click

from strava_mcp import __version__
from strava_mcp.config import PROJECT_FOLDER
from strava_mcp.json_types import JSON

NAME = "strava-mcp"
PYTHON = ">=3.11"
DESCRIPTION = "Answers about your training from your own Strava export, without Strava's API."
#: Requirements for serving HTTP, for AWS and for tests.
NOT_ON_DESKTOP = {"zappa", "gunicorn", "flask-sock", "pytest"}
#: What a bundle takes from the package. Anything else that lies there stays out.
SUFFIXES = {".py", ".json", ".html", ".css", ".js", ".svg", ".png", ".ico", ".xz"}
ICON = "strava_mcp/page_design/icon.png"
ENTRY_POINT = "server.py"
ENTRY_SCRIPT = '''"""Starts the server over standard input and output."""

import sys

from strava_mcp.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
'''
#: The field of user_config → the setting that it becomes.
FIELDS = {
    "export": "ARCHIVE_EXPORT",
    "data_folder": "STRAVA_MCP_HOME",
    "source": "STRAVA_SOURCE",
}
USER_CONFIG: JSON = {
    "export": {
        "type": "file",
        "title": "Your Strava export",
        "description": "The zip that Strava sent you (Strava on the web: Settings, My Account, "
        "Download or Delete Your Account, Request Your Archive). It is imported when the server "
        "starts; choose a newer one at any time. Leave it empty to look at an invented athlete.",
        "required": False,
    },
    "data_folder": {
        "type": "directory",
        "title": "Data folder",
        "description": "A folder for the imported activities alone; only you can read it.",
        "default": "${HOME}/strava-mcp",
        "required": False,
    },
    "source": {
        "type": "string",
        "title": "Source",
        "description": "archive (your export) or sandbox (an invented athlete). If empty, archive "
        "as soon as there is an export.",
        "required": False,
    },
}
#: Zip entries without a time of their own, so that the same code makes the same bundle.
EPOCH = (1980, 1, 1, 0, 0, 0)


@click.command("desktop-bundle")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="strava.mcpb",
    show_default=True,
    help="The file to write.",
)
def desktop_bundle(output: Path) -> None:
    """Make an extension for Claude Desktop.

    Open the file with a double click, choose your export, and ask.
    """
    try:
        write_bundle(output)
    except OSError as exc:
        raise click.ClickException(f"{exc.filename or output}: {exc.strerror or exc}") from exc
    size_kib = output.stat().st_size / 1024
    click.echo(f"Wrote {output} ({size_kib:.0f} KiB). Open it with a double click: Claude Desktop")
    click.echo("installs it and asks for your export.")


def write_bundle(path: Path) -> None:
    """Write the bundle to ``path``. Raises OSError."""
    files: dict[str, bytes] = {
        "manifest.json": _json(manifest()),
        "pyproject.toml": pyproject().encode(),
        ENTRY_POINT: ENTRY_SCRIPT.encode(),
        "LICENSE": (PROJECT_FOLDER / "LICENSE").read_bytes(),
    }
    for file in _package_files():
        files[file.relative_to(PROJECT_FOLDER).as_posix()] = file.read_bytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def manifest() -> JSON:
    """Return the content of manifest.json."""
    from strava_mcp.tools import catalogue

    tools = [
        {"name": tool["name"], "description": tool["description"]} for tool in catalogue.read()
    ]
    return {
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": "Strava",
        "version": __version__,
        "description": DESCRIPTION,
        "author": {"name": "The strava_mcp authors"},
        "license": "MIT",
        "icon": ICON,
        "server": {
            "type": "uv",
            "entry_point": ENTRY_POINT,
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", ENTRY_POINT],
                "env": {setting: f"${{user_config.{field}}}" for field, setting in FIELDS.items()},
            },
        },
        "tools": tools,
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": PYTHON},
        },
        "user_config": USER_CONFIG,
    }


def pyproject() -> str:
    """Return the content of pyproject.toml, from which the host installs the dependencies."""
    dependencies = "".join(f"    {json.dumps(line)},\n" for line in _requirements())
    return (
        "[project]\n"
        f'name = "{NAME}"\n'
        f'version = "{__version__}"\n'
        f'requires-python = "{PYTHON}"\n'
        f"dependencies = [\n{dependencies}]\n\n"
        "[tool.uv]\n"
        "package = false\n"
    )


def _requirements() -> Iterator[str]:
    """Yield the lines of requirements.txt that a desktop needs, without comments."""
    for line in (PROJECT_FOLDER / "requirements.txt").read_text("utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        name = re.match(r"[\w.-]*", requirement)
        if name and name[0] and name[0].lower() not in NOT_ON_DESKTOP:
            yield requirement


def _package_files() -> Iterator[Path]:
    """Yield the files of strava_mcp that a bundle contains."""
    for path in sorted((PROJECT_FOLDER / "strava_mcp").rglob("*")):
        parts = path.relative_to(PROJECT_FOLDER).parts
        is_hidden = any(part.startswith((".", "__pycache__")) for part in parts)
        if path.is_file() and path.suffix in SUFFIXES and not is_hidden:
            yield path


def _json(value: JSON) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
