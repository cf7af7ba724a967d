"""A deployment as a person does it: setup, role, deploy, update, rotation, undeploy, on moto; and
the zip that went up, served by AWS's own runtime client with nothing else around it."""

import base64
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from strava_mcp.tools import catalogue
from tests.aws.cloud import FunctionURLs, cloud
from tests.aws.runtime import HOST, function, streaming, url_event
from tests.aws.test_handler import OnLambda, post
from tests.conftest import ROOT, require
from tests.dynamo import AWS, environment
from tests.flow import Flow, ticket

FUNCTION = "strava-mcp-production"
SHIPPED = ("strava_mcp", "wsgi.py", "requirements.txt", "zappa_settings.example.json", "README.md")
MARK = "not-to-be-packed-5b1f"


@dataclass
class Deployment:
    """A project folder with its environment, and the cloud that it is deployed to."""

    folder: Path
    url: str
    front: FunctionURLs

    def run(self, *words: str, fails: bool = False) -> str:
        """A command as a person types it, in the project's environment; what it printed."""
        bin_ = self.folder / ".venv" / "bin"
        command = [str(bin_ / words[0]), *words[1:]]
        env = {
            **AWS,
            "AWS_ENDPOINT_URL": self.url,
            "PATH": f"{bin_}:{os.environ['PATH']}",
            "VIRTUAL_ENV": str(self.folder / ".venv"),
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=300
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said[-4000:]
        return said

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=AWS["AWS_REGION"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    @property
    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "zappa_settings.json").read_text())
        return found["production"]  # type: ignore[no-any-return]

    def change(self, **values: Any) -> None:
        path = self.folder / "zappa_settings.json"
        path.write_text(json.dumps({"production": {**self.settings, **values}}))

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the deployed function."""
        found = self.client("lambda").get_function_configuration(FunctionName=FUNCTION)
        return dict(found["Environment"]["Variables"])

    @property
    def zip(self) -> Path:
        """The newest package."""
        return max(self.folder.glob("strava-mcp-production-*.zip"), key=os.path.getmtime)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Set up and deployed once; the tests below go on from there, in their order."""
    require(
        os.environ.get("STRAVA_MCP_REQUIRE_ALL") == "1",
        "installs packages: set STRAVA_MCP_REQUIRE_ALL=1 to run it",
    )
    folder = tmp_path_factory.mktemp("project")
    for name in SHIPPED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / name, **({"ignore": ignored} if source.is_dir() else {}))
    # What must never be packed, where a developer would have it.
    (folder / "instance").mkdir(mode=0o700)
    (folder / "instance" / "auth_token").write_text(MARK * 4)
    (folder / ".env").write_text(f"STRAVA_CLIENT_SECRET={MARK}")
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    pip = [folder / ".venv/bin/python", "-m", "pip", "install", "-q", "-r", "requirements.txt"]
    subprocess.run(pip, cwd=folder, check=True, capture_output=True)
    with cloud() as (url, front):
        made = Deployment(folder, url, front)
        made.run("flask", "setup", "--yes", "--region", "eu-central-1", "--bucket", "zappa-test")
        made.change(delete_local_zip=False)
        refused = made.run("zappa", "deploy", "production", fails=True)
        assert "flask setup role --create" in refused
        made.run("flask", "setup", "role", "--create")
        time.sleep(1.1)  # Zappa names its zip by the second
        made.said = made.run("zappa", "deploy", "production")  # type: ignore[attr-defined]
        yield made


def test_the_settings_are_the_owners_alone(deployed: Deployment) -> None:
    path = deployed.folder / "zappa_settings.json"
    token = deployed.settings["aws_environment_variables"]["AUTH_TOKEN"]
    assert len(token) == 64 and int(token, 16)
    assert deployed.settings["debug"] is False and "environment_variables" not in deployed.settings
    deployed.run("flask", "setup", "--yes")  # again: nothing is lost, and 0600 again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert deployed.settings["aws_environment_variables"]["AUTH_TOKEN"] == token
    assert deployed.settings["s3_bucket"] == "zappa-test"
    deployed.change(delete_local_zip=False)


