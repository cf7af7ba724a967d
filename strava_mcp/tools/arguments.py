"""Arguments of tools: marshmallow schemas, validated and published as JSON Schema."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON


class WholeNumber(fields.Integer):
    """An integer. 7.0 and "7" are accepted, because models write them too."""

    default_error_messages = {"invalid": "Must be a whole number."}

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(value))


class Flag(fields.Boolean):
    """A boolean, also as the string "true" or "false"; nothing else is accepted."""

    default_error_messages = {"invalid": "Must be true or false."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={True, "true"}, falsy={False, "false"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):  # 1 == True in a set
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, attr, data, **kwargs))


#: The JSON Schema type of each field class; the first match counts.
TYPES: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Boolean, "boolean"),
    (fields.Integer, "integer"),
    (fields.Float, "number"),
    (fields.List, "array"),
    (fields.String, "string"),
)


class Arguments(Schema):
    """Base of every tool's argument schema.

    Unknown arguments are rejected; null means absent. A field's ``metadata["description"]`` is
    published with it.
    """

    class Meta:
        unknown = RAISE

    def read(self, arguments: Mapping[str, Any]) -> JSON:
        """Load the arguments of a call. Raises InvalidArguments naming every invalid field."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            loaded: JSON = self.load(given)
        except ValidationError as exc:
            raise InvalidArguments(self._explain(exc.messages_dict)) from exc
        return loaded

    def json_schema(self) -> JSON:
        """The published schema (JSON Schema 2020-12).

        ``additionalProperties`` is left out to save tokens in every ``tools/list``.
        """
        schema: JSON = {
            "type": "object",
            "properties": {name: _property(item) for name, item in self.fields.items()},
        }
        required = [name for name, item in self.fields.items() if item.required]
        if required:
            schema["required"] = required
        return schema

    def _explain(self, messages: Mapping[str, Any]) -> dict[str, str]:
        """One line per invalid argument; for an unknown one, the names that exist."""
        names = ", ".join(self.fields) or "none"
        return {
            name: (
                f"Unknown argument; this tool takes: {names}."
                if name not in self.fields and name != "_schema"
                else " ".join(_flatten(message))
            )
            for name, message in messages.items()
        }


def _flatten(messages: Any) -> list[str]:
    """Flatten marshmallow's messages, which are nested by index for items of a list."""
    if isinstance(messages, Mapping):
        return [
            f"Item {key}: {text}" for key, value in messages.items() for text in _flatten(value)
        ]
    return [str(text) for text in messages]


def _property(item: fields.Field[Any]) -> JSON:
    kind = next(word for class_, word in TYPES if isinstance(item, class_))
    schema: JSON = {"type": kind} | _limits(item, kind)
    if isinstance(item, fields.List):
        schema["items"] = _property(item.inner)
    if item.load_default is not missing and item.load_default is not None:
        schema["default"] = item.load_default
    if "description" in item.metadata:
        schema["description"] = item.metadata["description"]
    return schema


def _limits(item: fields.Field[Any], kind: str) -> JSON:
    """The validators of a field as JSON Schema keywords."""
    ends = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}
    limits: JSON = {}
    for rule in item.validators:
        if isinstance(rule, validate.OneOf):
            limits["enum"] = list(rule.choices)
        elif isinstance(rule, validate.Range):
            limits |= {"minimum": rule.min, "maximum": rule.max}
        elif isinstance(rule, validate.Length):
            limits |= dict(zip(ends[kind], (rule.min, rule.max), strict=True))
    return {keyword: value for keyword, value in limits.items() if value is not None}
