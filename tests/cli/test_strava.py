"""``flask strava``: a browser goes to Strava's page and comes back, as a person would see it."""

import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.cli import strava as commands
from strava_mcp.config import Config
from strava_mcp.errors import NotConnected
from strava_mcp.sandbox.app import create_app as create_sandbox
from strava_mcp.sandbox.athlete import JONAS, MIRA
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sandbox.grants import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_REFRESH_TOKEN,
)
from strava_mcp.services import services
from strava_mcp.sources.api.tokens import CachedTokens
from strava_mcp.store import open_store
from tests.app_server import serve
from tests.cli.test_commands import TOKEN, fails, run
from tests.faults import inject_faults
from tests.flow import Flow, InProcess


@pytest.fixture
def strava() -> Iterator[Any]:
    """A sandbox over HTTP; ``url`` and ``sandbox`` are on it."""
    store = open_store("sqlite://:memory:")
    app = create_sandbox(store)
    faults = inject_faults(app)
    with serve(app) as there:
        app.url, app.store, app.faults = there.url, store, faults  # type: ignore[attr-defined]
        yield app
    store.close()


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
    made = create_app(config)
    yield made
    services(made).close()


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A browser that follows where it is sent; the pages that it saw."""
    seen: list[str] = []

    def go(url: str) -> bool:
        def follow() -> None:
            seen.append(requests.get(url, timeout=20).text)

        threading.Thread(target=follow, daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", go)
    return seen


def test_connect_use_and_disconnect(app: Flask, strava: Any, tmp_path: Path) -> None:
    before = run(app, "strava", "status")
    assert "connected: False" in before
    said = run(app, "strava", "connect", "--yes")
    assert "Strava's API Policy forbids" in said and "Connected: Mira Sandström" in said
    assert "activity:write" in said and "Not granted" not in said
    assert services(app).source.athlete()["firstname"] == "Mira"
    status = run(app, "strava", "status")
    assert "connected: True" in status and "athlete: Mira Sandström" in status
    assert "of overall, 15 minutes, used 1" in status and "UTC" in status
    tokens = [r.key.partition(":")[2] for r in strava.store.records(GRANTS)]
    assert not any(token in said + status for token in tokens)
    kept = b"".join(f.read_bytes() for f in (tmp_path / "home").glob("store.db*"))
    assert not any(token.encode() in kept for token in tokens if len(token) == 40), "encrypted"
    services(app).source.activities()
    assert "Disconnected" in run(app, "strava", "disconnect")
    assert "connected: False" in run(app, "strava", "status")
    left = {r.key.partition(":")[0] for r in strava.store.records(GRANTS) if r.key != FIRST}
    assert left <= {"code"}, "revoked at Strava"
    with pytest.raises(NotConnected, match="flask strava connect"):
        services(app).source.athlete()


FIRST = "refresh:sandbox-refresh-token"


def test_what_was_unticked_is_named_with_what_it_costs(app: Flask, strava: Any) -> None:
    strava.extensions["sandbox"].unticked = {"activity:write", "profile:read_all"}
    said = run(app, "strava", "connect", "--yes")
    assert "Not granted: activity:write, so there will be no creating" in said
    assert "profile:read_all" in said and "leave every box ticked" in said
    assert "profile:read_all: heart-rate" in run(app, "strava", "status")


def test_a_no_changes_nothing(app: Flask, strava: Any) -> None:
    run(app, "strava", "connect", "--yes")
    strava.extensions["sandbox"].approves = False
    assert "access_denied" in fails(app, "strava", "connect", "--yes")
    assert services(app).source.athlete()["id"]


def test_the_policy_is_asked_about_first(app: Flask, browser: list[str]) -> None:
    done = app.test_cli_runner().invoke(args=["strava", "connect"], input="n\n")
    assert done.exit_code != 0 and "Continue?" in done.output and not browser


def test_an_answer_with_another_state_is_not_ours(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forged ``state``: somebody else's code would connect somebody else's athlete."""
    monkeypatch.setattr(commands, "REDIRECT_TIMEOUT_S", 1)
    statuses: list[int] = []

    def forge(url: str) -> bool:
        def go() -> None:
            back = requests.utils.unquote(url.split("redirect_uri=")[1].split("&")[0])
            for query in ("code=evil&state=forged", "code=evil", "code=evil&state="):
                statuses.append(requests.get(f"{back}?{query}", timeout=5).status_code)
            statuses.append(
                requests.get(back.replace("/strava/callback", "/"), timeout=5).status_code
            )

        threading.Thread(target=go, daemon=True).start()
        return True

    monkeypatch.setattr(webbrowser, "open", forge)
    assert "did not answer" in fails(app, "strava", "connect", "--yes")
    assert statuses == [404] * 4


