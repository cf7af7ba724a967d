"""What a check reports, and how ``flask doctor`` prints it."""

from collections.abc import Iterable
from typing import Literal

import click

from strava_mcp.escaping import escape

State = Literal["ok", "warn", "fail"]
#: A state, and a line that says what was found and what to do.
Finding = tuple[State, str]
LABELS: dict[State, str] = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}
#: A clock that is off by more makes tokens expire too early or too late.
MAX_CLOCK_SKEW_S = 60


def report(findings: Iterable[Finding]) -> None:
    """Print each finding as it comes; exit 1 if one is a failure."""
    failed = False
    for state, text in findings:
        click.echo(f"{LABELS[state]}  {escape(text)}")
        failed = failed or state == "fail"
    if failed:
        raise SystemExit(1)
