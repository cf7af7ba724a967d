"""Marshmallow fields and argument schemas that many tools share.

Those for ids, sports and times are in ``id_fields``, ``sport_fields`` and ``time_fields``.
"""

from typing import Any

from strava_mcp.tools.arguments import Arguments, Choice, Flag, Text, WholeNumber


def described(text: str, **options: Any) -> dict[str, Any]:
    """Keyword arguments of a field that publish ``text`` as its description."""
    return {"metadata": {"description": text}, **options}


def unlisted(**options: Any) -> dict[str, Any]:
    """Keyword arguments of a field that is accepted, but not published."""
    return {"metadata": {"unlisted": True}, **options}


def units_field() -> Choice:
    """``metric`` or ``imperial``; if absent, the server's setting applies."""
    return Choice("metric", "imperial", **described("metric or imperial"))


def no_cache_field() -> Flag:
    """Whether to ask the source instead of reading a cached response."""
    return Flag(**described("after a change on Strava"))


class CacheArguments(Arguments):
    """Arguments of a tool that only says whether to read cached responses."""

    no_cache = no_cache_field()


class UnitsArguments(Arguments):
    """Arguments of a tool that only says in which units to reply."""

    units = units_field()


class BoundedNumber(WholeNumber):
    """An integer whose bounds are left out of the published schema to save tokens.

    ``meaning``: what a valid value is, for errors, such as ``a number of samples, 0 or more``.
    """

    def __init__(self, minimum: int, maximum: int, meaning: str, **options: Any) -> None:
        messages = {"invalid": f"Must be {meaning}."} | options.pop("error_messages", {})
        super().__init__(error_messages=messages, **options)
        self._minimum, self._maximum = minimum, maximum

    def _validated(self, value: Any) -> int:
        number = super()._validated(value)
        if not self._minimum <= number <= self._maximum:
            raise self.make_error("invalid", input=value)
        return number


class RemovableText(Text):
    """Text, or ``none``, which is loaded as empty text: blank text means absent."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return "" if text == "none" else text
