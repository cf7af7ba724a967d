"""Attacks on authorization codes: without PKCE, stolen, replayed, redeemed in parallel."""

import json
import threading
from pathlib import Path

import pytest
import requests
from flask import Flask

from strava_mcp.oauth import authorization_code
from strava_mcp.services import services
from tests.clock import Clock
from tests.flow import Flow, InProcess, Live
from tests.servers import free_port, gunicorn, running
from tests.waiting import MAX_WAIT_S
from tests.web.conftest import TOKEN

MANY = 64


def refused(flow: Flow, code: str, error: str = "invalid_grant", **changes: str | None) -> None:
    answer = flow.redeem(code, **changes)
    assert answer.status == 400, answer.text
    assert answer.json["error"] == error
    assert "access_token" not in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge_method": None},  # which would mean plain (RFC 7636 §4.3)
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "A" * 128},
        {"code_challenge": "=" * 43},
    ],
)
def test_authorization_request_without_pkce_is_refused(
    flow: Flow, changes: dict[str, str | None]
) -> None:
    answer = flow.look(**changes)
    assert answer.status == 303 and answer.query["error"] == ["invalid_request"]
    assert answer.query["state"] == ["st4te"] and "code" not in answer.query


def test_challenge_is_not_accepted_as_verifier(flow: Flow) -> None:
    code = flow.approve()
    refused(flow, code, code_verifier=flow.challenge())


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, "x", "y" * 200, "ü" * 43])
def test_wrong_verifier_is_refused(flow: Flow, verifier: str | None) -> None:
    answer = flow.redeem(flow.approve(), code_verifier=verifier)
    assert answer.status == 400
    assert answer.json["error"] in ("invalid_grant", "invalid_request")
    assert not services(flow.http.client.application).grants.all(), "no grant was begun"


def test_replayed_code_revokes_its_tokens(flow: Flow) -> None:
    code = flow.approve()
    tokens = flow.redeem(code).json
    assert flow.call(tokens["access_token"]).status == 200
    refused(flow, code)
    assert flow.call(tokens["access_token"]).status == 401
    assert flow.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    refused(flow, code)


def test_code_of_another_client_is_refused(flow: Flow, stranger: Flow) -> None:
    code = flow.approve()
    refused(stranger, code, code_verifier=flow.verifier, redirect_uri=flow.redirect_uri)
    assert flow.redeem(code).status == 200, "the attempt did not use it up"


def test_code_is_bound_to_its_redirect_uri(app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    flow.register(redirect_uris=[flow.redirect_uri, "http://localhost/other"])
    code = flow.approve()
    for uri in (None, "http://localhost/other", flow.redirect_uri + "/"):
        refused(flow, code, redirect_uri=uri)


def test_code_expires_after_five_minutes(flow: Flow, clock: Clock) -> None:
    assert authorization_code.LIFETIME_S == 300
    early, late = flow.approve(), flow.approve()
    clock.advance(299)
    assert flow.redeem(early).status == 200
    clock.advance(1)
    refused(flow, late)


def test_malformed_code_is_refused(flow: Flow) -> None:
    for code in ("x", "smcp_ac_" + "a" * 43, "a" * 2048):
        refused(flow, code)
    for code in (None, "", "a" * 2049, "ü"):
        assert flow.redeem(code).json["error"] == "invalid_request"  # type: ignore[arg-type]


@pytest.fixture(params=["flask run", "gunicorn with four processes"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """A real server on SQLite."""
    port = free_port()
    command = gunicorn(port, workers=4, threads=8)
    if request.param == "flask run":
        import sys

        command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", str(port)]
    env = {
        "STRAVA_MCP_HOME": str(tmp_path / "home"),
        "AUTH_TOKEN": TOKEN,
        "RATE_LIMIT": "100000",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with running(command, port, tmp_path / "log", env) as base:
        yield base


def test_parallel_redemptions_of_a_code_give_one_token(server: str) -> None:
    flow = Flow(Live(server), TOKEN)
    flow.register()
    form = {
        "grant_type": "authorization_code",
        "code": flow.approve(),
        "redirect_uri": flow.redirect_uri,
        "code_verifier": flow.verifier,
        "client_id": flow.client["client_id"],
    }
    replies: list[tuple[int, str]] = []
    ready = threading.Barrier(MANY)

    def redeem() -> None:
        with requests.Session() as session:
            session.trust_env = False
            ready.wait(MAX_WAIT_S)
            reply = session.post(f"{server}/token", data=form, timeout=MAX_WAIT_S)
            replies.append((reply.status_code, reply.text))

    threads = [threading.Thread(target=redeem) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [json.loads(text) for status, text in replies if status == 200]
    assert len(replies) == MANY and len(given) == 1
    assert {json.loads(text)["error"] for status, text in replies if status != 200} == {
        "invalid_grant"
    }
    # The other 63 redemptions are replays, so the one token is revoked.
    assert flow.refresh(given[0]["refresh_token"]).json["error"] == "invalid_grant"
