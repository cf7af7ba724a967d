"""A deployment on moto: setup, role, deploy, rotation, update and undeploy, with the README's
commands; and the package that was deployed, served by AWS's own runtime client.

Each step is a fixture that returns the state after it, so that the tests pass in any order.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from strava_mcp.aws import contents, package
from strava_mcp.tools import catalogue
from tests.aws import environments
from tests.aws.cloud import FunctionURLs, cloud
from tests.aws.runtime import HOST, function, streaming, url_event
from tests.aws.test_handler import OnLambda, post
from tests.conftest import ROOT, require
from tests.dynamo import AWS, environment
from tests.flow import Flow, ticket

FUNCTION = "strava-mcp-production"
FILES = ("strava_mcp", "wsgi.py", "requirements.txt", "zappa_settings.example.json", "README.md")
#: What Lambda's Python runtime brings.
RUNTIME = ("awslambdaric>=4.2,<5", "boto3")
SECRET_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
#: Stands in files that must not be packed.
MARK = "not-to-be-packed-5b1f"


@dataclass
class Project:
    """A checkout with its environment, and the cloud that it is deployed to."""

    folder: Path
    #: Where commands run and zappa_settings.json is.
    cwd: Path
    url: str
    cloud: FunctionURLs

    def run(self, *words: str, fails: bool = False, credentials: bool = True) -> str:
        """Run a command in the project's environment; returns what it printed."""
        bin_ = self.folder / ".venv" / "bin"
        env = {
            **AWS,
            "AWS_ENDPOINT_URL": self.url,
            "PATH": f"{bin_}:{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder),
            "FLASK_APP": "wsgi",
            "VIRTUAL_ENV": str(self.folder / ".venv"),
            "HOME": str(self.folder),
        }
        if not credentials:
            env = {name: value for name, value in env.items() if name not in SECRET_NAMES}
            env["AWS_EC2_METADATA_DISABLED"] = "true"
        done = subprocess.run(
            [str(bin_ / words[0]), *words[1:]],
            cwd=self.cwd,
            env=env,
            capture_output=True,
            text=True,
            timeout=900,
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output[-4000:]
        return output

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=AWS["AWS_REGION"],
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    @property
    def settings_file(self) -> Path:
        return self.cwd / "zappa_settings.json"

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the stage."""
        stages: dict[str, dict[str, Any]] = json.loads(self.settings_file.read_text())
        return stages["production"]

    def change(self, **values: Any) -> None:
        self.settings_file.write_text(json.dumps({"production": {**self.settings, **values}}))

    def package(self) -> Path:
        """The newest package."""
        return max(self.folder.glob("strava-mcp-production-*.zip"), key=os.path.getmtime)


@dataclass
class State:
    """A deployed stage after a step."""

    #: What the step printed.
    output: str
    #: The settings of the stage.
    settings: dict[str, Any]
    #: The function's configuration.
    function: dict[str, Any]
    #: The configuration of the Function URL.
    url: dict[str, Any]
    #: The function's resource policy: statements by Sid.
    statements: dict[str, Any]
    #: Reserved concurrent executions.
    concurrency: int
    package: Path

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the function."""
        return dict(self.function["Environment"]["Variables"])

    @property
    def token(self) -> str:
        """AUTH_TOKEN in the settings."""
        return str(self.settings["aws_environment_variables"]["AUTH_TOKEN"])


def state(project: Project, output: str) -> State:
    client = project.client("lambda")
    policy = json.loads(client.get_policy(FunctionName=FUNCTION)["Policy"])
    limit = client.get_function_concurrency(FunctionName=FUNCTION)
    return State(
        output,
        project.settings,
        client.get_function_configuration(FunctionName=FUNCTION),
        client.get_function_url_config(FunctionName=FUNCTION),
        {statement["Sid"]: statement for statement in policy["Statement"]},
        limit["ReservedConcurrentExecutions"],
        project.package(),
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A checkout after ``flask setup``."""
    require(
        os.environ.get("STRAVA_MCP_REQUIRE_ALL") == "1",
        "builds packages and deploys them, for half a minute: set STRAVA_MCP_REQUIRE_ALL=1",
    )
    folder = tmp_path_factory.mktemp("project")
    for name in FILES:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    # What must never be packed, where a developer would have it.
    (folder / "instance").mkdir(mode=0o700)
    (folder / "instance" / "auth_token").write_text(MARK * 4)
    (folder / ".env").write_text(f"STRAVA_CLIENT_SECRET={MARK}")
    for other in ("an other environment/lib/python3.11/site-packages/numpy", "node_modules/mcp"):
        (folder / other).mkdir(parents=True)
        (folder / other / "index.py").write_text(MARK)
    # The README's own environment, with everything that only tests and imports need.
    requirements = environments.requirements_of(folder / "requirements.txt")
    tests = environments.requirements_of(ROOT / "tests" / "requirements.txt")
    environments.create(folder / ".venv", [*requirements, *tests])
    with cloud() as (url, front):
        project = Project(folder, folder, url, front)
        project.run("flask", "setup", "--yes", "--region", "eu-central-1", "--bucket", "zappa-test")
        # Zappa would ask PyPI for a wheel of every package: tests stay on this machine.
        project.change(delete_local_zip=False, use_precompiled_packages=False)
        yield project


@pytest.fixture(scope="module")
def deployed(project: Project) -> State:
    """After ``zappa deploy``."""
    refused = project.run("zappa", "deploy", "production", fails=True)
    assert "flask setup role --create" in refused
    project.run("flask", "setup", "role", "--create")
    _wait_for_next_package_name()
    return state(project, project.run("zappa", "deploy", "production"))


@pytest.fixture(scope="module")
def built(project: Project) -> tuple[Path, str]:
    """A package that was built without deploying it, and what ``zappa package`` printed."""
    output = project.run("zappa", "package", "production", "--output", "built.zip")
    return project.folder / "built.zip", output


@pytest.fixture(scope="module")
def updated(project: Project, deployed: State, built: tuple[Path, str]) -> State:
    """After a rotation of the token, streaming and an own domain, and ``zappa update``.

    It uploads a package that exists already, because building one takes seconds.
    """
    output = project.run(
        *("flask", "setup", "--yes", "--new-token", "--stream"),
        *("--public-url", "https://strava.example.com"),
    )
    project.run("zappa", "update", "production", "--zip", str(built[0]))
    return state(project, output)


def _wait_for_next_package_name() -> None:
    """Wait until the next second, because Zappa names its packages by the second."""
    time.sleep(1.05 - time.time() % 1)


@pytest.fixture
def beside(project: Project, deployed: State, tmp_path: Path) -> Project:
    """The project with settings as they were after the deployment, in a file of their own."""
    beside = replace(project, cwd=tmp_path)
    beside.settings_file.write_text(json.dumps({"production": deployed.settings}))
    return beside


def test_settings_are_readable_by_the_owner_only(beside: Project, deployed: State) -> None:
    assert len(deployed.token) == 64 and int(deployed.token, 16)
    assert deployed.settings["debug"] is False and "environment_variables" not in deployed.settings
    beside.run("flask", "setup", "--yes")
    assert stat.S_IMODE(beside.settings_file.stat().st_mode) == 0o600
    assert beside.settings == deployed.settings, "a second run changes nothing"
    assert beside.settings["s3_bucket"] == "zappa-test"


def test_function_is_configured(project: Project, deployed: State) -> None:
    assert deployed.function["Handler"] == "strava_mcp.aws.lambda_handler.handler"
    assert deployed.function["Runtime"] == f"python3.{sys.version_info.minor}"
    assert (deployed.function["MemorySize"], deployed.function["Timeout"]) == (512, 30)
    digest = hashlib.sha256(deployed.package.read_bytes()).digest()
    assert deployed.function["CodeSha256"] == base64.b64encode(digest).decode()
    assert deployed.url["AuthType"] == "NONE" and deployed.url["InvokeMode"] == "BUFFERED"
    assert deployed.variables["PUBLIC_URL"] == deployed.url["FunctionUrl"].rstrip("/")
    assert deployed.variables["STORE_URL"] == f"dynamodb://{FUNCTION}"
    assert f"{deployed.variables['PUBLIC_URL']}/mcp" in deployed.output
    assert "how to connect" in deployed.output
    assert deployed.variables["AUTH_TOKEN"] not in deployed.output


def test_concurrency_is_limited(deployed: State) -> None:
    assert deployed.concurrency == 10


def test_public_invocation_is_through_the_url_only(deployed: State) -> None:
    statements = deployed.statements
    assert set(statements) == {"FunctionURLAllowPublicAccess", "StravaMcpInvokeByUrlOnly"}
    assert statements["FunctionURLAllowPublicAccess"]["Action"] == "lambda:InvokeFunctionUrl"
    ours = statements["StravaMcpInvokeByUrlOnly"]
    # moto keeps the parameter as it is; AWS turns it into a condition (not verified on AWS).
    assert ours["InvokedViaFunctionUrl"] is True and ours["Action"] == "lambda:InvokeFunction"


@pytest.mark.usefixtures("deployed")
def test_table_has_expiry_and_recovery(project: Project) -> None:
    client = project.client("dynamodb")
    assert FUNCTION in client.list_tables()["TableNames"]
    ttl = client.describe_time_to_live(TableName=FUNCTION)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    backups = client.describe_continuous_backups(TableName=FUNCTION)
    described = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert described["PointInTimeRecoveryStatus"] == "ENABLED"


def test_role_has_minimal_permissions(project: Project, beside: Project) -> None:
    client = project.client("iam")
    policy = client.get_role_policy(RoleName="strava-mcp-lambda", PolicyName="strava-mcp")
    actions = {a for s in policy["PolicyDocument"]["Statement"] for a in s["Action"]}
    assert not any("*" in action for action in actions)
    assert {action.split(":")[0] for action in actions} == {"logs", "dynamodb"}
    attached = client.list_attached_role_policies(RoleName="strava-mcp-lambda")
    assert attached["AttachedPolicies"] == []
    printed = beside.run("flask", "setup", "role")
    document, _ = json.JSONDecoder().raw_decode(printed[printed.index("{\n") :])
    assert document == policy["PolicyDocument"]


@pytest.mark.usefixtures("deployed")
def test_log_lines_expire(project: Project) -> None:
    (group,) = project.client("logs").describe_log_groups(
        logGroupNamePrefix=f"/aws/lambda/{FUNCTION}"
    )["logGroups"]
    assert group["retentionInDays"] == 30


def test_package_has_no_secrets(project: Project, deployed: State) -> None:
    assert "ok " in project.run("flask", "package", "check", str(deployed.package))
    with zipfile.ZipFile(deployed.package) as archive:
        names = archive.namelist()
        for name in names:
            content = archive.read(name)
            assert MARK.encode() not in content and deployed.token.encode() not in content, name
    assert not [name for name in names if name.startswith(("tests/", "zappa/", "boto", "pip/"))]


def test_package_can_be_built_without_deploying(project: Project, built: tuple[Path, str]) -> None:
    package, output = built
    assert re.search(r"added bytecode for \d{3,} modules", output)
    project.run("flask", "package", "check", str(package))


def test_invalid_package_is_refused(project: Project, deployed: State, tmp_path: Path) -> None:
    invalid = tmp_path / "invalid.zip"
    with zipfile.ZipFile(deployed.package) as good, zipfile.ZipFile(invalid, "w") as archive:
        for item in good.infolist():
            if "flask/__pycache__/app." in item.filename or item.filename == "wsgi.py":
                continue
            archive.writestr(item, good.read(item))
        archive.writestr(".env", "SECRET=1")
        archive.writestr("timed.pyc", b"\xa7\r\r\n" + b"\0" * 12)
        archive.writestr("wrong.so", b"\x7fELF" + b"\0" * 14 + (183).to_bytes(2, "little"))
    output = project.run("flask", "package", "check", str(invalid), fails=True)
    for problem in (
        "wsgi.py is missing",
        ".env must not",
        "no bytecode",
        "wrong.so is not for",
        "depend on a timestamp",
    ):
        assert problem in output


@pytest.mark.parametrize(
    "words",
    [
        ("zappa", "deploy", "production"),
        ("zappa", "update", "production"),
        ("flask", "setup", "role", "--create"),
        ("flask", "show-config", "--stage", "production"),
    ],
)
def test_missing_credentials_are_one_line(beside: Project, words: tuple[str, ...]) -> None:
    output = beside.run(*words, fails=True, credentials=False)
    assert "This machine has no AWS credentials. Run `aws configure`" in output
    assert "Traceback" not in output


def test_package_that_is_too_large_names_its_largest_parts(
    deployed: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MAX_BYTES", 1 << 20)
    (problem,) = package.check(deployed.package)
    assert re.search(
        r"It is \d+\.\d MiB; the maximum is 1 MiB\. The largest parts: crypto", problem
    )


def test_package_holds_the_server_and_its_dependencies_only(deployed: State) -> None:
    with zipfile.ZipFile(deployed.package) as archive:
        files = archive.namelist()
    names = {name.partition("/")[0] for name in files}
    assert not [name for name in files if name.startswith("strava_mcp/charts/examples")]
    assert names - {"__pycache__"} <= contents.top_level_names()
    for unwanted in ("boto3", "mypy", "moto", "hypothesis", "node_modules", "an other environment"):
        assert unwanted not in names


@pytest.fixture(scope="module")
def unpacked(deployed: State, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(deployed.package) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def runtime_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with what Lambda's runtime brings, and nothing else."""
    return str(environments.create(tmp_path_factory.mktemp("runtime") / "venv", RUNTIME))


@pytest.mark.parametrize("runtime", ["awslambdaric", "streaming"])
def test_package_serves_in_a_bare_runtime(
    beside: Project,
    deployed: State,
    unpacked: Path,
    runtime_python: str,
    tmp_path: Path,
    runtime: str,
) -> None:
    command = [runtime_python, "-m", "awslambdaric", "strava_mcp.aws.lambda_handler.handler"]
    if runtime == "streaming":
        command = [*streaming(unpacked)[:2], runtime_python, "bootstrap.py"]
    variables = {
        **deployed.variables,
        "PUBLIC_URL": f"https://{HOST}",
        "AWS_ENDPOINT_URL": beside.url,
        **AWS,
    }
    token = variables["AUTH_TOKEN"]

    def rpc(method: str, **params: Any) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return json.loads(api.invoke(post("/mcp", message, token)).text)["result"]

    with function(command, tmp_path / "home", unpacked, variables) as api:
        assert json.loads(api.invoke(url_event("GET", "/health")).text)["status"] == "healthy"
        assert api.invoke(url_event("POST", "/mcp")).answer["statusCode"] == 401
        assert len(rpc("tools/list")["tools"]) == len(catalogue.read())
        client = {"capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}
        version = rpc("initialize", protocolVersion="2025-11-25", **client)["protocolVersion"]
        assert version == "2025-11-25"
        assert "Mira" in str(rpc("tools/call", name="get_athlete", arguments={}))
        file = {"file": base64.b64encode(b"<gpx/>").decode(), "data_type": "gpx"}
        assert rpc("tools/call", name="create_upload", arguments=file)
        flow = Flow(OnLambda(api), token)
        tokens = flow.connect()
        assert flow.call(tokens["access_token"]).status == 200
        assert flow.refresh(tokens["refresh_token"]).status == 200
        page = flow.http.send("GET", "/connections")
        data = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": token}
        assert flow.http.send("POST", "/connections", data=data).status == 303
        assert "Test client" in flow.http.send("GET", "/connections").text
        beside.cloud.invoke = lambda event: api.invoke(event).body
        guide = beside.run("flask", "show-config", "--stage", "production")
        assert f"https://{HOST}/mcp" in guide and token not in guide
        guide = beside.run("flask", "show-config", "--stage", "production", "--show-token")
        assert f"Bearer {token}" in guide
        beside.cloud.invoke = None
    assert not list(unpacked.rglob("*.pyc.*")), "nothing had to be compiled"


def test_rotation_without_downtime(deployed: State, updated: State) -> None:
    assert "Both tokens work" in updated.output
    new, _, old = updated.variables["AUTH_TOKEN"].partition(",")
    assert old == deployed.token and len(new) == 64 and new != old
    assert set(updated.statements) == set(deployed.statements)


def test_old_token_is_dropped(beside: Project, updated: State) -> None:
    beside.change(**updated.settings)
    beside.run("flask", "setup", "--yes", "--drop-old-token")
    kept = beside.settings["aws_environment_variables"]["AUTH_TOKEN"]
    assert kept == updated.token.partition(",")[0]


def test_stage_streams_on_its_own_domain(updated: State) -> None:
    assert updated.url["InvokeMode"] == "RESPONSE_STREAM"
    assert updated.variables["AWS_LAMBDA_EXEC_WRAPPER"].endswith("stream.sh")
    assert updated.variables["PUBLIC_URL"] == "https://strava.example.com"
    assert updated.variables["ALLOWED_HOSTS"] in updated.url["FunctionUrl"]


def test_secrets_can_be_kept_in_secrets_manager(beside: Project, deployed: State) -> None:
    others = {"AUTHLESS_SECRET": "u" * 40, "STRAVA_CLIENT_SECRET": "c" * 40}
    variables = beside.settings["aws_environment_variables"] | others
    beside.change(aws_environment_variables=variables)
    beside.run("flask", "setup", "--yes", "--secret", "strava-mcp")
    variables = beside.settings["aws_environment_variables"]
    written = beside.settings_file.read_text()
    assert not any(secret in written for secret in (deployed.token, *others.values()))
    assert "AUTH_TOKEN" not in variables and "SECRET_KEY" not in variables
    client = beside.client("secretsmanager")
    secret = json.loads(client.get_secret_value(SecretId="strava-mcp")["SecretString"])
    assert secret["AUTH_TOKEN"] == deployed.token
    beside.run("flask", "setup", "--yes", "--new-token")
    secret = json.loads(client.get_secret_value(SecretId="strava-mcp")["SecretString"])
    assert secret["AUTH_TOKEN"].endswith(f",{deployed.token}")
    assert secret.items() >= others.items()
    assert variables["SECRETS_MANAGER_ARN"] in beside.run("flask", "setup", "role")
    with environment(beside.url):
        from strava_mcp.config import Config

        config = Config.load({"SECRETS_MANAGER_ARN": variables["SECRETS_MANAGER_ARN"]})
        assert config.auth_tokens[1] == deployed.token


@pytest.mark.parametrize(
    "words, problem",
    [
        (("--region", "nowhere"), "region"),
        (("--project", "Not A Name"), "project"),
        (("--bucket", "_"), "bucket"),
        (("--new-token", "--drop-old-token"), "one after the other"),
    ],
)
def test_invalid_options_of_setup_are_explained(
    beside: Project, words: tuple[str, ...], problem: str
) -> None:
    before = beside.settings_file.read_text()
    assert problem in beside.run("flask", "setup", "--yes", *words, fails=True)
    assert beside.settings_file.read_text() == before


def test_undeployed_function_is_gone(beside: Project, built: tuple[Path, str]) -> None:
    """That of another stage, which no other test needs."""
    name = FUNCTION.replace("production", "staging")
    beside.settings_file.write_text(json.dumps({"staging": beside.settings}))
    client = beside.client("lambda")
    beside.run("zappa", "deploy", "staging", "--zip", str(built[0]))
    assert client.get_function_configuration(FunctionName=name)
    beside.run("zappa", "undeploy", "staging", "-y")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_configuration(FunctionName=name)
