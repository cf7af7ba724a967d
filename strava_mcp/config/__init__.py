"""Settings: loaded once, checked together, immutable. No other code reads the environment.

* ``settings``      ``Config``: every setting, its default and its row in the README's table
* ``environment``   where raw values come from: environment, ``.env``, AWS Secrets Manager
* ``parsers``       raw text to typed values
* ``combinations``  settings that contradict each other
"""

from strava_mcp.config.settings import PROJECT_FOLDER, Config, settings

__all__ = ["PROJECT_FOLDER", "Config", "settings"]
