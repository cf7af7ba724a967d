"""The WSGI entry point: ``flask run``, ``gunicorn wsgi:app``, Zappa's ``app_function``."""

from strava_mcp.app import start

app = start()
