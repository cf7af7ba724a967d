"""``/connections``: the owner signs in, sees what is connected, and ends it."""

import base64
import hashlib
import html
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth.owner import scrypt
from strava_mcp.services import services
from tests.clock import Clock
from tests.flow import Answer, Flow, InProcess, ticket
from tests.web.conftest import PING, TOKEN, bearer

#: 2028-02-29T12:00:00Z
NOON = 1_835_438_400


@pytest.fixture
def owner(app: Flask) -> InProcess:
    return InProcess(app)


def sign_in(http: InProcess, passphrase: str = TOKEN) -> Answer:
    page = http.send("GET", "/connections")
    form = {"ticket": ticket(page.text), "action": "sign-in", "passphrase": passphrase}
    return http.send("POST", "/connections", data=form)


def forms(page: Answer) -> list[dict[str, str]]:
    """The hidden fields of every form of a page."""
    fields = []
    for form in re.findall(r"<form.*?</form>", page.text, re.S):
        pairs = re.findall(r'name="(\w+)" value="([^"]*)"', form)
        fields.append({name: html.unescape(value) for name, value in pairs})
    return fields


def form_of(page: Answer, **fields: str) -> dict[str, str]:
    (matching,) = [form for form in forms(page) if fields.items() <= form.items()]
    return matching


def test_nothing_is_shown_before_signing_in(owner: InProcess, app: Flask) -> None:
    services(app).tokens.create("My laptop", "read", None)
    page = owner.send("GET", "/connections")
    assert page.status == 200 and "My laptop" not in page.text
    wrong = sign_in(owner, "wrong")
    assert wrong.status == 403 and "Try again" in wrong.text
    assert "My laptop" not in owner.send("GET", "/connections").text
    assert sign_in(owner).status == 303
    page = owner.send("GET", "/connections")
    assert "My laptop" in page.text and "No app is connected." in page.text
    assert '<a href="/training">Your training</a>' in page.text
    assert "My laptop" not in InProcess(app).send("GET", "/connections").text


def test_connections_are_listed(owner: InProcess, app: Flask, clock: Clock) -> None:
    clock.freeze(NOON)
    flow = Flow(InProcess(app, "198.51.100.4"), TOKEN)
    flow.register(client_name="<Claude>")
    tokens = flow.connect("write", scope=None)
    _, secret = services(app).tokens.create("My laptop", "read", 86400)
    sign_in(owner)
    page = owner.send("GET", "/connections").text
    assert page.count("not used yet") == 2
    flow.call(tokens["access_token"])
    client = app.test_client()
    client.post(
        "/mcp", json=PING, headers=bearer(secret), environ_base={"REMOTE_ADDR": "127.9.9.9"}
    )
    page = owner.send("GET", "/connections").text
    assert "&lt;Claude&gt;" in page and "allowed from 198.51.100.4" in page
    assert "Read and write" in page and "from 127.9.9.9" in page
    assert page.count('last used <time datetime="2028-02-29T12:00:00Z">2028-02-29 ') == 2
    assert "smcp_" not in page


def test_revoking_a_grant_leaves_the_others(owner: InProcess, app: Flask) -> None:
    one, two = (Flow(InProcess(app), TOKEN) for _ in range(2))
    first, second = one.connect(), two.connect()
    sign_in(owner)
    page = owner.send("GET", "/connections")
    grant_id = first["access_token"].split("_")[2]
    assert (
        owner.send("POST", "/connections", data=form_of(page, id=f"grant:{grant_id}")).headers[
            "Location"
        ]
        == "/connections"
    )
    assert one.call(first["access_token"]).status == 401
    assert one.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert two.call(second["access_token"]).status == 200
    assert grant_id not in owner.send("GET", "/connections").text


def test_revoking_a_named_token(owner: InProcess, app: Flask) -> None:
    token, secret = services(app).tokens.create("My laptop", "read", None)
    sign_in(owner)
    page = owner.send("GET", "/connections")
    owner.send("POST", "/connections", data=form_of(page, id=f"token:{token.id}"))
    assert app.test_client().post("/mcp", json=PING, headers=bearer(secret)).status_code == 401


