"""Activities of the sandbox as in an export: a row of the catalog, and a recording."""

from datetime import UTC

from strava_mcp.recordings.recording import Lap, Recording
from strava_mcp.sandbox import activities, laps, recording
from strava_mcp.sandbox.gear import summary_gear
from strava_mcp.sandbox.plan import Plan
from strava_mcp.sandbox.weather import observed
from strava_mcp.sources.archive.catalog.entry import Entry

#: The keys of a SummaryActivity that an export contains.
KNOWN = (
    *("name", "sport_type", "start_date", "elapsed_time", "moving_time", "distance", "commute"),
    *("total_elevation_gain", "average_speed", "max_speed", "average_cadence", "average_watts"),
    *("weighted_average_watts", "max_watts", "average_heartrate", "max_heartrate", "suffer_score"),
    *("average_temp", "elev_low", "elev_high", "workout_type", "gear_id", "flagged", "kilojoules"),
)
#: The totals that a device writes for a session.
SAID = (
    *("elapsed_time", "moving_time", "distance", "total_elevation_gain", "average_speed"),
    *("max_speed", "average_heartrate", "max_heartrate", "average_cadence", "average_watts"),
    *("max_watts", "weighted_average_watts", "average_temp"),
)
#: The formats of recordings, by the number of the activity. GPX needs a track.
FORMATS = (
    "fit.gz",
    "fit.gz",
    "gpx",
    "fit.gz",
    "tcx.gz",
    "fit",
    "fit.gz",
    "gpx.gz",
    "fit.gz",
    "tcx",
)


def file_name(number: int, upload_id: int, has_track: bool) -> str:
    """Return the name of the recording in an export; its format depends on ``number``."""
    ending = FORMATS[number % len(FORMATS)]
    if ending.startswith("gpx") and not has_track:
        ending = "fit.gz"
    return f"activities/{upload_id}.{ending}"


def entry_of(plan: Plan) -> Entry:
    """Make an activity's row. Some have notes, weather and perceived exertion."""
    summary = activities.summary(plan)
    facts = {key: summary[key] for key in KNOWN if summary.get(key) is not None}
    facts |= {"calories": float(plan.calories), "athlete_weight": plan.athlete.weight_kg}
    if facts.get("workout_type") not in (1, 2):  # only races and long runs have columns
        facts.pop("workout_type", None)
    if plan.description:
        facts["description"] = plan.description
    gear = summary_gear(plan.gear_id) if plan.gear_id else None
    if gear:
        facts["gear_name"] = gear["name"]
    if plan.private_note:
        facts["private_note"] = plan.private_note
    if plan.perceived_exertion:
        facts["perceived_exertion"] = float(plan.perceived_exertion)
    is_outdoors = plan.has_track and not plan.indoor  # programs of virtual worlds write FIT files
    if is_outdoors:
        facts["weather"] = observed(plan.place, plan.start_local, plan.began_at)
    number = plan.start_local.toordinal() * 3 % 10
    file = file_name(number, plan.upload_id, is_outdoors) if plan.upload_id else None
    return Entry(plan.id, facts, file)


def recording_of(plan: Plan, every_s: int = 1) -> Recording:
    """Make the recording of an activity, thinned to one sample per ``every_s`` seconds.

    The samples on both sides of a pause are kept; laps and totals are those of all samples.
    """
    whole = recording.streams(plan)
    kept = _thinned(whole["time"], whole["moving"], every_s)
    summary = activities.summary(plan)
    return Recording(
        start=plan.start_utc.replace(tzinfo=UTC),
        streams={k: [v[i] for i in kept] for k, v in whole.items() if k != "grade_smooth"},
        offset_s=plan.offset_s,
        sport=plan.sport,
        name=plan.name,
        device=summary["device_name"],
        totals={k: summary[k] for k in SAID if k in summary} | {"calories": plan.calories},
        laps=tuple(Lap(whole["time"][lap["start_index"]], lap) for lap in laps.laps(plan)),
    )


def _thinned(time: list[int], moving: list[bool], every_s: int) -> list[int]:
    """Return the indices of the samples that are kept."""
    kept, last = [0], len(time) - 1
    for i in range(1, last + 1):
        is_edge = i == last or moving[i] != moving[i + 1]
        if is_edge or time[i] - time[kept[-1]] >= every_s:
            kept.append(i)
    return kept
