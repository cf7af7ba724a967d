"""Arguments of tools: marshmallow schemas, validated and published as JSON Schema."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from strava_mcp.errors import InvalidArguments
from strava_mcp.json_types import JSON

#: Bounds of text that a tool passes on, in characters.
MAX_NAME_LENGTH, MAX_TEXT_LENGTH = 1000, 20_000
#: Items of a list argument, and wrong ones that an error names.
MAX_ITEMS, MAX_REPORTED = 100, 5
MAX_NAME_SHOWN = 40
MISSING = "Missing; this argument is required."


class WholeNumber(fields.Integer):
    """An integer. 7.0 and "7" are accepted, because models write them too."""

    default_error_messages = {
        "invalid": "Must be a whole number.",
        "required": MISSING,
    }

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise self.make_error("invalid", input=value)
        # int() would also accept digits of other scripts, and underscores.
        if isinstance(value, str) and not re.fullmatch(r"\s*[+-]?[0-9]{1,30}\s*", value):
            raise self.make_error("invalid", input=value)
        return int(super()._validated(value))


class Number(fields.Float):
    """A number from 0 to ``maximum``, also as text such as "12.5"; its bounds are not published."""

    def __init__(self, maximum: int, **options: Any) -> None:
        rule = f"Must be a number from 0 to {maximum:,}, with a point for decimals."
        messages: dict[str, Any] = dict.fromkeys(("invalid", "too_large", "special"), rule)
        messages["required"] = MISSING
        super().__init__(error_messages=messages, **options)
        self._maximum = maximum

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool):  # float(True) is 1
            raise self.make_error("invalid", input=value)
        if isinstance(value, str) and not re.fullmatch(
            r"\s*[+-]?[0-9]{1,30}(\.[0-9]{1,30})?\s*", value
        ):
            raise self.make_error("invalid", input=value)
        number = float(super()._validated(value))
        if not 0 <= number <= self._maximum:
            raise self.make_error("invalid", input=value)
        return number


class Flag(fields.Boolean):
    """A boolean, also as the text "true" or "false" in any case; nothing else is accepted."""

    default_error_messages = {
        "invalid": "Must be true or false.",
        "required": MISSING,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={True, "true"}, falsy={False, "false"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):  # 1 == True in a set
            raise self.make_error("invalid", input=value)
        value = value.lower() if isinstance(value, str) else value
        return bool(super()._deserialize(value, attr, data, **kwargs))


class Text(fields.String):
    """Text that is not blank, without control characters other than tabs and line breaks."""

    default_error_messages = {
        "invalid": "Must be text.",
        "required": MISSING,
        "blank": "Must not be empty.",
        "control": "Must not contain control characters.",
        "too_long": "Must be at most {max_length:,} characters.",
    }

    def __init__(self, max_length: int = MAX_NAME_LENGTH, **options: Any) -> None:
        super().__init__(**options)
        self._max_length = max_length

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if len(text) > self._max_length:
            raise self.make_error("too_long", max_length=self._max_length)
        if not text.strip():
            raise self.make_error("blank")
        if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
            raise self.make_error("control")
        return text


class Choice(fields.String):
    """One of ``choices``, in any case."""

    def __init__(self, *choices: str, **options: Any) -> None:
        messages: dict[str, Any] = {"invalid": f"Must be one of: {', '.join(choices)}."}
        messages["required"] = MISSING
        super().__init__(validate=validate.OneOf(choices), error_messages=messages, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip().lower()


class Choices(fields.List[str]):
    """One or more of ``choices``: a list, text with commas, or a list as JSON text."""

    default_error_messages = {"required": MISSING}

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(Choice(*choices), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize(list_items(value), attr, data, **kwargs)


def is_blank(value: object) -> bool:
    """Whether a value is null, blank text, or a list of nothing else, also as JSON text."""
    if isinstance(value, str):
        return value.strip() in ("", "[]")
    if isinstance(value, (list, tuple)):
        return len(value) <= MAX_ITEMS and all(
            item is None or isinstance(item, str) and not item.strip() for item in value
        )
    return value is None


def is_zero(value: object) -> bool:
    """Whether a value is the number 0, also as text."""
    return isinstance(value, (int, float, str)) and str(value).strip() in ("0", "0.0")


def list_items(value: object) -> list[object]:
    """The items of a list argument, which may be a list, text with commas, or a list as JSON text.

    Raises ValidationError for anything else, for an empty list and for too many items.
    """
    items: object = value
    if isinstance(value, str):
        items = [part for part in map(str.strip, value.split(",")) if part]
        if value.lstrip().startswith("["):
            try:
                items = json.loads(value)
            except (ValueError, RecursionError):
                items = None
    if not isinstance(items, (list, tuple)):
        raise ValidationError("Must be a list, or text with commas between the items.")
    if not items:
        raise ValidationError("Must not be empty; leave it out instead.")
    if len(items) > MAX_ITEMS:
        raise ValidationError(f"Must have at most {MAX_ITEMS} items.")
    return list(items)


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

    Unknown arguments are rejected. Null means absent, and so does a blank value of an optional
    argument: frameworks that make every argument required send those for what they leave out. A
    field's ``metadata["description"]`` is published with it; a field with ``metadata["unlisted"]``
    is accepted and not published.
    """

    class Meta:
        unknown = RAISE

    def read(self, arguments: Mapping[str, Any]) -> JSON:
        """Load the arguments of a call. Raises InvalidArguments naming every invalid field."""
        unknown = [name for name in arguments if name not in self.fields]
        if len(unknown) > MAX_ITEMS:  # marshmallow takes a while for each
            raise InvalidArguments(self._explain(dict.fromkeys(unknown)))
        given = {
            name: value for name, value in arguments.items() if not self._is_absent(name, value)
        }
        try:
            loaded: JSON = self.load(given)
        except ValidationError as exc:
            raise InvalidArguments(self._explain(exc.messages_dict)) from exc
        return loaded

    def json_schema(self) -> JSON:
        """The published schema (JSON Schema 2020-12).

        Only with keywords that every provider of models accepts: bounds and defaults are said in
        the descriptions instead (tests/tools/test_provider_rules.py).
        """
        schema: JSON = {
            "type": "object",
            "properties": {name: _property(item) for name, item in self._listed().items()},
        }
        required = [name for name, item in self.fields.items() if item.required]
        if required:
            schema["required"] = required
        return schema | {"additionalProperties": False}

    def _is_absent(self, name: str, value: object) -> bool:
        """Whether an argument counts as absent. Unknown arguments do not: they are reported."""
        item = self.fields.get(name)
        if item is None or item.required:
            return item is not None and value is None
        return is_blank(value) or (getattr(item, "zero_is_blank", False) and is_zero(value))

    def _listed(self) -> dict[str, fields.Field[Any]]:
        """The fields that are published. Others have ``metadata["unlisted"]``."""
        return {
            name: item for name, item in self.fields.items() if not item.metadata.get("unlisted")
        }

    def _explain(self, messages: Mapping[str, Any]) -> dict[str, str]:
        """One line per invalid argument; one for all unknown ones, with the names that exist."""
        explained = {
            name: " ".join(_flatten(message))
            for name, message in messages.items()
            if name in self.fields
        }
        unknown = sorted(str(name) for name in messages if name not in explained)
        if unknown:
            first = ", ".join(map(_shortened, unknown[:MAX_REPORTED]))
            more = f" and {len(unknown) - MAX_REPORTED} more" * (len(unknown) > MAX_REPORTED)
            names = ", ".join(self._listed()) or "none"
            explained[first + more] = f"Unknown argument; this tool takes: {names}."
        return explained


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_SHOWN else f"{name[:MAX_NAME_SHOWN]}…"


def _flatten(messages: Any) -> list[str]:
    """Flatten marshmallow's messages, which are nested by index for items of a list."""
    if isinstance(messages, Mapping):
        return list(_item_messages(messages))[:MAX_REPORTED]
    return [str(text) for text in messages]


def _item_messages(messages: Mapping[Any, Any]) -> Iterator[str]:
    for key, value in messages.items():
        for text in _flatten(value):
            yield f"Item {key}: {text}"


def _property(item: fields.Field[Any]) -> JSON:
    kind = next(word for class_, word in TYPES if isinstance(item, class_))
    schema: JSON = {"type": kind}
    if choices := _choices(item):
        schema["enum"] = choices
    if isinstance(item, fields.List):
        schema["items"] = _property(item.inner)
    if "description" in item.metadata:
        schema["description"] = item.metadata["description"]
    return schema


def _choices(item: fields.Field[Any]) -> list[str]:
    """The choices of a field, unless its description names them all already."""
    description = item.metadata.get("description", "")
    rules = [rule for rule in item.validators if isinstance(rule, validate.OneOf)]
    choices = [str(choice) for rule in rules for choice in rule.choices]
    return [] if all(choice in description for choice in choices) else choices
