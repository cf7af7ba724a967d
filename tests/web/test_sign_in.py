"""Sign in with Strava: our page first, Strava's next, and each athlete to their own data."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.errors import ConfigError
from strava_mcp.oauth.athletes import Athletes
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA
from strava_mcp.sandbox.grants import NAMESPACE as GRANTS
from strava_mcp.sandbox.grants import SANDBOX_CLIENT_ID
from strava_mcp.sandbox.rate_limits import Allowance
from strava_mcp.services import services
from strava_mcp.sources.api.connections import SCOPES, load_owner_id
from tests.clock import Clock
from tests.flow import BOTH, LOCAL, Flow, InProcess, ticket
from tests.sandbox_server import serve_sandbox
from tests.web.conftest import TOKEN, Make
from tests.web.signing import Person, callback_of, settings_for, tool


@pytest.fixture
def strava() -> Iterator[Any]:
    """A sandbox over HTTP that asks who signs in."""
    with serve_sandbox(athlete=None) as app:
        yield app


@pytest.fixture
def app(make: Make, strava: Any) -> Flask:
    """A server for Mira, who owns it, and Jonas."""
    return make(**settings_for(strava.url, MIRA, JONAS))


def alive(strava: Any, athlete_id: int) -> list[str]:
    """Return the keys of an athlete's tokens that Strava still accepts."""
    records = strava.store.records(GRANTS)
    return [
        r.key
        for r in records
        if r.value["athlete_id"] == athlete_id
        and not r.key.startswith("code:")
        and r.key != "refresh:sandbox-refresh-token"
    ]


def test_each_athlete_reaches_their_own_data(app: Flask) -> None:
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    miras, jonass = mira.connect()["access_token"], jonas.connect()["access_token"]
    assert mira.athlete_seen(miras)["id"] == MIRA.id
    assert jonas.athlete_seen(jonass)["id"] == JONAS.id
    number = tool(jonas, jonass, "get_activities")["activities"][0]["id"]
    assert tool(jonas, jonass, "get_activity_by_id", id=number)["id"] == number
    reply = mira.call(miras, "tools/call", name="get_activity_by_id", arguments={"id": number})
    assert reply.json["result"]["isError"] and "not visible" in reply.text
    assert tool(mira, TOKEN, "get_athlete")["id"] == MIRA.id, "AUTH_TOKEN is the owner's"


def test_our_page_comes_first_and_names_no_athlete(app: Flask) -> None:
    person = Person(app, JONAS)
    text = person.look().text
    assert "Connect <strong>Diary</strong>?" in text and "Continue with Strava" in text
    assert "that you sign in with next" in text and "Mira" not in text
    assert 'name="passphrase"' not in text
    redirect = person.begin()
    query = callback_of(redirect.headers["Location"])
    assert query["redirect_uri"] == ["http://127.0.0.1:5000/strava/callback"]
    assert query["scope"] == [",".join(SCOPES)]
    assert person.athlete and len(query["state"][0]) == 43
    code = person.http.send("GET", person.at_strava(redirect)).query
    assert code["state"] == ["st4te"] and code["iss"] == ["http://127.0.0.1:5000"]


def test_cancelling_on_our_page_does_not_redirect_to_strava(app: Flask) -> None:
    person = Person(app, JONAS)
    url = person.request()
    answer = person.decide(person.http.send("GET", url), url, decision="deny")
    assert answer.query["error"] == ["access_denied"]


def test_cancelling_at_strava_is_reported_to_the_client(app: Flask) -> None:
    answer = Person(app, None).sign_in()
    assert answer.status == 303 and answer.query["error"] == ["access_denied"]
    assert answer.query["state"] == ["st4te"]


def test_write_is_granted_only_if_chosen(app: Flask) -> None:
    person = Person(app, JONAS)
    assert person.connect("write", scope=BOTH)["scope"] == BOTH
    assert person.connect("read", scope=BOTH)["scope"] == "strava:read"


def test_a_stranger_is_refused_and_nothing_is_stored(app: Flask, strava: Any) -> None:
    answer = Person(app, ANOUK).sign_in()
    assert answer.status == 403 and str(ANOUK.id) in answer.text
    assert "ALLOWED_ATHLETES" in answer.text
    assert alive(strava, ANOUK.id) == [], "revoked at Strava"
    store = services(app).store
    assert not [r for r in store.records("strava") if str(ANOUK.id) in r.key]
    assert services(app).grants.all() == []


