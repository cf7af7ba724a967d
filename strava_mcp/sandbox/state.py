"""What callers change of an athlete's: updates, creations, uploads, stars; kept in the store."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.store import Store

CHANGES, CREATED, UPLOADS, LOOKS = "changes", "created", "uploads", "looks"
SEEN, STARS, PROFILE = "seen", "stars", "profile"

#: IDs of what is created begin above those of the calendar for the next decades.
FIRST_ID = 30_000_000_000
FOREVER = 9e12
MAX_RECORDS = 100_000
STARRED_AT_FIRST = (7011001, 7011004)


class State:
    """One athlete's changes, in a store that other processes may share."""

    def __init__(self, store: Store, athlete_id: int) -> None:
        self._store = store
        self._athlete_id = athlete_id

    def _in(self, kind: str) -> str:
        """The part of the store in which the athlete's changes of a kind are."""
        return f"sandbox-{kind}:{self._athlete_id}"

    def next_id(self, kind: str) -> int:
        """A number that nobody got before."""
        return FIRST_ID + self._store.increment("sandbox-ids", kind, 1, FOREVER)

    def changes(self, activity_id: int) -> JSON:
        """What was changed on an activity."""
        record = self._store.get(self._in(CHANGES), str(activity_id))
        return record.value if record else {}

    def all_changes(self) -> dict[int, JSON]:
        """The same for every activity that was changed."""
        return {
            int(record.key): record.value
            for record in self._store.records(self._in(CHANGES), MAX_RECORDS)
        }

    def change(self, activity_id: int, fields: Mapping[str, Any]) -> None:
        """Add to what was changed; of several at once, none undoes another's."""
        key = str(activity_id)
        while True:
            record = self._store.get(self._in(CHANGES), key)
            if record is None:
                done = self._store.create(self._in(CHANGES), key, fields)
            else:
                changed = {**record.value, **fields}
                done = self._store.replace(self._in(CHANGES), key, changed, record.version)
            if done:
                return

    def created(self) -> list[JSON]:
        """The activities that were created or uploaded, oldest first."""
        return [record.value for record in self._store.records(self._in(CREATED), MAX_RECORDS)]

    def created_one(self, activity_id: int) -> JSON | None:
        """One of them."""
        record = self._store.get(self._in(CREATED), str(activity_id))
        return record.value if record else None

    def add(self, activity: JSON) -> None:
        """Keep a created activity."""
        self._store.put(self._in(CREATED), str(activity["id"]), activity)

    def claim(self, marks: Sequence[bytes], activity_id: int) -> int:
        """Note what tells an upload from others; the activity that has one of these marks already,
        or the one given. Of two at once, one comes second.
        """
        keys = [hashlib.sha256(mark).hexdigest() for mark in marks]
        known = [record for key in keys if (record := self._store.get(self._in(SEEN), key))]
        for key in keys:
            if not known and not self._store.create(
                self._in(SEEN), key, {"activity_id": activity_id}
            ):
                known += [record] if (record := self._store.get(self._in(SEEN), key)) else []
        return int(known[0].value["activity_id"]) if known else activity_id

    def add_upload(self, upload: JSON) -> None:
        """Keep an upload."""
        self._store.put(self._in(UPLOADS), str(upload["id"]), upload)

    def upload(self, upload_id: int) -> tuple[JSON, int] | None:
        """An upload, and how often it was looked at, this time included."""
        record = self._store.get(self._in(UPLOADS), str(upload_id))
        if record is None:
            return None
        return record.value, self._store.increment(self._in(LOOKS), str(upload_id), 1, FOREVER)

    def stars(self) -> set[int]:
        """The IDs of starred segments."""
        found = dict.fromkeys(STARRED_AT_FIRST, True)
        found |= {int(r.key): r.value["starred"] for r in self._store.records(self._in(STARS))}
        return {number for number, is_starred in found.items() if is_starred}

    def star(self, segment_id: int, starred: bool) -> None:
        """Star a segment, or no longer."""
        self._store.put(self._in(STARS), str(segment_id), {"starred": starred})

    def weight_kg(self, usual: float) -> float:
        """The athlete's weight."""
        record = self._store.get(self._in(PROFILE), "weight")
        return float(record.value["kg"]) if record else usual

    def set_weight(self, kilograms: float) -> None:
        """Change the athlete's weight."""
        self._store.put(self._in(PROFILE), "weight", {"kg": kilograms})
