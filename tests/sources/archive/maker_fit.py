"""Writes recordings as FIT files with the encoder of Garmin's SDK: the inverse of the FIT parser.

Like a watch: timer events at pauses, one record per sample, then the laps, the session, and the
activity with the device's local time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Recording

EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
SEMICIRCLES = 2**31 / 180
#: Sport type → sport and sub-sport of the FIT profile.
SPORTS = {
    "Run": ("running", "generic"),
    "TrailRun": ("running", "trail"),
    "Ride": ("cycling", "road"),
    "VirtualRide": ("cycling", "virtual_activity"),
    "GravelRide": ("cycling", "gravel_cycling"),
    "Swim": ("swimming", "lap_swimming"),
    "Hike": ("hiking", "generic"),
    "Walk": ("walking", "generic"),
    "WeightTraining": ("training", "strength_training"),
}
#: Stream → field of a record message, in the same unit.
RECORD = {
    "distance": "distance",
    "altitude": "enhanced_altitude",
    "velocity_smooth": "enhanced_speed",
    "heartrate": "heart_rate",
    "cadence": "cadence",
    "watts": "power",
    "temp": "temperature",
}
#: Total → field of lap and session messages: fields with a scale, and whole numbers.
SCALED = {
    "elapsed_time": "total_elapsed_time",
    "moving_time": "total_timer_time",
    "distance": "total_distance",
    "average_speed": "enhanced_avg_speed",
    "max_speed": "enhanced_max_speed",
}
WHOLE = {
    "total_elevation_gain": "total_ascent",
    "calories": "total_calories",
    "average_heartrate": "avg_heart_rate",
    "max_heartrate": "max_heart_rate",
    "average_cadence": "avg_cadence",
    "average_watts": "avg_power",
    "max_watts": "max_power",
    "weighted_average_watts": "normalized_power",
    "average_temp": "avg_temperature",
}


def fit(recording: Recording) -> bytes:
    """Encode a recording as a FIT activity file. It must have a start."""
    from garmin_fit_sdk import Encoder, Profile

    encoder = Encoder()
    numbers = Profile["mesg_num"]
    for kind, message in _messages(recording):
        encoder.on_mesg(numbers[kind], message)
    data: bytes = encoder.close()
    return data


def _messages(recording: Recording) -> Iterator[tuple[str, JSON]]:
    assert recording.start
    begin = int((recording.start - EPOCH).total_seconds())
    end = begin + recording.streams["time"][-1]
    sport, sub_sport = SPORTS[recording.sport or "Run"]
    if recording.sport == "Run" and "latlng" not in recording.streams:
        sub_sport = "treadmill"
    yield "FILE_ID", {
        "type": "activity",
        "manufacturer": "zwift" if recording.device == "Zwift" else "garmin",
        "product_name": recording.device or "Watch",
        "serial_number": 3_141_592,
        "time_created": begin,
    }
    yield from _records(recording, begin)
    for number, lap in enumerate(recording.laps):
        started = begin + round(lap.start_s)
        ended = started + round(lap.totals.get("elapsed_time", 0))
        yield "LAP", {
            **{"message_index": number, "timestamp": ended, "start_time": started},
            **{"event": "lap", "event_type": "stop", "sport": sport, "sub_sport": sub_sport},
            **_totals(lap.totals),
        }
    yield "SESSION", {
        **{"message_index": 0, "timestamp": end, "start_time": begin},
        **{"event": "session", "event_type": "stop", "sport": sport, "sub_sport": sub_sport},
        **{"first_lap_index": 0, "num_laps": len(recording.laps)},
        **_totals(recording.totals),
    }
    activity = {"timestamp": end, "num_sessions": 1, "type": "manual", "event": "activity"}
    if recording.offset_s is not None:
        activity["local_timestamp"] = end + recording.offset_s
    yield "ACTIVITY", activity | {"total_timer_time": recording.totals["moving_time"]}


def _records(recording: Recording, begin: int) -> Iterator[tuple[str, JSON]]:
    """Yield one record per sample, and timer events around samples without movement.

    A sample stands for the time since the one before, so the timer stops before the first sample
    without movement and starts after the last.
    """
    streams = recording.streams
    moving = streams["moving"]
    columns = [(field, streams[key]) for key, field in RECORD.items() if key in streams]
    track = streams.get("latlng")
    last = len(moving) - 1
    yield "EVENT", _timer(begin, "start")
    for i, seconds in enumerate(streams["time"]):
        message = {"timestamp": begin + seconds}
        if track and track[i]:
            message["position_lat"] = round(track[i][0] * SEMICIRCLES)
            message["position_long"] = round(track[i][1] * SEMICIRCLES)
        for field, values in columns:
            message[field] = values[i]
        yield "RECORD", message
        runs, will_run = i == 0 or moving[i], i < last and moving[i + 1]
        if i < last and runs != will_run:
            yield "EVENT", _timer(begin + seconds, "start" if will_run else "stop")
    yield "EVENT", _timer(begin + streams["time"][-1], "stop_all")


def _timer(timestamp: int, kind: str) -> JSON:
    return {"timestamp": timestamp, "event": "timer", "event_type": kind}


def _totals(facts: JSON) -> JSON:
    scaled = {field: facts[key] for key, field in SCALED.items() if key in facts}
    return scaled | {field: round(facts[key]) for key, field in WHOLE.items() if key in facts}
