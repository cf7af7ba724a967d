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
from strava_mcp.identity import ANONYMOUS, Principal
from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.call import Call
from strava_mcp.protocol.channel import InputRequired
from strava_mcp.tools.registry import Reply, Tool

log = logging.getLogger(__name__)


#: The field of ``_meta`` with challenges, for clients that do not see the header: ChatGPT starts
#: OAuth from it (https://developers.openai.com/plugins/build/auth).
CHALLENGE_KEY = "mcp/www_authenticate"


def call_tool(call: Call) -> JSON:
    """Call a tool (schema: CallToolResult).

    Failures inside a tool become results with ``isError``, for the model to read and correct
    (2025-11-25, Tools, Error Handling). Only protocol errors are JSON-RPC errors.

    Raises RpcError (-32602) for an unknown name, and InsufficientScope as ``check_scope`` does.
    Other callers who lack the tool's scope get a result: the 403 that InsufficientScope leads to
    ends the session of many clients, and would tell them nothing that they can do.
    """
    tool = _tool(call)
    arguments = call.params.get("arguments")
    if arguments is None:  # as some clients write it for a tool that takes none
        arguments = {}
    if not isinstance(arguments, dict):
        raise jsonrpc.invalid_params("arguments must be an object")
    check_scope(call)
    if not call.principal.may(tool.scope):
        meta = {CHALLENGE_KEY: [call.challenge.value]} if call.challenge else None
        return _error(_read_only(tool, call.principal), meta)
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


def check_scope(call: Call) -> None:
    """Raise InsufficientScope if a call beyond the granted scopes is to be refused by status."""
    if call.method != "tools/call" or call.challenge is None:
        return
    tool = call.server.tools.get(str(call.params.get("name")))
    if tool and not call.principal.may(tool.scope) and call.challenge.by_status():
        raise InsufficientScope(_read_only(tool, call.principal), call.challenge.value)


def _tool(call: Call) -> Tool:
    """The tool that is called. Raises RpcError (-32602) for an unknown name."""
    name = call.text("name")
    tool = call.server.tools.get(name)
    if tool is None:
        raise jsonrpc.invalid_params(f"Unknown tool: {name[:100]}. tools/list has the names.")
    return tool


def _read_only(tool: Tool, principal: Principal) -> str:
    """Why a caller may not call a tool, and what would help, for the model to repeat."""
    problem = f"{tool.name} needs the scope {tool.scope}"
    if principal.can_step_up:
        return (
            f"{problem}, which was not granted. To allow it, disconnect this server in the app, "
            "then reconnect and choose Read and write."
        )
    if principal.id == ANONYMOUS:
        return f"{problem}: without a token this server can only be read. Connect with a token."
    return (
        f"{problem}, and the token {principal.name!r} may only read. The server's owner can create "
        "one that may write, with `flask tokens create NAME --scope write`; connect with that."
    )


def _result(reply: Mapping[str, Any] | Reply) -> JSON:
    if not isinstance(reply, Reply):
        reply = Reply(structured=reply)
    result: JSON = {"content": list(reply.content or ())}
    if reply.structured is not None:
        text = reply.text or jsonrpc.content_of(reply.structured)
        result["content"].insert(0, _text(text))
        result["structuredContent"] = reply.structured
    if reply.is_error:
        result["isError"] = True
    return result | ({"_meta": reply.meta} if reply.meta else {})


def _error(text: str, meta: JSON | None = None) -> JSON:
    return {"content": [_text(text)], "isError": True} | ({"_meta": meta} if meta else {})


def _text(text: str) -> JSON:
    return {"type": "text", "text": text}