def test_the_first_athlete_does_not_become_owner_without_proof(app: Flask) -> None:
    Person(app, JONAS).connect()
    assert services(app).athletes.owner() == MIRA.id, "the first of the list"
    reply = Person(app, MIRA).call(TOKEN, "tools/call", name="get_athlete", arguments={})
    assert reply.json["result"]["isError"] and "not connected" in reply.text
    mira = Person(app, MIRA)
    mira.connect()
    assert mira.athlete_seen(TOKEN)["id"] == MIRA.id


def test_an_owner_removed_from_the_list_is_refused(make: Make, strava: Any) -> None:
    first = make(**settings_for(strava.url, MIRA))
    Person(first, MIRA).connect()
    assert Person(first, MIRA).athlete_seen(TOKEN)["id"] == MIRA.id
    later = make(**settings_for(strava.url, JONAS))  # with the same store
    jonas = Person(later, JONAS)
    reply = jonas.call(TOKEN, "tools/call", name="get_athlete", arguments={})
    assert reply.json["result"]["isError"] and "not connected" in reply.text
    jonas.connect()
    assert jonas.athlete_seen(TOKEN)["id"] == JONAS.id


@pytest.mark.no_cover
def test_additional_strava_scopes_take_effect_at_once(app: Flask) -> None:
    """The running server still has an earlier access token, valid for hours."""
    mira = Person(app, MIRA)
    poor = ["read", "activity:read"]
    code = mira.http.send("GET", mira.at_strava(mira.begin(), poor)).query["code"][0]
    token = mira.redeem(code).json["access_token"]
    tool(mira, token, "get_athlete")
    assert "leave every box ticked" in tool(mira, token, "get_athlete_zones")["note"]
    Person(app, MIRA).connect()
    reply = tool(mira, token, "get_athlete_zones")
    assert "note" not in reply and reply["zones_from"]["heart_rate"] == "set on Strava"


def test_responses_cached_with_fewer_scopes_are_fetched_again(app: Flask, strava: Any) -> None:
    mira = Person(app, MIRA)
    poor = ["read", "activity:read"]
    code = mira.http.send("GET", mira.at_strava(mira.begin(), poor)).query["code"][0]
    token = mira.redeem(code).json["access_token"]
    state = strava.extensions["sandbox"].state_for(MIRA)
    newest = tool(mira, token, "get_activities")["activities"][0]["id"]
    state.change(newest, {"name": "Renamed there"})
    assert tool(mira, token, "get_activities")["activities"][0]["name"] != "Renamed there"
    Person(app, MIRA).connect()
    assert tool(mira, token, "get_activities")["activities"][0]["name"] == "Renamed there"


def test_without_a_list_the_owner_enters_the_secret_once(make: Make, strava: Any) -> None:
    app = make(**settings_for(strava.url))
    stranger = Person(app, ANOUK)
    assert 'name="passphrase"' in stranger.look().text
    assert stranger.begin().status == 403, "without the secret nobody gets as far as Strava"
    mira = Person(app, MIRA, TOKEN)
    token = mira.connect()["access_token"]
    assert mira.athlete_seen(token)["id"] == MIRA.id
    assert 'name="passphrase"' not in mira.look().text
    assert stranger.sign_in().status == 403, "now there is an owner"
    assert Person(app, MIRA).connect()["access_token"]


def test_of_two_concurrent_first_owners_one_wins(make: Make, strava: Any) -> None:
    app = make(**settings_for(strava.url))
    mira, jonas = Person(app, MIRA, TOKEN), Person(app, JONAS, TOKEN)
    ways = [person.at_strava(person.begin()) for person in (mira, jonas)]
    first, second = (
        person.http.send("GET", way) for person, way in zip((mira, jonas), ways, strict=True)
    )
    assert "code" in first.query and second.status == 403
    assert load_owner_id(services(app).store, SANDBOX_CLIENT_ID) == MIRA.id


def test_another_browser_cannot_finish_a_sign_in(app: Flask) -> None:
    """The address of Strava's page was passed on: whoever follows it connects nothing."""
    attacker, victim = Person(app, JONAS), Person(app, MIRA)
    lured = victim.at_strava(attacker.begin())
    victim.look()  # with a cookie of its own
    for browser in (victim, Person(app, MIRA)):
        assert browser.http.send("GET", lured).status == 403
    assert services(app).grants.all() == [] and services(app).store.records("strava") == []
    assert "code" in attacker.http.send("GET", attacker.at_strava(attacker.begin())).query


