"""Two local implementations of DynamoDB: moto, and dynalite, which has a real storage engine."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from secrets import token_hex
from unittest.mock import patch

from strava_mcp.aws import tables
from strava_mcp.store import Store, dynamodb, open_store
from tests.node import node, package
from tests.servers import free_port
from tests.waiting import MAX_WAIT_S

#: Settings that boto3 requires; none of them is real.
AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
}


@contextmanager
def moto() -> Iterator[str]:
    """Run moto's server; yields its URL.

    It handles one request at a time: with threads, moto's conditional writes are not atomic, and
    two of eight creates of one key can both succeed, which DynamoDB never allows.
    """
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def dynalite() -> Iterator[str]:
    """Run dynalite in a process of its own; yields its URL."""
    script, port = package("dynalite") / "cli.js", free_port()
    command = [str(node()), str(script), "--port", str(port), "--createTableMs", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


ENGINES = {"moto": moto, "dynalite": dynalite}


@contextmanager
def environment(url: str) -> Iterator[dict[str, str]]:
    """Set the AWS environment of an engine for this process and its children.

    Stores of this process wait long for it: a write that is tried again may count twice.
    """
    before = dict(os.environ)
    variables = {**AWS, "AWS_ENDPOINT_URL": url}
    os.environ.update(variables)
    try:
        with patch.multiple(dynamodb, CONNECT_S=MAX_WAIT_S, READ_S=MAX_WAIT_S):
            yield variables
    finally:
        os.environ.clear()
        os.environ.update(before)


def make_table(url: str) -> str:
    """Create a new table. Returns its name."""
    name = f"test-{token_hex(4)}"
    tables.create(_client(url), name)
    return name


@contextmanager
def store(engine: str) -> Iterator[Store]:
    """Open a store in a new table of an engine."""
    with ENGINES[engine]() as url, environment(url):
        opened = open_store(f"dynamodb://{make_table(url)}")
        yield opened
        opened.close()


@cache
def _client(url: str) -> object:
    import boto3

    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=AWS["AWS_REGION"],
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("dynalite did not start")
