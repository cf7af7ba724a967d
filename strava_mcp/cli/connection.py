"""``flask show-config``, and the address that this server has."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from strava_mcp.cli import setup
from strava_mcp.config import Config
from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.connection_guide import card, of_stage
from strava_mcp.services import services

COMMAND = {"strava_mcp": "show-config"}


@click.command("show-config")
@click.option("--show-token", is_flag=True, help="Print the token itself.")
@click.option("--stage", help="Of the function that Zappa deployed as this stage.")
@with_appcontext
def show_config(show_token: bool, stage: str | None) -> None:
    """Print how to connect each client to this server."""
    config = services().config
    if stage:
        click.echo(deployed(stage, show_token=show_token))
        return
    click.echo(card(config, base_url(config), show_token=show_token))


def deployed(stage: str, *, show_token: bool) -> str:
    """The card of a deployed function, from the function itself. Raises ClickException."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    found = setup.stage_of(stage)
    function = f"{found['project_name']}-{stage}"
    client = boto3.client("lambda", region_name=found["aws_region"])
    try:
        reply = client.invoke(FunctionName=function, Payload=json.dumps(COMMAND))
        said = json.loads(reply["Payload"].read())
        text = str(said["card"])
    except (BotoCoreError, ClientError, ValueError, KeyError) as exc:
        raise click.ClickException(f"{function} did not answer: {exc}") from exc
    token = found["aws_environment_variables"].get("AUTH_TOKEN", "").partition(",")[0]
    return of_stage(text, stage, token if show_token else "")


def base_url(config: Config) -> str:
    """PUBLIC_URL, or the address that this ``flask run`` was told to listen on."""
    context = click.get_current_context(silent=True)
    if config.public_url or context is None or not is_serving():
        return config.base_url
    host = context.params.get("host") or "127.0.0.1"
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{name}]' if ':' in name else name}:{context.params.get('port') or 5000}"


def served(config: Config) -> Config:
    """The settings with the address of this ``flask run`` as PUBLIC_URL, where none is set.

    OAuth names the server by its whole address, port included. Plain http is for this machine only.
    """
    where = base_url(config)
    if config.public_url or not is_serving() or urlsplit(where).hostname not in LOOPBACK_HOSTS:
        return config
    return replace(config, public_url=where)


def is_command() -> bool:
    """Whether this is a command that serves nothing."""
    return click.get_current_context(silent=True) is not None and not is_serving()


def is_serving() -> bool:
    """Whether this is ``flask run``, and not another command or another server."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "run"
