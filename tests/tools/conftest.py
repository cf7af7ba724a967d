"""A tool as a client meets it: arguments as JSON in, a reply that keeps its schema out."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest

from strava_mcp.context import Context
from strava_mcp.identity import READ, WRITE, Principal
from strava_mcp.json_types import JSON
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.registry import Reply
from strava_mcp.tools.size import MAX_TOKENS, tokens
from tests.rig import Rig

Call = Callable[..., JSON]

WRITER = Principal("test", frozenset({READ, WRITE}))


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A sandbox of this test alone, with an access token at hand."""
    store = open_store("sqlite://:memory:")
    yield Rig(store).authorize()
    store.close()


@pytest.fixture
def ctx(rig: Rig) -> Context:
    """A request of a caller who may read and write."""
    return Context(WRITER, optional_source=rig.source)


def nulls(value: Any) -> bool:
    """Whether there is a null anywhere outside the columns of a recording."""
    if isinstance(value, dict):
        return any(item is None or nulls(item) for item in value.values())
    return isinstance(value, list) and any(isinstance(x, dict) and nulls(x) for x in value)


@pytest.fixture
def call(ctx: Context) -> Call:
    """Call a tool by name; its reply is checked against its schema, for size and for nulls."""

    def run(name: str, /, *, context: Context = ctx, **arguments: Any) -> JSON:
        tool = load_tools()[name]
        given = json.loads(json.dumps(arguments))
        reply = tool.function(context, tool.load(given))
        structured = reply.structured if isinstance(reply, Reply) else reply
        assert structured is not None
        jsonschema.Draft202012Validator(tool.output_schema or {}).validate(structured)
        json.dumps(structured, allow_nan=False)
        assert not nulls(structured)
        assert tokens(structured) <= MAX_TOKENS
        return structured

    return run
