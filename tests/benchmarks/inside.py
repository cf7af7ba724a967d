"""What is measured within a process: modules, bytes, and a request without a network."""

import json
import subprocess
import sys
from typing import Any

TOKEN = "7c" * 32

#: What a server that was asked for its tools has no use for.
FORBIDDEN = (
    *("boto3", "botocore", "requests", "urllib3", "authlib.integrations", "pydantic"),
    *("cryptography", "sqlite3", "dotenv", "xml.etree", "mcp", "asyncio"),
)

PROGRAM = """
import json, statistics, sys, tempfile, time
from pathlib import Path
from strava_mcp.app import create_app
from strava_mcp.config import Config
app = create_app(Config(auth_tokens=(sys.argv[1],), home=Path(tempfile.mkdtemp()),
                        secret_key="k" * 64, rate_limit=10**6, log_level="warning"))
message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
client = app.test_client()
def ask():
    return client.post("/mcp", json=message, headers={"Authorization": "Bearer " + sys.argv[1]})
reply = ask()
assert reply.status_code == 200, reply.data
modules = sorted(sys.modules)
import io
body = json.dumps(message).encode()
def environ():
    return {"REQUEST_METHOD": "POST", "PATH_INFO": "/mcp", "QUERY_STRING": "", "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "5000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:5000", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
            "HTTP_AUTHORIZATION": "Bearer " + sys.argv[1], "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr}
times = []
for _ in range(2000):
    e = environ()
    began = time.perf_counter()
    list(app(e, lambda *a: None))
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps({"modules": modules, "ms": statistics.median(times[200:]),
                  "result": reply.get_json()["result"]}))
"""


def _run() -> dict[str, Any]:
    command = [sys.executable, "-c", PROGRAM, TOKEN]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def forbidden_modules() -> list[str]:
    """The modules that a tools/list has loaded and should not have."""
    return [
        name
        for name in _run()["modules"]
        if any(name == root or name.startswith(f"{root}.") for root in FORBIDDEN)
    ]


def tools_list_bytes() -> bytes:
    """The result of tools/list, encoded as the server encodes it."""
    return json.dumps(_run()["result"], ensure_ascii=False, separators=(",", ":")).encode()


def measure() -> dict[str, float]:
    """The in-process figures of the table."""
    return {
        "tools/list in process, ms": _run()["ms"],
        "forbidden modules": float(len(forbidden_modules())),
    }
