"""What callers change in the sandbox: updates, creations, uploads, stars; kept in the store."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from strava_mcp.store import Store

JSON = dict[str, Any]

CHANGES = "sandbox-changes"
CREATED = "sandbox-created"
UPLOADS = "sandbox-uploads"
LOOKS = "sandbox-looks"
SEEN = "sandbox-seen"
STARS = "sandbox-stars"
PROFILE = "sandbox-profile"

#: IDs of what is created begin above those of the calendar for the next decades.
FIRST_ID = 30_000_000_000
FOREVER = 9e12
MOST = 100_000
STARRED_AT_FIRST = (7011001, 7011004)


class State:
    """The changes, in a store that other processes may share."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_id(self, kind: str) -> int:
        """A number that nobody got before."""
        return FIRST_ID + self._store.increment("sandbox-ids", kind, 1, FOREVER)

    def changes(self, activity_id: int) -> JSON:
        """What was changed on an activity."""
        record = self._store.get(CHANGES, str(activity_id))
        return record.value if record else {}

    def all_changes(self) -> dict[int, JSON]:
        """The same for every activity that was changed."""
        return {int(record.key): record.value for record in self._store.records(CHANGES, MOST)}

    def change(self, activity_id: int, fields: Mapping[str, Any]) -> None:
        """Add to what was changed; of several at once, none undoes another's."""
        key = str(activity_id)
        while True:
            record = self._store.get(CHANGES, key)
            if record is None:
                done = self._store.create(CHANGES, key, fields)
            else:
                changed = {**record.value, **fields}
                done = self._store.replace(CHANGES, key, changed, record.version)
            if done:
                return

    def created(self) -> list[JSON]:
        """The activities that were created or uploaded, oldest first."""
        return [record.value for record in self._store.records(CREATED, MOST)]

    def created_one(self, activity_id: int) -> JSON | None:
        """One of them."""
        record = self._store.get(CREATED, str(activity_id))
        return record.value if record else None

    def add(self, activity: JSON) -> None:
        """Keep a created activity."""
        self._store.put(CREATED, str(activity["id"]), activity)

    def claim(self, marks: Sequence[bytes], activity_id: int) -> int:
        """Note what tells an upload from others; the activity that has one of these marks already,
        or the one given. Of two at once, one comes second.
        """
        keys = [hashlib.sha256(mark).hexdigest() for mark in marks]
        known = [record for key in keys if (record := self._store.get(SEEN, key))]
        for key in keys:
            if not known and not self._store.create(SEEN, key, {"activity_id": activity_id}):
                known += [record] if (record := self._store.get(SEEN, key)) else []
        return int(known[0].value["activity_id"]) if known else activity_id

    def add_upload(self, upload: JSON) -> None:
        """Keep an upload."""
        self._store.put(UPLOADS, str(upload["id"]), upload)

    def upload(self, upload_id: int) -> tuple[JSON, int] | None:
        """An upload, and how often it was looked at, this time included."""
        record = self._store.get(UPLOADS, str(upload_id))
        if record is None:
            return None
        return record.value, self._store.increment(LOOKS, str(upload_id), 1, FOREVER)

    def stars(self) -> set[int]:
        """The IDs of starred segments."""
        found = dict.fromkeys(STARRED_AT_FIRST, True)
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