def test_the_function_is_configured(deployed: Deployment) -> None:
    client = deployed.client("lambda")
    found = client.get_function_configuration(FunctionName=FUNCTION)
    assert found["Handler"] == "strava_mcp.aws.lambda_handler.handler"
    assert found["Runtime"] == f"python3.{sys.version_info.minor}"
    assert (found["MemorySize"], found["Timeout"]) == (512, 30)
    digest = hashlib.sha256(deployed.zip.read_bytes()).digest()
    assert found["CodeSha256"] == base64.b64encode(digest).decode()
    limit = client.get_function_concurrency(FunctionName=FUNCTION)
    assert limit["ReservedConcurrentExecutions"] == 10
    url = client.get_function_url_config(FunctionName=FUNCTION)
    assert url["AuthType"] == "NONE" and url["InvokeMode"] == "BUFFERED"
    assert deployed.variables["PUBLIC_URL"] == url["FunctionUrl"].rstrip("/")
    assert deployed.variables["STORE_URL"] == f"dynamodb://{FUNCTION}"
    said = deployed.said  # type: ignore[attr-defined]
    assert f"{deployed.variables['PUBLIC_URL']}/mcp" in said and "how to connect" in said
    assert deployed.variables["AUTH_TOKEN"] not in said


def statements(deployed: Deployment) -> dict[str, Any]:
    policy = deployed.client("lambda").get_policy(FunctionName=FUNCTION)["Policy"]
    return {one["Sid"]: one for one in json.loads(policy)["Statement"]}


def test_strangers_come_in_through_the_url_only(deployed: Deployment) -> None:
    found = statements(deployed)
    assert set(found) == {"FunctionURLAllowPublicAccess", "StravaMcpInvokeByUrlOnly"}
    assert found["FunctionURLAllowPublicAccess"]["Action"] == "lambda:InvokeFunctionUrl"
    ours = found["StravaMcpInvokeByUrlOnly"]
    # moto keeps the parameter as it came; AWS makes a condition of it (not verified on AWS).
    assert ours["InvokedViaFunctionUrl"] is True and ours["Action"] == "lambda:InvokeFunction"


def test_the_table_forgets_and_can_be_restored(deployed: Deployment) -> None:
    client = deployed.client("dynamodb")
    assert FUNCTION in client.list_tables()["TableNames"]
    ttl = client.describe_time_to_live(TableName=FUNCTION)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    backups = client.describe_continuous_backups(TableName=FUNCTION)
    described = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert described["PointInTimeRecoveryStatus"] == "ENABLED"


def test_the_role_may_do_little(deployed: Deployment) -> None:
    client = deployed.client("iam")
    policy = client.get_role_policy(RoleName="strava-mcp-lambda", PolicyName="strava-mcp")
    actions = {a for s in policy["PolicyDocument"]["Statement"] for a in s["Action"]}
    assert not any("*" in action for action in actions)
    assert {action.split(":")[0] for action in actions} == {"logs", "dynamodb"}
    assert (
        client.list_attached_role_policies(RoleName="strava-mcp-lambda")["AttachedPolicies"] == []
    )
    printed = deployed.run("flask", "setup", "role")
    document, _ = json.JSONDecoder().raw_decode(printed[printed.index("{\n") :])
    assert document == policy["PolicyDocument"]


def test_logs_end(deployed: Deployment) -> None:
    (group,) = deployed.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{FUNCTION}"
    )["logGroups"]
    assert group["retentionInDays"] == 30


