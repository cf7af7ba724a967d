"""``flask passphrase``: sets what the owner types on the consent page."""

import click
from flask.cli import AppGroup

from strava_mcp import data_folder
from strava_mcp.oauth import owner
from strava_mcp.services import services

passphrase = AppGroup("passphrase", help="The owner's passphrase for the consent page.")


@passphrase.command("set")
@click.option("--print", "show", is_flag=True, help="Print the setting instead of storing it.")
@click.password_option(
    prompt=f"Passphrase ({owner.MIN_LENGTH} characters or more)", help="Prompted for if not given."
)
def set_(show: bool, password: str) -> None:
    """Set the passphrase; only its hash is kept.

    The scrypt hash is in the data folder.
    """
    try:
        hashed = owner.scrypt(password)
    except ValueError as exc:
        raise click.ClickException(str(exc)) from exc
    config = services().config
    if show:
        # Single quotes, because a shell would expand the $ signs in the hash.
        click.echo(f"OWNER_PASSPHRASE_HASH='{hashed}'")
        return
    data_folder.replace(config.home, owner.FILE, hashed)
    click.echo("The passphrase is set. The consent page asks for it from now on.")
    if config.owner_passphrase_hash:
        click.echo("OWNER_PASSPHRASE_HASH is also set and takes precedence: remove it.", err=True)
