"""The athlete's own export as a source: the same questions, answered from the library.

What an export cannot know is refused with NotSupported and never invented: who gave kudos, efforts
on segments, zones. What it knows better, it adds: full resolution, private notes, weather.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn

from strava_mcp.config import Config
from strava_mcp.errors import NotFound, NotSupported, Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.polyline import encode
from strava_mcp.sources.archive import columns, privacy, route_files
from strava_mcp.sources.archive.library import Library
from strava_mcp.sources.archive.privacy import PrivacyZone
from strava_mcp.sources.archive.storage import LibraryStorage, LocalStorage
from strava_mcp.sources.source import FIRST_OWN_ID, RouteFormat, Source
from strava_mcp.store import Store
from strava_mcp.training.activity_stats import activity_stats, gear_distances

#: Where Strava says how to get an export.
HOW = "https://www.strava.com/athlete/delete_your_account"


class Archive(Source):
    """The library as a source. Docstrings are those of ``Source``.

    ``storage``: where the library is; ``home``: the area in which no position is told.
    """

    name = "archive"

    def __init__(self, storage: LibraryStorage, home: PrivacyZone | None = None) -> None:
        self._storage = storage
        self._home = home

    def status(self) -> JSON:
        library = self._library
        counts = library.counts()
        imported = library.items_of("import").get("latest", {})
        latest = library.latest()
        until = time.strftime("%Y-%m-%d", time.gmtime(latest)) if latest else "nothing yet"
        status: JSON = {
            "source": self.name,
            "connected": True,
            "freshness": f"a copy: activities up to {until}; import a newer export for later ones",
            "activities": counts["activities"],
            "recorded": counts["recorded"],
        }
        athlete = self.athlete()
        names = (athlete.get("firstname"), athlete.get("lastname"))
        if any(names):
            status["athlete"] = " ".join(name for name in names if name)
        if imported:
            status["imported"] = f"{imported['export']}, {imported['at']}"
        return status

    def athlete(self) -> JSON:
        library = self._library
        found = library.item("athlete", "athlete") or {}
        distances = gear_distances(library.summaries())
        gear = [
            {**item, "distance": round(distances.get(item["id"], 0.0))}
            for item in library.items_of("gear").values()
        ]
        return {
            "id": FIRST_OWN_ID,
            "resource_state": 3,
            **found,
            "bikes": [item for item in gear if item["id"].startswith("b")],
            "shoes": [item for item in gear if item["id"].startswith("g")],
            "clubs": list(library.items_of("clubs").values()),
        }

    def athlete_stats(self, athlete_id: int) -> JSON:
        if athlete_id != self.athlete()["id"]:
            raise NotFound(f"The archive has no athlete {athlete_id}: it is one athlete's.")
        return dict(activity_stats(self._library.summaries(), datetime.now(UTC)))

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
        return [privacy.redact(row, self._home) for row in rows] if self._home else rows

    def activity(self, activity_id: int, *, include_all_efforts: bool = False) -> JSON:
        summary, detail, _ = self._activity(activity_id)
        found = privacy.redact({**summary, **detail}, self._home)
        outline = found.pop("outline", [])
        for key in ("file", "has_file"):
            found.pop(key, None)
        if outline:
            found["map"] = {"id": f"a{activity_id}", "summary_polyline": encode(outline)}
        gear = self._library.item("gear", str(found.get("gear_id")))
        if gear or found.get("gear_name"):
            found["gear"] = gear or {"name": found["gear_name"]}
        return found | {"resource_state": 3}

    def activity_zones(self, activity_id: int) -> list[JSON]:
        _cannot_know("time in zones, for the bounds of the zones are not in it")

    def streams(self, activity_id: int, keys: Sequence[str]) -> dict[str, JSON]:
        name = self._activity(activity_id)[2]
        if name is None:
            raise NotFound(f"Activity {activity_id} has no recording in the archive.")
        try:
            found = columns.unpack(self._storage.block(name), keys)
        except ValueError as exc:
            raise Unavailable(f"{exc} Import the export again.") from exc
        if self._home and "latlng" in found:
            found["latlng"] = self._home.mask(found["latlng"])
        return {key: _stream(values) for key, values in found.items()}

    def create_activity(self, fields: Mapping[str, Any]) -> JSON:
        _is_a_copy()

    def update_activity(self, activity_id: int, fields: Mapping[str, Any]) -> JSON:
        _is_a_copy()

    def create_upload(self, file: bytes, fields: Mapping[str, Any]) -> JSON:
        raise NotSupported(
            "The archive is a copy and takes no uploads over the line. On the server's machine "
            "`flask archive import FILE` adds a recording to it; Strava takes one in its own app."
        )

    def upload(self, upload_id: int) -> JSON:
        raise NotFound("There are no uploads: the source is an archive.")

    def activity_comments(self, activity_id: int, *, per_page: int = 30) -> list[JSON]:
        _cannot_know("comments on an activity")

    def activity_kudoers(
        self, activity_id: int, *, page: int = 1, per_page: int = 30
    ) -> list[JSON]:
        _cannot_know("kudos and comments")

    def athlete_zones(self) -> JSON:
        _cannot_know("the athlete's zones")

    def gear(self, gear_id: str) -> JSON:
        found = self._library.item("gear", gear_id)
        if found is None:
            raise NotFound(f"The archive has no bike or shoes {gear_id}.")
        distances = gear_distances(self._library.summaries())
        return {**found, "distance": round(distances.get(gear_id, 0.0))}

    def clubs(self) -> list[JSON]:
        return list(self._library.items_of("clubs").values())

    def starred_segments(self, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        found = list(self._library.items_of("starred_segments").values())
        return found[(page - 1) * per_page : page * per_page]

    def segment(self, segment_id: int) -> JSON:
        return self._one("starred_segments", segment_id, "starred segment")

    def segment_efforts(
        self,
        segment_id: int,
        *,
        start_local: str | None = None,
        end_local: str | None = None,
        per_page: int = 200,
    ) -> list[JSON]:
        _cannot_know("efforts on segments")

    def star_segment(self, segment_id: int, starred: bool) -> JSON:
        _is_a_copy()

    def routes(self, athlete_id: int, *, page: int = 1, per_page: int = 30) -> list[JSON]:
        found = [route_files.summary(route) for route in self._library.items_of("routes").values()]
        return found[(page - 1) * per_page : page * per_page]

    def route(self, route_id: int) -> JSON:
        return route_files.summary(self._one("routes", route_id, "route"))

    def route_file(self, route_id: int, kind: RouteFormat) -> str:
        route = self._one("routes", route_id, "route")
        return route_files.written(route["name"], self._route_points(route_id), kind)

    @property
    def _library(self) -> Library:
        return self._storage.library()

    def _activity(self, activity_id: int) -> tuple[JSON, JSON, str | None]:
        found = self._library.activity(activity_id)
        if found is None:
            raise NotFound(f"The archive has no activity {activity_id}.")
        return found

    def _one(self, kind: str, number: int, word: str) -> JSON:
        found = self._library.item(kind, str(number))
        if found is None:
            raise NotFound(f"The archive has no {word} {number}.")
        return found

    def _route_points(self, route_id: int) -> list[list[float]]:
        points: list[list[float]] = self._one("routes", route_id, "route")["points"]
        return [point for point in points if not (self._home and self._home.contains(point[:2]))]


def open_archive(config: Config, store: Store) -> Archive:
    """The library in the data folder, or the one that ARCHIVE_URL names. Reads nothing yet."""
    storage: LibraryStorage = LocalStorage(config.home)
    if config.archive_url:
        from strava_mcp.sources.archive.s3 import S3Storage

        storage = S3Storage(config.archive_url)
    home = config.archive_hide_home
    return Archive(storage, PrivacyZone(*home) if home else None)


def _stream(values: list[Any]) -> JSON:
    return {
        "data": values,
        "series_type": "time",
        "original_size": len(values),
        "resolution": "high",
    }


def _is_a_copy() -> NoReturn:
    raise NotSupported(
        "The source is an archive, a copy that cannot be changed from here: make the change on "
        f"Strava, download a new export ({HOW}) and import it."
    )


def _cannot_know(what: str) -> NoReturn:
    raise NotSupported(
        f"Not available: Strava's export does not hold {what}. With STRAVA_SOURCE=api Strava's "
        "own API would be asked."
    )
