"""``flask strava``, with a browser that follows the redirects of a sandbox over HTTP."""

import re
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.cli import strava as commands
from strava_mcp.config import Config
from strava_mcp.errors import NotConnected
from strava_mcp.sandbox.athlete import JONAS, MIRA
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
)
from strava_mcp.sandbox.rate_limits import QUARTER_S
from strava_mcp.services import services
from strava_mcp.sources.api.tokens import CachedTokens
from tests.cli.test_commands import TOKEN, fails, run
from tests.clock import Clock
from tests.flow import Flow, InProcess
from tests.sandbox_server import serve_sandbox


@pytest.fixture
def strava(clock: Clock) -> Iterator[Any]:
    """The app of a sandbox that is served over HTTP; ``url`` and ``store`` are attributes of it.

    No window of its rate limits ends during a test.
    """
    clock.freeze(time.time() // QUARTER_S * QUARTER_S + 60)
    with serve_sandbox(now=clock.time) as app:
        yield app


@pytest.fixture
def app(strava: Any, tmp_path: Path) -> Iterator[Flask]:
    config = Config(
        home=tmp_path / "home",
        auth_tokens=(TOKEN,),
        strava_source="api",
        strava_client_id=SANDBOX_CLIENT_ID,
        strava_client_secret=SANDBOX_CLIENT_SECRET,
        strava_api_url=f"{strava.url}/api/v3",
        strava_oauth_url=f"{strava.url}/oauth",
    )
    app_ = create_app(config)
    yield app_
    services(app_).close()


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A browser that follows redirects; returns the pages it has loaded."""
    pages: list[str] = []

    def go(url: str) -> bool:
        def follow() -> None:
            pages.append(requests.get(url, timeout=120).text)

        threading.Thread(target=follow, daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", go)
    return pages


def test_connect_use_and_disconnect(app: Flask, strava: Any, tmp_path: Path) -> None:
    before = run(app, "strava", "status")
    assert "Not connected to Strava. Run `flask strava connect`." in before
    output = run(app, "strava", "connect", "--yes")
    assert "Strava's API Policy forbids" in output and "Connected: Mira Sandström" in output
    assert "activity:write" in output and "Not granted" not in output
    assert services(app).source.athlete()["firstname"] == "Mira"
    status = run(app, "strava", "status")
    assert re.search(
        r"^Connected to Strava as Mira Sandström since \d{4}-\d\d-\d\d\.$", status, re.M
    )
    daily = r"^Calls \(overall, day\): 1 of \d+ used; .* in (\d+ h )?[0-5]?\d min, at 00:00 UTC\.$"
    limit = r"^Calls \(overall, 15 minutes\): 1 of \d+ used; .* in \d+ min, at \d\d:\d\d UTC\.$"
    for line in (daily, limit):
        assert re.search(line, status, re.M), status
    tokens = [r.key.partition(":")[2] for r in strava.store.records(GRANTS)]
    assert not any(token in output + status for token in tokens)
    kept = b"".join(f.read_bytes() for f in (tmp_path / "home").glob("store.db*"))
    assert not any(token.encode() in kept for token in tokens if len(token) == 40), "encrypted"
    services(app).source.activities()
    run(app, "athlete", "set", "ftp=250")
    assert "Disconnected" in run(app, "strava", "disconnect")
    assert not services(app).store.records("athlete-settings"), "what was given is deleted, too"
    assert "Not connected" in run(app, "strava", "status")
    left = {r.key.partition(":")[0] for r in strava.store.records(GRANTS) if r.key != FIRST}
    assert left <= {"code"}, "revoked at Strava"
    with pytest.raises(NotConnected, match="flask strava connect"):
        services(app).source.athlete()


FIRST = "refresh:sandbox-refresh-token"


def test_missing_scopes_are_named_with_their_consequences(app: Flask, strava: Any) -> None:
    strava.extensions["sandbox"].unticked = {"activity:write", "profile:read_all"}
    output = run(app, "strava", "connect", "--yes")
    assert "Not granted: activity:write, which is needed for creating" in output
    assert "profile:read_all" in output and "leave every box ticked" in output
    status = run(app, "strava", "status")
    assert "Not granted: profile:read_all, which is needed for heart-rate" in status


def test_denied_access_changes_nothing(app: Flask, strava: Any) -> None:
    run(app, "strava", "connect", "--yes")
    strava.extensions["sandbox"].approves = False
    assert "access_denied" in fails(app, "strava", "connect", "--yes")
    assert services(app).source.athlete()["id"]


def test_policy_is_confirmed_first(app: Flask, browser: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=["strava", "connect"], input="n\n")
    assert done.exit_code != 0 and "Continue?" in done.output and not browser


def test_redirect_with_another_state_is_ignored(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """Forged ``state``: somebody else's code would connect somebody else's athlete."""
    statuses: list[int] = []

    def forge(url: str) -> bool:
        def go() -> None:
            back = requests.utils.unquote(url.split("redirect_uri=")[1].split("&")[0])
            wrong = [f"{back}?code=evil{state}" for state in ("&state=forged", "", "&state=")]
            for page in (*wrong, back.replace("/strava/callback", "/")):
                statuses.append(requests.get(page, timeout=120).status_code)
            clock.advance(commands.REDIRECT_TIMEOUT_S + 1)
            with suppress(requests.RequestException):  # wakes it, unless it has ended already
                requests.get(back, timeout=120)

        threading.Thread(target=go, daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", forge)
    assert "did not answer" in fails(app, "strava", "connect", "--yes")
    assert statuses == [404] * 4


def test_rejected_code_is_reported(app: Flask, strava: Any) -> None:
    strava.faults.add("/oauth/token", "status", status=400)
    assert "Strava refused the code" in fails(app, "strava", "connect", "--yes")
    assert "Not connected" in run(app, "strava", "status")


def test_unconfirmed_revocation_is_reported(app: Flask, strava: Any) -> None:
    run(app, "strava", "connect", "--yes")
    strava.faults.add("/oauth/revoke", "status", status=503, times=9)
    output = fails(app, "strava", "disconnect")
    assert "did not confirm" in output and "strava.com/settings/apps" in output
    assert "Not connected" in run(app, "strava", "status"), "here it is ended all the same"


def test_missing_application_is_explained(tmp_path: Path) -> None:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    for command in ("connect", "status", "disconnect"):
        assert "https://www.strava.com/settings/api" in fails(app, "strava", command)
    services(app).close()


def test_doctor_bypasses_the_cache(app: Flask) -> None:
    """A cached response says nothing about the present connection."""
    run(app, "strava", "connect", "--yes")
    assert "reached, athlete Mira" in run(app, "doctor")
    for record in services(app).store.records("strava"):
        services(app).store.put("strava", record.key, {"sealed": "of another key"})
    services(app).source._tokens._cached = CachedTokens()  # type: ignore[attr-defined]
    assert "FAIL  source api: Strava is not connected" in fails(app, "doctor")


def test_another_athlete_cannot_take_over_the_server(app: Flask, strava: Any) -> None:
    """Another athlete who connects is refused; the error names the owner, and nothing is stored."""
    run(app, "strava", "connect", "--yes")
    strava.extensions["sandbox"].athlete = JONAS
    output = fails(app, "strava", "connect", "--yes")
    assert (
        f"Athlete {JONAS.id} has no access" in output
        and f"The owner is athlete {MIRA.id}" in output
    )
    assert services(app).source.athlete()["id"] == MIRA.id
    run(app, "strava", "disconnect")
    run(app, "strava", "connect", "--yes")
    assert services(app).source.athlete()["id"] == JONAS.id


def test_disconnecting_revokes_the_grants_of_the_athlete(app: Flask) -> None:
    run(app, "strava", "connect", "--yes")
    token = Flow(InProcess(app), TOKEN).connect()["access_token"]
    assert Flow(InProcess(app), TOKEN).call(token).status == 200
    run(app, "strava", "disconnect")
    assert Flow(InProcess(app), TOKEN).call(token).status == 401


def test_disconnecting_deletes_what_the_refresh_token_setting_stored(app: Flask) -> None:
    """STRAVA_REFRESH_TOKEN had created a record before the athlete connected."""
    object.__setattr__(services(app).config, "strava_refresh_token", SANDBOX_REFRESH_TOKEN)
    assert services(app).source.activities()
    seed = services(app).strava.key
    assert services(app).store.records(f"strava-cache:{seed}")
    run(app, "strava", "connect", "--yes")
    assert len(services(app).store.records("strava")) == 2 and services(app).strava.key != seed
    run(app, "strava", "disconnect")
    assert services(app).store.records("strava") == []
    assert services(app).store.records(f"strava-cache:{seed}") == []


def test_owner_is_named_if_another_athlete_connects(app: Flask, strava: Any) -> None:
    """Jonas may connect, but the server is Mira's."""
    object.__setattr__(services(app).config, "allowed_athletes", (MIRA.id, JONAS.id))
    services(app).athletes._allowed = (MIRA.id, JONAS.id)
    strava.extensions["sandbox"].athlete = JONAS
    output = run(app, "strava", "connect", "--yes")
    assert f"owner of this server is athlete {MIRA.id}" in output and "once they connect" in output
    output = run(app, "strava", "status")
    assert f"owner of this server is athlete {MIRA.id}" in output and "Not connected" in output
    strava.extensions["sandbox"].athlete = MIRA
    output = run(app, "strava", "connect", "--yes")
    assert "owner of this server" not in output
    assert "owner of this server" not in run(app, "strava", "status")


def test_revoked_grant_does_not_identify_the_athlete(app: Flask) -> None:
    run(app, "strava", "connect", "--yes")
    Flow(InProcess(app), TOKEN).connect()
    run(app, "strava", "disconnect")
    (grant,) = services(app).grants.all()
    assert grant.state == "revoked"
    assert (grant.athlete_id, grant.created_from, grant.last_from) == (None, "", "")
