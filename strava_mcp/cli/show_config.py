"""``flask show-config``: how to connect to this server, or to a deployed one."""

import json

import click
from flask.cli import with_appcontext

from strava_mcp import connection_guide
from strava_mcp.cli import serving
from strava_mcp.library_errors import AwsError, aws_errors
from strava_mcp.services import services

#: The event that makes the deployed function return its guide (see ``aws.lambda_handler``).
EVENT = {"strava_mcp": "show-config"}


@click.command("show-config")
@click.option("--show-token", is_flag=True, help="Print the token itself.")
@click.option("--stage", help="Print it for the function that Zappa deployed as this stage.")
@with_appcontext
def show_config(show_token: bool, stage: str | None) -> None:
    """Print how to connect each client to this server."""
    if stage:
        click.echo(deployed_guide(stage, show_token=show_token))
        return
    config = services().config
    base = serving.base_url(config)
    click.echo(connection_guide.render(config, base, show_token=show_token))


def deployed_guide(stage: str, *, show_token: bool) -> str:
    """Fetch the connection guide of a deployed function. Raises ClickException."""
    import boto3

    from strava_mcp.cli import zappa_settings

    settings = zappa_settings.stage(stage)
    function = f"{settings['project_name']}-{stage}"
    client = boto3.client("lambda", region_name=settings["aws_region"])
    try:
        with aws_errors():
            response = client.invoke(FunctionName=function, Payload=json.dumps(EVENT))
            guide = str(json.loads(response["Payload"].read())["card"])
    except (AwsError, ValueError, KeyError) as exc:
        raise click.ClickException(f"{function} did not answer: {exc}") from exc
    token = settings["aws_environment_variables"].get("AUTH_TOKEN", "").partition(",")[0]
    return connection_guide.for_stage(guide, stage, token if show_token else "")
