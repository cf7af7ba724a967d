"""``/training``: signed in, one sees charts of one's own training."""

import html
import json
import re
from typing import Any

import pytest
from flask import Flask

from strava_mcp.charts import page
from strava_mcp.oauth.owner import PER_KEY
from strava_mcp.tools.chart_request import ReadArguments
from strava_mcp.web.training_problem import LABELS
from tests import season_day
from tests.clock import Clock
from tests.flow import Answer, InProcess, ticket
from tests.web.conftest import TOKEN, Make, bearer

#: No day ends between two requests.
pytestmark = pytest.mark.usefixtures("frozen_clock")

NAME = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def app(make: Make) -> Flask:
    return make(strava_source="sandbox")


@pytest.fixture
def owner(app: Flask) -> InProcess:
    return InProcess(app)


def sign_in(http: InProcess, path: str = "/training", passphrase: str = TOKEN) -> Answer:
    form = {"ticket": ticket(http.send("GET", path).text), "passphrase": passphrase}
    return http.send("POST", path, data=form)


def data_of(answer: Answer) -> Any:
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', answer.text, re.S)
    assert text
    return json.loads(text[1])


def test_nothing_is_shown_before_signing_in(owner: InProcess) -> None:
    page_ = owner.send("GET", "/training?view=weeks")
    assert page_.status == 200 and "Your training" in page_.text and 'id="data"' not in page_.text
    for path in ("/training/data?view=weeks", "/training/picture.svg", "/training/picture.png"):
        answer = owner.send("GET", path)
        assert answer.status == 403 and "axis" not in answer.text
    assert sign_in(owner, passphrase="wrong").status == 403
    assert owner.send("GET", "/training/data").status == 403


def test_signing_in_leads_back_to_the_chart(owner: InProcess) -> None:
    answer = sign_in(owner, "/training?view=weeks&date_range=last+8+weeks")
    assert answer.status == 303
    assert answer.headers["Location"] == "/training?view=weeks&date_range=last+8+weeks"
    chart = data_of(owner.send("GET", answer.headers["Location"]))
    assert chart["view"] == "weeks"


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(owner: InProcess, path: str) -> None:
    answer = sign_in(owner, f"/training?view=weeks&next={path}&date_range={path}")
    assert answer.headers["Location"].startswith("/training?view=weeks&next=")


def test_a_form_works_once_and_in_its_browser(owner: InProcess, app: Flask) -> None:
    form = {"ticket": ticket(owner.send("GET", "/training").text), "passphrase": TOKEN}
    assert InProcess(app).send("POST", "/training", data=form).status == 403
    assert owner.send("POST", "/training", data=form).status == 303
    assert owner.send("POST", "/training", data=form).status == 403


@pytest.mark.parametrize("view", ["activity", "form", "curve", "weeks", "calendar", "map"])
def test_every_view_is_drawn(owner: InProcess, view: str) -> None:
    sign_in(owner)
    answer = owner.send("GET", f"/training?view={view}")
    assert answer.status == 200
    chart = data_of(answer)
    assert chart["view"] == view and not chart.get("state")
    assert html.escape(chart["reading"], quote=True).split(".")[0] in answer.text


def test_the_policy_allows_own_files_and_nothing_inline(owner: InProcess) -> None:
    sign_in(owner)
    answer = owner.send("GET", "/training")
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'" and policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"\son\w+=|<script>|style=\"", answer.text.split('id="data"')[0])


def test_script_and_style_are_kept_and_hold_no_data(owner: InProcess) -> None:
    for path, text in (("chart.js", page.script()), ("chart.css", page.style())):
        answer = owner.send("GET", f"/training/{path}?v={page.version()}")
        assert answer.status == 200 and answer.text == text
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for query in ("", "?v=another", "?v="):  # while servers of two versions answer
            answer = owner.send("GET", f"/training/{path}{query}")
            assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"


