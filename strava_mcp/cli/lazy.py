"""A group of commands whose modules are imported only when a command is used.

A server loads the app and runs no command, so commands must not delay its start.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

import click
from flask.cli import AppGroup

from strava_mcp.aws_advice import advice, is_aws_error


class LazyGroup(AppGroup):
    """``modules``: command → module of ``package`` that has it in a variable of the same name."""

    def __init__(self, name: str | None, package: str, modules: Mapping[str, str]) -> None:
        super().__init__(name)
        self._package = package
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        name = self._modules[cmd_name]
        command: click.Command = getattr(import_module(f"{self._package}.{name}"), name)
        if not isinstance(command.invoke, partial):  # it is loaded once, by however many apps
            command.invoke = partial(_invoke, command.invoke)  # type: ignore[method-assign]
        return command


def _invoke(run: Callable[[click.Context], Any], context: click.Context) -> Any:
    """Run a command; an error of AWS becomes one line that says what to do."""
    try:
        return run(context)
    except Exception as exc:
        if not is_aws_error(exc):
            raise
        raise click.ClickException(advice(exc)) from exc
