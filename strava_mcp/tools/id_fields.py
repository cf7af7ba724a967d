"""Marshmallow fields for the ids of activities, segments, gear and the like (``tools.ids``)."""

from typing import Any

from marshmallow import ValidationError, fields

from strava_mcp.tools.arguments import list_items
from strava_mcp.tools.fields import described
from strava_mcp.tools.ids import KINDS, MAX_EXACT, parse_gear_id, parse_id


class PositiveId(fields.Integer):
    """The id of a ``noun`` such as ``activity`` (``tools.ids``): a number, or a page's URL."""

    def __init__(self, noun: str, **options: Any) -> None:
        super().__init__(**_identified(noun, options))
        self.noun = noun

    def _validated(self, value: Any) -> int:
        try:
            return parse_id(self.noun, value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


class ActivityIds(fields.List[int]):
    """Ids of different activities, loaded as a list: numbers or URLs, or text with commas."""

    def __init__(self, minimum: int, maximum: int, **options: Any) -> None:
        super().__init__(PositiveId("activity", metadata={}), **options)
        self._minimum, self._maximum = minimum, maximum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        items = [value] if isinstance(value, (int, float)) else list_items(value)
        ids = list(dict.fromkeys(super()._deserialize(items, attr, data, **kwargs)))
        if not self._minimum <= len(ids) <= self._maximum:
            raise ValidationError(
                f"Must be {self._minimum} to {self._maximum} different activities, not {len(ids)}."
            )
        return ids


class IdText(fields.String):
    """An id like ``PositiveId``, published as text and loaded as int.

    Route ids exceed the integers that many clients represent exactly.
    """

    def __init__(self, noun: str, **options: Any) -> None:
        options = described(f"id or URL of {_owner(noun)}") | options
        super().__init__(**_identified(noun, options))
        self.noun = noun

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> int:
        if isinstance(value, int) and value > MAX_EXACT:  # a client may have rounded it
            raise ValidationError(KINDS[self.noun].rule)
        try:
            return parse_id(self.noun, value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


class GearId(fields.String):
    """The id of a bike (``b…``) or of shoes (``g…``).

    ``none_allowed``: whether ``none`` is accepted as well, with which Strava removes gear.
    """

    noun = "gear"

    def __init__(self, none_allowed: bool = False, **options: Any) -> None:
        super().__init__(**_identified(self.noun, options))
        self._none_allowed = none_allowed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if self._none_allowed and value == "none":
            return "none"
        try:
            return parse_gear_id(value)
        except ValueError as exc:
            raise ValidationError(str(exc)) from exc


def _owner(noun: str) -> str:
    return KINDS[noun].name.removeprefix("the id of ")


def _identified(noun: str, options: dict[str, Any]) -> dict[str, Any]:
    """Options of a field for the id of a ``noun``, with a description and its error message."""
    messages = {"required": f"Missing. {KINDS[noun].rule}"}
    return described(f"id of {_owner(noun)}", error_messages=messages) | options