def test_a_name_cannot_end_the_data(owner: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    from strava_mcp.web import training_actions

    original = training_actions._chart
    from dataclasses import replace

    monkeypatch.setattr(
        training_actions,
        "_chart",
        lambda principal: replace(original(principal), title=NAME, reading=NAME),
    )
    sign_in(owner)
    answer = owner.send("GET", "/training?view=weeks")
    assert "<img src=x" not in answer.text and data_of(answer)["title"] == NAME


def test_data_and_pictures(owner: InProcess) -> None:
    sign_in(owner)
    answer = owner.send("GET", "/training/data?view=weeks&date_range=last+8+weeks")
    assert answer.status == 200 and answer.json["view"] == "weeks"
    svg = owner.send("GET", "/training/picture.svg?view=weeks&theme=dark")
    assert svg.status == 200 and svg.text.startswith("<svg")
    assert svg.headers["Content-Disposition"] == 'attachment; filename="weeks.svg"'
    png = owner.client.get("/training/picture.png?view=weeks", base_url=owner.base)
    assert png.status_code == 200 and png.content_type == "image/png"
    assert png.data.startswith(b"\x89PNG")
    assert owner.send("GET", "/training/picture.gif").status == 404


@pytest.mark.parametrize(
    "query, words",
    [
        ("view=pie", "Must be one of"),
        ("view=weeks&date_range=whenever", "date_range"),
        ("view=weeks&surprise=1", "Unknown argument"),
        ("view=activity&ids=1", "not found"),
        ("view=weeks&sport=%3Cscript%3E", "sport"),
        ("view=compare", "one or two activities"),
        ("view=activity&ids=1,2", "the view compare takes two"),
        ("view=activity&zoom_from=nan&zoom_to=1", "zoom_from"),
        ("view=form&date_range=0001-01-01..9999-12-31", "1970 to 2100"),
        ("view=%FF&date_range=%00", "Must be one of"),
    ],
)
def test_what_cannot_be_drawn_is_said_on_the_page(owner: InProcess, query: str, words: str) -> None:
    sign_in(owner)
    answer = owner.send("GET", f"/training?{query}")
    assert answer.status in (400, 404) and words in answer.text and 'role="alert"' in answer.text
    assert "<script>" not in answer.text
    data = owner.send("GET", f"/training/data?{query}")
    assert data.status == answer.status and words in data.json["error"]


def link_to(answer: Answer, words: str) -> str:
    """The address of the link with this text."""
    match = re.search(rf'<a href="([^"]+)"[^>]*>{words}</a>', answer.text)
    assert match, words
    return html.unescape(match[1])


def test_signing_out_ends_the_session_and_leads_back(owner: InProcess) -> None:
    path = "/training?view=weeks&date_range=last+8+weeks"
    sign_in(owner, path)
    assert owner.send("GET", "/connections").text.count("Sign out") == 1, "one session for both"
    form = {"ticket": ticket(owner.send("GET", path).text), "action": "sign-out"}
    answer = owner.send("POST", path, data=form)
    assert answer.status == 303 and answer.headers["Location"] == path
    page_ = owner.send("GET", path)
    assert "You are signed out." in page_.text and 'id="data"' not in page_.text
    assert owner.send("GET", "/training/data").status == 403
    assert "Your connections" in owner.send("GET", "/connections").text
    assert sign_in(owner, path).headers["Location"] == path


def test_a_ticket_for_signing_in_does_not_sign_out(owner: InProcess) -> None:
    form = {"ticket": ticket(owner.send("GET", "/training").text), "action": "sign-out"}
    sign_in(owner)
    assert owner.send("POST", "/training", data=form).status == 403
    assert owner.send("GET", "/training/data").status == 200


def test_what_was_chosen_is_kept_from_view_to_view(owner: InProcess) -> None:
    sign_in(owner)
    answer = owner.send("GET", "/training?view=weeks&date_range=2026&sport=runs&units=imperial")
    assert data_of(answer)["arguments"]["units"] == "imperial"
    form = owner.send("GET", link_to(answer, "Form"))
    assert form.status == 200 and data_of(form)["arguments"]["sport"].startswith("Run,")
    assert 'value="2026"' in form.text and 'name="units" value="imperial"' in form.text
    assert link_to(form, "Activity") == "/training?view=activity&sport=runs&units=imperial"
    newest = data_of(owner.send("GET", link_to(form, "Activity")))
    assert "Run" in newest["heading"] and newest["arguments"]["sport"].startswith("Run,")


def test_the_link_shows_the_same_chart_on_another_day(owner: InProcess, clock: Clock) -> None:
    sign_in(owner)
    answer = owner.send("GET", "/training?view=weeks&date_range=last+8+weeks&theme=dark")
    link = link_to(answer, "Link to this chart")
    clock.advance(20 * 86400)
    sign_in(owner)
    again = data_of(owner.send("GET", link))
    assert again["arguments"] == data_of(answer)["arguments"]
    light = html.unescape(re.findall(r'href="(/training/picture.svg[^"]+light)"', answer.text)[0])
    assert owner.send("GET", light).text != owner.send("GET", light.replace("light", "dark")).text


def test_an_activity_can_be_compared_with_another_on_its_route(
    owner: InProcess, frozen_clock: Clock
) -> None:
    frozen_clock.freeze(season_day.NOON)
    sign_in(owner)
    answer = owner.send("GET", "/training?view=activity")
    compared = owner.send("GET", link_to(answer, "Compare with another time on this route"))
    assert compared.status == 200 and data_of(compared)["view"] == "compare"
    assert "<title>Comparison" in compared.text


@pytest.mark.parametrize(
    "view, period",
    [("form", "last 6 months"), ("curve", "this year"), ("calendar", "last 52 weeks")],
)
def test_the_form_names_the_period_that_is_shown(owner: InProcess, view: str, period: str) -> None:
    sign_in(owner)
    assert f'placeholder="{period}"' in owner.send("GET", f"/training?view={view}").text


def test_a_session_ends(owner: InProcess, clock: Clock) -> None:
    sign_in(owner)
    clock.advance(1801)
    assert owner.send("GET", "/training/data").status == 403


def test_a_token_is_no_session(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/training/data", headers=bearer()).status_code == 403


def test_without_a_secret_signing_in_is_unavailable(make: Any) -> None:
    app = make(strava_source="sandbox", auth_tokens=(), lambda_function="strava")
    answer = InProcess(app).send("GET", "/training")
    assert answer.status == 503 and "OWNER_PASSPHRASE_HASH" in answer.text


def test_without_oauth_there_is_no_page(make: Any) -> None:
    app = make(strava_source="sandbox", oauth_enabled=False)
    assert InProcess(app).send("GET", "/training").status == 401


@pytest.mark.parametrize("path", ["/training?view=weeks&sport=run", "/connections"])
def test_a_link_from_another_site_finds_the_session(owner: InProcess, path: str) -> None:
    """Browsers keep Strict cookies back on the way from a chat, and on that from Strava."""
    from_chat = {"Sec-Fetch-Site": "cross-site"}
    answer = owner.send("GET", path, headers=from_chat)
    assert answer.status == 200 and answer.headers["Refresh"] == f"0; url={path}"
    assert "passphrase" not in answer.text and "Continue" in answer.text
    assert "passphrase" in owner.send("GET", path).text
    assert "passphrase" in owner.send("GET", path, headers=from_chat).text, "an endless loop"
    sign_in(owner, "/training")
    answer = owner.send("GET", path, headers=from_chat)
    assert "Refresh" not in answer.headers and "Sign out" in answer.text


def test_the_address_that_is_loaded_again_is_one_of_this_server(owner: InProcess) -> None:
    path = "/training?view=x%0d%0aSet-Cookie:a=b&next=https://evil.example/;url=//evil.example"
    answer = owner.send("GET", path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.headers["Refresh"].startswith("0; url=/training?view=x%0d%0a")
    assert "//evil.example" not in re.findall(r'href="(//[^"]*)', answer.text)


def test_guesses_of_the_passphrase_share_one_budget(owner: InProcess) -> None:
    for _ in range(PER_KEY):
        assert sign_in(owner, passphrase="wrong").status == 403
    form = {"ticket": ticket(owner.send("GET", "/connections").text), "passphrase": TOKEN}
    answer = owner.send("POST", "/connections", data=form | {"action": "sign-in"})
    assert answer.status == 429 and int(answer.headers["Retry-After"]) > 0
    assert sign_in(owner).status == 429


def test_a_sign_in_keeps_no_long_address(owner: InProcess) -> None:
    path = "/training?view=form&planned=" + "60," * 3000
    for answer in (owner.send("GET", path), owner.send("POST", path, data={"ticket": "x"})):
        assert answer.status == 414 and "4,000" in answer.text
        assert len(answer.text) < 10_000 and "Location" not in answer.headers


ERRORS = [
    ("view=weeks&surprise=1&evil=2", "/training?view=weeks", "surprise, evil"),
    ("view=weeks&date_range=whenever", "/training?view=weeks", "Period (date_range)"),
    ("view=pie", "/training?view=form", "View (view)"),
    ("view=calendar&sport=quidditch", "/training?view=calendar", "Sport (sport)"),
    ("view=compare", "/training?view=activity", "Activity (ids)"),
    ("view=compare&ids=1,2,3", "/training?view=activity", "Activity (ids)"),
    ("view=activity&ids=0", "/training?view=activity", "Activity (ids)"),
    ("view=activity&ids=1", "/training?view=activity", "not found"),
    ("view=form&until=yesterday", "/training?view=form", "Day ahead (until)"),
    ("view=form&planned=60/day", "/training?view=form", "Day ahead (until)"),
    ("view=weeks&units=furlongs", "/training?view=weeks", "Units (units)"),
    ("view=activity&sport=Kitesurf", "/training?view=activity", "of this sport"),
]


@pytest.mark.parametrize("query, link, words", ERRORS)
def test_an_error_is_in_the_words_of_a_page_and_leads_on(
    owner: InProcess, query: str, link: str, words: str
) -> None:
    sign_in(owner)
    answer = owner.send("GET", f"/training?{query}")
    (alert,) = re.findall(r'role="alert"[^>]*>(.*?)</p>', answer.text, re.S)
    message = html.unescape(alert)
    assert words in message and not re.search(r"tool|get_\w+|argument is required", message)
    assert f'<p><a href="{html.escape(link)}">' in answer.text
    assert owner.send("GET", link).status == 200
    data = owner.send("GET", f"/training/data?{query}").json["error"]
    assert data == message
    picture = owner.send("GET", f"/training/picture.svg?{query}")
    assert picture.status == answer.status and html.escape(link) in picture.text


def test_an_error_names_few_unknown_arguments(owner: InProcess) -> None:
    sign_in(owner)
    query = "&".join(f"{'x' * 90}{number}=1" for number in range(9))
    answer = owner.send("GET", f"/training?view=weeks&{query}")
    assert "and 6 more" in answer.text and "x" * 41 not in answer.text.partition('id="drawn"')[2]


def test_every_argument_has_a_name_on_the_page() -> None:
    assert LABELS.keys() == ReadArguments().fields.keys()


def step(answer: Answer, rel: str) -> str | None:
    """The address of the link to the activity before (``prev``) or after (``next``)."""
    match = re.search(rf'<a rel="{rel}" href="([^"]+)"', answer.text)
    return html.unescape(match[1]) if match else None


@pytest.mark.parametrize("query", ["view=activity", "view=activity&sport=rides&units=imperial"])
def test_one_goes_from_activity_to_activity_and_back(owner: InProcess, query: str) -> None:
    sign_in(owner)
    answer = owner.send("GET", f"/training?{query}")
    assert step(answer, "next") is None
    seen = [data_of(answer)["arguments"]["ids"]]
    for _ in range(4):
        address = step(answer, "prev")
        assert address and query.partition("&")[2] in address
        answer = owner.send("GET", address)
        seen.append(data_of(answer)["arguments"]["ids"])
    listed = re.findall(r'<li><a href="[^"]*ids=(\d+)', answer.text)
    assert len(listed) == 20 and listed[:5] == seen
    assert ('aria-current="true"' in answer.text) and "Ride" in answer.text
    assert data_of(owner.send("GET", step(answer, "next") or ""))["arguments"]["ids"] == seen[-2]


def test_other_views_have_no_steps(owner: InProcess) -> None:
    sign_in(owner)
    answer = owner.send("GET", "/training?view=weeks")
    assert "Choose another activity" not in answer.text and not step(answer, "prev")
