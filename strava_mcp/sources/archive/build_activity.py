"""An activity of the library, from its row of the catalog and its recording.

What Strava wrote into the row comes first, then what the device says of itself; what neither has
is computed from the recording, and ``computed`` names it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Lap, Recording, Streams
from strava_mcp.sources.archive import columns
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.library import StoredActivity
from strava_mcp.sources.archive.local_time import local_start
from strava_mcp.sports import ON_FOOT, RIDES, RUNS
from strava_mcp.training import efforts, splits, totals
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: What SummaryActivity has of a catalog row; the rest is for the detail.
SUMMARY = (
    *("name", "sport_type", "start_date", "distance", "moving_time", "elapsed_time"),
    *("total_elevation_gain", "average_speed", "max_speed", "average_cadence", "average_watts"),
    *("weighted_average_watts", "max_watts", "kilojoules", "average_heartrate", "max_heartrate"),
    *("average_temp", "elev_low", "elev_high", "suffer_score", "commute", "trainer", "flagged"),
    *("gear_id", "device_name", "visibility", "device_watts"),
)
OUTLINE_POINTS = 100


def build_activity(
    entry: Entry,
    recording: Recording | None,
    source_hash: str,
    origin: str = "export",
    problem: str | None = None,
) -> StoredActivity:
    """The activity whole. ``problem``: why there is no recording where there should be one."""
    facts = dict(entry.fields)
    computed: list[str] = []
    streams: Streams = recording.streams if recording else {}
    if recording:
        _complete(facts, recording, computed)
    facts.setdefault("sport_type", "Workout")
    started = _started(facts, recording)
    if started is not None:
        facts["start_date"] = _iso(started)
        offset_s = recording.offset_s if recording else None
        facts |= local_start(started, _first(streams.get("latlng", ())), offset_s)
    summary = _summary(entry.id, facts, streams, is_recorded=bool(recording))
    detail = {key: value for key, value in facts.items() if key not in summary}
    if recording:
        detail |= _parts(entry.id, recording, str(facts["sport_type"]), computed)
        detail["outline"] = _outline(streams.get("latlng", ()))
    if computed:
        detail["computed"] = computed
    return StoredActivity(
        id=entry.id,
        started=int(started.timestamp()) if started else 0,
        elapsed_s=int(summary["elapsed_time"]),
        summary=summary,
        detail=detail,
        source_hash=source_hash,
        origin=origin,
        block=columns.pack(streams) if streams else None,
        problem=problem,
    )


def _complete(facts: JSON, recording: Recording, computed: list[str]) -> None:
    """Fill in what the catalog does not say: by the device's own word, else by its samples."""
    said = {"sport_type": recording.sport, "name": recording.name, "device_name": recording.device}
    for key, value in {**said, **recording.totals}.items():
        if value is not None:
            facts.setdefault(key, value)
    for key, value in totals.totals(recording.streams).items():
        if value is not None and key not in facts:
            facts[key] = value
            computed.append(key)
    if facts.get("sport_type") in RIDES and "watts" in recording.streams:
        facts["device_watts"] = True


def _started(facts: Mapping[str, Any], recording: Recording | None) -> datetime | None:
    if "start_date" in facts:
        return datetime.fromisoformat(str(facts["start_date"])).astimezone(UTC)
    return recording.start if recording else None


def _summary(activity_id: int, facts: JSON, streams: Streams, is_recorded: bool) -> JSON:
    """A SummaryActivity: Strava's numbers have no gaps, so what nobody knows of them is 0."""
    found: JSON = {"id": activity_id, "resource_state": 2}
    found |= {key: facts[key] for key in SUMMARY if facts.get(key) is not None}
    found.setdefault("name", f"{facts['sport_type']}")
    for key in ("elapsed_time", "moving_time"):
        found[key] = round(found.get(key) or found.get("elapsed_time") or 0)
    found["distance"] = float(found.get("distance") or 0.0)
    found["total_elevation_gain"] = float(found.get("total_elevation_gain") or 0.0)
    if "average_speed" not in found and found["moving_time"]:
        found["average_speed"] = round(found["distance"] / found["moving_time"], 3)
    found["has_heartrate"] = "average_heartrate" in found
    found["manual"] = not is_recorded and not facts.get("has_file", False)
    for key in ("start_date_local", "timezone", "utc_offset", "gear_name"):
        if key in facts:
            found[key] = facts[key]
    track = [point for point in streams.get("latlng", ()) if point]
    if track:
        found |= {"start_latlng": track[0], "end_latlng": track[-1]}
    return found


def _parts(activity_id: int, recording: Recording, sport: str, computed: list[str]) -> JSON:
    """Laps as the device cut them; splits and best efforts, which only Strava would have."""
    found: JSON = {"laps": _laps(activity_id, recording)}
    streams = recording.streams
    if {"time", "distance", "moving"} - streams.keys():
        return found
    if sport in ON_FOOT:
        for name, size_m in (
            ("splits_metric", METRES_PER_KM),
            ("splits_standard", METRES_PER_MILE),
        ):
            found[name] = splits.splits(
                *(streams[key] for key in ("time", "distance", "moving")),
                *(streams.get(key) for key in ("altitude", "heartrate", "watts")),
                every_m=size_m,
            )
            computed.append(name)
    if sport in RUNS:
        found["best_efforts"] = efforts.best_efforts(streams["time"], streams["distance"])
        computed.append("best_efforts")
    return found


def _laps(activity_id: int, recording: Recording) -> list[JSON]:
    """Strava's Lap; what the device did not write of one is taken from its samples."""
    streams, laps = recording.streams, recording.laps
    times: Sequence[float] = streams.get("time", ())
    found = []
    for number, lap in enumerate(laps, 1):
        facts = dict(lap.totals)
        if times:
            facts = _between(streams, lap, laps[number] if number < len(laps) else None) | facts
            facts.pop("elevation_difference", None)  # a split has that, a lap has not
        found.append({"name": f"Lap {number}", "lap_index": number, **facts})
    return found


def _between(streams: Streams, lap: Lap, following: Lap | None) -> JSON:
    begin = lap.start_s
    length = lap.totals.get("elapsed_time")
    end = following.start_s if following else streams["time"][-1]
    if length is not None:
        end = begin + float(length)
    return dict(splits.lap_between(streams, begin, end))


def _first(points: Sequence[Any]) -> list[float] | None:
    return next((point for point in points if point), None)


def _outline(points: Sequence[Any]) -> list[list[float]]:
    """The track in some hundred points, to draw it small."""
    known = [point for point in points if point]
    step = max(1, -(-len(known) // OUTLINE_POINTS))
    thin = known[::step]
    return thin if not known or thin[-1] == known[-1] else [*thin, known[-1]]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
