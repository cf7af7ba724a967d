"""``flask athlete``: what an athlete gives about themselves, and what is known otherwise."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

import click
from flask.cli import AppGroup

from strava_mcp.analysis.athlete_settings import SETTINGS, AthleteSettings, Name, Value
from strava_mcp.analysis.setting_text import NAMES, parse, parse_since, text_of
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.zones import athlete_zones
from strava_mcp.cli.tables import table
from strava_mcp.errors import SourceError
from strava_mcp.escaping import escape
from strava_mcp.identity import SCOPES, Principal
from strava_mcp.services import services
from strava_mcp.tools.local_time import today, today_or_utc

athlete = AppGroup("athlete", help="An athlete's thresholds, weight, sex and year of birth.")
WHOSE = click.option(
    "--athlete", "athlete_id", type=int, metavar="ID", help="Of this athlete, not the owner."
)


@athlete.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="NAME=VALUE…")
@click.option("--since", metavar="DATE", help="The day from which they count. Default: today.")
@WHOSE
def set_(assignments: tuple[str, ...], since: str | None, athlete_id: int | None) -> None:
    """Set values: ftp=250 lthr=165 max_hr=188 rest_hr=48.

    Also threshold_pace=4:05/km css=1:45/100m weight=70kg sex=F birth_year=1986. Several at once
    are set together or not at all. They take precedence over what is known otherwise.
    """
    principal = _principal(athlete_id)
    settings, units = services().settings_for(principal), services().config.units
    day = _today(principal)
    try:
        values = dict(_assignment(text, units) for text in assignments)
        if len(values) < len(assignments):
            raise ValueError("each name can be set once")
        settings.update(values, parse_since(since, day) if since else day)
    except ValueError as exc:
        raise click.UsageError(f"{escape(str(exc))}.") from exc
    _print_given(settings, units)


@athlete.command()
@click.argument("names", nargs=-1, required=True, type=click.Choice(NAMES), metavar="NAME…")
@WHOSE
def unset(names: tuple[Name, ...], athlete_id: int | None) -> None:
    """Remove values, so that what is known otherwise applies again."""
    principal = _principal(athlete_id)
    settings = services().settings_for(principal)
    missing = [name for name in names if name not in settings.all()]
    if missing:
        raise click.ClickException(f"Not set: {', '.join(missing)}. Nothing was changed.")
    settings.update(dict.fromkeys(names), _today(principal))
    _print_given(settings, services().config.units)


@athlete.command()
@WHOSE
def show(athlete_id: int | None) -> None:
    """Print each value, where it is from, and since when it counts."""
    principal = _principal(athlete_id)
    settings, units = services().settings_for(principal), services().config.units
    rows = _given_rows(settings, units)
    try:
        source = services().source_for(principal).for_answer()
        answer = athlete_zones(Subject(source, today(source), settings))
    except SourceError as exc:
        _print_rows(rows)
        raise click.ClickException(escape(f"What else is known cannot be read: {exc}")) from exc
    for name, threshold in answer.thresholds.items():
        if threshold.basis != "given":
            how = threshold.how + (f", activity {threshold.activity}" if threshold.activity else "")
            day = str(threshold.day or "")
            rows.append((name, text_of(name, threshold.value, units), threshold.basis, day, how))
    for name, (value, basis) in answer.person.items():
        if basis != "given":
            rows.append((name, text_of(name, value), basis, "", "in the profile"))
    rows += [(name, "not known", "", "", reason) for name, reason in answer.unknown.items()]
    _print_rows(rows)


def _principal(athlete_id: int | None) -> Principal:
    return Principal("command", frozenset(SCOPES), athlete_id=athlete_id)


def _assignment(text: str, units: str) -> tuple[Name, Value]:
    """Parse ``ftp=250``. Raises ValueError."""
    name, equals, value = text.partition("=")
    setting = next((one for one in NAMES if one == name.strip().lower()), None)
    if setting is None or not equals:
        raise ValueError(f"{text[:60]} is not NAME=VALUE; names are {', '.join(NAMES)}")
    return setting, parse(setting, value, units)


def _today(principal: Principal) -> date:
    """The athlete's date, by which answers choose among values; that of UTC if it is not known."""
    try:
        return today_or_utc(services().source_for(principal).for_answer())
    except SourceError:
        return datetime.fromtimestamp(time.time(), UTC).date()


def _print_given(settings: AthleteSettings, units: str) -> None:
    rows = _given_rows(settings, units)
    _print_rows(rows) if rows else click.echo("Nothing is set.")


def _given_rows(settings: AthleteSettings, units: str) -> list[tuple[str, ...]]:
    """The values that were given, of each name the newest first."""
    return [
        (name, text_of(name, value, units), "given", str(since), f"set: {SETTINGS[name].meaning}")
        for name, values in settings.all().items()
        for value, since in reversed(values)
    ]


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    table([("NAME", "VALUE", "BASIS", "SINCE", "HOW"), *rows])
