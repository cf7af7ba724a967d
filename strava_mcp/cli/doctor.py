"""``flask doctor``: looks at everything the server needs and says what to do about each fault."""

import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from secrets import token_hex

import click
from flask.cli import with_appcontext

from strava_mcp.config.parsers import MIN_TOKEN_LENGTH
from strava_mcp.errors import SourceError, StoreError
from strava_mcp.services import Services, services

#: A state (ok, warn, fail) and a line that says what was found and what to do.
Finding = tuple[str, str]
MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
SKEW_S = 60


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check settings, data folder, store, token, OAuth, clock and source; exit 1 on a failure."""
    failed = False
    for check in CHECKS:
        for state, text in check(services()):
            click.echo(f"{MARKS[state]}  {text}")
            failed = failed or state == "fail"
    if failed:
        raise SystemExit(1)


def settings(found: Services) -> Iterator[Finding]:
    """Settings were read, or this would not run; what is odd about them."""
    config = found.config
    yield "ok", f"settings: source {config.strava_source}, serving {config.base_url}"
    if config.allow_authless:
        yield "warn", "ALLOW_AUTHLESS is true: whoever knows the URL can read your data over SSE"
    if not config.public_url:
        yield "ok", "PUBLIC_URL is not set: clients on this machine only"


def folder(found: Services) -> Iterator[Finding]:
    """The data folder is the owner's alone."""
    home = found.config.home
    if not home.is_dir():
        yield "warn", f"data folder: {home} does not exist yet; it is made when first needed"
        return
    mode = home.stat().st_mode & 0o777
    if mode & 0o077:
        yield "fail", f"data folder: others can enter {home}: run `chmod 700 {home}`"
    for file in home.iterdir():
        if file.is_file() and file.stat().st_mode & 0o077:
            yield "fail", f"data folder: others can read {file}: run `chmod 600 {file}`"
            return
    if not mode & 0o077:
        yield "ok", f"data folder: {home}, closed to others"


def store(found: Services) -> Iterator[Finding]:
    """The store takes a record, gives it back and forgets it."""
    key, value = token_hex(8), {"probe": True}
    try:
        found.store.put("doctor", key, value, time.time() + 60)
        read = found.store.get("doctor", key)
        found.store.delete("doctor", key)
    except StoreError as exc:
        yield "fail", f"store: {exc} Check STORE_URL and the data folder."
        return
    if read is None or read.value != value:
        yield "fail", "store: what was written did not come back. Check STORE_URL."
    else:
        yield "ok", "store: writes, reads and deletes"


def token(found: Services) -> Iterator[Finding]:
    """There is a token, and it is not one that could be guessed."""
    tokens = found.config.auth_tokens
    if not tokens:
        yield "fail", "AUTH_TOKEN: none is set, so everything but /health is closed. Set one."
    for number, value in enumerate(tokens, 1):
        weak = len(value) < MIN_TOKEN_LENGTH or len(set(value)) < 10
        if weak:
            yield "fail", f"AUTH_TOKEN {number}: easy to guess: `openssl rand -hex 32` makes one"
    if tokens and not any(len(set(value)) < 10 for value in tokens):
        yield "ok", f"AUTH_TOKEN: {len(tokens)} set"
    if len(tokens) == 2:
        yield "warn", "AUTH_TOKEN: two are valid; drop the old one once every client has the new"


def oauth(found: Services) -> Iterator[Finding]:
    """Somebody can approve clients, and clients can find the way."""
    if not found.config.oauth_enabled:
        yield "ok", "OAuth: off"
        return
    approves = found.owner.asks_for()
    if not approves:
        yield "fail", "OAuth: nobody can approve clients. Set OWNER_PASSPHRASE_HASH or AUTH_TOKEN."
    elif approves == "AUTH_TOKEN":
        yield "ok", "OAuth: approved with AUTH_TOKEN; `flask passphrase set` is easier to type"
    else:
        yield "ok", "OAuth: approved with the pass-phrase"


def clock(found: Services) -> Iterator[Finding]:
    """This machine's clock agrees with Strava's: tokens expire by it."""
    if found.config.strava_source != "api":
        yield "ok", f"clock: nothing to compare with in the {found.config.strava_source}"
        return
    import requests

    try:
        reply = requests.head(found.config.strava_oauth_url, timeout=10, allow_redirects=False)
        theirs = parsedate_to_datetime(reply.headers["Date"]).timestamp()
    except (requests.RequestException, KeyError, ValueError):
        yield "warn", f"clock: {found.config.strava_oauth_url} did not tell the time"
        return
    skew = time.time() - theirs
    if abs(skew) > SKEW_S:
        yield "fail", f"clock: off by {skew:+.0f} s. Let the system set it from the network (NTP)."
    else:
        yield "ok", "clock: agrees with Strava's"


def source(found: Services) -> Iterator[Finding]:
    """The athlete's data can be reached."""
    try:
        athlete = found.source.uncached().athlete()
    except (SourceError, StoreError) as exc:
        yield "fail", f"source {found.config.strava_source}: {exc}"
        return
    name = f"{athlete.get('firstname', '')} {athlete.get('lastname', '')}".strip()
    yield "ok", f"source {found.config.strava_source}: reached, athlete {name or athlete.get('id')}"


CHECKS: tuple[Callable[[Services], Iterator[Finding]], ...] = (
    settings,
    folder,
    store,
    token,
    oauth,
    clock,
    source,
)
