"""Zappa's hooks (``callbacks`` in its settings): for the zip, and after deploy and update."""

import json
import platform
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException, echo

# ``zappa`` loads this file by its path, without the project on sys.path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from strava_mcp import connection_guide  # noqa: E402
from strava_mcp.aws import contents, package, preconditions, roles, tables  # noqa: E402
from strava_mcp.config import Config  # noqa: E402
from strava_mcp.json_types import JSON  # noqa: E402

#: Zappa's policy statement, which lets anyone who knows the ARN invoke the function directly.
OPEN_SID = "FunctionURLAllowPublicAccessInvoke"
#: Our statement instead of it: invocation through the Function URL only.
CLOSED_SID = "StravaMcpInvokeByUrlOnly"
LOG_RETENTION_DAYS = 30
#: Zappa's commands that need AWS, of those that read the settings.
PACKING = ("deploy", "update", "package")
CALLING_AWS = ("deploy", "update", "undeploy", "rollback", "tail", "status")


def prepare(cli: Any) -> None:
    """Hook ``settings``: check access to AWS, and leave out of the package what it does not need.

    Raises ClickException with one line that says what to do.
    """
    command = cli.command
    if command in CALLING_AWS:
        preconditions.check(cli.zappa.boto_session, cli.stage_config)
    if command in PACKING:
        contents.select(cli)


def pack(cli: Any) -> None:
    """Hook ``zip``: add bytecode and validate the package.

    Raises ClickException if the package must not be uploaded or could not run.
    """
    session = cli.zappa.boto_session  # None if the package is built without deploying
    if session and not roles.exists(session.client("iam"), cli.stage_config["role_name"]):
        raise ClickException("The role does not exist: run `flask setup role --create` first.")
    running = "python" + ".".join(platform.python_version_tuple()[:2])
    if cli.runtime != running:
        raise ClickException(f"The stage runs {cli.runtime}: deploy with that, not with {running}.")
    path = Path(cli.zip_path)
    added = package.add_bytecode(path, contents.top_level_names())
    problems = package.check(path, cli.stage_config.get("architecture", "x86_64"))
    if problems:
        raise ClickException("The package is invalid:\n" + "\n".join(problems))
    size_mib = path.stat().st_size / (1 << 20)
    echo(f"Package: added bytecode for {added} modules, {size_mib:.1f} MiB.")


def finish(cli: Any) -> None:
    """Hook ``post``: restrict access, configure what Zappa cannot, print how to connect."""
    session = cli.zappa.boto_session
    function = cli.lambda_name
    client = session.client("lambda")
    restrict_invocation(client, function)
    streaming = bool(cli.aws_environment_variables.get("AWS_LAMBDA_EXEC_WRAPPER"))
    url = set_invoke_mode(client, function, streaming)
    store_url = cli.aws_environment_variables.get("STORE_URL", "")
    if store_url.startswith("dynamodb://"):
        tables.ensure(session.client("dynamodb"), store_url.removeprefix("dynamodb://"))
    set_log_retention(session.client("logs"), function)
    variables = set_public_url(client, function, url)
    config = Config(
        lambda_function=function,
        strava_source=variables.get("STRAVA_SOURCE", "sandbox"),
        owner_passphrase_hash=variables.get("OWNER_PASSPHRASE_HASH", ""),
        oauth_enabled=variables.get("OAUTH_ENABLED") != "false",
    )
    guide = connection_guide.render(config, variables["PUBLIC_URL"], show_token=False)
    echo("\n" + connection_guide.for_stage(guide, cli.api_stage) + "\n")
    echo(f"`flask show-config --stage {cli.api_stage}` prints this again.")


def restrict_invocation(client: Any, function: str) -> None:
    """Allow public invocation through the Function URL only (``lambda:InvokedViaFunctionUrl``)."""
    statements = _statements(client, function)
    if CLOSED_SID not in statements:
        client.add_permission(
            FunctionName=function,
            StatementId=CLOSED_SID,
            Action="lambda:InvokeFunction",
            Principal="*",
            InvokedViaFunctionUrl=True,
        )
    if OPEN_SID in statements:
        client.remove_permission(FunctionName=function, StatementId=OPEN_SID)


def set_invoke_mode(client: Any, function: str, streaming: bool) -> str:
    """Set whether the Function URL streams. Returns the URL without its trailing slash."""
    mode = "RESPONSE_STREAM" if streaming else "BUFFERED"
    client.update_function_url_config(FunctionName=function, InvokeMode=mode)
    config = client.get_function_url_config(FunctionName=function)
    return str(config["FunctionUrl"]).rstrip("/")


def set_log_retention(client: Any, function: str) -> None:
    """Create the log group if it is missing; delete its lines after LOG_RETENTION_DAYS."""
    name = f"/aws/lambda/{function}"
    groups = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if name not in {group["logGroupName"] for group in groups}:
        client.create_log_group(logGroupName=name)
    client.put_retention_policy(logGroupName=name, retentionInDays=LOG_RETENTION_DAYS)


def set_public_url(client: Any, function: str, url: str) -> dict[str, str]:
    """Set PUBLIC_URL, unless it is set, to the Function URL. Returns the function's environment.

    OAuth needs it, and the Function URL is unknown before the first deployment. If PUBLIC_URL is
    another domain, requests still arrive with the Function URL's host name, so that is allowed.
    """
    client.get_waiter("function_updated_v2").wait(FunctionName=function)
    environment = client.get_function_configuration(FunctionName=function).get("Environment", {})
    variables: dict[str, str] = environment.get("Variables", {})
    updated = {"PUBLIC_URL": url, **variables}
    if updated["PUBLIC_URL"] != url:
        updated.setdefault("ALLOWED_HOSTS", str(urlsplit(url).hostname))
    if updated != variables:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": updated}
        )
    return updated


def _statements(client: Any, function: str) -> dict[str, JSON]:
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return {statement["Sid"]: statement for statement in policy["Statement"]}
