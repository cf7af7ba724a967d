"""Three athletes in one sandbox, each with their own data, and the consent page."""

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


def test_athletes_share_no_activity_ids() -> None:
    ids = [{plan.id for plan in plans(TODAY, athlete)} for athlete in ATHLETES.values()]
    assert all(len(some) > 500 for some in ids)
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_each_athlete_sees_their_own_activities(mira: Caller, jonas: Caller) -> None:
    assert jonas.get("/athlete")["firstname"] == "Jonas" and jonas.get("/athlete")["ftp"] == 281
    assert mira.get("/athlete/zones") != jonas.get("/athlete/zones")
    of_jonas = list(everything(jonas))
    assert {one["athlete"]["id"] for one in of_jonas} == {JONAS.id}  # type: ignore[index]
    assert not {one["id"] for one in of_jonas} & {one["id"] for one in everything(mira)}


@pytest.mark.parametrize("part", ["", "/streams?keys=time", "/laps", "/zones", "/kudos"])
def test_no_athlete_sees_activities_of_another(mira: Caller, jonas: Caller, part: str) -> None:
    number = next(one["id"] for one in everything(jonas) if one["kudos_count"])
    assert jonas.call("GET", f"/activities/{number}{part}").status_code == 200
    assert mira.call("GET", f"/activities/{number}{part}").status_code == 404
    assert mira.call("PUT", f"/activities/{number}", json={"name": "Mine"}).status_code == 404


def test_changes_affect_one_athlete_only(mira: Caller, jonas: Caller) -> None:
    created = jonas.call("POST", "/activities", data=FORM).json or {}
    assert created["athlete"]["id"] == JONAS.id
    assert mira.call("GET", f"/activities/{created['id']}").status_code == 404
    assert jonas.call("PUT", "/athlete", data={"weight": "80"}).status_code == 200
    jonas.call("PUT", "/segments/7011002/starred", data={"starred": "true"})
    assert mira.get("/athlete")["weight"] == MIRA.weight_kg
    assert len(jonas.get("/segments/starred")) == len(mira.get("/segments/starred")) + 1


def test_only_mira_has_gear_and_private_routes(mira: Caller, jonas: Caller) -> None:
    routes = mira.get(f"/athletes/{MIRA.id}/routes")
    hidden = next(route["id"] for route in routes if route["private"])
    for path in ("/gear/b11570001", f"/routes/{hidden}"):
        assert mira.call("GET", path).status_code == 200
        assert jonas.call("GET", path).status_code == 404
    assert jonas.get(f"/athletes/{JONAS.id}/routes") == []
    assert jonas.call("GET", f"/athletes/{MIRA.id}/routes").status_code == 404


@pytest.fixture
def page(store: Store, clock: Clock) -> FlaskClient:
    return create_app(store, clock, athlete=None).test_client(use_cookies=False)


def decide(page: FlaskClient, **form: object) -> dict[str, list[str]]:
    reply = page.post("/oauth/authorize", query_string=ASK, data=form)
    assert reply.status_code == 302 and reply.location.startswith(ASK["redirect_uri"])
    return parse_qs(urlsplit(reply.location).query)


def test_consent_page_lists_athletes_and_requested_scopes(page: FlaskClient) -> None:
    text = page.get("/oauth/authorize", query_string=ASK).text
    assert all(athlete.lastname in text for athlete in ATHLETES.values())
    assert "activity:read_all" in text and "profile:write" not in text


@pytest.mark.parametrize("athlete", [MIRA, ANOUK])
def test_code_belongs_to_the_approving_athlete(page: FlaskClient, athlete: Athlete) -> None:
    query = decide(page, athlete=athlete.id, scope=["read", "profile:write"])
    assert query["scope"] == ["read"] and query["state"] == ["s=1&2"]  # no more than requested
    form = CLIENT | {"grant_type": "authorization_code", "code": query["code"][0]}
    tokens = page.post("/oauth/token", data=form).json or {}
    assert tokens["athlete"]["id"] == athlete.id and "athlete_id" not in tokens


@pytest.mark.parametrize("form", [{"athlete": MIRA.id, "cancel": "1"}, {"athlete": 7}, {}])
def test_without_approval_access_is_denied(page: FlaskClient, form: dict[str, object]) -> None:
    assert decide(page, **form)["error"] == ["access_denied"]


def test_consent_page_rejects_unknown_clients(page: FlaskClient) -> None:
    for method in ("GET", "POST"):
        wrong = ASK | {"client_id": "7"}
        assert page.open("/oauth/authorize", method=method, query_string=wrong).status_code == 400
