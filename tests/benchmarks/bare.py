"""The floor: Flask that answers the same bytes, and makes the same upstream call, with no MCP."""

import json
import os
from typing import Any

from flask import Flask, Response, request

app = Flask(__name__, static_folder=None)
PAYLOAD = (
    open(os.environ["BENCHMARK_PAYLOAD"], "rb").read()
    if os.environ.get("BENCHMARK_PAYLOAD")
    else b"{}"
)
UPSTREAM = os.environ.get("BENCHMARK_UPSTREAM", "")
session: Any = None


@app.get("/health")
def health() -> dict[str, str]:
    """Up."""
    return {"status": "healthy"}


@app.post("/mcp")
def mcp() -> Response:
    """A list of tools, or the athlete as a tool's reply."""
    global session
    message = json.loads(request.get_data())
    if message["method"] == "tools/list":
        body = b'{"jsonrpc":"2.0","id":%d,"result":%b}' % (message["id"], PAYLOAD)
        return Response(body, content_type="application/json")
    import requests

    if session is None:
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=32))
    athlete = session.get(f"{UPSTREAM}/api/v3/athlete", timeout=20).json()
    content = [{"type": "text", "text": json.dumps(athlete)}]
    result = {"content": content, "structuredContent": athlete}
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
    return Response(body, content_type="application/json")
