"""Parsers for setting values. Each raises ValueError saying what is allowed."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

MIN_TOKEN_LENGTH = 32
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def any_text(value: str) -> str:
    """Any text."""
    return value


def boolean(value: str) -> bool:
    """Exactly ``true`` or ``false``, so that a typing error never opens anything."""
    if value not in ("true", "false"):
        raise ValueError("must be exactly true or false")
    return value == "true"


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a parser that accepts only the given words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return parse


def integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """Return a parser for integers within bounds, in ASCII digits."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not minimum <= int(value) <= maximum:
            raise ValueError(f"must be a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def bearer_tokens(value: str) -> tuple[str, ...]:
    """One token, or two during a rotation."""
    tokens = tuple(token.strip() for token in value.split(","))
    if len(tokens) > 2 or any(not re.fullmatch(r"[!-~]+", token) for token in tokens):
        raise ValueError("must be one token, or two separated by a comma, without spaces")
    if any(len(token) < MIN_TOKEN_LENGTH for token in tokens):
        raise ValueError(
            f"must have at least {MIN_TOKEN_LENGTH} characters per token; generate one with "
            "`python -c 'import secrets; print(secrets.token_hex(32))'`"
        )
    return tokens


def url_secret(value: str) -> str:
    """A secret of characters that stand for themselves in a URL (RFC 3986 §2.3)."""
    if not re.fullmatch(rf"[A-Za-z0-9._~-]{{{MIN_TOKEN_LENGTH},}}", value):
        raise ValueError(
            f"must have at least {MIN_TOKEN_LENGTH} characters, of letters, digits, - . _ and ~ "
            "(others change in a URL); generate one with "
            "`python -c 'import secrets; print(secrets.token_hex(32))'`"
        )
    return value


def networks(value: str) -> tuple[Network, ...]:
    """Comma-separated addresses or CIDR ranges."""
    try:
        return tuple(ip_network(item) for item in comma_separated(value))
    except ValueError:
        raise ValueError("must be addresses or CIDR ranges such as 203.0.113.0/24") from None


def comma_separated(value: str) -> tuple[str, ...]:
    """Comma-separated words; empty ones are dropped."""
    return tuple(item.strip() for item in value.split(",") if item.strip())


def url(value: str) -> str:
    """An absolute http or https URL without query or fragment; a trailing slash is dropped."""
    try:
        parts = urlsplit(value)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme in ("http", "https") and parts.hostname and plain and parts.port != 0:
            return value.rstrip("/")
    except ValueError:
        pass
    raise ValueError("must be an absolute URL such as https://strava.example.com")


def public_url(value: str) -> str:
    """An https origin, or an http origin on this machine. A path would break well-known URLs."""
    address = url(value)
    parts = urlsplit(address)
    if parts.path:
        raise ValueError("must have no path: OAuth discovery is at the root of the host")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("must begin with https:// (http:// is allowed only for this machine)")
    default_port = {"https": ":443", "http": ":80"}[parts.scheme]
    if parts.netloc != parts.netloc.lower() or parts.netloc.endswith(default_port):
        # Browsers serialize an Origin this way (RFC 6454 §6.2), and clients compare bytes.
        raise ValueError(f"must be lowercase and without {default_port}, as browsers write it")
    return address


def origins(value: str) -> tuple[str, ...]:
    """Comma-separated web origins (RFC 6454): scheme, host and port."""
    items = comma_separated(value)
    if not all(re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", item) for item in items):
        raise ValueError("must be origins such as https://app.example.com, without a path")
    return items


def redirect_uris(value: str) -> tuple[str, ...]:
    """Comma-separated redirect URIs: https, loopback http, or an app's own scheme."""
    items = comma_separated(value)
    if not all(map(_is_redirect_uri, items)):
        raise ValueError("must be absolute URIs such as https://app.example.com/callback")
    return items


def _is_redirect_uri(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if not re.fullmatch(r"[!-~]+", uri) or set(uri) & set("#\\<>\"'") or "@" in parts.netloc:
        return False
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK_HOSTS
    return bool(parts.netloc) and parts.scheme not in ("javascript", "data", "file", "blob")


def athlete_ids(value: str) -> tuple[int, ...]:
    """Comma-separated IDs of Strava athletes."""
    items = comma_separated(value)
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", item) for item in items):
        raise ValueError("must be athlete IDs such as 1234567,7654321")
    return tuple(map(int, items))


def store_url(value: str) -> str:
    """The URL of a SQLite file (absolute path) or of a DynamoDB table."""
    if not re.fullmatch(r"sqlite://(:memory:|/.+)|dynamodb://[A-Za-z0-9_.-]{3,255}", value):
        raise ValueError("must be sqlite:///data/store.db (absolute) or dynamodb://table-name")
    return value


def scrypt_hash(value: str) -> str:
    """The scrypt hash of a passphrase in Werkzeug's format."""
    if not re.fullmatch(r"scrypt:\d+:\d+:\d+\$[^$]+\$[0-9a-f]{128}", value):
        raise ValueError("must be the output of `flask passphrase set --print`, quoted in a shell")
    return value


def archive_url(value: str) -> str:
    """An S3 bucket and optional prefix; a trailing slash is dropped."""
    # A star is not allowed: it would be a wildcard in the IAM policy of the role.
    if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.'()-]+)*/?", value):
        raise ValueError("must be s3://bucket/prefix")
    return value.rstrip("/")


def circle(value: str) -> tuple[float, float, float]:
    """A circle on the globe: latitude and longitude in degrees, radius in metres."""
    try:
        latitude, longitude, radius_m = (float(part) for part in value.split(","))
        if abs(latitude) <= 90 and abs(longitude) <= 180 and 50 <= radius_m <= 20_000:
            return latitude, longitude, radius_m
    except ValueError:
        pass
    raise ValueError(
        "must be latitude, longitude and a radius of 50 to 20000 metres, such as 47.3769,8.5417,500"
    )
