"""``flask athlete``, run as from a terminal."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from strava_mcp.app import create_app
from strava_mcp.config import Config
from strava_mcp.identity import SCOPES, Principal
from strava_mcp.services import services
from strava_mcp.tools import local_time
from tests.cli.test_commands import TOKEN, fails, run
from tests.clock import Clock
from tests.wire import MODERN, Wire

OWNER = Principal("test", frozenset(SCOPES))


@pytest.fixture
def app(tmp_path: Path) -> Any:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,)))
    yield app
    services(app).close()


def rows(output: str) -> dict[str, list[str]]:
    """The columns of a table by its first column; of two rows, the first."""
    table: dict[str, list[str]] = {}
    for line in output.splitlines():
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        table.setdefault(cells[0], cells[1:])
    return table


def test_values_are_set_shown_and_removed(app: Flask, clock: Clock) -> None:
    clock.freeze(time.time())
    assert "lthr" not in run(app, "athlete", "set", "ftp=240", "--since", "2026-01-01")
    output = run(
        app, "athlete", "set", "ftp=250", "lthr=165", "threshold_pace=4:05", "weight=154lb"
    )
    assert output.count("ftp ") == 2, "the history is shown"
    columns = rows(run(app, "athlete", "show"))
    today = str(local_time.today(services(app).source))
    assert columns["ftp"][:3] == ["250 W", "given", today]
    assert columns["threshold_pace"][0] == "4:05 /km" and columns["weight"][0] == "69.9 kg"
    assert columns["max_hr"][1] == "estimated" and "activity" in columns["max_hr"][3]
    assert columns["rest_hr"][:2] == ["60 bpm", "default"]
    assert columns["sex"] == ["F", "strava", "in the profile"]
    assert columns["birth_year"][0] == "not known"
    wire = Wire(app.test_client(), MODERN, TOKEN)
    zones = wire.tool("get_athlete_zones")["structuredContent"]
    assert zones["thresholds"]["ftp"].startswith("250 W, given"), "tools use it"
    assert "ftp" not in run(app, "athlete", "unset", "ftp", "weight")
    assert "Nothing is set." in run(app, "athlete", "unset", "lthr", "threshold_pace")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("hour", [2, 11])
def test_a_value_counts_at_once_wherever_the_command_is_run(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch, zone: str, hour: int
) -> None:
    """Answers go by the athlete's date, which may not be that of this machine."""
    clock.freeze(datetime(2028, 2, 29, hour, 30, tzinfo=UTC).timestamp())
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        run(app, "athlete", "set", "ftp=240", "--since", "2026-01-01")
        run(app, "athlete", "set", "ftp=250")
        zones = Wire(app.test_client(), MODERN, TOKEN).tool("get_athlete_zones")
        assert zones["structuredContent"]["thresholds"]["ftp"].startswith("250 W, given")
        assert rows(run(app, "athlete", "show"))["ftp"][:2] == ["250 W", "given"]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@pytest.mark.parametrize(
    "arguments, problem",
    [
        (("ftp=20",), "ftp must be from 60 to 600 W, not 20."),
        (("lthr=200", "max_hr=190"), "lthr (200) must be below max_hr (190)"),
        (("ftp=250", "--since", str(date.today() + timedelta(days=2))), "to today"),
        (("ftp=250", "--since", "then"), "since must be a date"),
        (("ftp",), "ftp is not NAME=VALUE"),
        (("vo2max=60",), "names are ftp, lthr"),
        (("ftp=250", "ftp=260"), "each name can be set once"),
        (("ftp=" + "9" * 5000,), "ftp must be like 250 W"),
        ((), "Missing argument"),
    ],
)
def test_what_cannot_be_is_refused(app: Flask, arguments: tuple[str, ...], problem: str) -> None:
    output = fails(app, "athlete", "set", "weight=70", *arguments) if arguments else ""
    output = output or fails(app, "athlete", "set")
    assert problem in output and len(output) < 600
    assert services(app).settings_for(OWNER).all() == {}, "all or none"


def test_what_is_not_set_cannot_be_removed(app: Flask) -> None:
    run(app, "athlete", "set", "ftp=250")
    assert "Not set: css. Nothing was changed." in fails(app, "athlete", "unset", "ftp", "css")
    assert "ftp" in services(app).settings_for(OWNER).all()
    assert "Invalid value" in fails(app, "athlete", "unset", "shoes")


def test_units_of_the_server_are_those_of_the_command(tmp_path: Path) -> None:
    app = create_app(Config(home=tmp_path / "home", auth_tokens=(TOKEN,), units="imperial"))
    assert "weight needs its unit" in fails(app, "athlete", "set", "weight=154")
    assert "154.0 lb" in run(app, "athlete", "set", "weight=154 lb")
    services(app).close()


def test_what_is_given_is_shown_without_a_source(tmp_path: Path) -> None:
    config = Config(
        home=tmp_path / "home",
        auth_tokens=(TOKEN,),
        strava_source="api",
        strava_client_id="1",
        strava_client_secret="x" * 40,
        allowed_athletes=(11, 22),
    )
    app = create_app(config)
    run(app, "athlete", "set", "ftp=250", "--athlete", "22")
    assert "Nothing is set." not in fails(app, "athlete", "show")
    output = fails(app, "athlete", "show", "--athlete", "22")
    assert "250 W" in output and "What else is known cannot be read" in output
    assert "250 W" not in fails(app, "athlete", "show")
    services(app).close()
