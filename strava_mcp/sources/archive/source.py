"""The athlete's own export as a source, answered from the library.

It has more than the API in some respects: full resolution, private notes, weather. Methods for
which it has no data raise NotSupported (``unsupported``).
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from strava_mcp.config import Config
from strava_mcp.errors import NotFound, Unavailable
from strava_mcp.geo import Point
from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.sources.activity_facts import Facts
from strava_mcp.sources.activity_query import ActivityQuery, Matches
from strava_mcp.sources.archive import columns, privacy, route_files
from strava_mcp.sources.archive.library import ActivityRow, Library
from strava_mcp.sources.archive.parsed import ParsedList, ParsedMetrics
from strava_mcp.sources.archive.privacy import PrivacyZone
from strava_mcp.sources.archive.storage import LibraryStorage, LocalStorage
from strava_mcp.sources.archive.unsupported import ReadOnlyCopy
from strava_mcp.sources.metrics_parts import Kept, Part
from strava_mcp.sources.source import FIRST_OWN_ID, RouteFormat
from strava_mcp.store import Store
from strava_mcp.training.activity_stats import activity_stats
from strava_mcp.training.local_days import home_time_zone, local_day, today_in

#: Recordings that a question measures if an import has not done so.
MAX_COMPUTED = 40
#: Activities whose time zone is taken for the athlete's own.
LATEST = 30


class Archive(ReadOnlyCopy):
    """The library as a source; see ``Source`` for the methods.

    ``zone``: positions within it are removed from all answers.
    """

    name = "archive"
    lists_texts = True
    keeps_metrics = True

    def __init__(self, storage: LibraryStorage, zone: PrivacyZone | None = None) -> None:
        self._storage = storage
        self._zone = zone
        self._parsed = ParsedMetrics()
        self._list = ParsedList()

    def close(self) -> None:
        self._storage.close()

    def status(self) -> JSON:
        import_status = self._storage.import_status()
        if "importing" in import_status:
            return {"source": self.name, "connected": False, **import_status}
        library = self._library
        counts, latest = library.counts(), library.page(None, None, 1, 0, oldest_first=False)
        until = (local_day(latest[0]) if latest else "") or "nothing yet"
        status: JSON = {
            "source": self.name,
            "connected": True,
            "freshness": f"a copy: activities up to {until}; import a newer export for later ones",
            "activities": counts.activities,
            "recorded": counts.recorded,
            **import_status,
        }
        athlete = self.athlete()
        names = (athlete.get("firstname"), athlete.get("lastname"))
        if any(names):
            status["athlete"] = " ".join(name for name in names if name)
        if imported := library.item("import", "latest"):
            status["imported"] = f"{imported['export']}, {imported['at']}"
        return status

    def athlete(self) -> JSON:
        library = self._library
        distances = library.gear_distances()
        gear = [
            {**item, "distance": round(distances.get(item["id"], 0.0))}
            for item in library.items_of("gear").values()
        ]
        return {
            "id": FIRST_OWN_ID,
            "resource_state": 3,
            **(library.item("athlete", "athlete") or {}),
            "bikes": [item for item in gear if item["id"].startswith("b")],
            "shoes": [item for item in gear if item["id"].startswith("g")],
            "clubs": list(library.items_of("clubs").values()),
        }

    def athlete_id(self) -> int | None:
        """The athlete's ID at Strava; None if the library does not say, or there is none yet.

        Unlike other methods, it does not wait for an import that is running. Raises Unavailable.
        """
        return self._storage.athlete_id()

    def athlete_stats(self, athlete_id: int) -> JSON:
        if athlete_id != self.athlete()["id"]:
            raise NotFound(f"The archive has no athlete {athlete_id}: it is one athlete's.")
        library = self._library
        zone = home_time_zone(library.page(None, None, LATEST, 0, oldest_first=False))
        today = today_in(zone, time.time())
        return {**activity_stats(library.summaries(), today), "as_of": today.isoformat()}

    def activities(
        self,
        *,
        before: int | None = None,
        after: int | None = None,
        page: int = 1,
        per_page: int = 30,
    ) -> list[JSON]:
        offset = (page - 1) * per_page
        rows = self._library.page(before, after, per_page, offset, oldest_first=after is not None)
        return [privacy.redact(row, self._zone) for row in rows] if self._zone else rows

    def find_activities(self, query: ActivityQuery) -> Matches:
        return self._list.find(query, self._library, self._find)

    def _find(self, query: ActivityQuery) -> Matches:
        matches = self._library.find(query)
        if not self._zone:
            return matches
        return replace(matches, rows=[privacy.redact(row, self._zone) for row in matches.rows])

    def newest_facts(self, limit: int) -> list[Facts]:
        return self._library.newest_facts(limit)

    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        row = self._activity(activity_id)
        activity = privacy.redact({**row.summary, **row.detail}, self._zone)
        outline = activity.pop("outline", [])
        for key in ("file", "has_file", "is_sport_unknown"):
            activity.pop(key, None)
        if parts := privacy.parts_of(outline):
            activity["map"] = {"id": f"a{activity_id}", **_polylines(parts)}
        gear = self._library.item("gear", str(activity.get("gear_id")))
        if gear or activity.get("gear_name"):
            activity["gear"] = gear or {"name": activity["gear_name"]}
        return activity | {"resource_state": 3}

    def outline(self, activity: Mapping[str, Any]) -> list[list[Point]]:
        row = self._library.activity(activity["id"])
        line = privacy.redact(row.detail, self._zone).get("outline", []) if row else []
        return privacy.parts_of(line)

    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        recording = self._activity(activity_id).recording
        if recording is None:
            raise NotFound(f"Activity {activity_id} has no recording in the archive.")
        try:
            block = self._storage.block(recording)
            streams, left_out = columns.unpack(block, keys), columns.left_out(block)
        except ValueError as exc:
            raise Unavailable(f"{exc} Import the export again.") from exc
        if self._zone and "latlng" in streams:
            streams["latlng"] = self._zone.mask(streams["latlng"])
        return {key: _stream(values, left_out.get(key)) for key, values in streams.items()}

    def _metrics(
        self, part: Part, activities: Sequence[Mapping[str, Any]], max_reads: int
    ) -> Kept[Any]:
        from strava_mcp.sources.archive.measuring import metrics_of
        from strava_mcp.sources.kept_metrics import parse_all

        library = self._library
        parsed = self._parsed.of(part, library)
        ids = [int(activity["id"]) for activity in activities]
        new = [number for number in ids if number not in parsed]
        texts = library.metrics(part, new)
        unread = library.without_metrics(new) if len(texts) < len(new) else []
        for number, name in unread[:MAX_COMPUTED]:
            row = library.activity(number)
            computed = metrics_of(row, self._storage.block(name)) if row else {}
            with suppress(Unavailable):  # a copy that cannot be written; computed again next time
                library.put_metrics(number, computed)
                self._parsed.renew(library)
            if part in computed:
                texts[number] = computed[part]
        later = tuple(number for number, _ in unread[MAX_COMPUTED:])
        parsed |= dict.fromkeys(set(new) - texts.keys() - set(later))
        parsed |= parse_all(part, texts.items())
        values = {number: parsed.get(number) for number in ids}
        return Kept({number: value for number, value in values.items() if value is not None}, later)

    def gear(self, gear_id: str) -> JSON:
        gear = self._library.item("gear", gear_id)
        if gear is None:
            raise NotFound(f"The archive has no bike or shoes {gear_id}.")
        distances = self._library.gear_distances()
        return {**gear, "distance": round(distances.get(gear_id, 0.0))}

    def clubs(self) -> list[JSON]:
        return list(self._library.items_of("clubs").values())

    def starred_segments(self, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        segments = list(self._library.items_of("starred_segments").values())
        return segments[(page - 1) * per_page : page * per_page]

    def segment(self, segment_id: int) -> JSON:
        return self._item("starred_segments", segment_id, "starred segment")

    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        routes = list(self._library.items_of("routes").values())
        return [route_files.summary(one) for one in routes[(page - 1) * per_page : page * per_page]]

    def route(self, route_id: int) -> JSON:
        return route_files.summary(self._item("routes", route_id, "route"))

    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        route = privacy.redact(self._item("routes", route_id, "route"), self._zone)
        return route_files.render(route["name"], privacy.parts_of(route["points"]), kind)

    @property
    def _library(self) -> Library:
        return self._storage.library()

    def _activity(self, activity_id: int) -> ActivityRow:
        row = self._library.activity(activity_id)
        if row is None:
            raise NotFound(f"The archive has no activity {activity_id}.")
        return row

    def _item(self, kind: str, number: int, noun: str) -> JSON:
        item = self._library.item(kind, str(number))
        if item is None:
            raise NotFound(f"The archive has no {noun} {number}.")
        return item


def open_archive(config: Config, store: Store) -> Archive:
    """Open the library in the data folder, or the one at ARCHIVE_URL. Reads nothing yet.

    Starts the import of ARCHIVE_EXPORT, if it is set.

    ``store`` is not used: ``sources.open_source`` opens every source with the same arguments.
    """
    zone = PrivacyZone(*config.archive_hide_home) if config.archive_hide_home else None
    if config.archive_url:
        from strava_mcp.sources.archive.s3_storage import S3Storage

        return Archive(S3Storage(config.archive_url), zone)
    if config.archive_export:
        from strava_mcp.sources.archive.automatic_import import AutomaticImport

        return Archive(AutomaticImport(config.home, config.archive_export), zone)
    return Archive(LocalStorage(config.home), zone)


def _polylines(parts: Sequence[Sequence[Sequence[float]]]) -> JSON:
    """The longest part as ``summary_polyline``; of several also each as ``summary_polylines``."""
    polylines: JSON = {"summary_polyline": encode(max(parts, key=len))}
    return polylines | ({"summary_polylines": list(map(encode, parts))} if len(parts) > 1 else {})


def _stream(values: list[Any], left_out: int | None) -> JSON:
    return {
        "data": values,
        "series_type": "time",
        "original_size": len(values),
        "resolution": "high",
        **({"left_out": left_out} if left_out else {}),
    }
