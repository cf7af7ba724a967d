"""The command that loaded the app: whether it serves, and on which address."""

from dataclasses import replace
from urllib.parse import urlsplit

import click

from strava_mcp.config import Config
from strava_mcp.config.parsers import LOOPBACK_HOSTS


def base_url(config: Config) -> str:
    """PUBLIC_URL, or the address that this ``flask run`` listens on."""
    context = click.get_current_context(silent=True)
    if config.public_url or context is None or not is_flask_run():
        return config.base_url
    host = context.params.get("host") or "127.0.0.1"
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{name}]' if ':' in name else name}:{context.params.get('port') or 5000}"


def with_served_url(config: Config) -> Config:
    """Set PUBLIC_URL to the address of this ``flask run``, unless it is set already.

    OAuth identifies the server by its whole URL, port included. Only loopback addresses are used:
    plain http is for this machine.
    """
    base = base_url(config)
    if config.public_url or not is_flask_run() or urlsplit(base).hostname not in LOOPBACK_HOSTS:
        return config
    return replace(config, public_url=base)


def is_flask_run() -> bool:
    """Whether ``flask run`` loads the app, and not another command or another server."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "run"


def is_other_command() -> bool:
    """Whether a command that does not serve loads the app."""
    return click.get_current_context(silent=True) is not None and not is_flask_run()
