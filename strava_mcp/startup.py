"""Loading the app of a server: ``wsgi``, and ``aws.lambda_handler`` on Lambda."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def load_app() -> "Flask":
    """Import and create the app, or exit with code 1 and print one line per invalid setting.

    Without garbage collections: they would free nothing, and take a tenth of the time until the
    first request. What was loaded stays, so later collections leave it out as well.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        from strava_mcp.app import start

        return start()
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
