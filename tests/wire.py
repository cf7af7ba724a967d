"""A client that speaks JSON-RPC over HTTP by hand and checks every message against its schema."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema.validators import validator_for
from werkzeug.test import Client, TestResponse

from strava_mcp.json_types import JSON

MODERN = "2026-07-28"
LEGACY = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
SCHEMAS = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "mcp-schema"

RESULTS = {
    "initialize": "InitializeResult",
    "ping": "EmptyResult",
    "server/discover": "DiscoverResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "completion/complete": "CompleteResult",
    "logging/setLevel": "EmptyResult",
    "resources/subscribe": "EmptyResult",
    "resources/unsubscribe": "EmptyResult",
}


@cache
def validator(version: str, name: str) -> Any:
    """A validator for one definition of one revision's schema."""
    schema = json.loads((SCHEMAS / f"{version}.json").read_text("utf-8"))
    holder = "$defs" if "$defs" in schema else "definitions"
    if name not in schema[holder]:
        name = "JSONRPCError" if "Error" in name else "JSONRPCMessage"
    schema = {**schema, "$ref": f"#/{holder}/{name}"}
    schema.pop("anyOf", None)
    return validator_for(schema)(schema)


def check(message: Any, version: str, method: str | None = None) -> None:
    """Validate a message from the server; ``method``: that of the request it answers."""
    if not SCHEMAS.is_dir():  # tests/protocol/test_schema.py says so, once
        return
    if isinstance(message, list):
        for item in message:
            check(item, version)
    elif "error" in message:
        if message.get("id") is not None:  # no revision's schema has the null of JSON-RPC 2.0 §5
            validator(version, "JSONRPCErrorResponse").validate(message)
    elif "method" in message:
        validator(version, "ServerRequest" if "id" in message else "ServerNotification").validate(
            message
        )
    else:
        validator(version, "JSONRPCMessage").validate(message)
        result = message["result"]
        name = RESULTS.get(method or "", "Result")
        if result.get("resultType") == "input_required":
            name = "InputRequiredResult"
        validator(version, name).validate(result)


def messages(response: TestResponse) -> Iterator[JSON]:
    """The JSON-RPC messages of a reply, one or a stream of them."""
    if response.mimetype == "text/event-stream":
        for line in response.get_data(as_text=True).splitlines():
            if line.startswith("data: "):
                yield json.loads(line[6:])
    elif response.data:
        yield response.get_json()


class Wire:
    """Requests to one endpoint in one revision; every reply is checked against its schema."""

    def __init__(
        self, client: Client, version: str, token: str | None = None, path: str = "/mcp"
    ) -> None:
        self.client = client
        self.version = version
        self.path = path
        self.headers = {"Accept": "application/json, text/event-stream"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.capabilities: JSON = {}
        self.meta: JSON = {}
        self._next = 0

    @property
    def modern(self) -> bool:
        """Whether the revision is the stateless one."""
        return self.version == MODERN

    def request(self, method: str, params: Mapping[str, Any] | None = None) -> JSON:
        """Make a request as this version defines it."""
        self._next += 1
        full = dict(params or {})
        meta = dict(self.meta)
        if self.modern:
            prefix = "io.modelcontextprotocol/"
            meta[prefix + "protocolVersion"] = self.version
            meta[prefix + "clientCapabilities"] = self.capabilities
        if meta:
            full["_meta"] = meta
        return {"jsonrpc": "2.0", "id": self._next, "method": method, "params": full}

    def post(self, message: Any, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Post a message, or raw bytes, with the headers that belong to it."""
        sent = dict(self.headers)
        if isinstance(message, dict) and message.get("method") != "initialize" or self.modern:
            sent["MCP-Protocol-Version"] = self.version
        if self.modern and isinstance(message, dict):
            sent["Mcp-Method"] = str(message.get("method"))
            params = message.get("params", {})
            name = params.get("name", params.get("uri"))
            if isinstance(name, str):
                sent["Mcp-Name"] = name
        body = message if isinstance(message, bytes) else json.dumps(message)
        sent |= headers or {}
        response = self.client.post(
            self.path, data=body, headers=sent, content_type="application/json"
        )
        method = message.get("method") if isinstance(message, dict) else None
        if response.is_json or response.mimetype == "text/event-stream":
            for item in messages(response):
                if isinstance(item, list) or "jsonrpc" in item:
                    check(item, self.version, method)
        return response

    def start(self) -> JSON:
        """Initialize the session (legacy) or discover the server (modern); returns the result."""
        if self.modern:
            return self.call("server/discover")
        params = {
            "protocolVersion": self.version,
            "capabilities": self.capabilities,
            "clientInfo": {"name": "tests", "version": "1"},
        }
        response = self.post(self.request("initialize", params))
        if "Mcp-Session-Id" in response.headers:
            self.headers["Mcp-Session-Id"] = response.headers["Mcp-Session-Id"]
        self.post({"jsonrpc": "2.0", "method": "notifications/initialized"})
        result: JSON = response.get_json()["result"]
        return result

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> JSON:
        """Call a method and return its result; fails the test on an error."""
        reply = self.answer(method, params)
        assert "result" in reply, reply
        result: JSON = reply["result"]
        return result

    def error(self, method: str, params: Mapping[str, Any] | None = None) -> JSON:
        """Call a method and return its error; fails the test on a result."""
        reply = self.answer(method, params)
        assert "error" in reply, reply
        error: JSON = reply["error"]
        return error

    def answer(self, method: str, params: Mapping[str, Any] | None = None) -> JSON:
        """Call a method and return the response, the last message of the reply."""
        return list(messages(self.post(self.request(method, params))))[-1]

    def tool(self, name: str, /, **arguments: Any) -> JSON:
        """Call a tool."""
        return self.call("tools/call", {"name": name, "arguments": arguments})
