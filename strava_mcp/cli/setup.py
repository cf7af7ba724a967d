"""``flask setup``: what a deployment to AWS Lambda needs, asked for once and written down."""

import json
import platform
import re
from pathlib import Path
from secrets import token_hex
from typing import Any

import click
from flask.cli import AppGroup

from strava_mcp import data_folder
from strava_mcp.aws import roles
from strava_mcp.config import PROJECT, Config
from strava_mcp.config.parsers import archive_url
from strava_mcp.json_types import JSON

EXAMPLE = PROJECT / "zappa_settings.example.json"
SETTINGS = Path("zappa_settings.json")
#: Kept by AWS outside of the zip; never in ``environment_variables``, which Zappa puts into it.
VARIABLES = "aws_environment_variables"
STREAM = {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/strava_mcp/aws/stream.sh"}
SECRETS = ("AUTH_TOKEN", "SECRET_KEY", "OWNER_PASSPHRASE_HASH")


@click.group("setup", cls=AppGroup, invoke_without_command=True)
@click.option("--stage", default="production", show_default=True)
@click.option("--region", help="AWS region, such as eu-central-1.")
@click.option("--project", help="Name of the project: the function is called PROJECT-STAGE.")
@click.option("--bucket", help="S3 bucket that Zappa uploads through.")
@click.option("--role", help="Name of the function's IAM role.")
@click.option("--public-url", help="Address of a domain of your own; else the Function URL.")
@click.option("--stream/--buffered", default=None, help="Stream responses; buffered by default.")
@click.option("--secret", metavar="NAME", help="Keep secrets in AWS Secrets Manager as NAME.")
@click.option("--archive", metavar="URL", help="Serve what `flask archive publish` put there.")
@click.option("--new-token", is_flag=True, help="Begin a rotation: a new token beside the old.")
@click.option("--drop-old-token", is_flag=True, help="End a rotation: the new token alone.")
@click.option("--yes", is_flag=True, help="Ask nothing: take defaults and what is there already.")
@click.pass_context
def setup(context: click.Context, /, **options: Any) -> None:
    """Write zappa_settings.json for a deployment; safe to run again."""
    if context.invoked_subcommand:
        return
    stage_name = options["stage"]
    settings = _read(SETTINGS)
    stage = settings.get(stage_name) or {**_example(), **_home_region()}
    _ask(stage, options, known=stage_name in settings)
    variables = stage.setdefault(VARIABLES, {})
    _store(stage, stage_name, variables)
    _archive(variables, options["archive"])
    secrets = _secrets_of(variables, options)
    if options["secret"] or "SECRETS_MANAGER_ARN" in variables:
        _keep_in_secrets_manager(stage, variables, options["secret"], secrets)
    else:
        variables.update(secrets)
    _write({**settings, stage_name: stage})
    function = f"{stage['project_name']}-{stage_name}"
    click.echo(f"{SETTINGS} is written, for you alone to read (0600). git ignores it.")
    if stage_name in settings:
        click.echo(f"It holds for {function} after the next `zappa update {stage_name}`.")
    else:
        click.echo("Next: `flask setup role --create`, which makes the function's role, then")
        click.echo(f"`zappa deploy {stage_name}`, which makes the function {function}.")
    if "," in secrets["AUTH_TOKEN"]:
        click.echo(
            f"Both tokens work after `zappa update {stage_name}`. Move every client, then run "
            "`flask setup --drop-old-token` and update again."
        )


@setup.command("role")
@click.option("--stage", default="production", show_default=True)
@click.option("--create", is_flag=True, help="Make the role in AWS instead of printing its policy.")
def role(stage: str, create: bool) -> None:
    """Print the least policy that the function needs, or make its role."""
    found = stage_of(stage)
    variables = found[VARIABLES]
    table = variables.get("STORE_URL", "").removeprefix("dynamodb://")
    function = f"{found['project_name']}-{stage}"
    own = (variables.get(name, "") for name in ("SECRETS_MANAGER_ARN", "ARCHIVE_URL"))
    document = roles.policy(function, table, *own)
    if not create:
        click.echo(json.dumps(document, indent=2))
        return
    made = roles.ensure(_client("iam", found), found["role_name"], document)
    click.echo(f"Role {found['role_name']} is {'made' if made else 'up to date'}.")


def stage_of(name: str) -> JSON:
    """The settings of a stage. Raises ClickException where there are none."""
    found: JSON | None = _read(SETTINGS).get(name)
    if found is None:
        raise click.ClickException(f"{SETTINGS} has no stage {name}: run `flask setup` first.")
    return found


def _ask(stage: JSON, options: JSON, known: bool) -> None:
    """Fill in what the options say, what is there already, or what a person answers."""
    stage["runtime"] = "python" + ".".join(platform.python_version_tuple()[:2])
    machine = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
    stage["architecture"] = machine
    suggested = stage["s3_bucket"] if known else f"zappa-strava-mcp-{token_hex(4)}"
    for option, key, default, pattern in (
        ("region", "aws_region", stage["aws_region"], r"[a-z]{2}(-[a-z]+)+-\d"),
        ("project", "project_name", stage["project_name"], r"[a-z][a-z0-9-]{1,40}"),
        ("bucket", "s3_bucket", suggested, r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        ("role", "role_name", stage["role_name"], r"[\w+=,.@-]{1,64}"),
    ):
        value = options[option]
        if value is None:
            value = default if options["yes"] or known else click.prompt(option, default=default)
        if not re.fullmatch(pattern, value):
            raise click.ClickException(f"{option}: {value!r} is not such a name.")
        stage[key] = value
    if options["secret"] is None and not (options["yes"] or known):
        question = "name of a secret in AWS Secrets Manager (empty: the function's environment)"
        options["secret"] = click.prompt(question, default="", show_default=False) or None
    if options["stream"] is not None:
        variables = stage.setdefault(VARIABLES, {})
        for name, value in STREAM.items():
            variables.pop(name, None)
            if options["stream"]:
                variables[name] = value


def _store(stage: JSON, stage_name: str, variables: JSON) -> None:
    """The table has the name of the function, unless another was chosen."""
    example = _example()[VARIABLES]["STORE_URL"]
    if variables.get("STORE_URL", example) == example:
        variables["STORE_URL"] = f"dynamodb://{stage['project_name']}-{stage_name}"


def _archive(variables: JSON, url: str | None) -> None:
    """Where the data comes from, if it is a published archive; the role has to know it, too."""
    if url is None:
        return
    try:
        variables |= {"STRAVA_SOURCE": "archive", "ARCHIVE_URL": archive_url(url)}
    except ValueError as exc:
        raise click.ClickException(f"archive: {exc}.") from exc
    click.echo("The role may read it after `flask setup role --create`.")


def _secrets_of(variables: JSON, options: JSON) -> JSON:
    """The secrets that are there already, and new ones where there are none."""
    if options["public_url"]:
        variables["PUBLIC_URL"] = options["public_url"]
    known = {name: variables[name] for name in SECRETS if name in variables}
    if "SECRETS_MANAGER_ARN" in variables:
        found = _secrets_manager(variables).get_secret_value(
            SecretId=variables["SECRETS_MANAGER_ARN"]
        )
        known |= json.loads(found["SecretString"])
    token = known.get("AUTH_TOKEN") or token_hex(32)
    if options["new_token"] and options["drop_old_token"]:
        raise click.UsageError("Either --new-token or --drop-old-token, one after the other.")
    if options["new_token"]:
        token = f"{token_hex(32)},{token.partition(',')[0]}"
    if options["drop_old_token"]:
        token = token.partition(",")[0]
    passphrase = data_folder.read(Config.load().home, "passphrase_hash")
    if passphrase and not options["yes"]:
        if "OWNER_PASSPHRASE_HASH" in known or click.confirm("Use this machine's pass-phrase?"):
            known["OWNER_PASSPHRASE_HASH"] = passphrase
    return {**known, "AUTH_TOKEN": token, "SECRET_KEY": known.get("SECRET_KEY") or token_hex(32)}


def _keep_in_secrets_manager(stage: JSON, variables: JSON, name: str, secrets: JSON) -> None:
    """Put the secrets there, and nothing but where they are into the settings."""
    client = _client("secretsmanager", stage)
    content = json.dumps(secrets)
    arn = variables.get("SECRETS_MANAGER_ARN")
    if arn is None:
        try:
            arn = client.create_secret(Name=name, SecretString=content)["ARN"]
        except client.exceptions.ResourceExistsException as exc:
            problem = f"There is a secret {name} already: choose another name."
            raise click.ClickException(problem) from exc
    else:
        client.put_secret_value(SecretId=arn, SecretString=content)
    for key in SECRETS:
        variables.pop(key, None)
    variables["SECRETS_MANAGER_ARN"] = arn


def _secrets_manager(variables: JSON) -> Any:
    import boto3

    region = variables["SECRETS_MANAGER_ARN"].split(":")[3]
    return boto3.client("secretsmanager", region_name=region)


def _client(service: str, stage: JSON) -> Any:
    import boto3

    return boto3.client(service, region_name=stage["aws_region"])


def _home_region() -> JSON:
    """The region that this machine's AWS settings name, if they do."""
    import boto3

    region = boto3.Session().region_name
    return {"aws_region": region} if region else {}


def _example() -> JSON:
    found: JSON = _read(EXAMPLE)["production"]
    return found


def _read(path: Path) -> JSON:
    if not path.exists():
        return {}
    try:
        found: JSON = json.loads(path.read_text("utf-8"))
    except ValueError as exc:
        raise click.ClickException(f"{path} is not JSON: {exc}") from exc
    return found


def _write(settings: JSON) -> None:
    """For its owner alone from the first moment, and whole or not at all."""
    draft = SETTINGS.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    draft.replace(SETTINGS)
