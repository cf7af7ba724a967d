"""Fuzzing of the OAuth endpoints: no 500, no open redirect, no token."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.oauth import redirects
from strava_mcp.services import services
from strava_mcp.web import oauth
from tests.flow import BOTH, CALLBACK, Answer, Flow, InProcess
from tests.web.conftest import TOKEN

pytestmark = pytest.mark.no_cover

FUZZ = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    home = tmp_path_factory.mktemp("home")
    config = Config(auth_tokens=(TOKEN,), home=home, rate_limit=1_000_000, log_level="error")
    app: Flask = create_app(config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oauth, "PER_KEY", 10**9)
        patch.setattr(oauth, "OVERALL", 10**9)
        flow = Flow(InProcess(app), TOKEN)
        flow.register()
        yield flow
    services(app).close()


def check(answer: Answer) -> None:
    """Check what holds for every response."""
    assert answer.status < 500 or answer.status == 503, answer.text
    assert "Traceback" not in answer.text
    location = answer.headers.get("Location")
    if location:
        assert redirects.is_allowed(location.partition("?")[0]), location
        assert urlsplit(location).query.count("iss=") == 1


TEXT = st.text(max_size=60) | st.sampled_from(
    ["", "\x00", '"', "\\", "é", "\ud7ff", "a" * 3000, "%00", "\r\nX: y", "<script>", "null"]
)
KNOWN = {
    "response_type": ["code", "token", "code token", "id_token"],
    "redirect_uri": [CALLBACK, "https://evil.example", "javascript:1", CALLBACK + "/x"],
    "code_challenge": ["A" * 43, "A" * 42, "=" * 43],
    "code_challenge_method": ["S256", "plain"],
    "scope": ["strava:read", BOTH, "strava", "nope", " ", "strava:read nope"],
    "state": ["x", "a b", "%"],
    "resource": ["http://127.0.0.1:5000/mcp", "https://evil.example"],
    "grant_type": ["authorization_code", "refresh_token", "password", "client_credentials"],
    "code": ["x", "smcp_ac_" + "a" * 43],
    "code_verifier": ["A" * 43],
    "refresh_token": ["x", "smcp_rt_" + "a" * 16 + "_" + "A" * 43],
    "token": ["x", "smcp_at_" + "a" * 16 + "_" + "A" * 43],
    "client_secret": ["x"],
}
PAIRS = st.lists(
    st.one_of(
        *[
            st.tuples(st.just(name), st.sampled_from(values) | TEXT)
            for name, values in KNOWN.items()
        ],
        st.tuples(TEXT, TEXT),
    ),
    max_size=14,
)


def encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(
        [(k.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for k, v in pairs]
    )


@FUZZ
@given(pairs=PAIRS, known=st.booleans())
def test_authorize(flow: Flow, pairs: list[tuple[str, str]], known: bool) -> None:
    if known:
        pairs = [("client_id", flow.client["client_id"]), *pairs]
    check(flow.http.send("GET", f"/authorize?{encoded(pairs)}"))


@FUZZ
@given(changes=st.dictionaries(st.sampled_from(sorted(KNOWN)), TEXT, max_size=2))
def test_authorize_with_one_or_two_changes(flow: Flow, changes: dict[str, str]) -> None:
    kept = {name: value.encode("utf-8", "replace") for name, value in changes.items()}
    check(flow.look(**kept))


@FUZZ
@given(form=PAIRS)
def test_consent_form(flow: Flow, form: list[tuple[str, str]]) -> None:
    url = flow.request()
    answer = flow.http.send(
        "POST", url, data=encoded(form), content_type="application/x-www-form-urlencoded"
    )
    check(answer)
    assert answer.status == 403


@FUZZ
@given(pairs=PAIRS, known=st.booleans(), path=st.sampled_from(["/token", "/revoke"]))
def test_token_and_revoke(flow: Flow, pairs: list[tuple[str, str]], known: bool, path: str) -> None:
    if known:
        pairs = [("client_id", flow.client["client_id"]), *pairs]
    answer = flow.http.send(
        "POST", path, data=encoded(pairs), content_type="application/x-www-form-urlencoded"
    )
    check(answer)
    assert answer.status in (200, 400, 401) and "access_token" not in answer.text
    if answer.status != 200:
        assert set(answer.json) <= {"error", "error_description"} and answer.json["error"]


@FUZZ
@given(body=st.binary(max_size=200), path=st.sampled_from(["/token", "/revoke", "/register"]))
def test_any_bytes(flow: Flow, body: bytes, path: str) -> None:
    for media in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
        answer = flow.http.send("POST", path, data=body, content_type=media)
        check(answer)
        assert answer.status in (200, 400, 401)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["redirect_uris", "client_name", "token_endpoint_auth_method", "grant_types", "response_types"]
    + ["scope", "client_uri", "logo_uri", "contacts", "jwks", "jwks_uri", "application_type"]
    + ["software_statement", "software_id", "client_id", "client_secret"]
)


@FUZZ
@given(
    metadata=st.dictionaries(MEMBERS | TEXT, JSON, max_size=6),
    uris=st.none() | st.lists(st.sampled_from([CALLBACK, "https://evil.example"]) | TEXT),
)
def test_register(flow: Flow, metadata: dict[str, object], uris: list[str] | None) -> None:
    if uris is not None:
        metadata["redirect_uris"] = uris
    answer = flow.http.send(
        "POST", "/register", data=json.dumps(metadata), content_type="application/json"
    )
    check(answer)
    assert answer.status in (201, 400, 503)
    if answer.status == 201:
        assert all(redirects.is_allowed(uri) for uri in answer.json["redirect_uris"])
        assert None not in answer.json.values()
        assert answer.json["client_id"] != metadata.get("client_id")


@FUZZ
@given(form=PAIRS, action=st.sampled_from(["sign-in", "revoke", "sign-out", "x"]))
def test_connections(flow: Flow, form: list[tuple[str, str]], action: str) -> None:
    answer = flow.http.send(
        "POST",
        "/connections",
        data=encoded([("action", action), *form]),
        content_type="application/x-www-form-urlencoded",
    )
    check(answer)
    assert answer.status == 403
