"""An activity as the library stores it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from strava_mcp.json_types import JSON

#: ``export``: from a row of activities.csv; ``file``: from a recording imported by itself.
Origin = Literal["export", "file"]

#: Increase it when parsing improves: the next import then parses all recordings again.
PARSER_VERSION = 5


@dataclass(frozen=True)
class StoredActivity:
    """One activity.

    ``started``: seconds since the epoch, 0 if unknown. ``summary``: a SummaryActivity; ``detail``:
    what DetailedActivity adds to it. ``source_hash``: SHA-256 of what the activity was built from;
    an import skips an activity whose hash has not changed.

    ``block``: the recording as packed columns (see ``columns``), None without a recording.
    ``problem``: why the recording is missing or incomplete; None also if there never was one.
    ``metrics``: each part as JSON text (see ``kept_metrics``), empty without a recording.
    """

    id: int
    started: int
    elapsed_s: int
    summary: JSON
    detail: JSON
    source_hash: str
    origin: Origin
    block: bytes | None = None
    problem: str | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)
