"""``flask passphrase``: what the owner types on the consent page."""

import click
from flask.cli import AppGroup

from strava_mcp import data_folder
from strava_mcp.oauth import owner
from strava_mcp.services import services

passphrase = AppGroup("passphrase", help="The owner's pass-phrase for the consent page.")


@passphrase.command("set")
@click.option("--print", "show", is_flag=True, help="Print the setting instead of storing it.")
@click.password_option(prompt="Pass-phrase", help="Asked for where it is not given.")
def set_(show: bool, password: str) -> None:
    """Set the pass-phrase; only its scrypt hash is kept, in the data folder."""
    try:
        hashed = owner.scrypt(password)
    except ValueError as exc:
        raise click.ClickException(str(exc)) from exc
    config = services().config
    if show:
        # Single quotes: a shell would take the $ signs in it for variables.
        click.echo(f"OWNER_PASSPHRASE_HASH='{hashed}'")
        return
    data_folder.replace(config.home, owner.FILE, hashed)
    click.echo("The pass-phrase is set. The consent page asks for it from now on.")
    if config.owner_passphrase_hash:
        click.echo("But OWNER_PASSPHRASE_HASH is set, too, and comes first: remove it.", err=True)
