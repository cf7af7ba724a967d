"""What callers change in the sandbox: updates, creations, uploads, stars; kept in the store."""

import time
from collections.abc import Mapping
from typing import Any

from strava_mcp.store import Store

JSON = dict[str, Any]

CHANGES = "sandbox-changes"
CREATED = "sandbox-created"
UPLOADS = "sandbox-uploads"
STARS = "sandbox-stars"
PROFILE = "sandbox-profile"

#: IDs of what is created begin above those of the calendar for the next decades.
FIRST_ID = 30_000_000_000
FOREVER = 9e12


class State:
    """The changes, in a store that other processes may share."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_id(self, kind: str) -> int:
        """A number that nobody got before."""
        return FIRST_ID + self._store.increment("sandbox-ids", kind, 1, FOREVER)

    def changes(self, activity_id: int) -> JSON:
        """What was changed on an activity of the calendar."""
        record = self._store.get(CHANGES, str(activity_id))
        return record.value if record else {}

    def all_changes(self) -> dict[int, JSON]:
        """The same for every activity that was changed."""
        return {int(r.key): r.value for r in self._store.records(CHANGES)}

    def change(self, activity_id: int, fields: Mapping[str, Any]) -> None:
        """Add to what was changed."""
        self._store.put(CHANGES, str(activity_id), {**self.changes(activity_id), **fields})

    def created(self) -> list[JSON]:
        """The activities that were created or uploaded, oldest first."""
        return [record.value for record in self._store.records(CREATED)]

    def add(self, activity: JSON) -> bool:
        """Keep a created activity."""
        return self._store.create(CREATED, str(activity["id"]), activity)

    def upload(self, upload_id: int) -> JSON | None:
        """An upload, counting how often it was looked at."""
        record = self._store.get(UPLOADS, str(upload_id))
        if record is None:
            return None
        looked = {**record.value, "looks": record.value.get("looks", 0) + 1}
        self._store.put(UPLOADS, str(upload_id), looked)
        return looked

    def upload_by_digest(self, digest: str) -> JSON | None:
        """The upload of the same file, if there was one."""
        found = [r.value for r in self._store.records(UPLOADS) if r.value["digest"] == digest]
        return found[0] if found else None

    def add_upload(self, upload: JSON) -> None:
        """Keep an upload."""
        self._store.put(UPLOADS, str(upload["id"]), {**upload, "at": time.time()})

    def stars(self) -> set[int]:
        """The IDs of starred segments: the first two, until that is changed."""
        found = {7011001: True, 7011004: True}
        found |= {int(r.key): r.value["starred"] for r in self._store.records(STARS)}
        return {number for number, is_starred in found.items() if is_starred}

    def star(self, segment_id: int, starred: bool) -> None:
        """Star a segment, or no longer."""
        self._store.put(STARS, str(segment_id), {"starred": starred})

    def weight_kg(self, usual: float) -> float:
        """The athlete's weight."""
        record = self._store.get(PROFILE, "weight")
        return float(record.value["kg"]) if record else usual

    def set_weight(self, kilograms: float) -> None:
        """Change the athlete's weight."""
        self._store.put(PROFILE, "weight", {"kg": kilograms})
