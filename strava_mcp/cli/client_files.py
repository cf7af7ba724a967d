"""The files in which clients on this machine keep their MCP servers, and adding an entry to one.

Locations and keys are those of the clients' own documentation (2026-11-26). Claude Desktop on
Windows is an MSIX package since February 2026 and then reads a file inside the package's folder
(anthropics/claude-code issues 25579 and 26073).
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from strava_mcp.json_types import JSON

#: The name under which this server is entered.
NAME = "strava"
MAX_FILE_BYTES = 32 << 20


class ClientFile(NamedTuple):
    """A client's file. ``section``: the key of its servers; ``reload``: how the client rereads it.

    ``extra``: what the client wants in an entry besides command, args and env.
    """

    title: str
    path: Path
    section: str
    reload: str
    extra: Mapping[str, str] = {}

    def section_with(self, entry: Mapping[str, object]) -> JSON:
        """The part of the file that holds ``entry``, for showing it."""
        return {self.section: {NAME: self.entry(entry)}}

    def entry(self, entry: Mapping[str, object]) -> JSON:
        """The entry as this client wants it."""
        return {**self.extra, **entry}


class FileProblem(Exception):
    """The file was left as it is; the message says why and what to do."""


def client_files(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> dict[str, ClientFile]:
    """The clients by name, with the files of this user. ``home``: the user's home folder."""
    user = home or Path.home()
    settings = _settings_folder(platform, environ, user)
    stdio = {"type": "stdio"}
    restart = "Quit {} completely (closing its window is not enough) and start it again."
    return {
        "claude-desktop": ClientFile(
            "Claude Desktop",
            _claude_folder(platform, environ, settings) / "claude_desktop_config.json",
            "mcpServers",
            restart.format("Claude Desktop"),
        ),
        "claude-code": ClientFile(
            "Claude Code", user / ".claude.json", "mcpServers", "Start Claude Code again.", stdio
        ),
        "cursor": ClientFile(
            "Cursor", user / ".cursor" / "mcp.json", "mcpServers", restart.format("Cursor")
        ),
        "gemini": ClientFile(
            "Gemini CLI", user / ".gemini" / "settings.json", "mcpServers", "Start gemini again."
        ),
        "vscode": ClientFile(
            "VS Code",
            settings / "Code" / "User" / "mcp.json",
            "servers",
            "In VS Code run the command “MCP: List Servers” and start strava.",
            stdio,
        ),
    }


def read_entry(file: ClientFile) -> JSON | None:
    """Our entry in a client's file; None without one. Raises FileProblem if it cannot be read."""
    entry = _servers(_read(file), file).get(NAME)
    return entry if isinstance(entry, dict) else None


def add_entry(file: ClientFile, entry: Mapping[str, object]) -> Path | None:
    """Enter the server in a client's file, replacing an earlier entry of its name.

    Everything else in the file is kept. Returns the copy that was made of the previous file, or
    None if there was none or nothing changed. Raises FileProblem.
    """
    content = _read(file)
    servers = _servers(content, file)
    if servers.get(NAME) == file.entry(entry):
        return None
    content[file.section] = {**servers, NAME: file.entry(entry)}
    target = file.path.resolve()  # a link, as dotfile managers make them, stays one
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        backup = _back_up(target)
        _replace(target, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    except OSError as exc:
        raise FileProblem(f"{file.path} cannot be written: {exc.strerror}.") from exc
    return backup


def _settings_folder(platform: str, environ: Mapping[str, str], user: Path) -> Path:
    """Where applications keep their settings on this platform."""
    if platform == "darwin":
        return user / "Library" / "Application Support"
    if platform == "win32":
        return Path(environ.get("APPDATA") or user / "AppData" / "Roaming")
    return Path(environ.get("XDG_CONFIG_HOME") or user / ".config")


def _claude_folder(platform: str, environ: Mapping[str, str], settings: Path) -> Path:
    """The folder that Claude Desktop reads: the package's own where it is installed as MSIX."""
    if platform == "win32" and (local := environ.get("LOCALAPPDATA")):
        packages = sorted(Path(local, "Packages").glob("Claude_*/LocalCache/Roaming/Claude"))
        if packages:
            return packages[0]
    return settings / "Claude"


def _read(file: ClientFile) -> JSON:
    """The file's content; empty if there is no file."""
    try:
        if file.path.stat().st_size > MAX_FILE_BYTES:
            raise FileProblem(f"{file.path} is too large to be a file of settings.")
        text = file.path.read_text(encoding="utf-8-sig")
        content = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise FileProblem(f"{file.path} cannot be read: {exc.strerror}.") from exc
    except (ValueError, RecursionError) as exc:
        raise FileProblem(
            f"{file.path} is not plain JSON (it may have comments), so it is left as it is. "
            "Add the entry by hand."
        ) from exc
    if not isinstance(content, dict):
        raise FileProblem(f"{file.path} is not a JSON object. Add the entry by hand.")
    return content


def _servers(content: JSON, file: ClientFile) -> JSON:
    servers = content.get(file.section, {})
    if not isinstance(servers, dict):
        raise FileProblem(f"“{file.section}” in {file.path} is not an object. Fix it by hand.")
    return servers


def _back_up(path: Path) -> Path | None:
    """Copy the file beside itself, with its permissions; None if there is none."""
    if not path.exists():
        return None
    copy = path.with_name(f"{path.name}.backup-{time.strftime('%Y%m%d-%H%M%S')}")
    shutil.copy2(path, copy)
    return copy


def _replace(path: Path, text: str) -> None:
    """Write the file in one step; a new one only its owner can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    try:
        if path.exists():
            shutil.copymode(path, draft)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
