"""The type of a JSON object, for answers that are read as they come."""

from typing import Any

JSON = dict[str, Any]
