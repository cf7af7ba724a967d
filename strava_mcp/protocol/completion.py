"""``completion/complete``: suggestions for arguments of prompts and variables of templates."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from strava_mcp.json_types import JSON
from strava_mcp.protocol import jsonrpc
from strava_mcp.protocol.call import Call

if TYPE_CHECKING:
    from strava_mcp.prompts.registry import Argument, Prompt

MAX_COMPLETIONS = 100


def complete(call: Call) -> JSON:
    """Suggest values for an argument (schema: CompleteResult)."""
    wanted = call.texts("argument")
    if not {"name", "value"} <= wanted.keys():
        raise jsonrpc.invalid_params("argument must have a name and a value")
    name, typed = wanted["name"], wanted["value"]
    for argument in _arguments(call, call.texts("ref")):
        if argument.name == name and argument.complete:
            context = call.params.get("context")
            chosen = call.texts("arguments", context if isinstance(context, dict) else {})
            return {"completion": _suggestions(argument.complete(call.context, typed, chosen))}
    return {"completion": _suggestions([])}


def find_prompt(call: Call, name: str) -> "Prompt":
    """The prompt with this name. Raises RpcError (-32602)."""
    for prompt in call.server.prompts:
        if prompt.name == name:
            return prompt
    raise jsonrpc.invalid_params(f"Unknown prompt: {name[:100]}")


def _arguments(call: Call, reference: dict[str, str]) -> "Sequence[Argument]":
    """The arguments of the prompt, or the variables of the template, that ``ref`` names."""
    if reference.get("type") == "ref/prompt":
        return find_prompt(call, reference.get("name", "")).arguments
    if reference.get("type") == "ref/resource":
        for resource in call.server.resources:
            if resource.uri == reference.get("uri"):
                return resource.variables
        raise jsonrpc.invalid_params("ref names no resource of this server")
    raise jsonrpc.invalid_params("ref must be of type ref/prompt or ref/resource")


def _suggestions(values: Sequence[str]) -> JSON:
    return {
        "values": list(values[:MAX_COMPLETIONS]),
        "total": len(values),
        "hasMore": len(values) > MAX_COMPLETIONS,
    }
