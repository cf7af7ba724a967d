"""What ``flask setup`` asks about a new stage, and its summary of what a stage will be."""

import re
from typing import TypedDict

import click

from strava_mcp import data_folder
from strava_mcp.cli.zappa_settings import VARIABLES
from strava_mcp.config import Config
from strava_mcp.config.parsers import archive_url
from strava_mcp.json_types import JSON

#: What AWS (and Zappa) accept for each name, and an example of it.
VALID = {
    "region": (r"[a-z]{2}(-[a-z]+)+-\d", "eu-central-1"),
    "project": (r"[a-z][a-z0-9-]{1,40}", "strava-mcp: lowercase letters, digits and hyphens"),
    "bucket": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "zappa-strava-mcp-1a2b"),
    "role": (r"[\w+=,.@-]{1,64}", "strava-mcp-lambda"),
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


def ask(stage: JSON, options: Options) -> None:
    """Fill the options that were not given: what matters to a person first, names of AWS last."""
    click.echo("Press Enter to accept what is in brackets. Nothing is written before the end.\n")
    if options["region"] is None:
        options["region"] = _name("region", "AWS region, one near you", stage["aws_region"])
    if options["archive"] is None:
        options["archive"] = _archive()
    if options["project"] is None:
        question = "Name of the project, with which the function's name begins"
        options["project"] = _name("project", question, stage["project_name"])
    if options["secret"] is None:
        question = "Name of a secret for AWS Secrets Manager (Enter: the function's environment)"
        options["secret"] = click.prompt(question, default="", show_default=False) or None
    if options["bucket"] is None:
        question = "S3 bucket that the package is uploaded through; created if it is missing"
        options["bucket"] = _name("bucket", question, stage["s3_bucket"])
    if options["role"] is None:
        question = "IAM role that the function runs as; `flask setup role` creates it"
        options["role"] = _name("role", question, stage["role_name"])


def check_name(option: str, value: str) -> str:
    """Return the value of an option in ``VALID``. Raises ClickException if AWS would refuse it."""
    pattern, example = VALID[option]
    if not re.fullmatch(pattern, value):
        raise click.ClickException(f"{option}: {value!r} is not valid. Example: {example}.")
    return value


def share_passphrase(secrets: dict[str, str]) -> None:
    """Give the stage this machine's passphrase: a new one without asking if it has one already."""
    local = data_folder.read(Config.load().home, "passphrase_hash")
    question = "Use this machine's passphrase on the consent page as well?"
    if local and ("OWNER_PASSPHRASE_HASH" in secrets or click.confirm(question, default=True)):
        secrets["OWNER_PASSPHRASE_HASH"] = local


def summary(name: str, stage: JSON, secret: str | None, secrets: dict[str, str]) -> str:
    """What will be deployed, as lines of text; secrets by their names only."""
    variables = stage[VARIABLES]
    has_passphrase = "OWNER_PASSPHRASE_HASH" in secrets
    in_manager = secret or variables.get("SECRETS_MANAGER_ARN")
    rows = {
        "Function": f"{stage['project_name']}-{name}, {stage['aws_region']}, "
        f"{stage['runtime']} on {stage['architecture']}",
        "Address": variables.get("PUBLIC_URL") or "a Function URL, which AWS assigns",
        "Data": _data(variables),
        "Table": variables["STORE_URL"],
        "Bucket": f"{stage['s3_bucket']} (for the package)",
        "Role": stage["role_name"],
        "Secrets": (
            f"in AWS Secrets Manager, {in_manager}"
            if in_manager
            else "in the environment " "of the function"
        ),
        "Consent": (
            "asks for your passphrase"
            if has_passphrase
            else "asks for AUTH_TOKEN; " "`flask passphrase set` makes a passphrase"
        ),
    }
    return "\n" + "\n".join(f"  {title:<10}{text}" for title, text in rows.items()) + "\n"


def _data(variables: JSON) -> str:
    if url := variables.get("ARCHIVE_URL"):
        return f"your export, published at {url}"
    if variables.get("STRAVA_SOURCE") == "api":
        return "Strava's live API"
    return "the invented sandbox athlete"


def _name(option: str, question: str, default: str) -> str:
    """Ask until the answer is a name that AWS accepts."""

    def parse(value: str) -> str:
        try:
            return check_name(option, value.strip())
        except click.ClickException as exc:
            raise click.BadParameter(exc.message) from exc

    return str(click.prompt(question, default=default, value_proc=parse))


def _archive() -> str | None:
    """Ask where the export is published; None: nowhere."""

    def parse(value: str) -> str | None:
        try:
            return archive_url(value.strip()) if value.strip() else None
        except ValueError as exc:
            raise click.BadParameter(f"the address {exc}.") from exc

    question = "S3 address of your published export, s3://… (Enter: an invented athlete)"
    address: str | None = click.prompt(question, default="", show_default=False, value_proc=parse)
    return address