def test_the_callback_works_once(app: Flask) -> None:
    person = Person(app, JONAS)
    back = person.at_strava(person.begin())
    assert person.http.send("GET", back).status == 303
    assert person.http.send("GET", back).status == 403


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=", "?state=x", "?code=x&state=é"])
def test_an_unknown_callback_is_refused(app: Flask, query: str) -> None:
    person = Person(app, JONAS)
    person.begin()
    answer = person.http.send("GET", f"/strava/callback{query}")
    assert answer.status == 403 and "Start again" in answer.text


def test_a_foreign_code_connects_the_athlete_it_belongs_to(app: Flask) -> None:
    """An injected code connects its own athlete, never the one at the browser."""
    attacker, victim = Person(app, ANOUK), Person(app, JONAS)
    stolen = attacker.at_strava(attacker.begin()).partition("code=")[2].partition("&")[0]
    back = victim.at_strava(victim.begin())
    mine = back.partition("code=")[2].partition("&")[0]
    assert victim.http.send("GET", back.replace(mine, stolen)).status == 403


def test_an_outage_of_strava_is_reported_and_connects_nothing(app: Flask, strava: Any) -> None:
    person = Person(app, JONAS)
    back = person.at_strava(person.begin())
    strava.faults.add("/oauth/token", "status", status=503)
    answer = person.http.send("GET", back)
    assert answer.status == 502 and "start again" in answer.text
    assert services(app).grants.all() == []


def test_an_athlete_removed_from_the_list_is_refused(app: Flask, make: Make, strava: Any) -> None:
    jonas = Person(app, JONAS)
    tokens = jonas.connect()
    smaller = make(**settings_for(strava.url, MIRA))
    later = Person(smaller, JONAS)
    later.client = jonas.client
    assert later.call(tokens["access_token"]).status == 401
    assert later.refresh(tokens["refresh_token"]).status == 400
    assert jonas.call(tokens["access_token"]).status == 200


def test_athletes_see_only_their_own_connections(app: Flask) -> None:
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    mira.connect()
    token = jonas.connect()["access_token"]
    services(app).tokens.create("Laptop", "read", None)
    grant_ids = {grant.athlete_id: grant.id for grant in services(app).grants.all()}
    text = jonas.open_connections().text
    assert grant_ids[JONAS.id] in text and grant_ids[MIRA.id] not in text and "Laptop" not in text
    text = mira.open_connections().text
    assert grant_ids[MIRA.id] in text and grant_ids[JONAS.id] not in text and "Laptop" in text
    assert jonas.call(token).status == 200


def revoke(person: Person, page: str, target: str) -> int:
    """Press Revoke with the target changed, as an attacker can, but not the ticket."""
    form = {"action": "revoke", "id": target, "ticket": ticket(page)}
    return int(person.http.send("POST", "/connections", data=form).status)


def test_athletes_cannot_revoke_others_connections(app: Flask) -> None:
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    mira.connect()
    jonas.connect()
    grant_ids = {grant.athlete_id: grant.id for grant in services(app).grants.all()}
    page = jonas.open_connections().text
    assert revoke(jonas, page, f"grant:{grant_ids[MIRA.id]}") == 403, "the ticket is for another"
    from strava_mcp.web import connection_actions

    with app.test_request_context("/connections", LOCAL, headers={"Cookie": _cookies(jonas)}):
        connection_actions._revoke(f"grant:{grant_ids[MIRA.id]}")
    label = {"method": "POST", "data": {"label": "Mine"}}
    with app.test_request_context(
        "/connections", LOCAL, headers={"Cookie": _cookies(jonas)}, **label
    ):
        connection_actions._set_label(grant_ids[MIRA.id])
    assert {grant.state for grant in services(app).grants.all()} == {"active"}
    assert {grant.label for grant in services(app).grants.all()} == {""}
    page = jonas.http.send("GET", "/connections").text
    assert revoke(jonas, page, f"grant:{grant_ids[JONAS.id]}") == 303
    states = {grant.athlete_id: grant.state for grant in services(app).grants.all()}
    assert states == {MIRA.id: "active", JONAS.id: "revoked"}


