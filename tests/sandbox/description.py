"""Strava's API description as JSON Schema, with the schema of each operation's response."""

from pathlib import Path
from typing import Any

import jsonschema

from strava_mcp.json_types import JSON

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Fields that Strava sends as null, although the description does not allow it.
NULLABLE = frozenset(
    (
        *("activity_id", "average_grade_adjusted_speed", "cover_photo", "cover_photo_small"),
        *("description", "device_name", "error", "external_id", "gear_id", "kom_rank", "pr_rank"),
        *("primary", "state", "upload_id", "upload_id_str", "workout_type", "end_date_local"),
    )
)


class Description:
    """The OpenAPI document. Its schemas are converted to JSON Schema, and allow nulls."""

    def __init__(self, path: Path) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.document: JSON = yaml.load(path.read_text("utf-8"), loader)
        self.schemas = {
            name: _converted(schema)
            for name, schema in self.document["components"]["schemas"].items()
        }
        # Without a position there is an empty list.
        self.schemas["LatLng"] = {"anyOf": [self.schemas["LatLng"], {"maxItems": 0}]}

    def operations(self) -> list[tuple[str, str]]:
        """Method and path of every operation."""
        methods = ("get", "post", "put", "delete")
        paths = self.document["paths"].items()
        return [(m.upper(), path) for path, item in paths for m in methods if m in item]

    def check(self, method: str, path: str, status: int, payload: Any) -> None:
        """Raise ValidationError if the payload is no response of the operation."""
        replies = self.document["paths"][path][method.lower()]["responses"]
        reply = replies.get(str(status)) or replies["default"]
        if "$ref" in reply:
            reply = self.document["components"]["responses"][reply["$ref"].rpartition("/")[2]]
        content = reply.get("content", {}).get("application/json")
        if content:
            self.validate(payload, _converted(content["schema"]))

    def validate(self, payload: Any, schema: JSON) -> None:
        """Raise ValidationError if the payload does not match the schema."""
        complete = {"$schema": DIALECT, **schema, "components": {"schemas": self.schemas}}
        jsonschema.Draft202012Validator(complete).validate(payload)


def _converted(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema 2020-12."""
    if isinstance(schema, list):
        return [_converted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {k: _converted(v) for k, v in schema.items() if k not in ("example", "format")}
    for name, inner in result.get("properties", {}).items():
        if name in NULLABLE:
            result["properties"][name] = {"anyOf": [inner, {"type": "null"}]}
    return result
