"""Building an activity from its row of the catalog and its recording.

Values of the row take precedence, then those that the device wrote for the whole session; the rest
is computed from the samples and listed in ``computed``.

An activity has one moving time: Strava's in the row, else the time of the device's timer, else that
of the samples that moved. The stream ``moving`` adds up to it, and so do splits and laps, whose
averages are over it. ``average_speed`` is always the distance divided by it. Two exceptions:

* On a ride outdoors the samples decide, as on Strava (support article "Moving Time, Speed, and Pace
  Calculations"): a timer that was not stopped counts the stops, too.
* The timer of a swim counts rests at the wall; ``moving`` is the time of the lengths.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings.build_recording import TIMER_WITHIN_S
from strava_mcp.recordings.recording import Lap, Point, Recording, Streams
from strava_mcp.sources import kept_metrics
from strava_mcp.sources.archive import columns, local_time
from strava_mcp.sources.archive.catalog.entry import Entry
from strava_mcp.sources.archive.reconciling import reconciled
from strava_mcp.sources.archive.stored_activity import Origin, StoredActivity
from strava_mcp.sports import ON_FOOT, RIDES, RUNS, VIRTUAL
from strava_mcp.training import efforts, splits, totals
from strava_mcp.training.activity_metrics import STREAMS
from strava_mcp.training.climbing import AltitudeSource, climbed_m
from strava_mcp.training.efforts import BestEffort
from strava_mcp.training.splits import Split
from strava_mcp.units import METRES_PER_KM, METRES_PER_MILE

#: Keys that belong into a SummaryActivity; all others go into the detail.
SUMMARY = (
    *("name", "sport_type", "start_date", "distance", "moving_time", "elapsed_time"),
    *("total_elevation_gain", "average_speed", "max_speed", "average_cadence", "average_watts"),
    *("weighted_average_watts", "max_watts", "kilojoules", "average_heartrate", "max_heartrate"),
    *("average_temp", "elev_low", "elev_high", "suffer_score", "commute", "trainer", "flagged"),
    *("gear_id", "device_name", "visibility", "device_watts", "workout_type"),
    # Strava's has none of these, but lists are filtered by texts, and loads rest on exertion.
    *("description", "private_note", "perceived_exertion"),
)
SPLITS = (("splits_metric", METRES_PER_KM), ("splits_standard", METRES_PER_MILE))
MAX_OUTLINE_POINTS = 100
#: Laps follow each other, and some programs write a second set of them. Beyond as many times the
#: samples of a recording, laps overlap without end and are not computed.
MAX_OVERLAP = 4
#: Each lap's moving time is rounded to a second.
MAX_DIFFERENCE_S = 5


def build_activity(
    entry: Entry,
    recording: Recording | None,
    source_hash: str,
    origin: Origin = "export",
    problem: str | None = None,
) -> StoredActivity:
    """Build an activity. ``problem``: why its recording is missing or incomplete."""
    fields = dict(entry.fields)
    computed: list[str] = []
    streams: Streams = {}
    if recording:
        streams = _with_climb(reconciled(recording, entry.fields), recording.altitude_source)
        _add_device_values(fields, recording)
        computed += _add_computed_values(fields, streams)
    if "sport_type" not in fields:
        # ``matching`` takes the sport of a recording that is imported later.
        fields |= {"sport_type": "Workout", "is_sport_unknown": True}
    if _is_indoors(fields, recording):
        streams = _without_place(fields, streams)
    start = _start(fields, recording)
    if start is not None:
        fields["start_date"] = start.strftime("%Y-%m-%dT%H:%M:%SZ")
        offset_s = recording.offset_s if recording else None
        position = next(_positions(streams), None)
        fields |= local_time.local_start(start, position, offset_s)
    summary = _summary(entry.id, fields, streams, is_recorded=bool(recording))
    detail = {key: value for key, value in fields.items() if key not in summary}
    if recording:
        parts = _split_times(streams, str(fields["sport_type"]))
        computed += parts
        laps = _laps(recording.laps, streams, summary.get("moving_time", 0))
        detail |= {"laps": laps, **parts, "outline": _outline(streams)}
    if computed:
        detail["computed"] = computed
    block = _packed(streams, recording.left_out) if recording and streams else None
    return StoredActivity(
        id=entry.id,
        started=int(start.timestamp()) if start else 0,
        elapsed_s=int(summary.get("elapsed_time", 0)),
        summary=summary,
        detail=detail,
        source_hash=source_hash,
        origin=origin,
        block=block,
        problem=problem,
        metrics=_metrics(block, {**detail, **summary}) if block else {},
    )


def _add_device_values(fields: JSON, recording: Recording) -> None:
    """Add what the row lacks and the device wrote."""
    by_device = {
        "sport_type": recording.sport,
        "name": recording.name,
        "device_name": recording.device,
        **recording.totals,
    }
    if _counts_stops(recording, fields.get("sport_type", recording.sport)):
        del by_device["moving_time"]
    for key, value in by_device.items():
        if value is not None:
            fields.setdefault(key, value)


def _counts_stops(recording: Recording, sport: str | None) -> bool:
    """Whether the device's moving time is of a ride outdoors and includes stops."""
    timer_s, streams = recording.totals.get("moving_time"), recording.streams
    if timer_s is None or sport not in RIDES or sport in VIRTUAL or recording.is_indoor:
        return False
    if not {"moving", "distance"} <= streams.keys() or not streams["distance"][-1]:
        return False
    recorded_s = streams["time"][-1] - streams["time"][0]
    standing_s = timer_s - sum(totals.moving_seconds(streams))
    return bool(recorded_s >= timer_s - TIMER_WITHIN_S and standing_s > MAX_DIFFERENCE_S)