def test_the_package(deployed: Deployment) -> None:
    assert "ok " in deployed.run("flask", "package", "check", str(deployed.zip))
    token = deployed.settings["aws_environment_variables"]["AUTH_TOKEN"].encode()
    with zipfile.ZipFile(deployed.zip) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert MARK.encode() not in content and token not in content, name
        assert not [n for n in archive.namelist() if n.startswith(("tests/", "zappa/", "boto"))]


def test_a_package_can_be_built_alone(deployed: Deployment) -> None:
    said = deployed.run("zappa", "package", "production", "--output", "alone.zip")
    assert "byte code of" in said
    deployed.run("flask", "package", "check", "alone.zip")


def test_a_package_that_is_not_right_is_refused(deployed: Deployment, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(deployed.zip) as good, zipfile.ZipFile(bad, "w") as archive:
        for item in good.infolist():
            if "flask/__pycache__/app." in item.filename or item.filename == "wsgi.py":
                continue
            archive.writestr(item, good.read(item))
        archive.writestr(".env", "SECRET=1")
        archive.writestr("timed.pyc", b"\xa7\r\r\n" + b"\0" * 12)
        archive.writestr("wrong.so", b"\x7fELF" + b"\0" * 14 + (183).to_bytes(2, "little"))
    said = deployed.run("flask", "package", "check", str(bad), fails=True)
    for problem in (
        "wsgi.py is missing",
        ".env must not",
        "no byte code",
        "wrong.so is not for",
        "no zip keeps",
    ):
        assert problem in said


@pytest.mark.parametrize("runtime", ["awslambdaric", "streaming"])
def test_the_zip_serves_with_nothing_else_around_it(
    deployed: Deployment, tmp_path: Path, runtime: str
) -> None:
    folder = tmp_path / "task"
    with zipfile.ZipFile(deployed.zip) as archive:
        archive.extractall(folder)
    python = bare_python(deployed.folder)
    command = [python, "-m", "awslambdaric", "strava_mcp.aws.lambda_handler.handler"]
    if runtime == "streaming":
        command = [*streaming(folder)[:2], python, "bootstrap.py"]
    variables = {
        **deployed.variables,
        "PUBLIC_URL": f"https://{HOST}",
        "AWS_ENDPOINT_URL": deployed.url,
        **AWS,
    }
    with function(command, tmp_path / "home", folder, variables) as api:
        assert json.loads(api.invoke(url_event("GET", "/health")).text)["status"] == "healthy"
        assert api.invoke(url_event("POST", "/mcp")).answer["statusCode"] == 401
        token = variables["AUTH_TOKEN"]
        listed = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        assert len(
            json.loads(api.invoke(post("/mcp", listed, token)).text)["result"]["tools"]
        ) == len(catalogue.read())
        params = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "tests", "version": "1"},
        }
        begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        assert "2025-11-25" in api.invoke(post("/mcp", begin, token)).text
        call = {"name": "get_athlete", "arguments": {}}
        asked = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}
        assert "Mira" in api.invoke(post("/mcp", asked, token)).text
        file = {"file": base64.b64encode(b"<gpx/>").decode(), "data_type": "gpx"}
        upload = {"name": "create_upload", "arguments": file}
        asked = {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": upload}
        assert "result" in json.loads(api.invoke(post("/mcp", asked, token)).text)
        flow = Flow(OnLambda(api), token)
        tokens = flow.connect()
        assert flow.call(tokens["access_token"]).status == 200
        assert flow.refresh(tokens["refresh_token"]).status == 200
        page = flow.http.send("GET", "/connections")
        data = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": token}
        assert flow.http.send("POST", "/connections", data=data).status == 303
        assert "Test client" in flow.http.send("GET", "/connections").text
        deployed.front.invoke = lambda event: api.invoke(event).body
        card = deployed.run("flask", "show-config", "--stage", "production")
        assert f"https://{HOST}/mcp" in card and token not in card
        shown = deployed.run("flask", "show-config", "--stage", "production", "--show-token")
        assert f"Bearer {token}" in shown
        deployed.front.invoke = None
    assert not list(folder.rglob("*.pyc.*"))


def bare_python(folder: Path) -> str:
    """A Python with what Lambda's runtime has: its client and boto3."""
    python = folder / "runtime" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "runtime"], check=True)
        wanted = ["awslambdaric>=4.2,<5", "boto3"]
        pip = [str(python), "-m", "pip", "install", "-q", *wanted]
        subprocess.run(pip, check=True, capture_output=True)
    return str(python)


