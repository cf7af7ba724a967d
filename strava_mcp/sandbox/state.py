"""What callers change: updates, new activities, uploads, stars, weight. Kept in the store."""

import hashlib
from collections.abc import Mapping, Sequence

from strava_mcp.json_types import JSON
from strava_mcp.store import Store

#: Kinds of records, as they appear in the names of their namespaces.
CHANGES, CREATED, UPLOADS, LOOKS = "changes", "created", "uploads", "looks"
RECORDINGS, MARKS = "recordings", "marks"
SEEN, STARS, PROFILE = "seen", "stars", "profile"

#: IDs of new activities begin above those that the calendar uses in the next decades.
FIRST_ID = 30_000_000_000
NEVER_EXPIRES = 9e12
MAX_RECORDS = 100_000
#: The newest that are kept, so that a caller cannot fill the store.
MAX_ACTIVITIES, MAX_UPLOADS = 500, 1000
INITIALLY_STARRED = (7011001, 7011004)


class State:
    """One athlete's changes, in a store that other processes may share."""

    def __init__(self, store: Store, athlete_id: int) -> None:
        self._store = store
        self._athlete_id = athlete_id

    def _namespace(self, kind: str) -> str:
        """The store's namespace for the athlete's records of a kind."""
        return f"sandbox-{kind}:{self._athlete_id}"

    def next_id(self, kind: str) -> int:
        """A new id; each kind has its own counter."""
        return FIRST_ID + self._store.increment("sandbox-ids", kind, 1, NEVER_EXPIRES)

    def changes(self, activity_id: int) -> JSON:
        """The changed fields of an activity."""
        record = self._store.get(self._namespace(CHANGES), str(activity_id))
        return record.value if record else {}

    def all_changes(self) -> dict[int, JSON]:
        """The changed fields of every activity, by its id."""
        records = self._store.records(self._namespace(CHANGES), MAX_RECORDS)
        return {int(record.key): record.value for record in records}

    def change(self, activity_id: int, fields: Mapping[str, object]) -> None:
        """Change fields of an activity. Concurrent changes of other fields are kept."""
        namespace, key = self._namespace(CHANGES), str(activity_id)
        is_done = False
        while not is_done:
            record = self._store.get(namespace, key)
            if record is None:
                is_done = self._store.create(namespace, key, fields)
            else:
                changed = {**record.value, **fields}
                is_done = self._store.replace(namespace, key, changed, record.version)

    def created_activities(self) -> list[JSON]:
        """The activities that were created or uploaded, oldest first."""
        records = self._store.records(self._namespace(CREATED), MAX_RECORDS)
        return [record.value for record in records]

    def created_activity(self, activity_id: int) -> JSON | None:
        """An activity that was created or uploaded."""
        record = self._store.get(self._namespace(CREATED), str(activity_id))
        return record.value if record else None

    def add_activity(self, activity: JSON) -> None:
        """Store a created or uploaded activity, and forget the oldest if there are too many."""
        self._store.put(self._namespace(CREATED), str(activity["id"]), activity)
        for activity_id in self._excess(CREATED, MAX_ACTIVITIES):
            marks = self._store.take(self._namespace(MARKS), activity_id) or {"keys": []}
            for key in marks["keys"]:
                self._store.delete(self._namespace(SEEN), key)
            for kind in (RECORDINGS, CHANGES, CREATED):
                self._store.delete(self._namespace(kind), activity_id)

    def _excess(self, kind: str, maximum: int) -> list[str]:
        """The keys of the oldest records of a kind, beyond the ``maximum`` that is kept."""
        records = self._store.records(self._namespace(kind), MAX_RECORDS)
        return [record.key for record in records[:-maximum]]

    def add_recording(self, activity_id: int, packed: str) -> None:
        """Store the streams of an uploaded activity (``uploaded.packed``)."""
        self._store.put(self._namespace(RECORDINGS), str(activity_id), {"streams": packed})

    def recording(self, activity_id: int) -> str | None:
        """The streams of an uploaded activity; None if it was created by hand."""
        record = self._store.get(self._namespace(RECORDINGS), str(activity_id))
        return str(record.value["streams"]) if record else None

    def claim(self, marks: Sequence[bytes], activity_id: int) -> int:
        """Claim the marks that identify an upload (its content, its external id).

        Returns the id of the activity that owns one of them already, or else ``activity_id``. Of
        two concurrent claims one wins.
        """
        namespace = self._namespace(SEEN)
        keys = [hashlib.sha256(mark).hexdigest() for mark in marks]
        owners = [record for key in keys if (record := self._store.get(namespace, key))]
        for key in keys:
            if not owners and not self._store.create(namespace, key, {"activity_id": activity_id}):
                owners += [record] if (record := self._store.get(namespace, key)) else []
        if not owners:
            self._store.put(self._namespace(MARKS), str(activity_id), {"keys": keys})
        return int(owners[0].value["activity_id"]) if owners else activity_id

    def add_upload(self, upload: JSON) -> None:
        """Store an upload, and forget the oldest if there are too many."""
        self._store.put(self._namespace(UPLOADS), str(upload["id"]), upload)
        for upload_id in self._excess(UPLOADS, MAX_UPLOADS):
            for kind in (LOOKS, UPLOADS):
                self._store.delete(self._namespace(kind), upload_id)

    def poll_upload(self, upload_id: int) -> tuple[JSON, int] | None:
        """An upload, and how many times it has been polled, this time included."""
        record = self._store.get(self._namespace(UPLOADS), str(upload_id))
        if record is None:
            return None
        polls = self._store.increment(self._namespace(LOOKS), str(upload_id), 1, NEVER_EXPIRES)
        return record.value, polls

    def starred_segments(self) -> set[int]:
        """The ids of starred segments."""
        is_starred = dict.fromkeys(INITIALLY_STARRED, True)
        records = self._store.records(self._namespace(STARS))
        is_starred |= {int(record.key): record.value["starred"] for record in records}
        return {segment_id for segment_id, starred in is_starred.items() if starred}

    def star(self, segment_id: int, starred: bool) -> None:
        """Star a segment or remove its star."""
        self._store.put(self._namespace(STARS), str(segment_id), {"starred": starred})

    def weight_kg(self, default: float) -> float:
        """The athlete's weight, ``default`` if it was never changed."""
        record = self._store.get(self._namespace(PROFILE), "weight")
        return float(record.value["kg"]) if record else default

    def set_weight(self, weight_kg: float) -> None:
        """Change the athlete's weight."""
        self._store.put(self._namespace(PROFILE), "weight", {"kg": weight_kg})
