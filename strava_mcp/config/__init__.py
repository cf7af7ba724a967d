"""Settings: loaded once, checked together, immutable. No other code reads the environment.

* ``settings``      ``Config``: the settings of one server, loaded and checked
* ``declarations``  every setting, its default and its row in README.md
* ``environment``   where raw values come from: environment, ``.env``, AWS secret, data folder
* ``remembered``    the settings that commands keep in the data folder
* ``set_values``    which settings are set, and where
* ``parsers``       raw text to typed values
* ``combinations``  settings that contradict each other
"""

from strava_mcp.config.environment import IMPORT_ADVICE, IN_BUNDLE, PROJECT_FOLDER
from strava_mcp.config.settings import Config, settings

__all__ = ["IMPORT_ADVICE", "IN_BUNDLE", "PROJECT_FOLDER", "Config", "settings"]
