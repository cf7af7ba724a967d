"""Metrics of activities that are in the library already, from their stored recordings."""

from strava_mcp.sources.archive import columns
from strava_mcp.sources.archive.library import ActivityRow, Library
from strava_mcp.sources.kept_metrics import of_activity
from strava_mcp.training.activity_metrics import STREAMS


def complete_metrics(library: Library) -> None:
    """Compute the metrics that are missing or of an earlier version, from the stored recordings."""
    for number, name in library.without_metrics():
        row, block = library.activity(number), library.block(name)
        if row and block:
            library.put_metrics(number, metrics_of(row, block))


def metrics_of(row: ActivityRow, block: bytes) -> dict[str, str]:
    """Compute the metrics of a stored activity; empty if its recording is damaged."""
    try:
        streams = columns.unpack(block, STREAMS)
    except ValueError:
        return {}
    return of_activity(streams, {**row.detail, **row.summary}, row.detail.get("best_efforts"))
