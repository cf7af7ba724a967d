"""``flask settings``: every setting, its value and where it came from."""

import click
from flask.cli import with_appcontext

from strava_mcp import config
from strava_mcp.cli.tables import table
from strava_mcp.config.set_values import set_values
from strava_mcp.services import services

HIDDEN = "(hidden)"
MAX_VALUE_LENGTH = 60


@click.command("settings")
@with_appcontext
def settings() -> None:
    """List every setting: value, origin and default.

    Secrets are hidden.
    """
    values = set_values()
    rows = [("SETTING", "VALUE", "FROM", "DEFAULT")]
    for name, _, default in config.settings():
        shown_default = _text(default)
        if given := values.get(name):
            value = HIDDEN if given.secret else given.value
            rows.append((name, value[:MAX_VALUE_LENGTH], given.place, shown_default))
        elif name in _generated():
            rows.append((name, HIDDEN, "generated, in the data folder", shown_default))
        else:
            rows.append((name, shown_default, "default", shown_default))
    table(rows)


def _generated() -> set[str]:
    """The settings that the first start generated, unless they are set."""
    current = services().config
    values = {"AUTH_TOKEN": current.auth_tokens, "SECRET_KEY": current.secret_key}
    return {name for name, value in values.items() if value}


def _text(value: object) -> str:
    """A default as it would be written in ``.env``; ``-`` for none."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if value not in (None, "", ()) else "-"
