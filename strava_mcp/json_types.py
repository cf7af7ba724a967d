"""The type of a JSON object whose shape is not known statically."""

from typing import Any

JSON = dict[str, Any]
