"""``/health`` and the shapes of errors."""

from typing import Any

import pytest
from flask import Flask

from strava_mcp import __version__
from strava_mcp.errors import StoreError
from strava_mcp.services import services
from tests.web.conftest import Make, bearer


def test_health_reports_only_these_fields(make: Make) -> None:
    app = make(allow_authless=True)
    reply = app.test_client().get("/health")
    assert reply.get_json() == {
        "status": "healthy",
        "version": __version__,
        "source": "sandbox",
        "authless": True,
        "data": "invented sandbox athlete",
    }
    assert app.test_client().head("/health").status_code == 200
    assert not services(app).store.is_open and services(app)._source is None


def test_health_says_that_authless_needs_a_secret_but_not_which(make: Make) -> None:
    app = make(allow_authless=True, authless_secret="u" * 40)
    reply = app.test_client().get("/health")
    assert reply.get_json()["authless_secret"] == "required" and "u" * 40 not in reply.text


def test_errors_are_json(app: Flask) -> None:
    for path, method, status in (("/nope", "GET", 404), ("/mcp", "PUT", 405)):
        reply = app.test_client().open(path, method=method, headers=bearer())
        assert reply.status_code == status
        assert set(reply.get_json()) == {"error", "message"}


def test_a_store_that_is_down_is_503(app: Flask, monkeypatch: Any) -> None:
    def down(token: str, address: str) -> None:
        raise StoreError("The store did not answer: disk full")

    monkeypatch.setattr(services(app).tokens, "authenticate", down)
    reply = app.test_client().post("/mcp", json={}, headers=bearer("x" * 64))
    assert reply.status_code == 503 and reply.headers["Retry-After"] == "5"
    assert "disk" not in reply.text


def test_a_body_too_large_is_413(make: Make) -> None:
    client = make(max_body_bytes=2000).test_client()
    reply = client.post("/mcp", data=b" " * 3000, headers=bearer(), content_type="application/json")
    assert reply.status_code == 413 and reply.get_json()["error"]["code"] == -32600


@pytest.mark.parametrize("path", ["//mcp", "/mcp//", "/mcp/x", "/health/../mcp", "/MCP", "/mcp;x"])
def test_no_other_spelling_of_a_path_gets_in(app: Flask, path: str) -> None:
    # Some clients read //mcp as the host "mcp", which is not ours.
    assert app.test_client().post(path, json={}).status_code in (401, 421)
    reply = app.test_client().post(path, json={}, headers=bearer())
    assert reply.status_code in (404, 405, 308, 421)
