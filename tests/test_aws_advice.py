"""Errors of AWS say in one line what to do."""

import os

import boto3
import click
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from strava_mcp.aws_advice import advice, is_aws_error
from strava_mcp.cli.lazy import _invoke


def refusal(code: str, message: str = "no", operation: str = "CreateRole") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    "error, words",
    [
        (NoCredentialsError(), "Run `aws configure`"),
        (NoRegionError(), "flask setup --region"),
        (ProfileNotFound(profile="x"), "AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="https://x"), "Check the network"),
        (refusal("ExpiredToken"), "does not accept the credentials"),
        (refusal("InvalidClientTokenId"), "does not accept the credentials"),
        (refusal("NoSuchBucket"), "bucket does not exist"),
        (
            refusal("AccessDenied", "User: x is not authorized to perform: iam:CreateRole on y"),
            "lacks the permission iam:CreateRole.",
        ),
        (refusal("AccessDeniedException"), "lacks the permission for CreateRole."),
        (refusal("Throttling", "slow\ndown"), "slow down"),
    ],
)
def test_error_says_what_to_do(error: Exception, words: str) -> None:
    assert is_aws_error(error)
    assert words in advice(error) and "\n" not in advice(error)


def test_other_errors_are_not_of_aws() -> None:
    assert not is_aws_error(ValueError("x")) and not is_aws_error(click.ClickException("x"))


def test_command_ends_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def call_aws(context: click.Context) -> None:
        # A session of its own: that of the module may have the credentials of another test.
        boto3.session.Session().client("iam").get_role(RoleName="x")

    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(click.ClickException, match="no AWS credentials"):
        _invoke(call_aws, click.Context(click.Command("x")))