def _add_computed_values(fields: JSON, streams: Streams) -> list[str]:
    """Add what row and device lack; return the keys, computed from samples."""
    computed = []
    for key, value in totals.totals(streams).items():
        if value is not None and key not in fields:
            fields[key] = value
            computed.append(key)
    if fields.get("sport_type") not in ON_FOOT and "watts" in streams:
        # On foot, devices estimate power.
        fields["device_watts"] = True
    return computed


def _with_climb(streams: Streams, source: AltitudeSource) -> Streams:
    """Add the stream ``climb``, from which header and laps take their climbing."""
    climb = climbed_m(streams.get("altitude", ()), streams.get("distance"), source)
    return {**streams, "climb": climb} if climb else streams


def _packed(streams: Streams, left_out: Mapping[str, int]) -> bytes:
    """Pack the streams that were recorded, and those that Strava has too."""
    recorded = {key: values for key, values in streams.items() if key != "climb"}
    return columns.pack(recorded, left_out)


def _metrics(block: bytes, activity: JSON) -> Mapping[str, str]:
    """Compute metrics from what the library holds, so that computing them again agrees."""
    samples = columns.unpack(block, STREAMS)
    return kept_metrics.of_activity(samples, activity, activity.get("best_efforts"))


def _is_indoors(fields: Mapping[str, Any], recording: Recording | None) -> bool:
    """Whether it was virtual or on a machine, by its row or by its recording."""
    is_by_row = fields["sport_type"] in VIRTUAL or bool(fields.get("trainer"))
    return is_by_row or (recording is not None and recording.is_indoor)


def _without_place(fields: JSON, streams: Streams) -> Streams:
    """Remove what would place it in a virtual world: the weather there, and the positions.

    The distance along these positions stays.
    """
    fields.pop("weather", None)
    fields["trainer"] = True
    return {key: values for key, values in streams.items() if key != "latlng"}


def _start(fields: Mapping[str, Any], recording: Recording | None) -> datetime | None:
    if "start_date" in fields:
        return datetime.fromisoformat(str(fields["start_date"])).astimezone(UTC)
    return recording.start if recording else None


