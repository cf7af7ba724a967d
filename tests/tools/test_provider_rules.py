"""Input schemas by the published rules of providers of models.

* OpenAI: "Function calling" and "Structured outputs, Supported schemas" (platform.openai.com/docs)
* Anthropic: "Define tools" and "Structured outputs, JSON Schema limitations" (platform.claude.com)
* Gemini: ``FunctionDeclaration`` and ``Schema`` of the API reference (ai.google.dev/api/caching)
"""

import re
from collections.abc import Iterator
from copy import deepcopy

import pytest

from strava_mcp.json_types import JSON
from strava_mcp.tools import catalogue, load_tools

ENTRIES = {entry["name"]: entry for entry in catalogue.read()}
#: Those that are not listed as well: clients may know them.
SCHEMAS = {name: tool.input_schema for name, tool in load_tools().items()}
EVERY = list(SCHEMAS)

ANNOTATIONS = {"description"}
#: The keywords that all providers document for values of a type.
KEYWORDS = {
    "object": {"type", "properties", "required", "additionalProperties"},
    "array": {"type", "items"},
    "string": {"type", "enum"},
    "integer": {"type"},
    "number": {"type"},
    "boolean": {"type"},
}
#: Keywords that a strict mode of OpenAI or Anthropic refuses, or the ``Schema`` of Gemini.
REFUSED = {
    *("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"),
    *("patternProperties", "unevaluatedProperties", "propertyNames", "default", "const"),
    *("minimum", "maximum", "multipleOf", "minLength", "maxLength", "uniqueItems", "$ref", "$defs"),
}


def nodes(schema: JSON) -> Iterator[JSON]:
    """A schema and all in it."""
    yield schema
    for part in (*schema.get("properties", {}).values(), schema.get("items")):
        if part is not None:
            yield from nodes(part)


def made_strict(schema: JSON) -> JSON:
    """A schema as frameworks send it in OpenAI's strict mode.

    Every argument is required, and one that was optional may be null.
    """
    strict = deepcopy(schema)
    required = strict.get("required", [])
    for name, item in strict["properties"].items():
        if name not in required:
            item["type"] = [item["type"], "null"]
            if "enum" in item:
                item["enum"].append(None)
    return strict | {"required": list(strict["properties"])}


@pytest.mark.parametrize("name", EVERY)
def test_every_keyword_is_accepted_everywhere(name: str) -> None:
    for node in nodes(SCHEMAS[name]):
        assert isinstance(node["type"], str), "Gemini refuses a list of types"
        assert set(node) <= KEYWORDS[node["type"]] | ANNOTATIONS
        assert not set(node) & REFUSED
        if node["type"] == "array":
            assert node["items"], "Gemini requires the items of an array"
        if node["type"] == "object":
            assert node["additionalProperties"] is False
            assert set(node.get("required", ())) <= set(node["properties"])
        if "enum" in node:
            assert node["type"] == "string", "Gemini has enums of strings only"
            assert node["enum"] and all(type(value) is str and value for value in node["enum"])


@pytest.mark.parametrize("name", EVERY)
def test_openai(name: str) -> None:
    entry = ENTRIES.get(name, {"description": ""})
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) and len(entry["description"]) <= 1024
    strict = made_strict(SCHEMAS[name])
    assert strict["type"] == "object" and strict["additionalProperties"] is False
    assert strict["required"] == list(strict["properties"])
    assert not {"anyOf", "oneOf", "allOf"} & set(strict)
    every = list(nodes(strict))
    assert sum(len(node.get("properties", ())) for node in every) <= 5000
    assert sum(len(node.get("enum", ())) for node in every) <= 1000


@pytest.mark.parametrize("name", EVERY)
def test_anthropic(name: str) -> None:
    schema = SCHEMAS[name]
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) and schema["type"] == "object"
    assert all(re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", argument) for argument in schema["properties"])


@pytest.mark.parametrize("name", EVERY)
def test_gemini(name: str) -> None:
    """Of ``parametersJsonSchema`` as it is; of ``parameters`` as Google's SDKs convert it."""
    assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.-]{0,62}", name)
    schema = SCHEMAS[name]
    assert schema["properties"], "an object without properties is refused"
    assert all(re.fullmatch(r"[a-zA-Z_]\w{0,63}", argument) for argument in schema["properties"])


@pytest.mark.parametrize("name", EVERY)
def test_arguments_that_fit_the_strict_schema_are_accepted(name: str) -> None:
    """Null for every argument that a strict mode made required."""
    from tests.tools.test_wrong_arguments import valid

    tool = load_tools()[name]
    given = valid(name)
    nulls = dict.fromkeys(made_strict(SCHEMAS[name])["required"])
    assert tool.load(nulls | given) == tool.load(given)


@pytest.mark.parametrize("name", list(ENTRIES))
def test_defaults_are_said_in_the_description(name: str) -> None:
    fields = load_tools()[name].load.__self__.fields  # type: ignore[attr-defined]
    for argument, item in SCHEMAS[name]["properties"].items():
        default = fields[argument].load_default
        if isinstance(default, (str, int)) and argument != "page":  # the first, of course
            assert str(default).lower() in item["description"], argument
