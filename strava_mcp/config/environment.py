"""Where raw setting values come from. The first place that has a value wins (see ``places``)."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from strava_mcp.config import remembered

#: The checkout that this code runs from.
PROJECT_FOLDER = Path(__file__).resolve().parents[2]
#: Whether this is an unpacked desktop bundle, whose folder its host replaces at each update.
IN_BUNDLE = (PROJECT_FOLDER / "manifest.json").is_file()
DEFAULT_HOME = Path.home() / "strava-mcp" if IN_BUNDLE else PROJECT_FOLDER / "instance"
#: How a user imports their own export.
IMPORT_ADVICE = (
    "choose your export in the settings of this extension"
    if IN_BUNDLE
    else "run `flask archive import export.zip`"
)
ENVIRONMENT = "environment"
#: Hosts of bundles pass this, unexpanded, for a field that the user left empty.
PLACEHOLDER = re.compile(r"\$\{(user_config\.|HOME\})")


class Place(NamedTuple):
    """A place that settings come from, and its non-empty raw values by setting name."""

    name: str
    values: Mapping[str, str]


def places(environ: Mapping[str, str] | None, problems: list[str]) -> list[Place]:
    """Read every place, in order of precedence.

    The environment; ``.env`` in the project's folder, wherever the process was started; the AWS
    secret that SECRETS_MANAGER_ARN names; what commands remembered in the data folder (not on
    Lambda, which has none of its own). Where ARCHIVE_EXPORT is set and STRAVA_SOURCE is not, the
    archive is the source. ``environ`` replaces all of them but the secret. What cannot be read is
    appended to ``problems``.
    """
    if environ is not None:
        read = [Place(ENVIRONMENT, _nonempty(environ))]
    else:
        dotenv = _dotenv()
        # Flask's own command loads a .env of the working directory into the environment.
        own = {name: v for name, v in _nonempty(os.environ).items() if dotenv.get(name) != v}
        read = [Place(ENVIRONMENT, own), Place(".env", dotenv)]
    raw = merged(read)
    if arn := raw.get("SECRETS_MANAGER_ARN"):
        read.append(Place("AWS secret", _nonempty(_secret(arn, problems))))
        raw = merged(read)
    if environ is None and "AWS_LAMBDA_FUNCTION_NAME" not in raw:
        folder = Path(raw.get("STRAVA_MCP_HOME", DEFAULT_HOME))
        read.append(Place(remembered.PLACE, remembered.read(folder, problems)))
        raw = merged(read)
    if "ARCHIVE_EXPORT" in raw:
        read.append(Place("ARCHIVE_EXPORT", {"STRAVA_SOURCE": "archive"}))
    return read


def merged(read: Iterable[Place]) -> dict[str, str]:
    """The values that count: for each name that of the first place that has one."""
    values: dict[str, str] = {}
    for place in read:
        values = {**place.values, **values}
    return values


def _nonempty(values: Mapping[str, str]) -> dict[str, str]:
    """Drop empty values: an empty ALLOWED_IPS must not replace the one of a later place.

    A placeholder that the host of a bundle did not fill in is empty, too.
    """
    return {
        name: value
        for name, value in values.items()
        if value.strip() and not PLACEHOLDER.match(value.strip())
    }


def _dotenv() -> dict[str, str]:
    """Read ``.env`` in the project's folder."""
    path = PROJECT_FOLDER / ".env"
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return _nonempty({name: value or "" for name, value in dotenv_values(path).items()})


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
