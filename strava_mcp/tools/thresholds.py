"""The tool with which athletes give their thresholds."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict, TypeVar

from marshmallow import ValidationError, fields

from strava_mcp.analysis.athlete_settings import Given, Name, Value, check
from strava_mcp.analysis.setting_text import NAMES, parse, parse_since, text_of
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, ToolError
from strava_mcp.identity import WRITE
from strava_mcp.json_types import JSON
from strava_mcp.tools import local_time
from strava_mcp.tools.arguments import Arguments, Text, WholeNumber
from strava_mcp.tools.days import MAX_AHEAD_OF_UTC
from strava_mcp.tools.fields import described
from strava_mcp.tools.registry import tool
from strava_mcp.tools.reply_schema import reply_schema

T = TypeVar("T")
#: Characters of an argument, and values of one setting in a reply.
MAX_LENGTH, MAX_SHOWN = 200, 3


class WholeSetting(WholeNumber):
    """A setting that is a whole number, within its bounds."""

    def _validated(self, value: Any) -> int:
        return int(_loaded(check, self.name, super()._validated(value)))


class SettingText(Text):
    """A setting as text; it is parsed again with the units of the request."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        _loaded(_parse_and_check, self.name, text)
        return text


class Since(Text):
    """A date that is not in the future anywhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        latest = (_utc_now() + MAX_AHEAD_OF_UTC).date()
        _loaded(parse_since, text, latest)
        return text


class SettingNames(fields.String):
    """Names of settings, separated by commas; loaded as a list."""

    def _deserialize(  # type: ignore[override]
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> list[str]:
        text = super()._deserialize(value, attr, data, **kwargs) or ""
        names = [name for name in re.split(r"[\s,]+", text[:MAX_LENGTH].lower()) if name]
        if not names or not {*names} <= {*NAMES}:
            raise ValidationError(f"Must be names of settings: {', '.join(NAMES)}.")
        return names


class ThresholdArguments(Arguments):
    """Arguments of ``set_athlete_thresholds``: the settings, and since when they count.

    ``remove``: names of settings. Bounds and units of numbers are in ``SETTINGS``.
    """

    ftp = WholeSetting(**described("watts"))
    lthr = WholeSetting(**described("bpm"))
    max_hr = WholeSetting(**described("bpm"))
    rest_hr = WholeSetting(**described("bpm"))
    threshold_pace = SettingText(**described("4:05 /km"))
    css = SettingText(**described("1:45 /100m"))
    weight = SettingText(**described("70 kg"))
    sex = SettingText(**described("F or M"))
    birth_year = WholeSetting(**described("year"))
    since = Since(**described("default: today"))
    remove = SettingNames(**described("names to remove"))


class ThresholdsReply(TypedDict, total=False):
    """The reply of set_athlete_thresholds. ``given``: all that is kept now, by name."""

    given: dict[str, str]


THRESHOLDS = reply_schema(ThresholdsReply, "given")


@tool(
    title="Set thresholds",
    arguments=ThresholdArguments,
    output=THRESHOLDS,
    scope=WRITE,
    idempotent=True,
)
def set_athlete_thresholds(ctx: Context, arguments: JSON) -> JSON:
    """Keep thresholds that the athlete gives: loads and zones use them first."""
    settings = ctx.settings
    if settings is None:
        raise ToolError("This server has no store to keep thresholds in.")
    today = local_time.today_or_utc(ctx.source)
    since = _named("since", parse_since, arguments.get("since", str(today)), today)
    values: dict[Name, Value | None] = dict.fromkeys(arguments.get("remove", ()))
    for name in NAMES:
        if name in arguments:
            value = arguments[name]
            is_text = isinstance(value, str)
            values[name] = _named(name, parse, name, value, ctx.units) if is_text else value
    try:
        if values:
            settings.update(values, since)
    except ValueError as exc:  # such as an LTHR above the maximum that was given before
        text = str(exc)
        named = next((name for name in values if text.startswith(name)), next(iter(values)))
        raise InvalidArguments({named: f"{text}. Give both values, or remove one."}) from exc
    kept = settings.all()
    return {"given": {name: history_text(name, kept[name], ctx.units) for name in kept}}


def history_text(name: Name, values: Sequence[Given], units: str) -> str:
    """The newest values of a setting: ``250 W since 2026-03-01, 240 W since 2025-09-01``."""
    texts = [f"{text_of(name, value, units)} since {since}" for value, since in reversed(values)]
    older = len(texts) - MAX_SHOWN
    return ", ".join(texts[:MAX_SHOWN]) + (f" and {older} earlier" if older > 0 else "")


def _utc_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _parse_and_check(name: Name, text: str) -> None:
    check(name, parse(name, text, "metric"))


def _loaded(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function; its ValueError becomes a sentence for the caller."""
    try:
        return function(*arguments)
    except ValueError as exc:
        raise ValidationError(f"{exc}.") from None


def _named(name: str, function: Callable[..., T], *arguments: Any) -> T:
    try:
        return function(*arguments)
    except ValueError as exc:
        raise InvalidArguments({name: f"{exc}."}) from None
