"""Logs: one line of JSON per request, countable failures, and no secret anywhere."""

import io
import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from strava_mcp import log
from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.services import services
from tests.servers import flask_run, free_port, running
from tests.web.conftest import PING, Clock, Make, bearer


class Written(io.StringIO):
    """Everything written to standard output and standard error so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__()
        self._capsys = capsys

    def getvalue(self) -> str:
        self.write("".join(self._capsys.readouterr()))
        return super().getvalue()


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> io.StringIO:
    return Written(capsys)


def lines(written: io.StringIO) -> list[Any]:
    return [json.loads(line) for line in written.getvalue().splitlines() if line.startswith("{")]


def test_a_request_leaves_one_line(make: Make, written: io.StringIO) -> None:
    client = make().test_client()
    call = {"name": "get_club_activities", "arguments": {"id": 5}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    reply = client.post("/mcp?token=in-the-url", json=message, headers=bearer())
    (line,) = lines(written)
    assert line["request_id"] == reply.headers["X-Request-Id"]
    assert (line["token_id"], line["method"], line["tool"]) == (
        "default",
        "tools/call",
        "get_club_activities",
    )
    assert (line["http_method"], line["path"], line["status"]) == ("POST", "/mcp", 200)
    assert line["duration_ms"] >= 0 and line["address"] == "127.0.0.1"
    assert "in-the-url" not in written.getvalue()


def test_the_development_server_logs_no_query_either(tmp_path: Path) -> None:
    port, written = free_port(), tmp_path / "log"
    with running(flask_run(port), port, written, {"STRAVA_MCP_HOME": str(tmp_path / "h")}) as base:
        urlopen(f"{base}/health?token=in-the-url", timeout=120).close()
    content = written.read_text()
    assert '"path": "/health"' in content and "in-the-url" not in content


def test_failures_are_logged_with_counts(make: Make, written: io.StringIO) -> None:
    make().test_client().post("/mcp", json=PING)
    (line,) = lines(written)
    assert line["AuthFailures"] == 1 and "_aws" not in line


def test_on_lambda_the_counts_are_cloudwatch_metrics(make: Make, written: io.StringIO) -> None:
    make(lambda_function="strava").test_client().post("/mcp", json=PING)
    (line,) = lines(written)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "strava_mcp"
    for metric in directive["Metrics"]:
        assert isinstance(line[metric["Name"]], int)
    assert line["AuthFailures"] == 1 and isinstance(line["_aws"]["Timestamp"], int)


def test_failures_are_counted_at_a_higher_level_too(
    make: Make, written: io.StringIO, limit_clock: Clock
) -> None:
    app = make(lambda_function="strava", log_level="warning", rate_limit=1)
    app.test_client().post("/mcp", json=PING)
    for _ in range(2):
        app.test_client().post("/mcp", json=PING, headers=bearer())
    counted = [(line["AuthFailures"], line["RateLimited"]) for line in lines(written)]
    assert counted == [(1, 0), (0, 1)]
    assert all("_aws" in line for line in lines(written))


def test_no_path_breaks_its_log_line(make: Make, written: io.StringIO) -> None:
    for path in (
        "/basic%20x%22",
        "/Bearer%20a%5C%22b",
        "/basic%20a%0A%7B",
        "/bearer%20%00%FF%F0%9F%9A%B4",
    ):
        make().test_client().post(path, json=PING)
    assert [line["AuthFailures"] for line in lines(written)] == [1] * 4
    assert len(written.getvalue().splitlines()) == 4


def test_truncation_leaves_no_part_of_a_secret(make: Make, written: io.StringIO) -> None:
    app = make(auth_tokens=(SECRETS["auth_tokens"][0],))
    for length in range(log.MAX_VALUE_LENGTH - 60, log.MAX_VALUE_LENGTH + 1):
        app.test_client().get(f"/{'-' * length}{SECRETS['auth_tokens'][0]}")
    content = written.getvalue()
    assert len(lines(io.StringIO(content))) == 61 and "first-" not in content
    assert all(len(line["path"]) <= log.MAX_VALUE_LENGTH for line in lines(io.StringIO(content)))


def test_every_secret_setting_is_redacted() -> None:
    names = {item.name for item in fields(Config) if item.metadata["secret"]}
    # The home position is numbers: it is never logged, but there is no text to search lines for.
    assert names - {"archive_hide_home"} == set(SECRETS)
    secrets = log.secrets_of(Config(**SECRETS))  # type: ignore[arg-type]
    first, second = SECRETS["auth_tokens"]
    assert set(secrets) == {first, second, *list(SECRETS.values())[1:]}


def test_both_keys_of_a_rotation_are_redacted() -> None:
    assert log.secrets_of(Config(secret_key="n" * 40 + "," + "o" * 40)) == ["n" * 40, "o" * 40]


SECRETS = {
    "auth_tokens": ("first-token-" + "a" * 40, "second-token-" + "b" * 40),
    "secret_key": "signing-key-" + "c" * 40,
    "strava_client_secret": "client-secret-" + "d" * 40,
    "strava_refresh_token": "refresh-token-" + "e" * 40,
    "oauth_registration_token": "registration-token-" + "f" * 40,
    "authless_secret": "authless-secret-" + "h" * 40,
    "cloudfront_secret": "cloudfront-secret-" + "i" * 40,
    "owner_passphrase_hash": "scrypt:1024:8:1$" + "g" * 16 + "$" + "1" * 128,
}


def test_no_secret_ever_appears(tmp_path: Path, written: io.StringIO) -> None:
    app = create_app(Config(home=tmp_path, log_level="debug", **SECRETS))  # type: ignore[arg-type]
    client = app.test_client()
    _, personal = services(app).tokens.create("laptop", "read", None)
    secrets = [*SECRETS["auth_tokens"], *list(SECRETS.values())[1:], personal]
    replies = []
    for secret in secrets:
        for headers in (bearer(secret), {"Authorization": secret}, bearer(f'"{secret}"')):
            for path in ("/mcp", f"/mcp?token={secret}", f"/{secret}", "/health"):
                replies.append(client.post(path, json=PING, headers=headers))
        named = {"jsonrpc": "2.0", "id": 1, "method": f"x/{secret}", "params": {"name": secret}}
        client.post("/mcp", json=named, headers=bearer(SECRETS["auth_tokens"][0]))
        try:
            raise RuntimeError(f"with {secret} in it")
        except RuntimeError:
            logging.getLogger("strava_mcp.test").exception("Authorization: Bearer %s", secret)
        logging.getLogger("elsewhere").warning("url?token=%s", secret, extra={"field": secret})
    output = written.getvalue() + repr(services(app).config)
    assert len(lines(written)) > 50
    for secret in secrets:
        assert secret not in output
    for reply in replies:
        for secret in secrets:
            assert secret not in reply.text + repr(reply.headers)
    services(app).close()


def test_values_that_look_like_credentials_are_redacted() -> None:
    formatter = log.JsonFormatter([])
    for text in (
        "smcp_pat_abcdefgh_" + "x" * 43,
        "Authorization: Bearer abcdefghijklmnop",
        "authorization: basic dXNlcjpwYXNz",
        "it failed:\nBearer abcdefghijklmnop",
    ):
        hidden = formatter.redact(text)
        assert log.HIDDEN in hidden
        assert "xxx" not in hidden and "abcdefghijkl" not in hidden and "dXNl" not in hidden
        line = formatter.format(logging.makeLogRecord({"msg": text, "more": {"in": [text]}}))
        assert log.HIDDEN in line
        assert "xxx" not in line and "abcdefghijkl" not in line and "dXNl" not in line


def test_a_secret_is_redacted_in_its_json_encoding_too() -> None:
    secret = 'a"secret\\with/marks'
    formatter = log.JsonFormatter([secret])
    record = logging.makeLogRecord({"msg": f"it is {secret}", "levelname": "INFO"})
    assert "secret" not in formatter.format(record)


def test_an_internal_error_names_its_log_entry(make: Make, written: io.StringIO) -> None:
    app = make()

    def broken() -> None:
        raise RuntimeError("a detail for the log")

    app.add_url_rule("/broken", "broken", broken)
    reply = app.test_client().get("/broken", headers=bearer())
    assert reply.status_code == 500
    assert "a detail" not in reply.text and "Traceback" not in reply.text
    assert reply.headers["X-Request-Id"] in reply.get_json()["message"]
    assert any("a detail for the log" in line.get("exception", "") for line in lines(written))
