"""The consent page: an athlete of the sandbox signs in and grants scopes to an application."""

from collections.abc import Iterable

from flask import render_template_string

from strava_mcp.sandbox.athlete import ATHLETES

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sandbox: sign in</title>
<style>body{font:1rem/1.5 system-ui;max-width:28rem;margin:3rem auto;padding:0 1rem}
fieldset{margin:1rem 0;border:1px solid #999}label{display:block}button{font:inherit}</style>
<h1>The sandbox's Strava</h1>
<p>Not the real one: these athletes and their data are invented.</p>
<form method="post">
<fieldset><legend>Who are you?</legend>
{% for athlete in athletes %}
<label><input type="radio" name="athlete" value="{{ athlete.id }}" required>
{{ athlete.firstname }} {{ athlete.lastname }} ({{ athlete.id }})</label>
{% endfor %}</fieldset>
<fieldset><legend>The application may</legend>
{% for scope in scopes %}
<label><input type="checkbox" name="scope" value="{{ scope }}" checked> {{ scope }}</label>
{% endfor %}</fieldset>
<button>Authorize</button> <button name="cancel" value="1" formnovalidate>Cancel</button>
</form></html>"""


def render(scopes: Iterable[str]) -> str:
    """The page as HTML; every scope that the application requests is ticked."""
    return render_template_string(PAGE, athletes=ATHLETES.values(), scopes=scopes)
