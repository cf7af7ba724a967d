"""JSON Schemas of replies, derived from the TypedDicts that describe them.

Typed clients keep only the declared keys of an object, unless it is open (``additionalProperties:
true``). To save tokens in ``tools/list``, keys that are ``Rare`` are not declared, and an object
that may have any is open. So is every reply: notes and the marks of ``registry.marked`` are not
declared either. A key is left out of a reply where its value is unknown: ``int | None`` is an
integer. None has ``anyOf``, ``oneOf`` or ``allOf``, with which Claude's connector was reported to
list no tools (anthropics/claude-ai-mcp#485).
"""

from collections import Counter
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints, is_typeddict

from strava_mcp.json_types import JSON

T = TypeVar("T")
_RARE = "rare"
#: The type of a key that many objects of its shape do not have.
Rare = Annotated[T, _RARE]
TEXT: JSON = {"type": "string"}
OPEN: JSON = {"additionalProperties": True}
#: An object whose keys vary.
VARYING: JSON = {"type": "object", **OPEN}
#: A value in a table or in a recording.
CELL: JSON = {"type": ["string", "integer", "number", "boolean", "array", "null"]}
#: A row of a table: an array under columns.
TABLE_ROW: JSON = {"type": "array", "items": CELL}
TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def reply_schema(shape: type, *required: str, **replaced: JSON) -> JSON:
    """The schema of a reply. ``shape``: a TypedDict; ``required``: the keys of every reply.

    ``replaced``: schemas of keys whose type says too little. Shapes that occur more than once are
    defined once, in ``$defs``.
    """
    shared = [one for one, count in Counter(_shapes_in(shape)).items() if count > 1]
    schema = schema_of(shape, shared)
    schema["properties"] |= replaced
    schema |= {"required": [*required], **OPEN}
    if shared:
        schema["$defs"] = {one.__name__: schema_of(one, shared) for one in shared}
    return schema


def schema_of(hint: Any, shared: "list[type] | tuple[()]" = ()) -> JSON:
    """The schema of a value with this type hint. ``shared``: the shapes of ``$defs``."""
    if hint in TYPES:
        return {"type": TYPES[hint]}
    if is_typeddict(hint):
        properties = {name: _inner(item, shared) for name, item in _keys(hint).items()}
        is_open = len(properties) < len(get_type_hints(hint))
        return {"type": "object", "properties": properties, **(OPEN if is_open else {})}
    if get_origin(hint) is list:
        return {"type": "array", "items": _inner(get_args(hint)[0], shared)}
    if get_origin(hint) is dict:
        values = get_args(hint)[1]
        kind = True if values is Any else _inner(values, shared)
        return {"type": "object", "additionalProperties": kind}
    raise TypeError(f"{hint} has no schema")


def _inner(hint: Any, shared: "list[type] | tuple[()]") -> JSON:
    return {"$ref": f"#/$defs/{hint.__name__}"} if hint in shared else schema_of(hint, shared)


def _keys(shape: type) -> dict[str, Any]:
    """The type of each key that is declared; without None, which is left out of replies."""
    hints = get_type_hints(shape, include_extras=True)
    return {name: _without_none(hint) for name, hint in hints.items() if not _is_rare(hint)}


def _is_rare(hint: Any) -> bool:
    return get_origin(hint) is Annotated and _RARE in hint.__metadata__


def _without_none(hint: Any) -> Any:
    if not isinstance(hint, UnionType):
        return hint
    (without_none,) = (item for item in get_args(hint) if item is not NoneType)
    return without_none


def _shapes_in(shape: type) -> "list[type]":
    """The TypedDicts in a TypedDict, as often as they occur in different places."""
    shapes: list[type] = []
    for hint in _keys(shape).values():
        item = get_args(hint)[-1] if get_origin(hint) in (list, dict) else hint
        if is_typeddict(item):
            shapes += [item] if item in shapes else [item, *_shapes_in(item)]
    return shapes
