"""``/training`` on a server for two athletes: each sees their own training, and nobody the owner's
but the owner."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth.athletes import Athletes
from strava_mcp.sandbox.athlete import ANOUK, JONAS, MIRA, Athlete
from tests.flow import Answer, ticket
from tests.sandbox_server import serve_sandbox
from tests.web.conftest import Make
from tests.web.signing import Person, settings_for, tool

PATHS = (
    "/training?view=activity",
    "/training/data?view=activity",
    "/training/picture.svg?view=activity",
)


@pytest.fixture(scope="module")
def strava() -> Iterator[str]:
    """A sandbox over HTTP that asks who signs in."""
    with serve_sandbox(athlete=None) as app:
        yield app.url


@pytest.fixture
def app(make: Make, strava: str) -> Flask:
    """A server for Mira, who owns it, and Jonas."""
    return make(**settings_for(strava, MIRA, JONAS))


def connected(app: Flask, athlete: Athlete) -> tuple[Person, str]:
    """An athlete with their own browser, and the token of an app of theirs."""
    person = Person(app, athlete)
    return person, person.connect()["access_token"]


def sign_in(person: Person, path: str = "/training") -> Answer:
    """Sign in at a chart with Strava; returns the response that the callback gives."""
    form = {"ticket": ticket(person.http.send("GET", path).text)}
    return person.http.send("GET", person.at_strava(person.http.send("POST", path, data=form)))


def newest(person: Person, token: str) -> int:
    number: int = tool(person, token, "get_activities", per_page=1)["activities"][0]["id"]
    return number


def test_each_athlete_sees_their_own_training(app: Flask) -> None:
    for athlete in (MIRA, JONAS):
        person, token = connected(app, athlete)
        assert sign_in(person).status == 303
        chart = person.http.send("GET", "/training/data?view=activity").json
        assert chart["arguments"]["ids"] == str(newest(person, token))


def test_an_activity_of_another_athlete_is_not_found(app: Flask) -> None:
    mira, token = connected(app, MIRA)
    theirs = newest(mira, token)
    jonas, _ = connected(app, JONAS)
    sign_in(jonas)
    for view in ("activity", "compare"):
        assert jonas.http.send("GET", f"/training/data?view={view}&ids={theirs}").status == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_session_that_ends_during_a_request_opens_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Whenever it ends, the answer is the athlete's own or a refusal: never the owner's."""
    mira, _ = connected(app, MIRA)
    sign_in(mira)
    owners = drawn(mira, path)
    jonas, _ = connected(app, JONAS)
    sign_in(jonas)
    own = drawn(jonas, path)
    assert own and owners and own != owners
    answers = []
    for checks in range(4):
        admitted = iter([True] * checks)
        monkeypatch.setattr(Athletes, "admits", lambda *_: next(admitted, False))
        answers.append(drawn(jonas, path))
    assert answers[0] == "" and answers[-1] == own and set(answers) == {"", own}


def drawn(person: Person, path: str) -> str:
    """The drawing of an answer; empty if there is none."""
    answer = person.http.send("GET", path)
    drawing = re.search(r'"tabs":.*|<g>.*', answer.text, re.S) if answer.status == 200 else None
    return drawing[0].partition("</script>")[0] if drawing else ""


def test_signing_in_opens_nothing_to_a_stranger(app: Flask) -> None:
    stranger = Person(app, ANOUK)
    answer = sign_in(stranger)
    assert answer.status == 403 and "Not for this account" in answer.text
    assert stranger.http.send("GET", "/training/data?view=activity").status == 403


def test_an_athlete_who_refuses_at_strava_is_not_signed_in(app: Flask) -> None:
    nobody = Person(app, None)
    answer = sign_in(nobody, "/training?view=weeks")
    assert answer.status == 403 and "Strava gave no access" in answer.text
    assert '<a href="/training">' in answer.text, "back to where they began"
    assert nobody.http.send("GET", "/training/data?view=weeks").status == 403


def test_signing_out_ends_the_session_of_one_athlete(app: Flask) -> None:
    (mira, _), (jonas, _) = connected(app, MIRA), connected(app, JONAS)
    for person in (mira, jonas):
        sign_in(person)
    page = mira.http.send("GET", "/training?view=weeks")
    form = {"ticket": ticket(page.text), "action": "sign-out"}
    assert mira.http.send("POST", "/training?view=weeks", data=form).status == 303
    assert mira.http.send("GET", "/training/data?view=weeks").status == 403
    assert jonas.http.send("GET", "/training/data?view=weeks").status == 200


def test_signing_in_with_strava_leads_back_to_the_chart(app: Flask) -> None:
    jonas, _ = connected(app, JONAS)
    path = "/training?view=weeks&sport=run&next=https%3A%2F%2Fevil.example%0D%0ASet-Cookie%3Aa"
    location: Any = sign_in(jonas, path).headers["Location"]
    assert location.startswith("/training?view=weeks&sport=run") and "\n" not in location
