"""The secrets of a deployed stage: in the function's environment, or in AWS Secrets Manager."""

import json
from secrets import token_hex
from typing import Any

import click

from strava_mcp.cli.zappa_settings import VARIABLES
from strava_mcp.config.settings import settings_by_field
from strava_mcp.json_types import JSON

#: Every setting that is declared secret.
NAMES = tuple(item.name for item in settings_by_field().values() if item.secret)


def update(
    stage: JSON,
    secrets: dict[str, str],
    secret_name: str | None,
    *,
    new_token: bool,
    drop_old_token: bool,
) -> str:
    """Generate missing secrets, rotate AUTH_TOKEN if asked to, and keep them with the stage.

    ``secrets``: what ``read`` returned. ``secret_name``: move them to AWS Secrets Manager under
    this name. Returns AUTH_TOKEN.
    """
    if new_token and drop_old_token:
        raise click.UsageError("Use either --new-token or --drop-old-token, one after the other.")
    variables = stage[VARIABLES]
    token = secrets.get("AUTH_TOKEN") or token_hex(32)
    newest = token.partition(",")[0]
    if new_token:
        token = f"{token_hex(32)},{newest}"
    if drop_old_token:
        token = newest
    secrets["AUTH_TOKEN"] = token
    secrets["SECRET_KEY"] = secrets.get("SECRET_KEY") or token_hex(32)
    if secret_name or "SECRETS_MANAGER_ARN" in variables:
        _write_to_secrets_manager(stage, secret_name, secrets)
    else:
        variables.update(secrets)
    return token


def read(variables: JSON) -> dict[str, str]:
    """Read the secrets that the stage has already, by name (see ``NAMES``).

    As on Lambda, the environment comes first.
    """
    secrets: dict[str, str] = {}
    if arn := variables.get("SECRETS_MANAGER_ARN"):
        client = _secrets_manager(arn.split(":")[3])
        secrets = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
    return secrets | {name: variables[name] for name in NAMES if name in variables}


def _write_to_secrets_manager(stage: JSON, name: str | None, secrets: dict[str, str]) -> None:
    """Write the secrets there; the stage keeps only the ARN."""
    variables = stage[VARIABLES]
    client = _secrets_manager(stage["aws_region"])
    content = json.dumps(secrets)
    arn = variables.get("SECRETS_MANAGER_ARN")
    if arn is None:
        try:
            arn = client.create_secret(Name=name, SecretString=content)["ARN"]
        except client.exceptions.ResourceExistsException as exc:
            problem = f"A secret named {name} exists already: choose another name."
            raise click.ClickException(problem) from exc
    else:
        client.put_secret_value(SecretId=arn, SecretString=content)
    for key in NAMES:
        variables.pop(key, None)
    variables["SECRETS_MANAGER_ARN"] = arn


def _secrets_manager(region: str) -> Any:
    import boto3

    return boto3.client("secretsmanager", region_name=region)
