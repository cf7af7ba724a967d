"""``flask server-json``: describes a deployed server for the MCP registry.

The format is that of https://registry.modelcontextprotocol.io; ``mcp-publisher publish`` sends it.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from strava_mcp import __version__
from strava_mcp.config.parsers import LOOPBACK_HOSTS
from strava_mcp.json_types import JSON
from strava_mcp.services import services

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
#: At most 100 characters (schema: ServerDetail).
DESCRIPTION = "Answers about an athlete's training, from a Strava export or Strava's API."
#: Reverse DNS, a slash, and a name (schema: ServerDetail), in at most 200 characters.
NAME = re.compile(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+")
MAX_NAME_LENGTH = 200
#: Domains whose names AWS and the tunnels give away: nobody can prove to the registry that such a
#: domain is theirs.
SHARED_DOMAINS = (
    *("on.aws", "amazonaws.com", "cloudfront.net", "ts.net", "trycloudflare.com"),
    *("ngrok.app", "ngrok.dev", "ngrok.io", "ngrok-free.app", "ngrok-free.dev"),
)


@click.command("server-json")
@click.option("--stage", help="Describe the function that Zappa deployed as this stage.")
@click.option("--name", metavar="NAME", help="Name in the registry: io.github.YOU/strava-mcp.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="server.json",
    show_default=True,
    help="The file to write.",
)
@with_appcontext
def server_json(stage: str | None, name: str | None, output: Path) -> None:
    """Describe the server for the MCP registry.

    Writes server.json with the address of this server (PUBLIC_URL) or of a stage.
    """
    if stage:
        url, has_oauth = _deployed(stage)
    else:
        url, has_oauth = services().config.public_url, services().config.oauth_enabled
    if not url.startswith("https://") or urlsplit(url).hostname in LOOPBACK_HOSTS:
        raise click.ClickException(
            "The registry lists servers on the internet only: give --stage, or set PUBLIC_URL to "
            "the https address of this server."
        )
    content = document(url, name or _name_for(url), has_oauth)
    try:
        output.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    except OSError as exc:
        raise click.ClickException(f"{output}: {exc.strerror or exc}") from exc
    click.echo(f"Wrote {output}: {content['name']} {content['version']} at {url}/mcp.")
    click.echo("Everybody can read it in the registry; your data still needs your consent.")
    is_github = content["name"].startswith("io.github.")
    login = "github" if is_github else f"dns --domain {urlsplit(url).hostname}"
    click.echo(f"Next: `mcp-publisher login {login}`, then `mcp-publisher publish`.")


def document(url: str, name: str, has_oauth: bool) -> JSON:
    """Return the content of server.json. Raises BadParameter if the registry would refuse ``name``.

    ``url``: base URL of the server. Without OAuth, the entry makes clients ask for the token.
    """
    if not NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        raise click.BadParameter(
            f"--name {name!r} must be a reversed domain, a slash and a name, such as "
            "io.github.YOU/strava-mcp."
        )
    remote: JSON = {"type": "streamable-http", "url": f"{url}/mcp"}
    if not has_oauth:
        remote["headers"] = [
            {
                "name": "Authorization",
                "description": "The server's token",
                "value": "Bearer {token}",
                "isRequired": True,
                "isSecret": True,
                "variables": {"token": {"isRequired": True, "isSecret": True}},
            }
        ]
    return {
        "$schema": SCHEMA,
        "name": name,
        "title": "Strava",
        "description": DESCRIPTION,
        "version": __version__,
        "websiteUrl": url,
        "remotes": [remote],
    }


def _name_for(url: str) -> str:
    """The name that belongs to the domain of ``url``. Raises ClickException if nobody owns it."""
    host = str(urlsplit(url).hostname)
    if host.endswith(tuple(f".{domain}" for domain in SHARED_DOMAINS)):
        raise click.ClickException(
            f"The registry takes names only from who owns the domain, and {host} is not yours. "
            "Use your GitHub account: --name io.github.YOU/strava-mcp."
        )
    return ".".join(reversed(host.split("."))) + "/strava-mcp"


def _deployed(stage: str) -> tuple[str, bool]:
    """The base URL of a deployed stage, and whether it has OAuth.

    Raises ClickException without such a stage, and boto3's errors if it is not deployed.
    """
    import boto3

    from strava_mcp.cli import zappa_settings

    settings = zappa_settings.stage(stage)
    variables = settings[zappa_settings.VARIABLES]
    has_oauth = variables.get("OAUTH_ENABLED") != "false"
    if url := variables.get("PUBLIC_URL"):
        return str(url), has_oauth
    client = boto3.client("lambda", region_name=settings["aws_region"])
    function = f"{settings['project_name']}-{stage}"
    config = client.get_function_url_config(FunctionName=function)
    return str(config["FunctionUrl"]).rstrip("/"), has_oauth
