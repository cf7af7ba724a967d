"""Lambda on this machine: a Runtime API, and events in AWS's formats."""

import base64
import http.server
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from strava_mcp.json_types import JSON
from tests.closing_server import ClosingServer
from tests.servers import ROOT

HOST = "abc123.lambda-url.eu-central-1.on.aws"
ADDRESS = "198.51.100.7"
CALL_S = 120


@dataclass
class Invocation:
    """One invocation and its response. ``pieces``: chunks with their arrival times."""

    event: Any
    deadline_s: float = CALL_S
    id: str = field(default_factory=lambda: token_hex(8))
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    trailers: dict[str, str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def body(self) -> bytes:
        return b"".join(data for _, data in self.pieces)

    @property
    def reply(self) -> JSON:
        """The buffered response."""
        parsed: JSON = json.loads(self.body)
        return parsed

    @property
    def prelude(self) -> JSON:
        """Status, headers and cookies of a streamed response."""
        parsed: JSON = json.loads(self.body.partition(b"\0" * 8)[0])
        return parsed

    @property
    def streamed(self) -> bytes:
        return self.body.partition(b"\0" * 8)[2]

    @property
    def text(self) -> str:
        """The body of the HTTP response."""
        if self.headers.get("lambda-runtime-function-response-mode") == "streaming":
            return self.streamed.decode()
        body = self.reply.get("body") or ""
        return base64.b64decode(body).decode() if self.reply["isBase64Encoded"] else body

    @property
    def answer(self) -> JSON:
        """Status, headers and cookies, buffered or streamed."""
        mode = self.headers.get("lambda-runtime-function-response-mode")
        return self.prelude if mode == "streaming" else self.reply


class RuntimeAPI:
    """Lambda's Runtime API, as a server on loopback."""

    def __init__(self) -> None:
        #: None ends a runtime that waits for a call.
        self.calls: queue.Queue[Invocation | None] = queue.Queue()
        self.open: dict[str, Invocation] = {}
        self.init_errors: list[JSON] = []
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                call = api.calls.get()
                if call is None:
                    api.calls.put(None)
                    self.close_connection = True
                    return
                api.open[call.id] = call
                body = json.dumps(call.event).encode()
                deadline = int((time.time() + call.deadline_s) * 1000)
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", call.id)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(deadline))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:::f")
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-2-3")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                *_, request_id, kind = self.path.split("/")
                call = api.open.get(request_id) or Invocation(None)
                call.kind = kind
                call.headers = {name.lower(): value for name, value in self.headers.items()}
                if "chunked" in self.headers.get("Transfer-Encoding", ""):
                    self._chunks(call)
                else:
                    length = int(self.headers.get("Content-Length") or 0)
                    call.pieces.append((time.monotonic(), self.rfile.read(length)))
                if request_id == "init":
                    api.init_errors.append(json.loads(call.body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                call.done.set()

            def _chunks(self, call: Invocation) -> None:
                while size := int(self.rfile.readline(), 16):
                    call.pieces.append((time.monotonic(), self.rfile.read(size)))
                    self.rfile.readline()
                while line := self.rfile.readline().decode().strip():
                    name, _, value = line.partition(": ")
                    call.trailers[name.lower()] = value

            def log_message(self, *args: object) -> None:
                pass

        self.server = ClosingServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def invoke(self, event: Any, deadline_s: float = CALL_S) -> Invocation:
        """Invoke the function and wait for its response."""
        call = self.start(event, deadline_s)
        assert call.done.wait(CALL_S + 30), "the function did not answer"
        return call

    def start(self, event: Any, deadline_s: float = CALL_S) -> Invocation:
        """Invoke the function."""
        call = Invocation(event, deadline_s)
        self.calls.put(call)
        return call

    def close(self) -> None:
        """Stop the server and every thread that waits for a call or a response."""
        self.calls.put(None)
        for call in self.open.values():
            call.done.set()
        self.server.shutdown()
        self.server.server_close()


AWSLAMBDARIC = [sys.executable, "-m", "awslambdaric", "strava_mcp.aws.lambda_handler.handler"]


def streaming(folder: Path = ROOT) -> list[str]:
    """The command that Lambda runs if the wrapper is set."""
    return ["sh", str(folder / "strava_mcp" / "aws" / "stream.sh"), sys.executable, "bootstrap.py"]


@contextmanager
def function(
    command: Sequence[str], home: Path, folder: Path = ROOT, env: Mapping[str, str] | None = None
) -> Iterator[RuntimeAPI]:
    """Run a function in a process of its own, with only Lambda's environment."""
    api = RuntimeAPI()
    clean = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "strava",
        "AWS_REGION": "eu-central-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": str(folder),
        "STORE_URL": f"sqlite://{home / 'store.db'}",
        "STRAVA_MCP_HOME": str(home),
        **(env or {}),
    }
    log = home / "function.log"
    home.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command), cwd=folder, env=clean, stdout=output, stderr=output
        )
        try:
            yield api
        finally:
            process.terminate()
            process.wait(60)
            api.close()


def url_event(
    method: str = "GET",
    path: str = "/",
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | str = b"",
    cookies: Sequence[str] = (),
    query: str = "",
    base64_body: bool | None = None,
) -> JSON:
    """An event of a Function URL (payload 2.0)."""
    data = body.encode() if isinstance(body, str) else body
    encoded = bool(data) if base64_body is None else base64_body
    event: JSON = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {
            "host": HOST,
            "x-forwarded-for": f"203.0.113.66, {ADDRESS}",
            "x-forwarded-proto": "https",
            "x-forwarded-port": "443",
            **{name.lower(): value for name, value in (headers or {}).items()},
        },
        "requestContext": {
            "accountId": "anonymous",
            "domainName": HOST,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": ADDRESS},
            "requestId": token_hex(8),
            "stage": "$default",
        },
        "isBase64Encoded": encoded,
    }
    if data:
        event["body"] = base64.b64encode(data).decode() if encoded else data.decode()
    if cookies:
        event["cookies"] = list(cookies)
    return event


def api_event(version: str, method: str, path: str, **options: Any) -> JSON:
    """The same request as ``http-api`` (with a stage), ``rest``, ``alb`` or ``alb-multi`` event."""
    event = url_event(method, path, **options)
    if version == "url":
        return event
    if version == "http-api":
        event["requestContext"]["stage"] = "prod"
        event["rawPath"] = f"/prod{path}"
        return event
    query = dict(pair.split("=", 1) for pair in event["rawQueryString"].split("&") if pair)
    headers = dict(event["headers"])
    if event.get("cookies"):
        headers["cookie"] = "; ".join(event["cookies"])
    old: JSON = {
        "httpMethod": method,
        "path": path,
        "headers": headers,
        "queryStringParameters": query or None,
        "isBase64Encoded": event["isBase64Encoded"],
        "body": event.get("body"),
        "requestContext": {"identity": {"sourceIp": ADDRESS}, "stage": "prod"},
    }
    if version.startswith("alb"):
        old["requestContext"] = {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}}
    if version != "alb":
        old["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
        old["multiValueQueryStringParameters"] = {k: [v] for k, v in query.items()} or None
    if version == "alb-multi":
        del old["headers"], old["queryStringParameters"]
    return old


def form(**fields: str) -> dict[str, Any]:
    """Options of an event that submits a form."""
    return {
        "body": urlencode(fields),
        "headers": {"content-type": "application/x-www-form-urlencoded"},
    }
