"""What a recording covers, and what its figures leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from strava_mcp.analysis.session_recording import SessionRecording, numbers_of
from strava_mcp.training.efforts import MAX_SPEED_MS
from strava_mcp.training.per_second import MAX_DURATION_S, unfilled
from strava_mcp.training.plausible import READINGS
from strava_mcp.training.power import MAX_POWER_W
from strava_mcp.training.series import Number

Sensor = Literal["heart_rate", "power", "gps"]
STREAMS: Mapping[Sensor, str] = {"heart_rate": "heartrate", "power": "watts", "gps": "latlng"}
#: Stream → name and reason of readings that its source left out; those of power are spikes.
OUTLIERS = {
    "heartrate": ("heart_rate_outliers", "outside {:g} to {:g} bpm".format(*READINGS["heartrate"])),
    "altitude": ("altitude_outliers", "outside {:,g} to {:,g} m".format(*READINGS["altitude"])),
    "distance": ("distance_outliers", "contradicting the others"),
    "latlng": ("gps_outliers", "outside of all latitudes and longitudes"),
}


@dataclass(frozen=True)
class RecordingCoverage:
    """Seconds of a recording, up to 48 hours.

    ``recorded_s``: without ``paused_s``. ``measured_s``: those with a value; without a key where
    nothing was recorded. ``bridged_s``: of short gaps, filled with the value before. ``left_out``:
    what the figures do not rest on → why.
    """

    samples: int = 0
    recorded_s: int = 0
    paused_s: int = 0
    measured_s: Mapping[Sensor, int] = field(default_factory=dict)
    bridged_s: Mapping[Sensor, int] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def coverage_of(streams: Mapping[str, Any], recording: SessionRecording) -> RecordingCoverage:
    """What a recording covers. ``streams``: the StreamSet that it was read from."""
    time = recording.streams["time"]
    left_out: dict[str, str] = {}
    measured_s: dict[Sensor, int] = {}
    for sensor, key in STREAMS.items():
        data = streams[key].get("data") if isinstance(streams.get(key), dict) else None
        if not isinstance(data, list) or not data:
            continue
        if len(data) != len(time):
            left_out[sensor] = "its samples do not match those of time"
        elif sensor == "power" and not recording.seconds.watts.values:
            left_out[sensor] = "estimated, not measured"
        else:
            values = unfilled(time, _values(sensor, data)).values
            measured_s[sensor] = sum(value is not None for value in values)
    filled = {
        "heart_rate": recording.seconds.heart_rate.values,
        "power": recording.seconds.watts.values,
    }
    known_s = {
        sensor: sum(value is not None for value in values) for sensor, values in filled.items()
    }
    moving = recording.seconds.moving
    return RecordingCoverage(
        samples=len(time),
        recorded_s=moving.recorded_s,
        paused_s=len(moving.recorded) - moving.recorded_s,
        measured_s=measured_s,
        bridged_s={
            sensor: known_s[sensor] - seconds
            for sensor, seconds in measured_s.items()
            if sensor in known_s and known_s[sensor] > seconds
        },
        left_out=left_out | _implausible(streams, recording),
    )


def _values(sensor: Sensor, data: list[Any]) -> Sequence[Number]:
    """The readings that count, None where there is none; of positions only whether there is one."""
    if sensor == "gps":
        return [1.0 if isinstance(point, (list, tuple)) and point else None for point in data]
    if sensor == "heart_rate":
        return [value or None for value in numbers_of(data)]
    return [None if w is None or w > MAX_POWER_W else w for w in numbers_of(data)]


def _implausible(streams: Mapping[str, Any], recording: SessionRecording) -> dict[str, str]:
    """What is left out as implausible, and what follows the first two days."""
    left_out: dict[str, str] = {}
    time = recording.streams["time"]
    spikes = sum(w is not None and w > MAX_POWER_W for w in recording.streams.get("watts", ()))
    spikes += _left_out_of(streams, "watts")
    if spikes and recording.seconds.watts.values:
        left_out["power_spikes"] = f"{_samples(spikes)} above {MAX_POWER_W:,.0f} W"
    for key, (name, reason) in OUTLIERS.items():
        if count := _left_out_of(streams, key):
            left_out[name] = f"{_samples(count)} {reason}"
    too_fast_s = sum(speed is None for speed in recording.seconds.speed)
    if too_fast_s:
        left_out["speed"] = f"{too_fast_s} s above {MAX_SPEED_MS:g} m/s"
    if time[-1] - time[0] >= MAX_DURATION_S:
        left_out["end"] = f"what follows {MAX_DURATION_S // 3600} h"
    return left_out


def _left_out_of(streams: Mapping[str, Any], key: str) -> int:
    """How many readings of a stream its source left out (see ``Source.streams``)."""
    count = streams[key].get("left_out") if isinstance(streams.get(key), dict) else None
    return count if isinstance(count, int) else 0


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count:,} samples"