def test_a_session_that_ends_during_a_request_shows_no_connections(
    app: Flask, make: Make, strava: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grant from before AUTHORIZE_WITH=strava names no athlete, nor does a session that ended."""
    earlier = make(**settings_for(strava.url, MIRA, JONAS) | {"authorize_with": "passphrase"})
    flow = Flow(InProcess(earlier), TOKEN)
    flow.register(client_name="Earlier diary")
    flow.connect()
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    mira.connect()
    jonas.connect()
    assert "Earlier diary" in mira.open_connections().text
    assert "Earlier diary" not in jonas.open_connections().text
    for checks in range(5):
        admitted = iter([True] * checks)
        monkeypatch.setattr(Athletes, "admits", lambda *_: next(admitted, False))
        assert "Earlier diary" not in jonas.http.send("GET", "/connections").text


def _cookies(person: Person) -> str:
    cookie = person.http.client.get_cookie("strava_mcp_athlete_5000", "127.0.0.1")
    return f"strava_mcp_athlete_5000={cookie.value}"


def test_viewing_connections_creates_no_connection(app: Flask, strava: Any) -> None:
    answer = Person(app, JONAS).open_connections()
    assert answer.status == 403 and services(app).store.records("strava") == []
    assert alive(strava, JONAS.id) == []


def test_disconnecting_deletes_all_data_of_the_athlete(app: Flask, strava: Any) -> None:
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    kept = mira.connect()["access_token"]
    token = jonas.connect()["access_token"]
    tool(jonas, token, "get_activities")
    tool(mira, kept, "get_activities")
    page = jonas.open_connections().text
    form = {"action": "disconnect", "ticket": ticket(page.partition("<h2>Strava</h2>")[2])}
    assert jonas.http.send("POST", "/connections", data=form).status == 303
    assert alive(strava, JONAS.id) == []
    assert jonas.call(token).status == 401
    assert "Sign in with Strava" in jonas.http.send("GET", "/connections").text
    store = services(app).store
    left = [key for key in everything(app) if str(JONAS.id) in key]
    assert all(key.startswith(("strava-generation", "strava-share")) for key in left), left
    assert tool(mira, kept, "get_athlete")["id"] == MIRA.id
    assert store.records("strava")


def everything(app: Flask) -> list[str]:
    """Return namespace and key of every record."""
    store: Any = services(app).store._opened()
    return [f"{space} {key}" for space, key in store._read("SELECT space, key FROM records", ())]


def test_athletes_have_separate_limits(make: Make, strava: Any, frozen_clock: Clock) -> None:
    app = make(**settings_for(strava.url, MIRA, JONAS), strava_cache_s=0)
    limits = strava.extensions["sandbox"].rate_limits
    limits.allowance, limits._now = Allowance(40, 4000, 20, 2000), frozen_clock.time
    mira, jonas = Person(app, MIRA), Person(app, JONAS)
    miras, jonass = mira.connect()["access_token"], jonas.connect()["access_token"]
    replies = [
        jonas.call(jonass, "tools/call", name="get_athlete", arguments={}) for _ in range(12)
    ]
    failed = [reply.json["result"].get("isError", False) for reply in replies]
    assert failed[:9] == [False] * 9 and failed[11] and "Your part of" in replies[11].text
    assert mira.athlete_seen(miras)["id"] == MIRA.id


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"ALLOW_AUTHLESS": "true"}, "ALLOW_AUTHLESS must be false"),
        ({"STRAVA_SOURCE": "sandbox"}, "only while STRAVA_SOURCE is api"),
        ({"OAUTH_ENABLED": "false"}, "OAUTH_ENABLED must be true"),
        ({"ALLOWED_ATHLETES": "mira"}, "must be athlete IDs"),
        ({"AUTHORIZE_WITH": "Strava"}, "passphrase, strava"),
    ],
)
def test_contradicting_settings_are_rejected(changed: dict[str, str], words: str) -> None:
    environ = {
        "AUTHORIZE_WITH": "strava",
        "STRAVA_SOURCE": "api",
        "STRAVA_CLIENT_ID": "1",
        "STRAVA_CLIENT_SECRET": "s",
    }
    assert Config.load(environ).authorize_with == "strava"
    with pytest.raises(ConfigError, match=words):
        Config.load(environ | changed)


def test_authless_cannot_be_combined_with_sign_in_by_strava(make: Make) -> None:
    with pytest.raises(ConfigError, match="ALLOW_AUTHLESS"):
        make(**settings_for("http://127.0.0.1:9"), allow_authless=True)


def test_a_grant_of_an_athlete_cannot_open_another_source(
    app: Flask, make: Make, strava: Any
) -> None:
    """The server was switched to the sandbox: Jonas's token must not open its athlete."""
    jonas = Person(app, JONAS)
    token = jonas.connect()["access_token"]
    back = create_app(Config(auth_tokens=(TOKEN,), home=services(app).config.home))
    later = Person(back, JONAS)
    assert later.call(token).status == 401
    assert tool(later, TOKEN, "get_athlete")["id"] == MIRA.id
    services(back).close()
