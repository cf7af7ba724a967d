"""Making a recording agree with what Strava says of the activity in its row of the catalog.

Header, splits, laps and streams of an activity then tell one story.
"""

from collections.abc import Mapping
from typing import Any

from strava_mcp.recordings.distance import MAX_FACTOR
from strava_mcp.recordings.recording import Recording, Streams
from strava_mcp.training import track

#: Strava's elapsed time is that of the recording, unless the athlete cropped the activity.
CROPPED_S, CROPPED_SHARE = 30.0, 0.02


def reconciled(recording: Recording, row: Mapping[str, Any]) -> Streams:
    """The streams of a recording with the moving time and the distance of the row.

    ``row``: Strava's values; those of an activity that was cropped there say nothing about its
    recording, which is left as it is. ``moving`` adds up to Strava's moving time. A distance along
    the positions, for which no device vouches, is scaled to Strava's.
    """
    streams = recording.streams
    if "moving" not in streams or _is_cropped(streams, row):
        return streams
    row_m, moving_s = row.get("distance"), row.get("moving_time")
    distance = streams.get("distance")
    if row_m and distance and "distance" not in recording.totals:
        factor = row_m / distance[-1] if distance[-1] else 0.0
        if "distance" in recording.computed and 1 / MAX_FACTOR < factor < MAX_FACTOR:
            scaled = [key for key in ("distance", "velocity_smooth") if key in recording.computed]
            streams = streams | {key: _times(streams[key], factor) for key in scaled}
    if moving_s:
        time_s = streams["time"]
        speeds = track.step_speeds(time_s, streams.get("distance"), streams.get("velocity_smooth"))
        moving = track.with_moving_time(streams["moving"], time_s, speeds, moving_s)
        streams = streams | {"moving": moving}
    return streams


def _is_cropped(streams: Streams, row: Mapping[str, Any]) -> bool:
    recorded_s = streams["time"][-1] - streams["time"][0]
    elapsed_s = row.get("elapsed_time") or recorded_s
    return bool(abs(elapsed_s - recorded_s) > max(CROPPED_S, CROPPED_SHARE * recorded_s))


def _times(values: list[float | None], factor: float) -> list[float | None]:
    return [None if value is None else round(factor * value, 3) for value in values]
