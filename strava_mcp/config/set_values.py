"""Which settings are set, and where: for the commands that show or change them."""

from collections.abc import Collection
from typing import NamedTuple

from strava_mcp.config import environment
from strava_mcp.config.settings import settings_by_field


class SetValue(NamedTuple):
    """A setting that is set: its raw value and the place it came from."""

    place: str
    value: str
    secret: bool


def set_values() -> dict[str, SetValue]:
    """The settings that are set anywhere, by name. What cannot be read is left out."""
    secret = {item.name: item.secret for item in settings_by_field().values()}
    read: dict[str, SetValue] = {}
    for place in environment.places(None, []):
        for name, value in place.values.items():
            if name in secret and name not in read:
                read[name] = SetValue(place.name, value, secret[name])
    return read


def settings_only_in_environment(but: Collection[str] = ()) -> list[str]:
    """Names of the settings that a process started elsewhere would not have, without ``but``."""
    return [
        name
        for name, value in set_values().items()
        if value.place == environment.ENVIRONMENT and name not in but
    ]