def test_a_form_works_once_and_only_for_its_connection(owner: InProcess, app: Flask) -> None:
    one, two = (Flow(InProcess(app), TOKEN) for _ in range(2))
    ids = [flow.connect()["access_token"].split("_")[2] for flow in (one, two)]
    sign_in(owner)
    page = owner.send("GET", "/connections")
    swapped = form_of(page, id=f"grant:{ids[0]}") | {"id": f"grant:{ids[1]}"}
    for data in (swapped, {"action": "revoke", "id": f"grant:{ids[0]}"}):
        assert owner.send("POST", "/connections", data=data).status == 403
    assert {grant.state for grant in services(app).grants.all()} == {"active"}
    form = form_of(page, id=f"grant:{ids[0]}")
    assert owner.send("POST", "/connections", data=form).status == 303
    assert owner.send("POST", "/connections", data=form).status == 403


def test_another_browser_cannot_use_the_form(owner: InProcess, app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    sign_in(owner)
    (form,) = [f for f in forms(owner.send("GET", "/connections")) if f["action"] == "revoke"]
    other = InProcess(app)
    other.send("GET", "/connections")
    assert other.send("POST", "/connections", data=form).status == 403
    assert services(app).grants.all()[0].state == "active"


def test_signing_out_and_being_signed_out(owner: InProcess, app: Flask, clock: Clock) -> None:
    sign_in(owner)
    page = owner.send("GET", "/connections")
    assert owner.send("POST", "/connections", data=form_of(page, action="sign-out")).status == 303
    assert "Sign in" in owner.send("GET", "/connections").text
    sign_in(owner)
    assert "Sign out" in owner.send("GET", "/connections").text
    clock.advance(1801)
    assert "Sign in" in owner.send("GET", "/connections").text


def test_a_form_from_before_signing_out_revokes_nothing(owner: InProcess, app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    sign_in(owner)
    page = owner.send("GET", "/connections")
    (revoke,) = [form for form in forms(page) if form["action"] == "revoke"]
    owner.send("POST", "/connections", data=form_of(page, action="sign-out"))
    answer = owner.send("POST", "/connections", data=revoke)
    assert answer.status == 403 and "signed out" in answer.text
    assert services(app).grants.all()[0].state == "active"


def test_a_new_passphrase_ends_all_sign_ins(make: Any) -> None:
    app = make(owner_passphrase_hash=scrypt("correct horse battery"))
    browser = InProcess(app)
    sign_in(browser, "correct horse battery")
    assert "Sign out" in browser.send("GET", "/connections").text
    owner = services(app).owner
    owner._config = replace(owner._config, owner_passphrase_hash=scrypt("another long phrase"))
    assert "Sign in" in browser.send("GET", "/connections").text


def test_the_store_holds_no_session_cookie(owner: InProcess, app: Flask, tmp_path: Any) -> None:
    answer = sign_in(owner)
    cookie = re.search(r"strava_mcp_owner_5000=([^;]+); .*SameSite=Strict", str(answer.headers))
    assert cookie
    services(app).close()
    stolen = b"".join(file.read_bytes() for file in (tmp_path / "home").glob("store.db*"))
    assert cookie[1].encode() not in stolen


def test_without_any_secret_signing_in_is_unavailable(make: Any) -> None:
    app = make(auth_tokens=(), lambda_function="strava")
    answer = InProcess(app).send("GET", "/connections")
    assert answer.status == 503 and "OWNER_PASSPHRASE_HASH" in answer.text


def test_two_grants_of_one_client_can_be_told_apart(owner: InProcess, app: Flask) -> None:
    for address, uri in (
        ("198.51.100.4", "http://localhost:33418/callback"),
        ("203.0.113.7", "https://claude.ai/api/mcp/auth_callback"),
    ):
        flow = Flow(InProcess(app, address), TOKEN, uri)
        flow.register(client_name="Claude")
        flow.connect()
    sign_in(owner)
    page = owner.send("GET", "/connections").text
    assert page.count("<h3>Claude</h3>") == 2 and page.count("name not verified") == 2
    assert "allowed from 198.51.100.4" in page and "allowed from 203.0.113.7" in page
    assert "a program on this device <b>localhost:33418</b>" in page
    assert "the website <b>claude.ai</b>" in page


def label_form(owner: InProcess, grant_id: str) -> dict[str, str]:
    return form_of(owner.send("GET", "/connections"), action="label", grant=grant_id)


def test_the_owner_labels_a_grant(owner: InProcess, app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    tokens = flow.connect()
    grant_id = tokens["access_token"].split("_")[2]
    sign_in(owner)
    form = label_form(owner, grant_id) | {"label": "  Phone <b> of   Mira "}
    assert owner.send("POST", "/connections", data=form).status == 303
    page = owner.send("GET", "/connections").text
    assert "The label is saved." in page
    assert "<h3>Phone &lt;b&gt; of Mira</h3>" in page and "<p>Test client</p>" in page
    assert "The label is saved." not in owner.send("GET", "/connections").text, "said once"
    flow.refresh(tokens["refresh_token"])
    assert "Phone &lt;b&gt; of Mira" in owner.send("GET", "/connections").text
    owner.send("POST", "/connections", data=label_form(owner, grant_id) | {"label": ""})
    page = owner.send("GET", "/connections").text
    assert "The label is gone." in page and "<h3>Test client</h3>" in page


@pytest.mark.parametrize(
    "label, advice",
    [
        ("x" * 61, "at most 60 characters"),
        ("a\nb", "visible characters"),
        ("a\x00b", "visible characters"),
        ("\u202egpj", "visible characters"),
        ("\u3164", "visible characters"),
        ("x" * 5000, "at most 60 characters"),
    ],
)
def test_a_bad_label_is_refused_and_the_old_one_kept(
    owner: InProcess, app: Flask, label: str, advice: str
) -> None:
    grant_id = Flow(InProcess(app), TOKEN).connect()["access_token"].split("_")[2]
    services(app).grants.set_label(grant_id, "Laptop")
    sign_in(owner)
    form = label_form(owner, grant_id) | {"label": label}
    answer = owner.send("POST", "/connections", data=form)
    assert answer.status == 400 and advice in answer.text and "was not changed" in answer.text
    assert services(app).grants.all()[0].label == "Laptop"


def test_a_label_needs_the_form_of_its_grant(owner: InProcess, app: Flask) -> None:
    ids = [Flow(InProcess(app), TOKEN).connect()["access_token"].split("_")[2] for _ in range(2)]
    sign_in(owner)
    form = label_form(owner, ids[0]) | {"label": "Forged"}
    for data in (form | {"grant": ids[1]}, form | {"ticket": ""}):
        assert owner.send("POST", "/connections", data=data).status == 403
    stranger = InProcess(app)
    stranger.send("GET", "/connections")
    assert stranger.send("POST", "/connections", data=form).status == 403
    assert {grant.label for grant in services(app).grants.all()} == {""}


def test_revoking_says_what_ended(owner: InProcess, app: Flask) -> None:
    flow = Flow(InProcess(app), TOKEN)
    flow.register(client_name="Diary")
    tokens = flow.connect()
    flow.refresh(tokens["refresh_token"])  # the old one is valid for its grace period
    sign_in(owner)
    form = form_of(owner.send("GET", "/connections"), action="revoke")
    owner.send("POST", "/connections", data=form)
    page = owner.send("GET", "/connections").text
    assert "Ended: Diary. 2 access tokens and 2 refresh tokens no longer work." in page
    assert "No app is connected." in page
    assert "Ended" not in owner.send("GET", "/connections").text, "said once"


def test_revoking_what_has_ended_says_so(owner: InProcess, app: Flask) -> None:
    grant_id = Flow(InProcess(app), TOKEN).connect()["access_token"].split("_")[2]
    sign_in(owner)
    form = form_of(owner.send("GET", "/connections"), action="revoke")
    services(app).grants.revoke(grant_id)
    owner.send("POST", "/connections", data=form)
    assert "had already ended" in owner.send("GET", "/connections").text


def test_revoking_a_named_token_says_what_ended(owner: InProcess, app: Flask) -> None:
    services(app).tokens.create("My\u202e laptop", "read", None)
    sign_in(owner)
    form = form_of(owner.send("GET", "/connections"), action="revoke")
    owner.send("POST", "/connections", data=form)
    page = owner.send("GET", "/connections").text
    assert "Ended: the token My[U+202E] laptop. It no longer works." in page


def test_a_notice_is_shown_to_its_browser_only(owner: InProcess, app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    sign_in(owner)
    form = form_of(owner.send("GET", "/connections"), action="revoke")
    owner.send("POST", "/connections", data=form)
    other = InProcess(app)
    sign_in(other)
    assert "Ended" not in other.send("GET", "/connections").text


def test_the_page_runs_only_its_own_script(owner: InProcess, app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    sign_in(owner)
    page = owner.send("GET", "/connections")
    policy = page.headers["Content-Security-Policy"]
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy and "unsafe" not in policy


def test_a_grant_of_an_earlier_release_has_no_place(owner: InProcess, app: Flask) -> None:
    Flow(InProcess(app), TOKEN).connect()
    store = services(app).store
    (record,) = store.records("grant")
    old = {name: v for name, v in record.value.items() if name not in ("redirect_uri", "label")}
    store.put("grant", record.key, {**old, "created_from": "", "client_name": "claude.ai (Claude)"})
    sign_in(owner)
    page = owner.send("GET", "/connections").text
    assert "allowed from an unknown address" in page and "Where it answers to is unknown" in page
    assert "name not verified" in page and "looks like a web address" in page


@pytest.mark.parametrize(
    "name, shown",
    [
        ("\u3164", "An app without a name"),
        ("cl\u0430ude.ai", "cl[U+0430]ude.ai"),
        ("cIaude", "c[U+0049]aude"),
        ("cIaude", "looks like “claude”"),
    ],
)
def test_misleading_names_are_shown_as_what_they_are(
    owner: InProcess, app: Flask, name: str, shown: str
) -> None:
    flow = Flow(InProcess(app), TOKEN)
    assert flow.register(client_name=name).status == 201
    consent = flow.look().text
    flow.connect()
    sign_in(owner)
    page = owner.send("GET", "/connections")
    owner.send("POST", "/connections", data=form_of(page, action="revoke"))
    for text in (consent, page.text):
        assert shown in text
    for text in (consent, page.text, owner.send("GET", "/connections").text):
        assert "\u3164" not in text and "\u0430" not in text


HEBREW, ARABIC = "יומן אימונים", "هاتف سارة"


def test_names_from_right_to_left_are_isolated(owner: InProcess, app: Flask) -> None:
    """Otherwise they change the order of the words and numbers around them."""
    flow = Flow(owner, TOKEN)
    flow.register(client_name=HEBREW)
    consent = owner.send("GET", flow.request()).text
    assert f"<title>Connect \u2068{HEBREW}\u2069?" in consent
    assert f"<h1>Connect <strong><bdi>{HEBREW}</bdi></strong>?</h1>" in consent
    flow.connect()
    services(app).tokens.create(ARABIC, "read", None)
    sign_in(owner)
    page = owner.send("GET", "/connections")
    assert f"<h3><bdi>{HEBREW}</bdi></h3>" in page.text
    assert f"<h3><bdi>{ARABIC}</bdi></h3>" in page.text
    assert f'aria-label="Revoke \u2068{ARABIC}\u2069"' in page.text
    label = form_of(page, action="label") | {"label": ARABIC}
    assert owner.send("POST", "/connections", data=label).status == 303
    page = owner.send("GET", "/connections")
    assert f"<h3><bdi>{ARABIC}</bdi></h3>" in page.text
    assert f"<p><bdi>{HEBREW}</bdi></p>" in page.text
    everywhere = re.sub(r"<bdi>[^<]*</bdi>|\u2068[^\u2069]*\u2069|value=\"[^\"]*\"", "", page.text)
    assert not re.search("[\u0590-\u06ff]", everywhere)
    revoke = next(form for form in forms(page) if form.get("id", "").startswith("grant:"))
    owner.send("POST", "/connections", data=revoke)
    ended = owner.send("GET", "/connections").text
    assert f"Ended: \u2068{ARABIC}\u2069 (\u2068{HEBREW}\u2069)." in ended
