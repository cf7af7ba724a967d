"""A grant opens only the data that it was given for: one source, and one athlete."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from strava_mcp.oauth.grants import NAMESPACE
from strava_mcp.oauth.token_cache import CACHE_S
from strava_mcp.sandbox.athlete import JONAS, MIRA
from strava_mcp.sandbox.grants import SANDBOX_REFRESH_TOKEN
from strava_mcp.services import services
from strava_mcp.sources.archive.importing import library_to_fill
from tests.cli.test_commands import run
from tests.clock import Clock
from tests.flow import Flow, InProcess
from tests.sandbox_server import serve_sandbox
from tests.web.conftest import TOKEN, Make
from tests.web.signing import Person, settings_for, tool

ADA = {"id": 4711, "firstname": "Ada", "lastname": "Lovelace"}
BO = {"id": 4712, "firstname": "Bo", "lastname": "Diddley"}


@pytest.fixture
def fill(make: Make, tmp_path: Any) -> Callable[[Any], None]:
    """Import a library of an athlete into the data folder of the servers."""

    def import_athlete(athlete: Any) -> None:
        (tmp_path / "home").mkdir(exist_ok=True)
        with library_to_fill(tmp_path / "home") as library:
            library.put_items("athlete", {"athlete": athlete} if athlete else {})

    return import_athlete


@pytest.fixture
def strava() -> Iterator[Any]:
    """The URL of a sandbox in the place of Strava."""
    with serve_sandbox(athlete=None) as app:
        yield app.url


class Connected(Flow):
    """A client that the owner has approved, and its tokens."""

    def __init__(self, app: Flask, **changes: Any) -> None:
        super().__init__(InProcess(app), TOKEN)
        self.tokens = self.connect(**changes)

    def at(self, app: Flask) -> "Connected":
        """The same client at another server with the same store."""
        self.http = InProcess(app)
        return self

    def works(self) -> bool:
        """Whether its tokens work; if not, that they are refused as the standards say."""
        answer = self.call(self.tokens["access_token"], "tools/list")
        refreshed = self.refresh(self.tokens["refresh_token"])
        if answer.status == 200:
            assert refreshed.status == 200
            self.tokens = refreshed.json
            return True
        assert answer.status == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert refreshed.status == 400 and refreshed.json["error"] == "invalid_grant"
        return False


def test_a_grant_for_the_sandbox_does_not_open_an_archive(make: Make, fill: Any) -> None:
    """The client is asked again; the owner's tokens open either."""
    sandbox, archive = make(), make(strava_source="archive")
    fill(ADA)
    _, personal = services(sandbox).tokens.create("laptop", "read", None)
    first = Connected(sandbox)
    assert first.works() and not first.at(archive).works()
    second = Connected(archive)
    assert second.works() and not second.at(sandbox).works() and first.at(sandbox).works()
    for token in (TOKEN, personal):
        assert second.call(token).status == first.at(archive).call(token).status == 200


def test_a_grant_for_one_athletes_archive_does_not_open_anothers(
    make: Make, fill: Any, clock: Clock
) -> None:
    """The export of another athlete is imported while the server runs."""
    app = make(strava_source="archive")
    fill(ADA)
    client = Connected(app)
    fill({**ADA, "lastname": "King"})
    clock.advance(CACHE_S + 1)
    assert client.works(), "a newer export of the same athlete"
    fill(BO)
    clock.advance(CACHE_S + 1)
    assert not client.works()
    fill(None)
    assert not client.works()
    fill(ADA)
    assert client.works()


def test_a_grant_given_before_an_archive_is_imported_does_not_open_it(
    make: Make, fill: Any, clock: Clock
) -> None:
    app = make(strava_source="archive")
    client = Connected(app)
    assert client.works(), "there is nothing to read yet"
    fill(ADA)
    clock.advance(CACHE_S + 1)
    assert not client.works()


def test_an_archive_that_cannot_be_read_keeps_its_grants(
    make: Make, fill: Any, tmp_path: Any, clock: Clock
) -> None:
    """Tools say what is wrong with it; nothing new is approved in the meantime."""
    app = make(strava_source="archive")
    fill(ADA)
    client = Connected(app)
    library = tmp_path / "home" / "library.db"
    content = library.read_bytes()
    services(app).source.close()
    library.write_bytes(b"no database" * 1000)
    broken = make(strava_source="archive")
    assert client.at(broken).works()
    page = client.look()
    assert page.status == 503 and "Not ready" in page.text and "import the export" in page.text
    sandbox = make()
    assert not client.at(sandbox).works()
    library.write_bytes(content)


