"""A group of commands whose modules are imported only when a command is used.

A server loads the app and runs no command, so commands must not delay its start.
"""

from collections.abc import Mapping
from importlib import import_module

import click
from flask.cli import AppGroup


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
        return command
