"""Error responses in the shape of Strava's API description (Fault)."""

from typing import NoReturn, TypeVar

from flask import Response, abort, json

T = TypeVar("T")


def error_response(
    status: int, message: str, error: tuple[str, str, str] | None = None
) -> Response:
    """A Fault. ``error``: the resource, field and code of its single error."""
    errors = [dict(zip(("resource", "field", "code"), error, strict=True))] if error else []
    body = json.dumps({"message": message, "errors": errors})
    return Response(body, status, content_type="application/json")


def bad_request(resource: str, field: str, code: str = "invalid") -> NoReturn:
    """Abort with 400: a field is missing or invalid."""
    abort(error_response(400, "Bad Request", (resource, field, code)))


def or_not_found(value: T | None, resource: str) -> T:
    """Return the value; abort with 404 if it is None."""
    if value is None:
        abort(error_response(404, "Record Not Found", (resource, "id", "not found")))
    return value
