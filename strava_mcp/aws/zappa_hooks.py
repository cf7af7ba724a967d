"""What Zappa calls (``callbacks`` in its settings): on the zip, and after deploy and update."""

import json
import platform
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import ClickException, echo

# The command ``zappa`` loads this file by its place, with the project itself not on the path.
sys.path.insert(0, str(Path(__file__).parents[2]))

from strava_mcp.aws import package, roles, tables  # noqa: E402
from strava_mcp.config import Config  # noqa: E402
from strava_mcp.connection_guide import card, of_stage  # noqa: E402
from strava_mcp.json_types import JSON  # noqa: E402

#: Zappa's statement, which lets anybody who knows the ARN call the function directly.
OPEN_SID = "FunctionURLAllowPublicAccessInvoke"
#: Ours in its place: only by way of the Function URL.
CLOSED_SID = "StravaMcpInvokeByUrlOnly"
LOG_DAYS = 30


def pack(cli: Any) -> None:
    """Add byte code to the zip and look into it.

    Raises ClickException where it must not go up, or could not run there.
    """
    session = cli.zappa.boto_session  # none where the package is only built
    if session and not roles.exists(session.client("iam"), cli.stage_config["role_name"]):
        raise ClickException("The role does not exist: run `flask setup role --create` first.")
    running = "python" + ".".join(platform.python_version_tuple()[:2])
    if cli.runtime != running:
        raise ClickException(f"The stage runs {cli.runtime}; deploy with it, not with {running}.")
    path = Path(cli.zip_path)
    added = package.add_bytecode(path)
    problems = package.check(path, cli.stage_config.get("architecture", "x86_64"))
    if problems:
        raise ClickException("The package is not right:\n" + "\n".join(problems))
    echo(f"Package: byte code of {added} modules added, {path.stat().st_size / (1 << 20):.1f} MiB.")


def finish(cli: Any) -> None:
    """Close what Zappa leaves open, set what it cannot set, and say how to connect."""
    session = cli.zappa.boto_session
    function = cli.lambda_name
    client = session.client("lambda")
    tighten(client, function)
    streaming = bool(cli.aws_environment_variables.get("AWS_LAMBDA_EXEC_WRAPPER"))
    url = set_invoke_mode(client, function, streaming)
    store_url = cli.aws_environment_variables.get("STORE_URL", "")
    if store_url.startswith("dynamodb://"):
        tables.ensure(session.client("dynamodb"), store_url.removeprefix("dynamodb://"))
    keep_logs(session.client("logs"), function)
    variables = set_address(client, function, url)
    config = Config(
        lambda_function=function,
        owner_passphrase_hash=variables.get("OWNER_PASSPHRASE_HASH", ""),
        oauth_enabled=variables.get("OAUTH_ENABLED") != "false",
    )
    shown = card(config, variables["PUBLIC_URL"], show_token=False)
    echo("\n" + of_stage(shown, cli.api_stage) + "\n")
    echo(f"`flask show-config --stage {cli.api_stage}` shows this at any time.")


def tighten(client: Any, function: str) -> None:
    """Let strangers in through the Function URL only (``lambda:InvokedViaFunctionUrl``)."""
    known = _statements(client, function)
    if CLOSED_SID not in known:
        client.add_permission(
            FunctionName=function,
            StatementId=CLOSED_SID,
            Action="lambda:InvokeFunction",
            Principal="*",
            InvokedViaFunctionUrl=True,
        )
    if OPEN_SID in known:
        client.remove_permission(FunctionName=function, StatementId=OPEN_SID)


def set_invoke_mode(client: Any, function: str, streaming: bool) -> str:
    """Have the URL stream or not; the URL, without a slash at its end."""
    mode = "RESPONSE_STREAM" if streaming else "BUFFERED"
    client.update_function_url_config(FunctionName=function, InvokeMode=mode)
    found = client.get_function_url_config(FunctionName=function)
    return str(found["FunctionUrl"]).rstrip("/")


def keep_logs(client: Any, function: str) -> None:
    """Make the log group and have its lines go after LOG_DAYS."""
    name = f"/aws/lambda/{function}"
    found = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if name not in {group["logGroupName"] for group in found}:
        client.create_log_group(logGroupName=name)
    client.put_retention_policy(logGroupName=name, retentionInDays=LOG_DAYS)


def set_address(client: Any, function: str, url: str) -> dict[str, str]:
    """Tell the function its address, unless it has one; its environment.

    OAuth has to know the address, and it is not known before the first deployment. Behind a domain
    of its own the function is still called by the host name of its URL.
    """
    client.get_waiter("function_updated_v2").wait(FunctionName=function)
    environment = client.get_function_configuration(FunctionName=function).get("Environment", {})
    variables: dict[str, str] = environment.get("Variables", {})
    wanted = {"PUBLIC_URL": url, **variables}
    if wanted["PUBLIC_URL"] != url:
        wanted.setdefault("ALLOWED_HOSTS", str(urlsplit(url).hostname))
    if wanted != variables:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": wanted}
        )
    return wanted


def _statements(client: Any, function: str) -> dict[str, JSON]:
    try:
        policy = json.loads(client.get_policy(FunctionName=function)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return {statement["Sid"]: statement for statement in policy["Statement"]}
