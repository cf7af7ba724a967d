"""Call tools like a client: arguments as JSON, replies validated against their schema."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from strava_mcp.analysis.athlete_settings import AthleteSettings
from strava_mcp.context import Context
from strava_mcp.identity import READ, WRITE, Principal
from strava_mcp.json_types import JSON
from strava_mcp.store import open_store
from strava_mcp.tools import load_tools
from strava_mcp.tools.registry import Reply
from strava_mcp.tools.size import MAX_TOKENS, tokens
from tests.clock import Clock
from tests.rig import Rig

Call = Callable[..., JSON]

WRITER = Principal("test", frozenset({READ, WRITE}))


@pytest.fixture(autouse=True)
def frozen(frozen_clock: Clock) -> Clock:
    """A clock that stands still: no day, minute or window of a limit ends between two calls."""
    return frozen_clock


@pytest.fixture
def rig(frozen: Clock) -> Iterator[Rig]:
    """A sandbox for one test, with an access token."""
    store = open_store("sqlite://:memory:")
    yield Rig(store, now=frozen.time).authorize()
    store.close()


@pytest.fixture
def ctx(rig: Rig, tmp_path: Path) -> Context:
    """The context of a request on stdio, with read and write scope."""
    settings = AthleteSettings(rig.store, "test")
    return Context(WRITER, optional_source=rig.source, settings=settings, folder=tmp_path)


def has_nulls(value: Any) -> bool:
    """Whether there is a null outside the columns of a recording."""
    if isinstance(value, dict):
        return any(item is None or has_nulls(item) for item in value.values())
    return isinstance(value, list) and any(isinstance(x, dict) and has_nulls(x) for x in value)


def closed(schema: Any) -> Any:
    """A schema that allows only the declared keys of objects that it does not call open.

    Typed clients drop what is not declared.
    """
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(item) for name, item in schema.items()}
    if isinstance(schema.get("properties"), dict):
        inner = {"additionalProperties": False} | inner
    return inner


@pytest.fixture
def call(ctx: Context) -> Call:
    """Call a tool by name; its reply is checked for its schema, its size and nulls."""

    def run(name: str, /, *, context: Context = ctx, **arguments: Any) -> JSON:
        tool = load_tools()[name]
        decoded = json.loads(json.dumps(arguments))
        reply = tool.function(context, tool.load(decoded))
        structured = reply.structured if isinstance(reply, Reply) else reply
        assert isinstance(structured, dict)
        jsonschema.Draft202012Validator(closed(tool.output_schema)).validate(structured)
        json.dumps(structured, allow_nan=False)
        assert not has_nulls(structured)
        rows = structured.get("activities", ()) if "columns" in structured else ()
        assert tokens(structured) <= (MAX_TOKENS if not rows else 45 * len(rows) + 600)
        return structured

    return run
