"""Measurements within a process: imported modules, bytes, and requests without a network."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.flow import Flow, InProcess

TOKEN = "7c" * 32

#: What only charts need.
FOR_CHARTS = ("strava_mcp.charts", "resvg_py")
#: Modules that a server does not need for tools/list.
FORBIDDEN = (
    *("boto3", "botocore", "requests", "urllib3", "authlib", "joserfc", "pydantic"),
    *("cryptography", "sqlite3", "dotenv", "xml.etree", "mcp", "asyncio"),
    # Of ours: what only people's pages, OAuth clients, prompts or calls of tools need.
    *("strava_mcp.connection_guide", "strava_mcp.analysis", "strava_mcp.recordings"),
    *FOR_CHARTS,
    *("strava_mcp.sources.api", "strava_mcp.sources.archive", "strava_mcp.training"),
    *("strava_mcp.prompts.registry", "strava_mcp.prompts.resources"),
    *("strava_mcp.oauth.server", "strava_mcp.oauth.display_names", "strava_mcp.oauth.redirects"),
    *("strava_mcp.oauth.confusables", "strava_mcp.oauth.safe_fetch"),
    *("strava_mcp.web.connections_page", "strava_mcp.web.consent_page"),
    *("strava_mcp.oauth.grants", "strava_mcp.oauth.personal_tokens"),
)
#: Of those, what the check of an OAuth token needs.
FOR_OAUTH = ("sqlite3", "strava_mcp.sources.api", "strava_mcp.oauth.grants")
FOR_OAUTH += ("strava_mcp.oauth.personal_tokens",)

PROGRAM = """
import json, statistics, sys, time
from pathlib import Path
from strava_mcp.app import create_app
from strava_mcp.config import Config
tokens = sys.argv[2:]
app = create_app(Config(auth_tokens=(tokens[0],), home=Path(sys.argv[1]),
                        secret_key="k" * 64, rate_limit=10**6, log_level="warning"))
message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
client = app.test_client()
for token in tokens:
    reply = client.post("/mcp", json=message, headers={"Authorization": "Bearer " + token})
    assert reply.status_code == 200, reply.data
modules = sorted(sys.modules)
import io
body = json.dumps(message).encode()
def environ(token):
    return {"REQUEST_METHOD": "POST", "PATH_INFO": "/mcp", "QUERY_STRING": "", "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "5000", "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1:5000", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
            "HTTP_AUTHORIZATION": "Bearer " + token, "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr}
times = {token: [] for token in tokens}
for _ in range(2000):
    for token in tokens:
        e = environ(token)
        began = time.perf_counter()
        list(app(e, lambda *a: None))
        times[token].append((time.perf_counter() - began) * 1000)
called = {"name": "get_activities", "arguments": {"per_page": 2}}
reply_to_call = client.post("/mcp", json={**message, "method": "tools/call", "params": called},
                            headers={"Authorization": "Bearer " + tokens[0]})
after_call = sorted(sys.modules)
assert "activities" in reply_to_call.get_json()["result"]["structuredContent"], reply_to_call.data
print(json.dumps({"modules": modules, "after_call": after_call,
                  "ms": [statistics.median(t[200:]) for t in times.values()],
                  "result": reply.get_json()["result"]}))
"""


def _run(with_oauth: bool = False) -> dict[str, Any]:
    """Run the program with AUTH_TOKEN, and alternately with an OAuth token from the same store.

    Another process issues that token, because issuing one imports more than checking one.
    """
    with tempfile.TemporaryDirectory() as home:
        tokens = [TOKEN, *([_oauth_token(home)] if with_oauth else [])]
        command = [sys.executable, "-c", PROGRAM, home, *tokens]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _oauth_token(home: str) -> str:
    app = create_app(Config(auth_tokens=(TOKEN,), home=Path(home), log_level="error"))
    try:
        return str(Flow(InProcess(app), TOKEN).connect()["access_token"])
    finally:
        services(app).close()


def forbidden_modules() -> list[str]:
    """Modules that a tools/list imports and should not."""
    return _below(FORBIDDEN, _run()["modules"])


def forbidden_with_oauth() -> list[str]:
    """The same with an OAuth token, whose check reads the store."""
    roots = tuple(name for name in FORBIDDEN if name not in FOR_OAUTH)
    return _below(roots, _run(with_oauth=True)["modules"])


def forbidden_after_a_call() -> list[str]:
    """Modules of charts that a call of another tool imports and should not."""
    return _below(FOR_CHARTS, _run()["after_call"])


def own_modules() -> list[str]:
    """The modules of this project that a tools/list imports."""
    return _below(("strava_mcp",), _run()["modules"])


def _below(roots: tuple[str, ...], modules: list[str]) -> list[str]:
    return [m for m in modules if any(m == root or m.startswith(f"{root}.") for root in roots)]


def tools_list_bytes() -> bytes:
    """The result of tools/list, encoded as the server encodes it."""
    return json.dumps(_run()["result"], ensure_ascii=False, separators=(",", ":")).encode()


def measure() -> dict[str, float]:
    """The in-process rows of the table."""
    return {
        "tools/list in process, ms": _run()["ms"][0],
        "OAuth token / AUTH_TOKEN, in process": _oauth_ratio(),
        "forbidden modules": float(len(forbidden_modules())),
    }


def _oauth_ratio() -> float:
    """Time of a tools/list with an OAuth token, divided by its time with AUTH_TOKEN."""
    plain, oauth = _run(with_oauth=True)["ms"]
    return float(oauth / plain)
