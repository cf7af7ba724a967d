"""Three athletes in one sandbox, each with their own, and the page on which they sign in."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from strava_mcp.sandbox.app import create_app
from strava_mcp.sandbox.athlete import ANOUK, ATHLETES, JONAS, MIRA, Athlete
from strava_mcp.sandbox.calendar import plans
from strava_mcp.sandbox.grants import SCOPES
from strava_mcp.store import Store
from tests.sandbox.conftest import CLIENT, TODAY, Caller, Clock
from tests.sandbox.test_grants import ASK

FORM = {"name": "Ours", "sport_type": "Run", "elapsed_time": 60, "start_date_local": "2026-06-01"}


@pytest.fixture
def mira(app: Flask) -> Caller:
    return Caller(app, *SCOPES, athlete=MIRA)


@pytest.fixture
def jonas(app: Flask) -> Caller:
    return Caller(app, *SCOPES, athlete=JONAS)


def everything(caller: Caller) -> Iterator[dict[str, object]]:
    for page in range(1, 6):
        yield from caller.get("/athlete/activities", page=page, per_page=200)


def test_ids_tell_whose_an_activity_is() -> None:
    ids = [{plan.id for plan in plans(TODAY, athlete)} for athlete in ATHLETES.values()]
    assert all(len(some) > 500 for some in ids)
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_each_sees_their_own(mira: Caller, jonas: Caller) -> None:
    assert jonas.get("/athlete")["firstname"] == "Jonas" and jonas.get("/athlete")["ftp"] == 281
    assert mira.get("/athlete/zones") != jonas.get("/athlete/zones")
    theirs = list(everything(jonas))
    assert {one["athlete"]["id"] for one in theirs} == {JONAS.id}  # type: ignore[index]
    assert not {one["id"] for one in theirs} & {one["id"] for one in everything(mira)}


@pytest.mark.parametrize("what", ["", "/streams?keys=time", "/laps", "/zones", "/kudos"])
def test_nobody_sees_anothers(mira: Caller, jonas: Caller, what: str) -> None:
    number = next(one["id"] for one in everything(jonas) if one["kudos_count"])
    assert jonas.ask("GET", f"/activities/{number}{what}").status_code == 200
    assert mira.ask("GET", f"/activities/{number}{what}").status_code == 404
    assert mira.ask("PUT", f"/activities/{number}", json={"name": "Mine"}).status_code == 404


def test_changes_are_ones_own(mira: Caller, jonas: Caller) -> None:
    made = jonas.ask("POST", "/activities", data=FORM).json or {}
    assert made["athlete"]["id"] == JONAS.id
    assert mira.ask("GET", f"/activities/{made['id']}").status_code == 404
    assert jonas.ask("PUT", "/athlete", data={"weight": "80"}).status_code == 200
    jonas.ask("PUT", "/segments/7011002/starred", data={"starred": "true"})
    assert mira.get("/athlete")["weight"] == MIRA.weight_kg
    assert len(jonas.get("/segments/starred")) == len(mira.get("/segments/starred")) + 1


def test_gear_and_private_routes_are_miras(mira: Caller, jonas: Caller) -> None:
    routes = mira.get(f"/athletes/{MIRA.id}/routes")
    hidden = next(route["id"] for route in routes if route["private"])
    for path in ("/gear/b11570001", f"/routes/{hidden}"):
        assert mira.ask("GET", path).status_code == 200
        assert jonas.ask("GET", path).status_code == 404
    assert jonas.get(f"/athletes/{JONAS.id}/routes") == []
    assert jonas.ask("GET", f"/athletes/{MIRA.id}/routes").status_code == 404


@pytest.fixture
def page(store: Store, clock: Clock) -> FlaskClient:
    return create_app(store, clock, athlete=None).test_client(use_cookies=False)


def answer(page: FlaskClient, **form: object) -> dict[str, list[str]]:
    reply = page.post("/oauth/authorize", query_string=ASK, data=form)
    assert reply.status_code == 302 and reply.location.startswith(ASK["redirect_uri"])
    return parse_qs(urlsplit(reply.location).query)


def test_the_page_names_every_athlete_and_what_is_asked(page: FlaskClient) -> None:
    text = page.get("/oauth/authorize", query_string=ASK).text
    assert all(athlete.lastname in text for athlete in ATHLETES.values())
    assert "activity:read_all" in text and "profile:write" not in text


@pytest.mark.parametrize("athlete", [MIRA, ANOUK])
def test_the_code_is_for_who_said_yes(page: FlaskClient, athlete: Athlete) -> None:
    came = answer(page, athlete=athlete.id, scope=["read", "profile:write"])
    assert came["scope"] == ["read"] and came["state"] == ["s=1&2"]  # no more than was asked for
    form = CLIENT | {"grant_type": "authorization_code", "code": came["code"][0]}
    told = page.post("/oauth/token", data=form).json or {}
    assert told["athlete"]["id"] == athlete.id and "athlete_id" not in told


@pytest.mark.parametrize("form", [{"athlete": MIRA.id, "cancel": "1"}, {"athlete": 7}, {}])
def test_nobody_said_yes(page: FlaskClient, form: dict[str, object]) -> None:
    assert answer(page, **form)["error"] == ["access_denied"]


def test_the_page_knows_its_client(page: FlaskClient) -> None:
    for method in ("GET", "POST"):
        wrong = ASK | {"client_id": "7"}
        assert page.open("/oauth/authorize", method=method, query_string=wrong).status_code == 400
