"""``flask setup`` and its prompts; tests/aws has the deployment itself."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp import data_folder
from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield app
    services(app).close()


def run(app: Flask, *args: str, entered: str = "", fails: bool = False) -> str:
    result = app.test_cli_runner().invoke(args=["setup", *args], input=entered)
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def written() -> dict[str, Any]:
    settings: dict[str, Any] = json.loads(Path("zappa_settings.json").read_text())
    return settings


def test_new_stage_is_prompted_for(app: Flask) -> None:
    output = run(app, entered="eu-north-1\n\nmy-strava\n\nmy-bucket\n\n\n")
    assert output.rstrip().endswith(
        "Next: `flask setup role --create`, which creates the function's role,\n"
        "then: `zappa deploy production`, which creates the function my-strava-production."
    )
    stage = written()["production"]
    assert stage["aws_region"] == "eu-north-1" and stage["project_name"] == "my-strava"
    assert stage["s3_bucket"] == "my-bucket" and stage["role_name"] == "strava-mcp-lambda"
    variables = stage["aws_environment_variables"]
    assert variables["STORE_URL"] == "dynamodb://my-strava-production"
    assert len(variables["AUTH_TOKEN"]) == 64 and variables["AUTH_TOKEN"] not in output
    assert stat.S_IMODE(Path("zappa_settings.json").stat().st_mode) == 0o600


def test_it_says_what_will_be_deployed_and_writes_it_on_a_yes(app: Flask) -> None:
    entered = "eu-north-1\ns3://my-bucket/strava\nmy-strava\n\n\n\n"
    output = run(app, entered=f"{entered}n\n", fails=True)
    assert not Path("zappa_settings.json").exists()
    for line in (
        r"Function  my-strava-production, eu-north-1, python3\.\d+ on \w+",
        r"Address   a Function URL, which AWS assigns",
        r"Data      your export, published at s3://my-bucket/strava",
        r"Table     dynamodb://my-strava-production",
        r"Bucket    zappa-strava-mcp-[0-9a-f]{8} \(for the package\)",
        r"Role      strava-mcp-lambda",
        r"Secrets   in the environment of the function",
        r"Consent   asks for AUTH_TOKEN; `flask passphrase set` makes a passphrase",
    ):
        assert re.search(f"^  {line}$", output, re.M), line
    output = run(app, entered=f"{entered}y\n")
    assert "`flask archive publish s3://my-bucket/strava`" in output
    assert written()["production"]["aws_environment_variables"]["STRAVA_SOURCE"] == "archive"


def test_invalid_answers_are_asked_again(app: Flask) -> None:
    wrong = ("Frankfurt", "my-bucket", "My_Strava", "a bucket")
    answers = ("eu-central-1", "", "strava", "", "a-bucket", "", "y")
    entered = [wrong[0], answers[0], wrong[1], answers[1], wrong[2], answers[2], answers[3]]
    entered += [wrong[3], *answers[4:]]
    output = run(app, entered="\n".join(entered) + "\n")
    assert "region: 'Frankfurt' is not valid. Example: eu-central-1." in output
    assert output.count("Error: ") == 4
    assert written()["production"]["s3_bucket"] == "a-bucket"


def test_this_machine_s_passphrase_is_offered_once(app: Flask) -> None:
    data_folder.replace(Config.load().home, "passphrase_hash", "scrypt:of-this-machine")
    run(app, "--region", "eu-north-1", entered="\n\n\n\n\ny\ny\n")
    variables = written()["production"]["aws_environment_variables"]
    assert variables["OWNER_PASSPHRASE_HASH"] == "scrypt:of-this-machine"
    output = run(app)
    assert "asks for your passphrase" in output and "?" not in output


def test_another_stage_is_named_in_the_next_command(app: Flask) -> None:
    output = run(app, "--stage", "dev", "--yes")
    assert "`flask setup role --create --stage dev`" in output and "`zappa deploy dev`" in output


def test_second_run_neither_asks_nor_loses_anything(app: Flask) -> None:
    run(app, "--yes", "--region", "eu-north-1")
    before = written()
    assert run(app)
    assert written() == before
    run(app, "--stage", "dev", "--yes", "--public-url", "https://dev.example.com")
    assert written()["production"] == before["production"]
    assert written()["dev"]["aws_environment_variables"]["PUBLIC_URL"].startswith("https://dev.")


def test_token_rotation(app: Flask) -> None:
    run(app, "--yes")
    old = written()["production"]["aws_environment_variables"]["AUTH_TOKEN"]
    run(app, "--yes", "--new-token")
    both = written()["production"]["aws_environment_variables"]["AUTH_TOKEN"]
    assert both.endswith(f",{old}") and Config.load({"AUTH_TOKEN": both}).auth_tokens[1] == old
    run(app, "--yes", "--drop-old-token")
    assert f"{written()['production']['aws_environment_variables']['AUTH_TOKEN']},{old}" == both


def test_streaming_can_be_switched(app: Flask) -> None:
    wrapper = "AWS_LAMBDA_EXEC_WRAPPER"
    run(app, "--yes")
    assert wrapper not in written()["production"]["aws_environment_variables"]
    run(app, "--yes", "--stream")
    variables = written()["production"]["aws_environment_variables"]
    assert variables[wrapper] == "/var/task/strava_mcp/aws/stream.sh"
    run(app, "--yes", "--buffered")
    assert wrapper not in written()["production"]["aws_environment_variables"]


def test_role_policy_is_printed(app: Flask) -> None:
    assert "flask setup" in run(app, "role", fails=True)
    run(app, "--yes")
    policy = json.loads(run(app, "role"))
    tables = [s["Resource"] for s in policy["Statement"] if "dynamodb:Query" in s["Action"]]
    assert tables == ["arn:aws:dynamodb:*:*:table/strava-mcp-production"]


def test_role_may_read_the_published_archive(app: Flask) -> None:
    assert "archive: " in run(app, "--yes", "--archive", "https://example.com", fails=True)
    run(app, "--yes", "--archive", "s3://my-bucket/strava")
    variables = written()["production"]["aws_environment_variables"]
    assert variables["STRAVA_SOURCE"] == "archive"
    assert variables["ARCHIVE_URL"] == "s3://my-bucket/strava"
    granted = {
        action: statement["Resource"]
        for statement in json.loads(run(app, "role"))["Statement"]
        for action in statement["Action"]
        if action.startswith("s3:")
    }
    assert granted == {
        "s3:GetObject": "arn:aws:s3:::my-bucket/strava/*",
        "s3:ListBucket": "arn:aws:s3:::my-bucket",
    }


def test_archive_is_kept_until_another_is_given(app: Flask) -> None:
    output = run(app, "--yes", "--archive", "s3://my-bucket/strava/")
    assert "flask setup role --create" in output
    run(app, "--yes", "--new-token")
    variables = written()["production"]["aws_environment_variables"]
    assert variables["ARCHIVE_URL"] == "s3://my-bucket/strava"
    assert Config.load(variables).archive_url == "s3://my-bucket/strava"
    before = written()
    for wrong in ("my-bucket/strava", "s3://", "s3://My_Bucket/strava", "s3://my-bucket/a b"):
        assert "archive: must be s3://" in run(app, "--yes", "--archive", wrong, fails=True)
    assert written() == before
    run(app, "--yes", "--archive", "s3://another")
    variables = written()["production"]["aws_environment_variables"]
    assert variables["ARCHIVE_URL"] == "s3://another"
    assert variables["STRAVA_SOURCE"] == "archive"


def test_role_reaches_no_bucket_without_an_archive(app: Flask) -> None:
    run(app, "--yes")
    assert "ARCHIVE_URL" not in written()["production"]["aws_environment_variables"]
    assert "s3:" not in run(app, "role")


def test_invalid_settings_file_is_not_overwritten(app: Flask) -> None:
    Path("zappa_settings.json").write_text("{broken")
    assert "is not JSON" in run(app, "--yes", fails=True)
    assert Path("zappa_settings.json").read_text() == "{broken"


def test_failed_write_leaves_no_secrets_beside_the_file(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, target: Path) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", fail)
    run(app, "--yes", fails=True)
    assert not list(Path().glob("zappa_settings*"))
