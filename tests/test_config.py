"""Settings: their sources, invalid values, and that secrets are never shown."""

import json
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.config import Config, remembered
from strava_mcp.errors import ConfigError
from tests.dynamo import environment, moto


def load(**environ: str) -> Config:
    return Config.load(environ)


def problems(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Config.load(environ)
    return caught.value.problems


def test_defaults_serve_the_sandbox_on_this_machine() -> None:
    config = load()
    assert config.strava_source == "sandbox"
    assert config.base_url == "http://127.0.0.1:5000"
    assert config.home.name == "instance"
    assert config.store_address.startswith("sqlite:///")
    assert not config.allow_authless and config.auth_tokens == ()


def test_empty_value_counts_as_unset() -> None:
    assert load(AUTH_TOKEN="", ALLOW_AUTHLESS=" ", PUBLIC_URL="") == load()


@pytest.mark.parametrize(
    "name, value, expected",
    [
        ("STRAVA_SOURCE", "strava", "one of sandbox, archive, api"),
        ("ALLOW_AUTHLESS", "yes", "exactly true or false"),
        ("ALLOW_AUTHLESS", "True", "exactly true or false"),
        ("OAUTH_ENABLED", "0", "exactly true or false"),
        ("AUTH_TOKEN", "short", "at least 32"),
        ("AUTH_TOKEN", "a" * 40 + "," + "b" * 10, "at least 32"),
        ("AUTH_TOKEN", ",".join(["a" * 40] * 3), "one token, or two"),
        ("AUTH_TOKEN", "with space " + "a" * 40, "without spaces"),
        ("AUTH_TOKEN", "é" * 40, "without spaces"),
        ("AUTH_TOKEN", "a" * 40 + ",", "without spaces"),
        ("AUTHLESS_SECRET", "short", "at least 32"),
        ("AUTHLESS_SECRET", "a" * 31, "at least 32"),
        ("AUTHLESS_SECRET", "a+b/c=" * 8, "letters, digits"),
        ("PUBLIC_URL", "strava.example.com", "absolute URL"),
        ("PUBLIC_URL", "http://strava.example.com", "https://"),
        ("PUBLIC_URL", "https://example.com/stage", "no path"),
        ("PUBLIC_URL", "https://Example.com", "lowercase"),
        ("PUBLIC_URL", "https://example.com:443", "without :443"),
        ("PUBLIC_URL", "http://localhost:80", "without :80"),
        ("PUBLIC_URL", "https://user:pw@example.com", "absolute URL"),
        ("PUBLIC_URL", "https://[::1", "absolute URL"),
        ("ALLOWED_IPS", "10.0.0.0/8,nonsense", "CIDR"),
        ("ALLOWED_ORIGINS", "example.com", "origins such as"),
        ("RATE_LIMIT", "0", "from 1 to"),
        ("RATE_LIMIT", "many", "whole number"),
        ("RATE_LIMIT", "٣", "whole number"),
        ("PROXY_HOPS", "-1", "whole number"),
        ("STORE_URL", "postgres://x", "sqlite:///"),
        ("STORE_URL", "sqlite://relative.db", "absolute"),
        ("STORE_URL", "dynamodb://a/b", "table-name"),
        ("ARCHIVE_URL", "s3://bucket/a*", "s3://bucket/prefix"),
        ("ARCHIVE_URL", "s3://bucket//a", "s3://bucket/prefix"),
        ("ARCHIVE_URL", "https://bucket", "s3://bucket/prefix"),
        ("LOG_LEVEL", "LOUD", "debug, info"),
        ("UNITS", "furlongs", "metric, imperial"),
    ],
)
def test_invalid_value_is_reported_in_one_line_with_what_is_allowed(
    name: str, value: str, expected: str
) -> None:
    (line,) = problems(**{name: value})
    assert line.startswith(name) and expected in line and "\n" not in line


def test_all_invalid_values_are_reported_at_once() -> None:
    lines = problems(ALLOW_AUTHLESS="1", RATE_LIMIT="x", UNITS="y", STRAVA_SOURCE="z")
    assert [line.split()[0] for line in lines] == [
        "STRAVA_SOURCE",
        "ALLOW_AUTHLESS",
        "RATE_LIMIT",
        "UNITS",
    ]


def test_live_api_needs_its_credentials() -> None:
    lines = problems(STRAVA_SOURCE="api", STRAVA_CLIENT_ID="1")
    assert [line.split()[0] for line in lines] == ["STRAVA_CLIENT_SECRET"]


def test_authless_secret_is_not_the_token() -> None:
    (line,) = problems(AUTH_TOKEN="a" * 40, AUTHLESS_SECRET="a" * 40)
    assert line.startswith("AUTHLESS_SECRET must differ")


def test_secret_values_are_never_shown() -> None:
    secret = "hunter2-hunter2"
    (line,) = problems(AUTH_TOKEN=secret)
    assert secret not in line and "15 characters" in line
    config = load(
        AUTH_TOKEN="s" * 40,
        SECRET_KEY="k" * 40,
        AUTHLESS_SECRET="u" * 40,
        STRAVA_CLIENT_SECRET="c" * 40,
        STRAVA_REFRESH_TOKEN="r" * 40,
    )
    for character in "skcru":
        assert character * 40 not in repr(config)


def test_valid_values_are_parsed() -> None:
    config = load(
        AUTH_TOKEN=" " + "a" * 32 + " , " + "b" * 64,
        ALLOWED_IPS="203.0.113.7, 2001:db8::/32",
        PUBLIC_URL="https://strava.example.com/",
        ALLOW_AUTHLESS="true",
        ALLOWED_HOSTS="a, b,",
    )
    assert config.auth_tokens == ("a" * 32, "b" * 64)
    assert config.allowed_ips == (ip_network("203.0.113.7/32"), ip_network("2001:db8::/32"))
    assert config.public_url == config.base_url == "https://strava.example.com"
    assert config.allow_authless and config.allowed_hosts == ("a", "b")


def test_dotenv_of_the_project_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: Any
) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    (project / ".env").write_text("UNITS=imperial\nRATE_LIMIT=7\nSTRAVA_MCP_HOME=/nowhere\n")
    (elsewhere / ".env").write_text("UNITS=metric\nMAX_STREAMS=3\n")
    monkeypatch.setattr("strava_mcp.config.environment.PROJECT_FOLDER", project)
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("RATE_LIMIT", "9")
    monkeypatch.setenv("UNITS", "")
    monkeypatch.delenv("STRAVA_MCP_HOME")
    config = Config.load()
    assert (config.units, config.rate_limit, str(config.home)) == ("imperial", 9, "/nowhere")
    assert config.max_streams == Config().max_streams


