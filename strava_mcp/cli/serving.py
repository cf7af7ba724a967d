"""How the app was loaded: by a server, and on which address, or by another command."""

import os
import re
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click

from strava_mcp import data_folder
from strava_mcp.config import Config

#: The file of the data folder with the URL that a server was last started on.
FILE = "address"
DEFAULT_GUNICORN_PORT = 8000


class Address(NamedTuple):
    """The host and port that a server listens on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The URL for clients on this machine."""
        name = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"


def base_url(config: Config) -> str:
    """PUBLIC_URL, or the address of this server.

    Commands beside a server use FLASK_RUN_PORT, or the address of its last start.
    """
    if config.public_url:
        return config.public_url
    if address := _flask_run_address() or _gunicorn_address() or _announced_address():
        return address.url
    return data_folder.read(config.home, FILE) or config.base_url


def record_start(config: Config, base: str) -> bool:
    """Keep this server's URL on this machine in the data folder; True on the first start.

    ``base`` is kept if that URL is not known. Processes that start together agree on which one is
    the first.
    """
    if address := _flask_run_address() or _gunicorn_address():
        base = address.url  # not PUBLIC_URL, which a tunnel may change at each start
    with suppress(OSError):  # a server with all secrets in its environment needs no data folder
        if data_folder.write_new(data_folder.prepare(config.home) / FILE, base + "\n"):
            return True
        if data_folder.read(config.home, FILE) != base:
            data_folder.replace(config.home, FILE, base)
    return False


def is_flask_run() -> bool:
    """Whether ``flask run`` loads the app, and not another command or another server."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "run"


def is_other_command() -> bool:
    """Whether a command that does not serve loads the app."""
    return click.get_current_context(silent=True) is not None and not is_flask_run()


def _flask_run_address() -> Address | None:
    """The address of this ``flask run``; None if something else loads the app."""
    context = click.get_current_context(silent=True)
    if context is None or not is_flask_run():
        return None
    return Address(context.params.get("host") or "", int(context.params.get("port") or 5000))


def _announced_address() -> Address | None:
    """The address that FLASK_RUN_PORT and FLASK_RUN_HOST give to ``flask run``; None without."""
    port = _port("FLASK_RUN_PORT")
    return Address(os.environ.get("FLASK_RUN_HOST", ""), port) if port is not None else None


def _gunicorn_address() -> Address | None:
    """The first TCP address of this gunicorn; None if something else loads the app.

    Known from its options and GUNICORN_CMD_ARGS, but not from a configuration file.
    """
    program = Path(sys.argv[0])
    if "gunicorn" not in (program.name, program.parent.name):
        return None
    options = [*shlex.split(os.environ.get("GUNICORN_CMD_ARGS", "")), *sys.argv[1:]]
    for option, value in zip(options, [*options[1:], ""], strict=True):
        if option in ("-b", "--bind"):
            bind = value
        elif option.startswith("--bind="):
            bind = option.removeprefix("--bind=")
        elif option.startswith("-b") and not option.startswith("--"):
            bind = option.removeprefix("-b")
        else:
            continue
        return _parse_bind(bind)
    return Address("", _port("PORT") or DEFAULT_GUNICORN_PORT)


def _port(variable: str) -> int | None:
    """The port in an environment variable; None if it has none."""
    value = os.environ.get(variable, "")
    return int(value) if re.fullmatch("[0-9]{1,5}", value) else None


def _parse_bind(bind: str) -> Address | None:
    """``host:port``, ``[host]:port``, ``:port`` or ``host``; None for a socket file."""
    if bind.startswith(("unix:", "fd:")):
        return None
    try:
        parts = urlsplit(f"//{bind.removeprefix('tcp://')}")
        return Address(parts.hostname or "", parts.port or DEFAULT_GUNICORN_PORT)
    except ValueError:
        return None
