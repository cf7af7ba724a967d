"""How the sandbox carries out a fault: on the line over HTTP, and in the reply."""

import json
import socket
import struct
import time
from typing import Any

from flask import Response, request
from werkzeug.http import http_date

from strava_mcp.sandbox.faults import Fault
from strava_mcp.sandbox.parts import fault_reply

PAGE = b"<!DOCTYPE html><title>Strava</title><p>We will be back soon."


def act_out(fault: Fault) -> Response | None:
    """Do what a fault does before there is a reply; a reply that takes its place, or None."""
    if fault.kind in ("slow", "silence"):
        time.sleep(fault.seconds)
    if fault.kind in ("reset", "silence"):
        _break_off()
        return fault_reply(500, "Injected fault")
    if fault.kind == "status":
        return fault_reply(fault.status, "Injected fault")
    return None


def _break_off() -> None:
    """Close the connection with a reset, where the server lets us have it (werkzeug does)."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        at_once = struct.pack("ii", 1, 0)  # no lingering: unsent data is dropped, a reset is sent
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def spoiled(response: Response, fault: Fault, now: float) -> Response:
    """Change a good reply into a bad one."""
    if response.status_code >= 300:
        return response
    if fault.kind == "truncated":
        response.data = response.data[: len(response.data) // 2]
    elif fault.kind == "html":
        response.data = PAGE
        response.content_type = "text/html"
    elif fault.kind == "empty":
        response.data = b"[]"
    elif fault.kind == "skew":
        response.headers["Date"] = http_date(now + fault.seconds)
        _change(response, lambda value: _later(value, fault.seconds))
    elif fault.kind == "wrong-type":
        _change(response, _numbers_as_text)
    elif fault.kind == "unknown":
        _change(response, _with_news)
    return response


def _change(response: Response, change: Any) -> None:
    if response.is_json:
        response.data = json.dumps(change(json.loads(response.data))).encode()


def _later(value: Any, seconds: float) -> Any:
    """What a token endpoint with a wrong clock says of when its token ends."""
    if isinstance(value, dict) and "expires_at" in value:
        return value | {"expires_at": int(value["expires_at"] + seconds)}
    return value


def _numbers_as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers_as_text(item) for item in value]
    if isinstance(value, dict):
        return {name: _numbers_as_text(item) for name, item in value.items()}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value} or so" if is_number else value


def _with_news(value: Any) -> Any:
    """The same with fields and a sport that a later version of the API might bring."""
    if isinstance(value, list):
        return [_with_news(item) for item in value]
    if isinstance(value, dict):
        told = {name: _with_news(item) for name, item in value.items()}
        told |= {"sport_type": "MoonWalk"} if "sport_type" in told else {}
        return told | {"brand_new_field": {"nested": True}}
    return value
