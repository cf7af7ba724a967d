"""``tools/call``: check the tool and its scope, call it, and turn its reply into a result."""

import logging
from collections.abc import Mapping
from typing import Any

from strava_mcp.errors import (
    InsufficientScope,
    InvalidArguments,
    SourceError,
    StoreError,
    ToolError,
)
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.channel import InputRequired
from strava_mcp.tools.registry import Reply, Tool

log = logging.getLogger(__name__)


def permitted_tool(call: Call) -> Tool:
    """The tool that is called.

    Raises RpcError (-32602) for an unknown name, InsufficientScope for a scope that the caller
    does not have.
    """
    tool = call.server.tools.get(call.text("name"))
    if tool is None:
        name = call.text("name")[:100]
        raise jsonrpc.invalid_params(f"Unknown tool: {name}. tools/list has the names.")
    if not call.principal.may(tool.scope):
        raise InsufficientScope(tool.scope)
    return tool


def call_tool(call: Call) -> JSON:
    """Call a tool (schema: CallToolResult).

    Failures inside a tool become results with ``isError``, for the model to read and correct
    (2025-11-25, Tools, Error Handling). Only protocol errors are JSON-RPC errors.
    """
    tool = permitted_tool(call)
    arguments = call.params.get("arguments", {})
    if not isinstance(arguments, dict):
        raise jsonrpc.invalid_params("arguments must be an object")
    try:
        loaded = tool.load(arguments)  # before the source is opened, which may fail as well
        return _result(tool.function(call.context, loaded))
    except InvalidArguments as exc:
        lines = [f"- {name}: {text}" for name, text in exc.fields.items()]
        return _error("\n".join([f"Invalid arguments for {tool.name}:", *lines]))
    except (ToolError, SourceError, StoreError) as exc:
        return _error(str(exc))
    except (jsonrpc.RpcError, InputRequired):
        raise
    except Exception:
        log.exception("The tool %s failed", tool.name)
        return _error(f"{tool.name} failed unexpectedly; the server's log says why.")


def _result(reply: Mapping[str, Any] | Reply) -> JSON:
    if not isinstance(reply, Reply):
        reply = Reply(structured=reply)
    result: JSON = {"content": list(reply.content or ())}
    if reply.structured is not None:
        result["content"].insert(0, _text(jsonrpc.content_of(reply.structured)))
        result["structuredContent"] = reply.structured
    if reply.is_error:
        result["isError"] = True
    return result | ({"_meta": reply.meta} if reply.meta else {})


def _error(text: str) -> JSON:
    return {"content": [_text(text)], "isError": True}


def _text(text: str) -> JSON:
    return {"type": "text", "text": text}