def test_a_code_that_strava_refuses(app: Flask, strava: Any) -> None:
    strava.faults.add("/oauth/token", "status", status=400)
    assert "Strava refused the code" in fails(app, "strava", "connect", "--yes")
    assert "connected: False" in run(app, "strava", "status")


def test_strava_does_not_confirm_the_end(app: Flask, strava: Any) -> None:
    run(app, "strava", "connect", "--yes")
    strava.faults.add("/oauth/revoke", "status", status=503, times=9)
    said = fails(app, "strava", "disconnect")
    assert "did not confirm" in said and "strava.com/settings/apps" in said
    assert "connected: False" in run(app, "strava", "status"), "here it is ended all the same"


def test_without_an_application_it_says_where_to_make_one(tmp_path: Path) -> None:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    for command in ("connect", "status", "disconnect"):
        assert "https://www.strava.com/settings/api" in fails(app, "strava", command)
    services(app).close()


def test_the_doctor_asks_strava_itself(app: Flask) -> None:
    """An answer that was kept says nothing about the connection of now."""
    run(app, "strava", "connect", "--yes")
    assert "reached, athlete Mira" in run(app, "doctor")
    for record in services(app).store.records("strava"):
        services(app).store.put("strava", record.key, {"sealed": "of another key"})
    services(app).source._tokens._cached = CachedTokens()  # type: ignore[attr-defined]
    assert "FAIL  source api: Strava is not connected" in fails(app, "doctor")


def test_the_server_stays_its_owners(app: Flask, strava: Any) -> None:
    """Somebody else who connects is told whose it is; nothing of theirs is kept."""
    run(app, "strava", "connect", "--yes")
    strava.extensions["sandbox"].athlete = JONAS
    said = fails(app, "strava", "connect", "--yes")
    assert f"Athlete {JONAS.id} has no access" in said and f"The owner is athlete {MIRA.id}" in said
    assert services(app).source.athlete()["id"] == MIRA.id
    run(app, "strava", "disconnect")
    run(app, "strava", "connect", "--yes")
    assert services(app).source.athlete()["id"] == JONAS.id


def test_disconnecting_ends_the_apps_of_that_athlete(app: Flask) -> None:
    run(app, "strava", "connect", "--yes")
    token = Flow(InProcess(app), TOKEN).connect()["access_token"]
    assert Flow(InProcess(app), TOKEN).call(token).status == 200
    run(app, "strava", "disconnect")
    assert Flow(InProcess(app), TOKEN).call(token).status == 401


def test_what_the_settings_began_ends_with_the_connection(app: Flask) -> None:
    """STRAVA_REFRESH_TOKEN began a record of its own before the athlete connected."""
    object.__setattr__(services(app).config, "strava_refresh_token", SANDBOX_REFRESH_TOKEN)
    assert services(app).source.activities()
    seed = services(app).strava.key
    assert services(app).store.records(f"strava-cache:{seed}")
    run(app, "strava", "connect", "--yes")
    assert len(services(app).store.records("strava")) == 2 and services(app).strava.key != seed
    run(app, "strava", "disconnect")
    assert services(app).store.records("strava") == []
    assert services(app).store.records(f"strava-cache:{seed}") == []


def test_it_says_whose_data_is_served(app: Flask, strava: Any) -> None:
    """Jonas may connect, but the server is Mira's."""
    object.__setattr__(services(app).config, "allowed_athletes", (MIRA.id, JONAS.id))
    services(app).athletes._allowed = (MIRA.id, JONAS.id)
    strava.extensions["sandbox"].athlete = JONAS
    said = run(app, "strava", "connect", "--yes")
    assert f"owner of this server is athlete {MIRA.id}" in said and "once they connect" in said
    said = run(app, "strava", "status")
    assert f"owner of this server is athlete {MIRA.id}" in said and "connected: False" in said
    strava.extensions["sandbox"].athlete = MIRA
    said = run(app, "strava", "connect", "--yes")
    assert "owner of this server" not in said
    assert "owner of this server" not in run(app, "strava", "status")


def test_nothing_tells_who_was_connected(app: Flask) -> None:
    run(app, "strava", "connect", "--yes")
    Flow(InProcess(app), TOKEN).connect()
    run(app, "strava", "disconnect")
    (grant,) = services(app).grants.all()
    assert grant.state == "revoked"
    assert (grant.athlete_id, grant.created_from, grant.last_from) == (None, "", "")