def _summary(activity_id: int, fields: JSON, streams: Streams, is_recorded: bool) -> JSON:
    """Build a SummaryActivity; values that are unknown are absent."""
    summary: JSON = {"id": activity_id, "resource_state": 2}
    summary |= {key: fields[key] for key in SUMMARY if fields.get(key) is not None}
    summary.setdefault("name", f"{fields['sport_type']}")
    if "elapsed_time" in summary:
        summary.setdefault("moving_time", summary["elapsed_time"])
    for key in ("elapsed_time", "moving_time"):
        if key in summary:
            summary[key] = round(summary[key])
    for key in {"distance", "total_elevation_gain"} & summary.keys():
        summary[key] = float(summary[key])
    summary.pop("average_speed", None)
    if summary.get("moving_time") and "distance" in summary:
        summary["average_speed"] = round(summary["distance"] / summary["moving_time"], 3)
    summary["has_heartrate"] = "average_heartrate" in summary
    summary["manual"] = not is_recorded and not fields.get("has_file", False)
    for key in (*local_time.KEYS, "gear_name"):
        if key in fields:
            summary[key] = fields[key]
    positions = list(_positions(streams))
    if positions:
        summary |= {"start_latlng": positions[0], "end_latlng": positions[-1]}
    return summary


def _split_times(streams: Streams, sport: str) -> dict[str, Sequence[Split | BestEffort]]:
    """Compute splits (on foot) and best efforts (runs), which a device does not record."""
    result: dict[str, Sequence[Split | BestEffort]] = {}
    if {"time", "distance", "moving"} - streams.keys():
        return result
    if sport in ON_FOOT:
        for key, size_m in SPLITS:
            result[key] = splits.splits(
                *(streams[name] for name in ("time", "distance", "moving")),
                *(streams.get(name) for name in ("altitude", "heartrate", "watts")),
                every_m=size_m,
            )
    if sport in RUNS:
        result["best_efforts"] = efforts.best_efforts(streams["time"], streams["distance"])
    return result


def _laps(laps: Sequence[Lap], streams: Streams, moving_s: float) -> list[JSON]:
    """Build Strava's Laps; what the device did not write is computed from the samples.

    The device's moving times are kept if they add up to ``moving_s``, that of the activity.
    """
    device_s = sum(float(lap.totals.get("moving_time") or 0) for lap in laps)
    is_device_time = "moving" not in streams or abs(device_s - moving_s) <= MAX_DIFFERENCE_S
    result = []
    time = streams.get("time", ())
    left = MAX_OVERLAP * len(time)
    for number, lap in enumerate(laps, 1):
        values = dict(lap.totals)
        end_s = _end_s(lap, laps[number] if number < len(laps) else None, time)
        left -= bisect_left(time, end_s) - bisect_left(time, lap.start_s)
        if time and left >= 0:
            computed = splits.lap_between(streams, lap.start_s, end_s)
            if not is_device_time:
                values.pop("moving_time", None)
            values = {**computed, **values}
            values.pop("elevation_difference", None)  # a split has it, a lap does not
        if values.get("moving_time") and "distance" in values:
            values["average_speed"] = round(values["distance"] / values["moving_time"], 3)
        result.append({"name": f"Lap {number}", "lap_index": number, **values})
    return result


def _end_s(lap: Lap, following: Lap | None, time: Sequence[float]) -> float:
    """Return when a lap ends: after its duration, else with the next lap or the last sample."""
    duration_s = lap.totals.get("elapsed_time")
    if duration_s is not None:
        return lap.start_s + float(duration_s)
    return following.start_s if following else time[-1] if time else lap.start_s


def _positions(streams: Streams) -> Iterator[Point]:
    return (point for point in streams.get("latlng", ()) if point)


def _outline(streams: Streams) -> Sequence[Point]:
    """Thin out the track to about MAX_OUTLINE_POINTS, enough to draw it small."""
    positions = list(_positions(streams))
    step = max(1, -(-len(positions) // MAX_OUTLINE_POINTS))
    outline = positions[::step]
    return outline if not outline or outline[-1] == positions[-1] else [*outline, positions[-1]]
