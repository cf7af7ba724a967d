"""Each exception of a library becomes one of ours, with the details that callers need."""

import sqlite3

import pytest
import requests

from strava_mcp.library_errors import (
    AwsError,
    DatabaseError,
    HttpError,
    aws_errors,
    http_errors,
    sqlite_errors,
)


def test_aws_errors_keep_the_error_code() -> None:
    from botocore.exceptions import ClientError, EndpointConnectionError

    refused = ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
    with pytest.raises(AwsError, match="GetObject") as caught, aws_errors():
        raise refused
    assert caught.value.code == "NoSuchKey" and caught.value.__cause__ is refused
    with pytest.raises(AwsError) as caught, aws_errors():
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert caught.value.code == ""


@pytest.mark.parametrize(
    "message, is_locked, is_disk_error",
    [
        ("database is locked", True, False),
        ("database or disk is full", False, True),
        ("disk I/O error", False, True),
        ("file is not a database", False, False),
    ],
)
def test_sqlite_errors_are_classified(message: str, is_locked: bool, is_disk_error: bool) -> None:
    with pytest.raises(DatabaseError, match=message) as caught, sqlite_errors():
        raise sqlite3.OperationalError(message)
    assert (caught.value.is_locked, caught.value.is_disk_error) == (is_locked, is_disk_error)


@pytest.mark.parametrize(
    "error, is_timeout",
    [
        (requests.ReadTimeout(), True),
        (requests.ConnectTimeout(), True),
        (requests.ConnectionError(), False),
    ],
)
def test_http_errors_distinguish_timeouts(
    error: requests.RequestException, is_timeout: bool
) -> None:
    with pytest.raises(HttpError) as caught, http_errors():
        raise error
    assert caught.value.is_timeout is is_timeout


def test_other_exceptions_pass_unchanged() -> None:
    for translated in (aws_errors, sqlite_errors, http_errors):
        with pytest.raises(KeyError), translated():
            raise KeyError("x")
