"""Starts an entry of a client's file as the client does: elsewhere, with a small environment."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from strava_mcp.json_types import JSON
from strava_mcp.protocol.versions import LEGACY

TIMEOUT_S = 60
#: What clients pass on of their own environment (MCP SDKs, default environment of stdio).
PASSED_ON = ("HOME", "PATH", "USER", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP")


class ProbeFailed(Exception):
    """The entry did not answer; the message says how it ended."""


def ask(entry: Mapping[str, object]) -> str:
    """Start an entry, ask it for its connection, and return its source and athlete as words.

    Raises ProbeFailed.
    """
    command = [str(entry["command"]), *map(str, _list(entry.get("args")))]
    settings = entry.get("env")
    environ = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if isinstance(settings, dict):
        environ |= {str(name): str(value) for name, value in settings.items()}
    try:
        process = subprocess.run(
            command,
            input=b"".join(json.dumps(message).encode() + b"\n" for message in _messages()),
            capture_output=True,
            timeout=TIMEOUT_S,
            cwd=Path(sys.executable).anchor,
            env=environ,
        )
    except (OSError, ValueError) as exc:
        raise ProbeFailed(f"cannot be started: {exc}.") from exc
    except subprocess.TimeoutExpired as exc:
        raise ProbeFailed(f"did not end within {TIMEOUT_S} s.") from exc
    status = _result(process.stdout)
    if status is None:
        lines = process.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
        raise ProbeFailed(f"did not answer; it printed: {lines[-1][:300].rstrip('.')}.")
    athlete = f", athlete {name}" if (name := status.get("athlete")) else ""
    return f"source {status.get('source')}{athlete}"


def _messages() -> list[JSON]:
    client = {"name": "flask doctor", "version": "1"}
    start = {"protocolVersion": LEGACY[0], "capabilities": {}, "clientInfo": client}
    call = {"name": "get_connection_status", "arguments": {}}
    return [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]


def _result(output: bytes) -> JSON | None:
    """The structured result of the call; None without one."""
    for line in output.splitlines():
        try:
            message = json.loads(line)
        except ValueError:
            continue
        if isinstance(message, dict) and message.get("id") == 2:
            result = message.get("result", {})
            content = result.get("structuredContent")
            return content if isinstance(content, dict) and not result.get("isError") else None
    return None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
