"""Settings: read once, checked whole, frozen. The only reader of the environment.

A value comes from the first of: the environment, a ``.env`` file in the working directory, the
JSON secret that ``SECRETS_MANAGER_ARN`` names, the default. Wrong values are gathered and reported
together, each with its name, what was found and what is allowed; a secret's value is never shown.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from strava_mcp import data_folder
from strava_mcp.config.parsers import (
    Network,
    archive_url,
    athletes,
    boolean,
    choice,
    circle,
    networks,
    number,
    origins,
    public_url,
    redirect_uris,
    scrypt_hash,
    store_url,
    text,
    tokens,
    url,
    words,
)
from strava_mcp.errors import ConfigError

PROJECT = Path(__file__).resolve().parents[2]


def setting(
    name: str, parse: Callable[[str], Any], default: Any, doc: str, secret: bool = False
) -> Any:
    """A field of Config: its name in the environment, its reader, and its line in the README.

    ``parse`` raises ValueError with what is allowed.
    """
    metadata = {"name": name, "parse": parse, "doc": doc, "secret": secret}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting of the server."""

    strava_source: str = setting(
        "STRAVA_SOURCE",
        choice("sandbox", "archive", "api"),
        "sandbox",
        "Where the data comes from: `sandbox`, `archive` (your own export) or `api`.",
    )
    archive_url: str = setting(
        "ARCHIVE_URL",
        archive_url,
        "",
        "Where `flask archive publish` put the archive, for a server that has no disk: "
        "`s3://bucket/prefix`.",
    )
    archive_hide_home: tuple[float, float, float] | None = setting(
        "ARCHIVE_HIDE_HOME",
        circle,
        None,
        "No position in this circle is told: latitude, longitude, metres, such as "
        "`47.3769,8.5417,500`.",
        secret=True,
    )
    strava_client_id: str = setting(
        "STRAVA_CLIENT_ID", text, "", "Client ID of your Strava API application."
    )
    strava_client_secret: str = setting(
        "STRAVA_CLIENT_SECRET", text, "", "Its client secret.", secret=True
    )
    strava_refresh_token: str = setting(
        "STRAVA_REFRESH_TOKEN",
        text,
        "",
        "A refresh token, instead of `flask strava connect`.",
        secret=True,
    )
    strava_api_url: str = setting(
        "STRAVA_API_URL", url, "https://www.strava.com/api/v3", "Base of the Strava API."
    )
    strava_oauth_url: str = setting(
        "STRAVA_OAUTH_URL", url, "https://www.strava.com/oauth", "Base of Strava's OAuth endpoints."
    )
    strava_cache_s: int = setting(
        "STRAVA_CACHE_SECONDS",
        number(0, 7 * 86400),
        7 * 86400,
        "No answer of Strava is kept for longer; most kinds for less. 0 keeps none.",
    )
    auth_tokens: tuple[str, ...] = setting(
        "AUTH_TOKEN",
        tokens,
        (),
        "The Bearer token, 32 characters or more; two with a comma while you rotate. "
        "Generated on the first start (never on Lambda).",
        secret=True,
    )
    allow_authless: bool = setting(
        "ALLOW_AUTHLESS",
        boolean,
        False,
        "`true` opens `/sse` and `/message` to everybody, to read.",
    )
    oauth_enabled: bool = setting(
        "OAUTH_ENABLED", boolean, True, "`false` removes every OAuth endpoint."
    )
    authorize_with: str = setting(
        "AUTHORIZE_WITH",
        choice("passphrase", "strava"),
        "passphrase",
        "How clients are approved: by the owner's `passphrase`, or by signing in with `strava`.",
    )
    allowed_athletes: tuple[int, ...] = setting(
        "ALLOWED_ATHLETES",
        athletes,
        (),
        "Athlete IDs that may sign in, each to their own data; the first is the owner. "
        "Empty: only the owner.",
    )
    oauth_allowed_redirect_uris: tuple[str, ...] = setting(
        "OAUTH_ALLOWED_REDIRECT_URIS",
        redirect_uris,
        (),
        "More redirect URIs, exact, commas between.",
    )
    oauth_registration_token: str = setting(
        "OAUTH_REGISTRATION_TOKEN",
        text,
        "",
        "If set, only clients that send it as Bearer token may register.",
        secret=True,
    )
    oauth_access_token_s: int = setting(
        "OAUTH_ACCESS_TOKEN_SECONDS",
        number(60, 86400),
        3600,
        "How long an access token lasts before the client refreshes it.",
    )
    owner_passphrase_hash: str = setting(
        "OWNER_PASSPHRASE_HASH",
        scrypt_hash,
        "",
        "Who may approve clients: from `flask passphrase set`; else whoever has AUTH_TOKEN.",
        secret=True,
    )
    secrets_manager_arn: str = setting(
        "SECRETS_MANAGER_ARN", text, "", "AWS secret, a JSON object of settings of this table."
    )
    public_url: str = setting(
        "PUBLIC_URL", public_url, "", "Address of the server as clients see it, without a path."
    )
    allowed_hosts: tuple[str, ...] = setting(
        "ALLOWED_HOSTS", words, (), "More `Host` names to answer to, beside PUBLIC_URL's."
    )
    allowed_origins: tuple[str, ...] = setting(
        "ALLOWED_ORIGINS", origins, (), "More web origins whose pages may call the server."
    )
    allowed_ips: tuple[Network, ...] = setting(
        "ALLOWED_IPS", networks, (), "Only these client addresses (CIDR) are served."
    )
    proxy_hops: int = setting(
        "PROXY_HOPS", number(0, 9), 0, "How many reverse proxies of yours stand in front."
    )
    rate_limit: int = setting(
        "RATE_LIMIT", number(1, 1_000_000), 120, "Requests a minute for each token."
    )
    max_streams: int = setting(
        "MAX_STREAMS", number(1, 10_000), 12, "Open `/sse` streams and WebSockets in one process."
    )
    max_body_bytes: int = setting(
        "MAX_BODY_BYTES", number(1024, 1 << 30), 8 << 20, "Largest request body."
    )
    home: Path = setting(
        "STRAVA_MCP_HOME", Path, PROJECT / "instance", "The data folder (0700); `instance/`."
    )
    store_url: str = setting(
        "STORE_URL",
        store_url,
        "",
        "The store: `dynamodb://table`, or else a SQLite file in the data folder.",
    )
    secret_key: str = setting(
        "SECRET_KEY",
        text,
        "",
        "Signs what clients carry and encrypts Strava's tokens; two with a comma while you rotate. "
        "Generated in the data folder.",
        secret=True,
    )
    units: str = setting(
        "UNITS", choice("metric", "imperial"), "metric", "Units of replies: `metric`, `imperial`."
    )
    log_level: str = setting(
        "LOG_LEVEL", choice("debug", "info", "warning", "error"), "info", "Least level logged."
    )
    lambda_function: str = setting(
        "AWS_LAMBDA_FUNCTION_NAME", text, "", "Set by AWS on Lambda; not for you to set."
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read every setting.

        ``environ`` stands in for the environment and ``.env`` together. An empty value counts as
        not set. Raises ConfigError with every problem at once.
        """
        found = dict(environ) if environ is not None else _dotenv() | dict(os.environ)
        problems: list[str] = []
        if found.get("SECRETS_MANAGER_ARN"):
            found = _secret(found["SECRETS_MANAGER_ARN"], problems) | found
        values = {}
        for item in fields(cls):
            name, value = item.metadata["name"], found.get(item.metadata["name"], "").strip()
            if not value:
                continue
            try:
                values[item.name] = item.metadata["parse"](value)
            except ValueError as exc:
                problems.append(f"{name} {exc}; found {_shown(value, item.metadata['secret'])}.")
        problems += _together(values)
        if problems:
            raise ConfigError(problems)
        return cls(**values)

    @property
    def base_url(self) -> str:
        """Where clients reach the server: PUBLIC_URL, or where ``flask run`` listens."""
        return self.public_url or "http://127.0.0.1:5000"

    @property
    def store_address(self) -> str:
        """STORE_URL, or the SQLite file in the data folder."""
        return self.store_url or f"sqlite://{self.home.absolute() / 'store.db'}"

    def completed(self) -> tuple["Config", bool]:
        """These settings with the secrets that a first start generates in the data folder.

        Returns them and whether AUTH_TOKEN is new. On Lambda nothing is generated: every instance
        would have its own, and nobody would see it. Raises ConfigError.
        """
        if problems := _together(vars(self)):
            raise ConfigError(problems)
        if self.lambda_function:
            return self, False
        allowed, key, new = self.auth_tokens, self.secret_key, False
        try:
            if not allowed:
                token, new = data_folder.secret(self.home, "auth_token")
                allowed = tokens(token)
            key = key or data_folder.secret(self.home, "secret_key")[0]
        except (OSError, ValueError) as exc:
            raise ConfigError([f"STRAVA_MCP_HOME does not serve as a data folder: {exc}."]) from exc
        return replace(self, auth_tokens=allowed, secret_key=key), new

    def __repr__(self) -> str:
        secrets = {item.name for item in fields(self) if item.metadata["secret"]}
        shown = {k: "…" if k in secrets and v else v for k, v in vars(self).items()}
        return f"Config({', '.join(f'{k}={v!r}' for k, v in shown.items())})"


def _together(values: Mapping[str, Any]) -> list[str]:
    """Problems that no single setting shows."""
    problems = []
    if values.get("strava_source") == "api":
        problems += [
            f"{name.upper()} must be set while STRAVA_SOURCE is api; found nothing."
            for name in ("strava_client_id", "strava_client_secret")
            if not values.get(name)
        ]
    if values.get("authorize_with") == "strava":
        if values.get("strava_source") != "api":
            problems.append("AUTHORIZE_WITH can be strava only while STRAVA_SOURCE is api.")
        if values.get("allow_authless"):
            problems.append(
                "ALLOW_AUTHLESS must be false while AUTHORIZE_WITH is strava: whoever comes "
                "without a token is no athlete."
            )
        if values.get("oauth_enabled") is False:
            problems.append("OAUTH_ENABLED must be true while AUTHORIZE_WITH is strava.")
    return problems


def _shown(value: str, secret: bool) -> str:
    return f"a value of {len(value)} characters" if secret else repr(value[:80])


def _dotenv() -> dict[str, str]:
    path = Path(".env")
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: value or "" for name, value in dotenv_values(path).items()}


def _secret(arn: str, problems: list[str]) -> dict[str, str]:
    """The settings kept in AWS Secrets Manager, as one JSON object of text."""
    import json

    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        region = arn.split(":")[3] if arn.count(":") >= 6 else None
        client = boto3.client("secretsmanager", region_name=region)
        content = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
        if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
            raise ValueError
        return content
    except (BotoCoreError, ClientError) as exc:
        problems.append(f"SECRETS_MANAGER_ARN could not be read: {exc}")
    except (KeyError, ValueError):
        problems.append("SECRETS_MANAGER_ARN must name a secret that is a JSON object of text.")
    return {}


def settings() -> list[tuple[str, str, Any]]:
    """Name, description and default of every setting, in order: the README's table."""
    return [(item.metadata["name"], item.metadata["doc"], item.default) for item in fields(Config)]
