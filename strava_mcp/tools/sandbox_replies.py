"""Replies of the sandbox say that the athlete is invented, and link to no real page of Strava."""

from collections.abc import Mapping
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.sandbox.notice import INVENTED, SITE

STRAVA_SITE = "https://www.strava.com/"
MARK = {"data": INVENTED}


def mark_invented(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """``reply`` with the mark in front, and with links that lead nowhere.

    A reply with ``metadata`` gets the mark in there: it has the fixed keys of a document
    (``fetch``).
    """
    unlinked: dict[str, Any] = {key: _unlinked(value) for key, value in reply.items()}
    if isinstance(unlinked.get("metadata"), dict):
        return {**unlinked, "metadata": {**MARK, **unlinked["metadata"]}}
    return {**MARK, **unlinked}


def unlink(blocks: list[JSON] | None) -> list[JSON] | None:
    """Content blocks with links that lead nowhere; embedded files stay as they are."""
    return blocks and [
        (
            {**block, "resource": {**block["resource"], "uri": _unlinked(block["resource"]["uri"])}}
            if block.get("type") == "resource"
            else block
        )
        for block in blocks
    ]


def _unlinked(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(STRAVA_SITE, f"{SITE}/")
    if isinstance(value, dict):
        return {key: _unlinked(item) for key, item in value.items()}
    return [_unlinked(item) for item in value] if isinstance(value, list) else value
