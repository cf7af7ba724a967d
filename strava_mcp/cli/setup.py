"""``flask setup``: asks what a deployment to AWS Lambda needs and writes zappa_settings.json."""

import json
import platform
from secrets import token_hex
from typing import Any, cast

import click
from flask.cli import AppGroup

from strava_mcp.cli import setup_questions, stage_secrets, zappa_settings
from strava_mcp.cli.setup_questions import Options
from strava_mcp.cli.zappa_settings import VARIABLES
from strava_mcp.config.parsers import archive_url
from strava_mcp.json_types import JSON

STREAM_WRAPPER = ("AWS_LAMBDA_EXEC_WRAPPER", "/var/task/strava_mcp/aws/stream.sh")


@click.group("setup", cls=AppGroup, invoke_without_command=True)
@click.option("--stage", default="production", show_default=True)
@click.option("--region", help="AWS region, such as eu-central-1.")
@click.option("--project", help="Name of the project: the function is called PROJECT-STAGE.")
@click.option("--bucket", help="S3 bucket that Zappa uploads through.")
@click.option("--role", help="Name of the function's IAM role.")
@click.option("--public-url", help="URL on your own domain; by default the Function URL.")
@click.option("--stream/--buffered", default=None, help="Stream responses; buffered by default.")
@click.option("--secret", metavar="NAME", help="Keep secrets in AWS Secrets Manager as NAME.")
@click.option("--archive", metavar="URL", help="Serve the archive published at URL.")
@click.option("--new-token", is_flag=True, help="Begin a rotation: add a new token.")
@click.option("--drop-old-token", is_flag=True, help="End a rotation: keep only the new token.")
@click.option("--yes", is_flag=True, help="Do not ask: use defaults and existing values.")
@click.pass_context
def setup(context: click.Context, /, **options: Any) -> None:
    """Prepare a deployment: write zappa_settings.json."""
    if context.invoked_subcommand is None:
        _write_stage(cast(Options, options))


def _write_stage(options: Options) -> None:
    """Create or update a stage: ask, show what it will be, write it, and print the next command."""
    name = options["stage"]
    settings = zappa_settings.read()
    is_new = name not in settings
    stage = settings.get(name) or {**zappa_settings.example(), **_default_region()}
    stage.setdefault(VARIABLES, {})
    stage["callbacks"] = zappa_settings.example()["callbacks"]  # of this version
    _set_platform(stage)
    if is_new and options["bucket"] is None:
        stage["s3_bucket"] = f"zappa-strava-mcp-{token_hex(4)}"
    if is_new and not options["yes"]:
        setup_questions.ask(stage, options)
    _set_names(stage, options)
    _set_variables(stage[VARIABLES], f"{stage['project_name']}-{name}", options)
    secrets = stage_secrets.read(stage[VARIABLES])
    if not options["yes"]:
        setup_questions.share_passphrase(secrets)
    click.echo(setup_questions.summary(name, stage, options["secret"], secrets))
    if is_new and not options["yes"]:
        click.confirm(f"Write this to {zappa_settings.PATH}?", default=True, abort=True)
    auth_token = stage_secrets.update(
        stage,
        secrets,
        options["secret"],
        new_token=options["new_token"],
        drop_old_token=options["drop_old_token"],
    )
    zappa_settings.write({**settings, name: stage})
    _print_next_steps(name, stage, is_new, is_rotating="," in auth_token)


@setup.command("role")
@click.option("--stage", "stage_name", default="production", show_default=True)
@click.option("--create", is_flag=True, help="Create the role in AWS instead of printing it.")
def role(stage_name: str, create: bool) -> None:
    """Print the function's policy, or create its role."""
    from strava_mcp.aws import roles

    stage = zappa_settings.stage(stage_name)
    variables = stage[VARIABLES]
    policy = roles.policy(
        f"{stage['project_name']}-{stage_name}",
        variables.get("STORE_URL", "").removeprefix("dynamodb://"),
        variables.get("SECRETS_MANAGER_ARN", ""),
        variables.get("ARCHIVE_URL", ""),
    )
    if not create:
        click.echo(json.dumps(policy, indent=2))
        return
    import boto3

    client = boto3.client("iam", region_name=stage["aws_region"])
    is_created = roles.ensure(client, stage["role_name"], policy)
    click.echo(f"Role {stage['role_name']} is {'created' if is_created else 'up to date'}.")


def _set_platform(stage: JSON) -> None:
    """Deploy for the Python and the architecture of this machine."""
    stage["runtime"] = "python" + ".".join(platform.python_version_tuple()[:2])
    is_arm = platform.machine() in ("aarch64", "arm64")
    stage["architecture"] = "arm64" if is_arm else "x86_64"


def _set_names(stage: JSON, options: Options) -> None:
    """Set region and names from the options. Raises ClickException if AWS would refuse one."""
    for option, value, key in (
        ("region", options["region"], "aws_region"),
        ("project", options["project"], "project_name"),
        ("bucket", options["bucket"], "s3_bucket"),
        ("role", options["role"], "role_name"),
    ):
        stage[key] = setup_questions.check_name(option, stage[key] if value is None else value)


def _set_variables(variables: JSON, function: str, options: Options) -> None:
    """Set the environment variables that are not secret."""
    example = zappa_settings.example()[VARIABLES]["STORE_URL"]
    if variables.get("STORE_URL", example) == example:
        variables["STORE_URL"] = f"dynamodb://{function}"
    if options["public_url"]:
        variables["PUBLIC_URL"] = options["public_url"]
    name, path = STREAM_WRAPPER
    if options["stream"] is True:
        variables[name] = path
    elif options["stream"] is False:
        variables.pop(name, None)
    if options["archive"] is not None:
        _serve_archive(variables, options["archive"])


def _serve_archive(variables: JSON, url: str) -> None:
    """Serve a published archive; the role has to permit reading it as well."""
    try:
        variables |= {"STRAVA_SOURCE": "archive", "ARCHIVE_URL": archive_url(url)}
    except ValueError as exc:
        raise click.ClickException(f"archive: {exc}.") from exc
    click.echo("Run `flask setup role --create` so that the role may read it.")


def _default_region() -> JSON:
    """The region of this machine's AWS configuration, if it has one."""
    import boto3

    region = boto3.Session().region_name
    return {"aws_region": region} if region else {}


def _print_next_steps(name: str, stage: JSON, is_new: bool, is_rotating: bool) -> None:
    function = f"{stage['project_name']}-{name}"
    click.echo(f"{zappa_settings.PATH} is written; only you can read it (0600), git ignores it.")
    if is_rotating:
        click.echo(
            f"Both tokens work after `zappa update {name}`. Move every client, then run "
            "`flask setup --drop-old-token` and update again."
        )
    url = stage[VARIABLES].get("ARCHIVE_URL")
    if is_new and url:
        click.echo(f"If the export is not published there yet: `flask archive publish {url}`.")
    if is_new:
        option = "" if name == "production" else f" --stage {name}"
        click.echo(f"Next: `flask setup role --create{option}`, which creates the function's role,")
        click.echo(f"then: `zappa deploy {name}`, which creates the function {function}.")
    else:
        click.echo(f"Next: `zappa update {name}`. It takes effect on {function} with that.")
