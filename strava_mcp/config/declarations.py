"""Every setting: its name, how its text is parsed, its default, and its row in README.md."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from strava_mcp.config import environment
from strava_mcp.config.parsers import (
    Network,
    any_text,
    archive_url,
    athlete_ids,
    bearer_tokens,
    boolean,
    circle,
    comma_separated,
    integer,
    networks,
    one_of,
    origins,
    public_url,
    redirect_uris,
    scrypt_hash,
    store_url,
    url,
    url_secret,
)

T = TypeVar("T")


class Setting(NamedTuple):
    """How a field of ``Config`` is read from the environment and documented."""

    name: str
    #: Raises ValueError saying what is allowed.
    parse: Callable[[str], Any]
    doc: str
    #: Never shown, and redacted from the log.
    secret: bool


def setting(name: str, parse: Callable[[str], T], default: T, doc: str, secret: bool = False) -> T:
    """Declare a field of ``Config``. ``doc`` is its row in README.md."""
    value: T = field(default=default, metadata=Setting(name, parse, doc, secret)._asdict())
    return value


@dataclass(frozen=True, kw_only=True, repr=False)
class Settings:
    """Every setting, in the order of README.md: the fields of ``Config``."""

    strava_source: str = setting(
        "STRAVA_SOURCE",
        one_of("sandbox", "archive", "api"),
        "sandbox",
        "Data source: `sandbox`, `archive` (your own export) or `api`.",
    )
    archive_url: str = setting(
        "ARCHIVE_URL",
        archive_url,
        "",
        "S3 location of a published archive, `s3://bucket/prefix`: see `flask archive publish`.",
    )
    archive_export: Path | None = setting(
        "ARCHIVE_EXPORT",
        Path,
        None,
        "Path of an export (zip or folder). The server imports it in the background when it "
        "starts, if it is new or has changed, and `archive` becomes the default source.",
    )
    archive_hide_home: tuple[float, float, float] | None = setting(
        "ARCHIVE_HIDE_HOME",
        circle,
        None,
        "Hides positions inside this circle: latitude, longitude, radius in metres, for example "
        "`47.3769,8.5417,500`.",
        secret=True,
    )
    strava_client_id: str = setting(
        "STRAVA_CLIENT_ID", any_text, "", "Client ID of your Strava API application."
    )
    strava_client_secret: str = setting(
        "STRAVA_CLIENT_SECRET", any_text, "", "Client secret of that application.", secret=True
    )
    strava_refresh_token: str = setting(
        "STRAVA_REFRESH_TOKEN",
        any_text,
        "",
        "Refresh token of the owner, an alternative to `flask strava connect`.",
        secret=True,
    )
    strava_api_url: str = setting(
        "STRAVA_API_URL", url, "https://www.strava.com/api/v3", "Base URL of the Strava API."
    )
    strava_oauth_url: str = setting(
        "STRAVA_OAUTH_URL",
        url,
        "https://www.strava.com/oauth",
        "Base URL of Strava's OAuth endpoints.",
    )
    strava_cache_s: int = setting(
        "STRAVA_CACHE_SECONDS",
        integer(0, 7 * 86400),
        7 * 86400,
        "Maximum age of cached Strava responses, in seconds; most expire sooner. `0` disables the "
        "cache.",
    )
    auth_tokens: tuple[str, ...] = setting(
        "AUTH_TOKEN",
        bearer_tokens,
        (),
        "The bearer token, at least 32 characters; two, comma-separated, during a rotation. "
        "Generated on the first start (never on Lambda).",
        secret=True,
    )
    allow_authless: bool = setting(
        "ALLOW_AUTHLESS",
        boolean,
        False,
        "`true` opens `/sse` and `/message` without a token, read-only: to anyone, or where "
        "`AUTHLESS_SECRET` is set, to whoever has it.",
    )
    authless_secret: str = setting(
        "AUTHLESS_SECRET",
        url_secret,
        "",
        "The secret, at least 32 characters, that `ALLOW_AUTHLESS` then requires: in the header "
        "`X-Authless-Secret`, or for clients that can send no header as `?secret=` in the URL of "
        "`/sse`.",
        secret=True,
    )
    oauth_enabled: bool = setting(
        "OAUTH_ENABLED", boolean, True, "`false` removes every OAuth endpoint."
    )
    authorize_with: str = setting(
        "AUTHORIZE_WITH",
        one_of("passphrase", "strava"),
        "passphrase",
        "How clients are approved: with the owner's `passphrase`, or by signing in with `strava`.",
    )
    allowed_athletes: tuple[int, ...] = setting(
        "ALLOWED_ATHLETES",
        athlete_ids,
        (),
        "IDs of the athletes who may sign in, comma-separated, each to their own data; the first "
        "is the owner. If unset, only the owner may sign in.",
    )
    oauth_allowed_redirect_uris: tuple[str, ...] = setting(
        "OAUTH_ALLOWED_REDIRECT_URIS",
        redirect_uris,
        (),
        "Additional redirect URIs, exact match, comma-separated.",
    )
    oauth_registration_token: str = setting(
        "OAUTH_REGISTRATION_TOKEN",
        any_text,
        "",
        "If set, only clients that send this bearer token may register.",
        secret=True,
    )
    oauth_access_token_s: int = setting(
        "OAUTH_ACCESS_TOKEN_SECONDS",
        integer(60, 86400),
        3600,
        "Lifetime of an access token, in seconds.",
    )
    owner_passphrase_hash: str = setting(
        "OWNER_PASSPHRASE_HASH",
        scrypt_hash,
        "",
        "Hash of the passphrase that approves clients (from `flask passphrase set --print`). If "
        "unset, the hash in the data folder; without either, `AUTH_TOKEN` approves them.",
        secret=True,
    )
    secrets_manager_arn: str = setting(
        "SECRETS_MANAGER_ARN",
        any_text,
        "",
        "AWS secret that holds settings of this table, as a JSON object.",
    )
    public_url: str = setting(
        "PUBLIC_URL", public_url, "", "URL of the server as clients see it, without a path."
    )
    allowed_hosts: tuple[str, ...] = setting(
        "ALLOWED_HOSTS", comma_separated, (), "Additional `Host` names to accept, comma-separated."
    )
    allowed_origins: tuple[str, ...] = setting(
        "ALLOWED_ORIGINS",
        origins,
        (),
        "Additional web origins whose pages may call the server, comma-separated.",
    )
    allowed_ips: tuple[Network, ...] = setting(
        "ALLOWED_IPS",
        networks,
        (),
        "If set, only these client addresses or CIDR ranges are served, comma-separated.",
    )
    proxy_hops: int = setting(
        "PROXY_HOPS", integer(0, 9), 0, "Number of trusted reverse proxies in front of the server."
    )
    cloudfront_secret: str = setting(
        "CLOUDFRONT_SECRET",
        url_secret,
        "",
        "A secret, at least 32 characters, by which the server recognizes your CloudFront "
        "distribution and believes its `True-Client-IP`.",
        secret=True,
    )
    rate_limit: int = setting(
        "RATE_LIMIT", integer(1, 1_000_000), 120, "Maximum requests per minute for each token."
    )
    max_streams: int = setting(
        "MAX_STREAMS",
        integer(1, 10_000),
        12,
        "Maximum number of open `/sse` streams and WebSockets per process.",
    )
    max_body_bytes: int = setting(
        "MAX_BODY_BYTES",
        integer(1024, 1 << 30),
        8 << 20,
        "Maximum size of a request body, in bytes.",
    )
    home: Path = setting(
        "STRAVA_MCP_HOME", Path, environment.DEFAULT_HOME, "Data folder, created with mode 0700."
    )
    store_url: str = setting(
        "STORE_URL",
        store_url,
        "",
        "The store: `dynamodb://table` or `sqlite:///path`. If unset, a SQLite file in the data "
        "folder.",
    )
    secret_key: str = setting(
        "SECRET_KEY",
        any_text,
        "",
        "Signs values that clients carry and encrypts Strava's tokens; two, comma-separated, "
        "during a rotation. Generated on the first start (never on Lambda).",
        secret=True,
    )
    units: str = setting(
        "UNITS", one_of("metric", "imperial"), "metric", "Units in replies: `metric` or `imperial`."
    )
    log_level: str = setting(
        "LOG_LEVEL",
        one_of("debug", "info", "warning", "error"),
        "info",
        "Minimum log level: `debug`, `info`, `warning` or `error`.",
    )
    lambda_function: str = setting(
        "AWS_LAMBDA_FUNCTION_NAME", any_text, "", "Set by AWS on Lambda; do not set it yourself."
    )
