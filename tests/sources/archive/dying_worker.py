"""A replacement for ``workers.parse`` that ends its process; cheap to import for workers."""

import os

from strava_mcp.sources.archive.build_activity import build_activity
from strava_mcp.sources.archive.stored_activity import StoredActivity
from strava_mcp.sources.archive.workers import Task
from tests.sources.archive.maker_bulk import id_of

FATAL_ID = id_of(4)


def die_of_the_fifth(task: Task) -> StoredActivity:
    """Build an activity without its recording, unless it is the fifth."""
    if task.entry.id == FATAL_ID:
        os._exit(9)
    return build_activity(task.entry, None, task.source_hash)
