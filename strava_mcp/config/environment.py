"""Raw setting values: the first of environment, ``.env`` and AWS Secrets Manager that has one."""

import os
from collections.abc import Mapping
from pathlib import Path


def read(environ: Mapping[str, str] | None, problems: list[str]) -> Mapping[str, str]:
    """Collect raw values by setting name.

    ``environ`` replaces both the environment and ``.env``. If the secret that SECRETS_MANAGER_ARN
    names cannot be read, the reason is appended to ``problems``.
    """
    raw = _dotenv() | _nonempty(os.environ) if environ is None else _nonempty(environ)
    if arn := raw.get("SECRETS_MANAGER_ARN"):
        return {**_secret(arn, problems), **raw}
    return raw


def _nonempty(values: Mapping[str, str]) -> dict[str, str]:
    """Drop empty values: an empty ALLOWED_IPS must not replace the one of a later place."""
    return {name: value for name, value in values.items() if value.strip()}


def _dotenv() -> dict[str, str]:
    """Read ``.env`` in the working directory."""
    path = Path(".env")
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: value or "" for name, value in dotenv_values(path).items()}


def _secret(arn: str, problems: list[str]) -> dict[str, str]:
    """Read the settings in AWS Secrets Manager: a JSON object of strings."""
    import json

    import boto3

    from strava_mcp.library_errors import AwsError, aws_errors

    try:
        region = arn.split(":")[3] if arn.count(":") >= 6 else None
        with aws_errors():
            client = boto3.client("secretsmanager", region_name=region)
            content = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
        if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
            raise ValueError
        return content
    except AwsError as exc:
        problems.append(f"SECRETS_MANAGER_ARN could not be read: {exc}")
    except (KeyError, ValueError):
        problems.append("SECRETS_MANAGER_ARN must name a secret that is a JSON object of strings.")
    return {}