@pytest.mark.parametrize("content", ["{", "[]", '{"UNITS": 1}'])
def test_unreadable_remembered_settings_are_reported(tmp_path: Path, content: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.json").write_text(content)
    with pytest.raises(ConfigError, match="settings.json must be a JSON object of strings"):
        Config.load()


def test_remembered_settings_yield_to_every_other_place(tmp_path: Path, monkeypatch: Any) -> None:
    remembered.remember(tmp_path / "home", {"UNITS": "imperial"})
    remembered.remember(tmp_path / "home", {"LOG_LEVEL": "error"})
    config = Config.load()
    assert (config.units, config.log_level) == ("imperial", "error")
    monkeypatch.setenv("UNITS", "metric")
    assert Config.load().units == "metric"
    remembered.forget(tmp_path / "home", "LOG_LEVEL")
    assert Config.load().log_level == "info"
    monkeypatch.delenv("UNITS")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    assert Config.load().units == "metric", "on Lambda the folder is not the owner's"


def test_secrets_are_generated_once(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "home").with_generated_secrets()
    again = Config(home=tmp_path / "home").with_generated_secrets()
    assert config == again and config.has_generated_token()
    assert len(config.auth_tokens[0]) == 64 and config.secret_key not in config.auth_tokens
    configured = Config(home=tmp_path / "other", auth_tokens=("t" * 40,)).with_generated_secrets()
    assert not configured.has_generated_token()
    assert not (tmp_path / "other" / "auth_token").exists()


def test_nothing_is_generated_on_lambda(tmp_path: Path) -> None:
    config = Config(home=tmp_path / "home", lambda_function="f").with_generated_secrets()
    assert config.auth_tokens == () and not config.has_generated_token()
    assert not (tmp_path / "home").exists()


def test_unusable_data_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="STRAVA_MCP_HOME"):
        Config(home=tmp_path / "file").with_generated_secrets()
    home = tmp_path / "home"
    home.mkdir(0o700)
    (home / "auth_token").write_text("edited by hand")
    with pytest.raises(ConfigError, match="STRAVA_MCP_HOME"):
        Config(home=home).with_generated_secrets()


@pytest.fixture
def secrets_manager() -> Iterator[Any]:
    """AWS Secrets Manager, simulated by moto on loopback."""
    import boto3

    with moto() as url, environment(url):
        client = boto3.client("secretsmanager")
        yield client
        client.close()


def test_secrets_manager_provides_what_the_environment_does_not(secrets_manager: Any) -> None:
    content = json.dumps({"AUTH_TOKEN": "a" * 40, "UNITS": "imperial"})
    arn = secrets_manager.create_secret(Name="strava", SecretString=content)["ARN"]
    config = load(SECRETS_MANAGER_ARN=arn, UNITS="metric")
    assert (config.auth_tokens, config.units) == (("a" * 40,), "metric")
    empty = load(SECRETS_MANAGER_ARN=arn, UNITS=" ", AUTH_TOKEN="")
    assert (empty.auth_tokens, empty.units) == (("a" * 40,), "imperial")
    odd = secrets_manager.create_secret(Name="odd", SecretString="[1]")["ARN"]
    assert "JSON object" in problems(SECRETS_MANAGER_ARN=odd)[0]
    assert "could not be read" in problems(SECRETS_MANAGER_ARN=arn + "x")[0]
