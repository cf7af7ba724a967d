"""The WSGI entry point: ``flask run``, ``gunicorn wsgi:app``, Zappa's ``app_function``."""

from strava_mcp.startup import load_app

app = load_app()
