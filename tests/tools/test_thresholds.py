"""set_athlete_thresholds as a client calls it, and over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.context import Context
from strava_mcp.errors import InvalidArguments, ToolError
from strava_mcp.identity import READ, WRITE, Principal
from strava_mcp.services import Services, services
from strava_mcp.tools.local_time import today
from tests.rig import Rig
from tests.tools.conftest import Call
from tests.wire import MODERN, Wire

TOKEN = "0123456789abcdef" * 4


def test_values_are_kept_with_their_day(call: Call, rig: Rig) -> None:
    day = today(rig.source)
    reply = call("set_athlete_thresholds", ftp=250, threshold_pace="4:05 /km", weight="154 lb")
    assert reply["given"] == {
        "ftp": f"250 W since {day}",
        "threshold_pace": f"4:05 /km since {day}",
        "weight": f"69.9 kg since {day}",
    }
    for number in range(1, 5):
        call("set_athlete_thresholds", ftp=200 + number, since=f"2025-0{number}-01")
    reply = call("set_athlete_thresholds", remove="weight, threshold_pace")
    assert reply["given"] == {
        "ftp": f"250 W since {day}, 204 W since 2025-04-01, 203 W since 2025-03-01 and 2 earlier"
    }


@pytest.mark.parametrize(
    "arguments, field, problem",
    [
        ({"ftp": 20}, "ftp", "from 60 to 600 W, not 20"),
        ({"lthr": 200, "max_hr": 190}, "lthr", r"lthr \(200\) must be below max_hr \(190\)"),
        ({"lthr": 189}, "lthr", r"lthr \(189\) must be below max_hr \(188\)"),
        ({"rest_hr": 26, "ftp": 5000}, "ftp", "from 60 to 600"),
        ({"ftp": 250, "since": "2199-01-01"}, "since", "from 1970-01-01 to today"),
        ({"ftp": 250, "since": "spring"}, "since", "must be a date"),
        ({"threshold_pace": "1:00"}, "threshold_pace", "from 140 to 720 s/km"),
        ({"threshold_pace": "fast"}, "threshold_pace", "4:05 /km or 6:34 /mi"),
        ({"weight": "2 kg"}, "weight", "from 25 to 250 kg"),
        ({"sex": "yes"}, "sex", "F or M"),
        ({"birth_year": 2199}, "birth_year", "from 1900"),
        ({"remove": "shoes"}, "remove", "ftp, lthr"),
    ],
)
def test_what_cannot_be_is_refused(
    call: Call, arguments: dict[str, Any], field: str, problem: str
) -> None:
    before = call("set_athlete_thresholds", max_hr=188)
    with pytest.raises(InvalidArguments, match=problem) as raised:
        call("set_athlete_thresholds", **arguments)
    assert list(raised.value.fields) == [field]
    assert call("set_athlete_thresholds", max_hr=188) == before, "nothing was changed"


def test_a_number_without_unit_is_refused_where_units_are_imperial(
    call: Call, ctx: Context
) -> None:
    imperial = replace(ctx, units="imperial")
    with pytest.raises(InvalidArguments, match="needs its unit: write 70 kg or 154 lb"):
        call("set_athlete_thresholds", context=imperial, weight="154")
    reply = call("set_athlete_thresholds", context=imperial, weight="154 lb")
    assert reply["given"]["weight"].startswith("154.0 lb since ")


def test_nothing_to_set_and_nowhere_to_keep_it(call: Call, ctx: Context) -> None:
    assert call("set_athlete_thresholds", since="2026-01-01")["given"] == {}
    with pytest.raises(ToolError, match="no store"):
        call("set_athlete_thresholds", context=replace(ctx, settings=None), ftp=250)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    created = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield created
    services(created).close()


def test_the_write_scope_is_needed(app: Any) -> None:
    writer = Wire(app.test_client(), MODERN, TOKEN)
    result = writer.tool("set_athlete_thresholds", ftp=250)
    assert "250 W since" in result["structuredContent"]["given"]["ftp"]
    _, secret = services(app).tokens.create("reader", "read", None)
    refused = Wire(app.test_client(), MODERN, secret).tool("set_athlete_thresholds", ftp=260)
    assert refused["isError"] and "strava:write" in refused["content"][0]["text"]
    zones = writer.tool("get_athlete_zones")["structuredContent"]
    assert zones["thresholds"]["ftp"].startswith("250 W, given")


def person(athlete_id: int | None) -> Principal:
    return Principal("test", frozenset({READ, WRITE}), athlete_id=athlete_id)


def settings_of(wired: Services, athlete_id: int | None = None) -> Any:
    return wired.settings_for(person(athlete_id)).all()


def test_settings_belong_to_the_athlete_whose_data_is_served(tmp_path: Path) -> None:
    """The owner's are the same by AUTH_TOKEN and by signing in; nobody else sees them."""
    api = Config(
        home=tmp_path,
        strava_source="api",
        strava_client_id="1",
        strava_client_secret="x" * 40,
        allowed_athletes=(11, 22),
    )
    wired = Services(api)
    wired.settings_for(person(None)).set("ftp", 250, date(2026, 1, 1))
    wired.settings_for(person(22)).set("ftp", 180, date(2026, 1, 1))
    assert settings_of(wired) == settings_of(wired, 11)
    assert settings_of(wired, 22)["ftp"][0].value == 180
    wired.close()
    sandbox = Services(replace(api, strava_source="sandbox"))
    assert settings_of(sandbox) == {}, "an invented athlete has none of a real one's"
    sandbox.close()
