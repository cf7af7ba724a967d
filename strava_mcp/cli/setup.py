"""``flask setup``: asks what a deployment to AWS Lambda needs and writes zappa_settings.json."""

import json
import platform
import re
from secrets import token_hex
from typing import Any, TypedDict, cast

import click
from flask.cli import AppGroup

from strava_mcp.cli import stage_secrets, zappa_settings
from strava_mcp.cli.zappa_settings import VARIABLES
from strava_mcp.config.parsers import archive_url
from strava_mcp.json_types import JSON

STREAM_WRAPPER = ("AWS_LAMBDA_EXEC_WRAPPER", "/var/task/strava_mcp/aws/stream.sh")
#: What AWS (and Zappa) accept for each option.
VALID = {
    "region": r"[a-z]{2}(-[a-z]+)+-\d",
    "project": r"[a-z][a-z0-9-]{1,40}",
    "bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "role": r"[\w+=,.@-]{1,64}",
}


class Options(TypedDict):
    """The options of ``flask setup``; None: not given."""

    stage: str
    region: str | None
    project: str | None
    bucket: str | None
    role: str | None
    public_url: str | None
    stream: bool | None
    secret: str | None
    archive: str | None
    new_token: bool
    drop_old_token: bool
    yes: bool


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
    """Create or update a stage, and print the next steps."""
    name = options["stage"]
    settings = zappa_settings.read()
    is_new = name not in settings
    stage = settings.get(name) or {**zappa_settings.example(), **_default_region()}
    stage.setdefault(VARIABLES, {})
    stage["callbacks"] = zappa_settings.example()["callbacks"]  # of this version
    _set_platform(stage)
    _set_names(stage, options, is_new)
    _set_variables(stage[VARIABLES], f"{stage['project_name']}-{name}", options)
    secret = options["secret"]
    if secret is None and is_new and not options["yes"]:
        question = "name of a secret in AWS Secrets Manager (empty: the function's environment)"
        secret = click.prompt(question, default="", show_default=False) or None
    auth_token = stage_secrets.update(
        stage,
        secret,
        new_token=options["new_token"],
        drop_old_token=options["drop_old_token"],
        may_ask=not options["yes"],
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


def _set_names(stage: JSON, options: Options, is_new: bool) -> None:
    """Set region and names from the options; ask for those of a new stage."""
    bucket = f"zappa-strava-mcp-{token_hex(4)}" if is_new else stage["s3_bucket"]
    for option, value, key, default in (
        ("region", options["region"], "aws_region", stage["aws_region"]),
        ("project", options["project"], "project_name", stage["project_name"]),
        ("bucket", options["bucket"], "s3_bucket", bucket),
        ("role", options["role"], "role_name", stage["role_name"]),
    ):
        if value is None:
            ask = is_new and not options["yes"]
            value = str(click.prompt(option, default=default) if ask else default)
        if not re.fullmatch(VALID[option], value):
            raise click.ClickException(f"{option}: {value!r} is not valid.")
        stage[key] = value


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
    if is_new:
        click.echo("Next: `flask setup role --create`, which creates the function's role, then")
        click.echo(f"`zappa deploy {name}`, which creates the function {function}.")
    else:
        click.echo(f"It takes effect on {function} with the next `zappa update {name}`.")
    if is_rotating:
        click.echo(
            f"Both tokens work after `zappa update {name}`. Move every client, then run "
            "`flask setup --drop-old-token` and update again."
        )