def test_a_grant_for_strava_does_not_open_the_sandbox_or_another_owner(
    make: Make, strava: str
) -> None:
    api = settings_for(strava, MIRA, JONAS)
    mira, jonas = Person(make(**api), MIRA), Person(make(**api), JONAS)
    tokens = [person.connect()["access_token"] for person in (mira, jonas)]
    by_passphrase = api | {"authorize_with": "passphrase"}
    owner = Connected(make(**by_passphrase))
    assert owner.works()
    other_owner = make(**by_passphrase | {"allowed_athletes": (JONAS.id, MIRA.id)})
    assert not owner.at(other_owner).works(), "the owner's data is Jonas's now"
    assert not owner.at(make()).works()
    for person, athlete, token in zip((mira, jonas), (MIRA, JONAS), tokens, strict=True):
        person.http = InProcess(other_owner)
        assert person.athlete_seen(token)["id"] == athlete.id, "bound to the athlete"
        person.http = InProcess(make())
        assert person.call(token).status == 401


def test_a_grant_for_a_configured_token_does_not_open_that_of_another(
    make: Make, strava: str
) -> None:
    """STRAVA_REFRESH_TOKEN does not say whose it is: with another one, the client asks again."""
    api = settings_for(strava) | {"authorize_with": "passphrase"}
    first = make(**api, strava_refresh_token=SANDBOX_REFRESH_TOKEN)
    client = Connected(first)
    assert client.works()
    assert not client.at(make(**api, strava_refresh_token="another")).works()
    assert not client.at(make(**api)).works()
    assert client.at(first).works()


def test_a_code_does_not_outlive_the_data_that_it_was_given_for(make: Make, fill: Any) -> None:
    sandbox, archive = make(), make(strava_source="archive")
    fill(ADA)
    flow = Flow(InProcess(sandbox), TOKEN)
    flow.register()
    code = flow.approve()
    flow.http = InProcess(archive)
    answer = flow.redeem(code)
    assert answer.status == 400 and answer.json["error"] == "invalid_grant"


def test_the_page_says_whose_data_it_is_about(make: Make, fill: Any, strava: str) -> None:
    fill(ADA)
    api = settings_for(strava) | {"authorize_with": "passphrase"}
    for settings, words in (
        ({}, "Mira S. (sandbox, invented)"),
        ({"strava_source": "archive"}, "Ada L., from their own Strava export"),
        (api | {"strava_refresh_token": SANDBOX_REFRESH_TOKEN}, "Mira S., from Strava"),
        (settings_for(strava, MIRA), "the Strava account that you sign in with next"),
    ):
        flow = Flow(InProcess(make(**settings)), TOKEN)
        flow.register()
        assert words in flow.look().text


def test_what_the_page_said_is_what_is_approved(make: Make, fill: Any) -> None:
    """Another athlete's export is imported while the page is open."""
    flow = Flow(InProcess(make(strava_source="archive")), TOKEN)
    flow.register()
    fill(ADA)
    url = flow.request()
    page = flow.http.send("GET", url)
    assert "Ada L." in page.text
    fill(BO)
    assert flow.decide(page, url).status == 403
    page = flow.http.send("GET", url)
    assert "Bo D." in page.text and flow.decide(page, url).status == 303


def test_lists_say_which_grants_are_for_other_data(make: Make, fill: Any) -> None:
    sandbox, archive = make(), make(strava_source="archive")
    fill(ADA)
    Connected(sandbox)
    assert "other data" not in run(sandbox, "grants", "list")
    assert "other data" in run(archive, "grants", "list")
    services(archive).tokens.create("laptop", "read", None)
    assert "the owner's, like AUTH_TOKEN" in run(archive, "tokens", "list")


def test_a_grant_without_a_record_of_its_data_is_refused(make: Make) -> None:
    app = make()
    client = Connected(app)
    store = services(app).store
    (record,) = store.records(NAMESPACE)
    del record.value["data"]
    store.put(NAMESPACE, record.key, record.value)
    assert not client.works()


def test_tools_are_reached_with_a_grant_for_an_archive(make: Make, fill: Any) -> None:
    fill(ADA)
    client = Connected(make(strava_source="archive"))
    assert tool(client, client.tokens["access_token"], "get_athlete")["id"] == ADA["id"]
