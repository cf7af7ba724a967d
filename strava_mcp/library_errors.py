"""Exceptions of botocore, sqlite3 and requests, translated in one place per library.

Callers wrap a library's calls in one of the context managers and turn its exception into the error
of their own layer (``StoreError``, ``Unavailable`` …), so that nothing else needs to know which
exceptions a library has. A library is imported when its context manager is used, not before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from strava_mcp.aws_advice import advice
from strava_mcp.errors import StravaMcpError


class AwsError(StravaMcpError):
    """A call of boto3 failed; the message says what to do.

    ``code``: AWS's error code, empty if AWS did not answer.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class DatabaseError(StravaMcpError):
    """A call of sqlite3 failed.

    ``is_locked``: another connection holds the lock. ``is_disk_error``: the disk is full or could
    not be read or written.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.is_locked = "locked" in message
        self.is_disk_error = "full" in message or "I/O" in message


class HttpError(StravaMcpError):
    """A request got no response. ``is_timeout``: the server was too slow."""

    def __init__(self, message: str, is_timeout: bool) -> None:
        super().__init__(message)
        self.is_timeout = is_timeout


@contextmanager
def aws_errors() -> Iterator[None]:
    """Raise AwsError for botocore's exceptions."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as exc:
        raise AwsError(advice(exc), str(exc.response["Error"]["Code"])) from exc
    except BotoCoreError as exc:
        raise AwsError(advice(exc)) from exc


@contextmanager
def sqlite_errors() -> Iterator[None]:
    """Raise DatabaseError for sqlite3's exceptions."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as exc:
        raise DatabaseError(str(exc)) from exc


@contextmanager
def http_errors() -> Iterator[None]:
    """Raise HttpError for the exceptions of requests."""
    import requests

    try:
        yield
    except requests.RequestException as exc:
        raise HttpError(str(exc), isinstance(exc, requests.Timeout)) from exc
