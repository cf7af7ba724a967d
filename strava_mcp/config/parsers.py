"""What the text of a setting may be. A reader raises ValueError with what is allowed."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network

MIN_TOKEN_LENGTH = 32
LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def text(value: str) -> str:
    """Any text."""
    return value


def boolean(value: str) -> bool:
    """Exactly ``true`` or ``false``, so that a typing error never opens anything."""
    if value not in ("true", "false"):
        raise ValueError("must be exactly true or false")
    return value == "true"


def choice(*allowed: str) -> Callable[[str], str]:
    """One word of a closed list."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return parse


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(value)

    return parse


def tokens(value: str) -> tuple[str, ...]:
    """One token, or two while one replaces the other."""
    found = tuple(token.strip() for token in value.split(","))
    if len(found) > 2 or any(not re.fullmatch(r"[!-~]+", token) for token in found):
        raise ValueError("must be one token, or two with a comma between them, without spaces")
    if any(len(token) < MIN_TOKEN_LENGTH for token in found):
        raise ValueError(
            f"must have at least {MIN_TOKEN_LENGTH} characters a token; "
            "`python -c 'import secrets; print(secrets.token_hex(32))'` makes one"
        )
    return found


def networks(value: str) -> tuple[Network, ...]:
    """Addresses or CIDR ranges, with commas between them."""
    try:
        return tuple(ip_network(item) for item in words(value))
    except ValueError:
        raise ValueError("must be addresses or CIDR ranges such as 203.0.113.0/24") from None


def words(value: str) -> tuple[str, ...]:
    """Words with commas between them."""
    return tuple(item.strip() for item in value.split(",") if item.strip())


def url(value: str) -> str:
    """An absolute http or https URL without query or fragment; a last slash is dropped."""
    try:
        parts = urlsplit(value)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme in ("http", "https") and parts.hostname and plain and parts.port != 0:
            return value.rstrip("/")
    except ValueError:
        pass
    raise ValueError("must be an absolute URL such as https://strava.example.com")


def public_url(value: str) -> str:
    """An https origin; http only for this machine. A path would break the well-known URLs."""
    address = url(value)
    parts = urlsplit(address)
    if parts.path:
        raise ValueError("must have no path: discovery lives at the root of the host")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("must begin with https:// (http:// is only for this machine)")
    default = {"https": ":443", "http": ":80"}[parts.scheme]
    if parts.netloc != parts.netloc.lower() or parts.netloc.endswith(default):
        # Browsers write an Origin so (RFC 6454 §6.2), and clients compare byte for byte.
        raise ValueError(f"must be in small letters and without {default}, as browsers write it")
    return address


def origins(value: str) -> tuple[str, ...]:
    """Web origins (RFC 6454): scheme, host and port, with commas between them."""
    found = words(value)
    if not all(re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", item) for item in found):
        raise ValueError("must be origins such as https://app.example.com, without a path")
    return found


def redirect_uris(value: str) -> tuple[str, ...]:
    """Redirect URIs: https, http on this machine, or an app's own scheme; no ``#``, no user."""
    found = words(value)
    if not all(map(_redirects, found)):
        raise ValueError("must be absolute URIs such as https://app.example.com/callback")
    return found


def _redirects(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if not re.fullmatch(r"[!-~]+", uri) or set(uri) & set("#\\<>\"'") or "@" in parts.netloc:
        return False
    if parts.scheme == "http":
        return parts.hostname in LOOPBACK_HOSTS
    return bool(parts.netloc) and parts.scheme not in ("javascript", "data", "file", "blob")


def athletes(value: str) -> tuple[int, ...]:
    """IDs of athletes at Strava, with commas between them."""
    found = words(value)
    if not all(re.fullmatch(r"[1-9][0-9]{0,17}", item) for item in found):
        raise ValueError("must be athlete IDs such as 1234567,7654321")
    return tuple(map(int, found))


def store_url(value: str) -> str:
    """The URL of a store."""
    if not re.fullmatch(r"sqlite://(:memory:|/.+)|dynamodb://[A-Za-z0-9_.-]{3,255}", value):
        raise ValueError("must be sqlite:///data/store.db (absolute) or dynamodb://table-name")
    return value


def scrypt_hash(value: str) -> str:
    """The hash of a pass-phrase as Werkzeug writes it."""
    if not re.fullmatch(r"scrypt:\d+:\d+:\d+\$[^$]+\$[0-9a-f]{128}", value):
        raise ValueError("must be what `flask passphrase set --print` prints, quoted in a shell")
    return value


def archive_url(value: str) -> str:
    """Where a library is published: a bucket of S3 and a prefix in it."""
    # A star would be a wildcard in the role's policy.
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
        "must be latitude, longitude and 50 to 20000 metres, such as 47.3769,8.5417,500"
    )
