"""The lower bound: Flask that answers the same bytes and makes the same upstream call, no MCP."""

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

app = Flask(__name__, static_folder=None)
PAYLOAD_FILE = os.environ.get("BENCHMARK_PAYLOAD")
PAYLOAD = Path(PAYLOAD_FILE).read_bytes() if PAYLOAD_FILE else b"{}"
UPSTREAM = os.environ.get("BENCHMARK_UPSTREAM", "")
CACHED = bool(os.environ.get("BENCHMARK_CACHE"))
session: Any = None
cache: dict[str, Any] = {}


@app.get("/health")
def health() -> dict[str, str]:
    """Report that the server is up."""
    return {"status": "healthy"}


@app.post("/mcp")
def mcp() -> Response:
    """Answer ``tools/list``, or any call with the athlete."""
    message = json.loads(request.get_data())
    if message["method"] == "tools/list":
        body = b'{"jsonrpc":"2.0","id":%d,"result":%b}' % (message["id"], PAYLOAD)
        return Response(body, content_type="application/json")
    athlete = (CACHED and cache.get("athlete")) or fetch_athlete()
    content = [{"type": "text", "text": json.dumps(athlete)}]
    result = {"content": content, "structuredContent": athlete}
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
    return Response(body, content_type="application/json")


def fetch_athlete() -> Any:
    """Call the upstream; the connection is kept open."""
    global session
    import requests

    if session is None:
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=32))
    athlete = session.get(f"{UPSTREAM}/api/v3/athlete", timeout=20).json()
    cache["athlete"] = athlete
    return athlete
