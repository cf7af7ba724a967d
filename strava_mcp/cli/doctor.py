"""``flask doctor``: checks everything the server needs and says how to fix each problem."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from secrets import token_hex

import click
from flask.cli import with_appcontext

from strava_mcp import proxy_notice
from strava_mcp.cli import serving, stdio_probe
from strava_mcp.cli.client_files import FileProblem, client_files, read_entry
from strava_mcp.cli.doctor_remote import base_of, check_server
from strava_mcp.cli.findings import MAX_CLOCK_SKEW_S, Finding, State, report
from strava_mcp.config.parsers import MIN_TOKEN_LENGTH
from strava_mcp.connection_guide import stdio_entry
from strava_mcp.errors import SourceError, StoreError
from strava_mcp.json_types import JSON
from strava_mcp.library_errors import HttpError, http_errors
from strava_mcp.services import Services, services

#: A token with fewer different characters is easy to guess.
MIN_DIFFERENT_CHARACTERS = 10


@click.command("doctor")
@click.option("--url", help="Check a deployed server from outside instead.")
@click.option("--token", "with_token", is_flag=True, help="Ask for a token, and try it at --url.")
@with_appcontext
def doctor(url: str | None, with_token: bool) -> None:
    """Check everything the server needs; exit 1 on a failure.

    Checked are settings, data folder, store, token, OAuth, clock, source, and the entries of
    clients on this machine, which are started. With --url: whether the server there is reached,
    its version, clock, challenge and OAuth metadata.
    """
    if url is None and with_token:
        raise click.UsageError("--token goes with --url.")
    if url is None:
        report(finding for check in CHECKS for finding in check(services()))
    else:
        ask = partial(click.prompt, "Token", hide_input=True) if with_token else None
        report(check_server(base_of(url), ask))


def check_settings(app: Services) -> Iterator[Finding]:
    """Report the source and the URL, and settings that are valid but unusual."""
    config = app.config
    yield "ok", f"settings: source {config.strava_source}, serving {serving.base_url(config)}"
    if config.allow_authless and config.authless_secret:
        yield "ok", "ALLOW_AUTHLESS is true: SSE is open to whoever has AUTHLESS_SECRET"
    elif config.allow_authless:
        yield "warn", "ALLOW_AUTHLESS is true: anyone who knows the URL can read your data over SSE"
    if not config.public_url:
        yield "ok", "PUBLIC_URL is not set: only this machine can connect (or use `flask tunnel`)"


def check_proxy(app: Services) -> Iterator[Finding]:
    """Check that proxies in front of the server are counted."""
    with suppress(StoreError):  # ``check_store`` reports it
        if problem := proxy_notice.problem(app.config, app.store):
            yield "warn", problem


def check_data_folder(app: Services) -> Iterator[Finding]:
    """Check that only the owner can read the data folder."""
    home = app.config.home
    if not home.is_dir():
        yield "warn", f"data folder: {home} does not exist yet; it is created when first needed"
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


def check_store(app: Services) -> Iterator[Finding]:
    """Write, read and delete a record."""
    key, value = token_hex(8), {"probe": True}
    try:
        app.store.put("doctor", key, value, time.time() + 60)
        record = app.store.get("doctor", key)
        app.store.delete("doctor", key)
    except StoreError as exc:
        yield "fail", f"store: {exc} Check STORE_URL and the data folder."
        return
    if record is None or record.value != value:
        yield "fail", "store: a record that was written could not be read. Check STORE_URL."
    else:
        yield "ok", "store: writes, reads and deletes"


def check_token(app: Services) -> Iterator[Finding]:
    """Check that AUTH_TOKEN is set and hard to guess."""
    tokens = app.config.auth_tokens
    if not tokens:
        yield "fail", "AUTH_TOKEN: none is set, so only /health answers. Set one."
    for number, value in enumerate(tokens, 1):
        if len(value) < MIN_TOKEN_LENGTH or not _is_varied(value):
            yield "fail", f"AUTH_TOKEN {number}: easy to guess; `openssl rand -hex 32` makes one"
    if tokens and all(_is_varied(value) for value in tokens):
        yield "ok", f"AUTH_TOKEN: {len(tokens)} set"
    if len(tokens) == 2:
        yield "warn", "AUTH_TOKEN: two are valid; drop the old one once every client has the new"


def check_oauth(app: Services) -> Iterator[Finding]:
    """Check that the owner can approve clients."""
    if not app.config.oauth_enabled:
        yield "ok", "OAuth: off"
        return
    secret = app.owner.asks_for()
    if not secret:
        yield "fail", "OAuth: nobody can approve clients. Set OWNER_PASSPHRASE_HASH or AUTH_TOKEN."
    elif secret == "AUTH_TOKEN":
        yield "ok", "OAuth: approved with AUTH_TOKEN; `flask passphrase set` is easier to type"
    else:
        yield "ok", "OAuth: approved with the passphrase"


def check_clock(app: Services) -> Iterator[Finding]:
    """Compare this machine's clock with Strava's, because tokens expire by it."""
    config = app.config
    if config.strava_source != "api":
        yield "ok", f"clock: not compared, because the source is {config.strava_source}"
        return
    import requests

    try:
        with http_errors():
            response = requests.head(config.strava_oauth_url, timeout=10, allow_redirects=False)
        strava_time = parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (HttpError, KeyError, ValueError):
        yield "warn", f"clock: {config.strava_oauth_url} sent no time to compare with"
        return
    skew_s = time.time() - strava_time
    if abs(skew_s) > MAX_CLOCK_SKEW_S:
        yield "fail", f"clock: off by {skew_s:+.0f} s. Synchronize it with NTP."
    else:
        yield "ok", "clock: agrees with Strava's"


def check_source(app: Services) -> Iterator[Finding]:
    """Read the athlete from the source, bypassing the cache."""
    source = app.config.strava_source
    try:
        athlete = app.source.uncached().athlete()
    except (SourceError, StoreError) as exc:
        yield "fail", f"source {source}: {exc}"
        return
    name = f"{athlete.get('firstname', '')} {athlete.get('lastname', '')}".strip()
    yield "ok", f"source {source}: reached, athlete {name or athlete.get('id')}"


def check_client_entries(app: Services) -> Iterator[Finding]:
    """Start this server as each client on this machine would, and have it answer."""
    failure: State = "fail"
    entries: list[tuple[str, JSON]] = []
    for client, file in client_files().items():
        try:
            if entry := read_entry(file):
                entries.append((f"{file.title} ({file.path})", entry))
        except FileProblem as exc:
            yield "warn", f"client {client}: {exc}"
    if not entries:
        entries, failure = [("the entry of `flask connect`", stdio_entry(app.config))], "warn"
    for title, entry in entries:
        if "command" not in entry:
            yield "ok", f"client: {title} connects by URL, so there is nothing to start"
            continue
        try:
            yield "ok", f"client: {title} starts and answers, {stdio_probe.ask(entry)}"
        except stdio_probe.ProbeFailed as exc:
            yield failure, (
                f"client: {title} {exc} Write the settings it lacks into .env, then run "
                "`flask connect`."
            )


def _is_varied(token: str) -> bool:
    return len(set(token)) >= MIN_DIFFERENT_CHARACTERS


CHECKS: tuple[Callable[[Services], Iterator[Finding]], ...] = (
    check_settings,
    check_proxy,
    check_data_folder,
    check_store,
    check_token,
    check_oauth,
    check_clock,
    check_source,
    check_client_entries,
)
