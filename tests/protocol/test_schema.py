"""The schemas that tests/wire.py checks every message against exist and reject invalid messages."""

from pathlib import Path

import jsonschema
import pytest

from tests.wire import LEGACY, MODERN, SCHEMAS, check


@pytest.mark.parametrize("version", [*LEGACY, MODERN])
def test_each_revision_has_its_schema(shared: Path, version: str) -> None:
    assert (SCHEMAS / f"{version}.json").is_file()
    check({"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "x"}}, version)
    for wrong in (
        {"jsonrpc": "2.0", "id": 1, "error": {"code": "x"}},
        {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{}]}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            check(wrong, version, "tools/list")