def test_a_rotation_without_downtime_and_a_stage_that_streams(deployed: Deployment) -> None:
    old = deployed.variables["AUTH_TOKEN"]
    own = ("--public-url", "https://strava.example.com")
    said = deployed.run("flask", "setup", "--yes", "--new-token", "--stream", *own)
    assert "Both tokens work" in said
    deployed.change(delete_local_zip=False)
    time.sleep(1.1)  # Zappa names its zip by the second
    deployed.run("zappa", "update", "production")
    new, _, kept = deployed.variables["AUTH_TOKEN"].partition(",")
    assert kept == old and len(new) == 64 and new != old
    url = deployed.client("lambda").get_function_url_config(FunctionName=FUNCTION)
    assert url["InvokeMode"] == "RESPONSE_STREAM"
    assert deployed.variables["AWS_LAMBDA_EXEC_WRAPPER"].endswith("stream.sh")
    assert deployed.variables["PUBLIC_URL"] == own[1]
    assert deployed.variables["ALLOWED_HOSTS"] in url["FunctionUrl"]
    assert set(statements(deployed)) == {
        *("FunctionURLAllowPublicAccess", "StravaMcpInvokeByUrlOnly")
    }
    deployed.run("flask", "setup", "--yes", "--drop-old-token")
    assert deployed.settings["aws_environment_variables"]["AUTH_TOKEN"] == new


def test_secrets_can_live_in_secrets_manager(deployed: Deployment) -> None:
    token = deployed.settings["aws_environment_variables"]["AUTH_TOKEN"]
    deployed.run("flask", "setup", "--yes", "--secret", "strava-mcp")
    variables = deployed.settings["aws_environment_variables"]
    assert token not in (deployed.folder / "zappa_settings.json").read_text()
    assert "AUTH_TOKEN" not in variables and "SECRET_KEY" not in variables
    client = deployed.client("secretsmanager")
    kept = json.loads(client.get_secret_value(SecretId="strava-mcp")["SecretString"])
    assert kept["AUTH_TOKEN"] == token
    deployed.run("flask", "setup", "--yes", "--new-token")
    kept = json.loads(client.get_secret_value(SecretId="strava-mcp")["SecretString"])
    assert kept["AUTH_TOKEN"].endswith(f",{token}")
    role = deployed.run("flask", "setup", "role")
    assert variables["SECRETS_MANAGER_ARN"] in role
    with environment(deployed.url):
        from strava_mcp.config import Config

        found = Config.load({"SECRETS_MANAGER_ARN": variables["SECRETS_MANAGER_ARN"]})
        assert found.auth_tokens[1] == token


@pytest.mark.parametrize(
    "words, problem",
    [
        (("--region", "nowhere"), "region"),
        (("--project", "Not A Name"), "project"),
        (("--bucket", "_"), "bucket"),
        (("--new-token", "--drop-old-token"), "one after the other"),
    ],
)
def test_setup_says_what_is_wrong(
    deployed: Deployment, words: tuple[str, ...], problem: str
) -> None:
    before = (deployed.folder / "zappa_settings.json").read_text()
    assert problem in deployed.run("flask", "setup", "--yes", *words, fails=True)
    assert (deployed.folder / "zappa_settings.json").read_text() == before


def test_undeployed_it_is_gone(deployed: Deployment) -> None:
    deployed.run("zappa", "undeploy", "production", "-y")
    client = deployed.client("lambda")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_configuration(FunctionName=FUNCTION)
