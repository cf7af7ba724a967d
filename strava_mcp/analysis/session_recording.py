"""The recording of one session as its measures need it: cleaned, and on whole seconds."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import isnan
from statistics import median
from typing import Any

from strava_mcp.analysis.period import Activity
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import Source
from strava_mcp.sources.stream_samples import MAX_NUMBER
from strava_mcp.sports import RUNS, SWIMS
from strava_mcp.training import power
from strava_mcp.training.activity_metrics import STREAMS, Recorded, on_seconds, smoothed_speeds
from strava_mcp.training.per_second import MAX_USUAL_STEP_S
from strava_mcp.training.series import Number, Streams
from strava_mcp.training.track import interpolated
from strava_mcp.training.unmeasurable import Unmeasurable

#: Speed is averaged over this many seconds: within one, a distance in steps of 0.1 m is too coarse.
SPEED_WINDOW_S = 5


@dataclass(frozen=True)
class SessionRecording:
    """A recording with at least one sample.

    ``streams``: as recorded, of one length, distance complete and never decreasing. ``seconds``:
    the same on whole seconds from the first sample.
    """

    sport: str
    streams: Streams
    seconds: Recorded

    @cached_property
    def has_power(self) -> bool:
        """Whether power was measured for most of the time."""
        return self.seconds.watts.coverage >= power.MIN_COVERAGE

    @cached_property
    def moving(self) -> list[bool]:
        """Whether the athlete moved in each second."""
        return [bool(value) for value in self.seconds.moving.values]

    @cached_property
    def step_s(self) -> float:
        """The usual seconds between samples."""
        steps = [after - before for before, after in pairwise(self.streams["time"])]
        return min(float(median(steps)), MAX_USUAL_STEP_S) if steps else 1.0

    def output(self) -> list[float]:
        """Power in W, or grade-adjusted speed in m/s, of each second; 0 in pauses.

        Raises Unmeasurable without either: the speed of a ride says little about its effort.
        """
        if self.has_power:
            return self.seconds.watts.or_zero()
        if self.seconds.graded and self.sport in (*RUNS, *SWIMS):
            in_motion = [value or None for value in self.seconds.graded]  # standing stays standing
            return [value or 0.0 for value in smoothed_speeds(in_motion, SPEED_WINDOW_S)]
        raise Unmeasurable("needs measured power, or the pace of a run or a swim")

    def metres_between(self, begin_s: float, end_s: float) -> float | None:
        """The distance covered between two times from the start; None if it was not recorded."""
        if "distance" not in self.streams:
            return None
        return self._metres_at(end_s) - self._metres_at(begin_s)

    def _metres_at(self, second: float) -> float:
        time, distance = self.streams["time"], self.streams["distance"]
        at = time[0] + second
        after = min(bisect_left(time, at), len(time) - 1)
        if not after or time[after] <= at:
            return float(distance[after])
        share = (at - time[after - 1]) / (time[after] - time[after - 1])
        return float(distance[after - 1] + share * (distance[after] - distance[after - 1]))


def recording_of(source: Source, activity: Activity) -> tuple[Mapping[str, JSON], SessionRecording]:
    """The StreamSet of an activity, and what its measures need of it.

    Raises NotFound and Unmeasurable if nothing was recorded.
    """
    streams = source.streams(activity.id, STREAMS)
    sport = activity.facts.sport_type or "Workout"
    is_measured = activity.summary.get("device_watts") is True
    return streams, read(streams, sport, has_measured_power=is_measured)


def read(streams: Mapping[str, Any], sport: str, *, has_measured_power: bool) -> SessionRecording:
    """Read a StreamSet. Raises Unmeasurable if it has no usable samples."""
    columns: dict[str, list[Any]] = {}
    for key in STREAMS:
        stream = streams.get(key)
        data = stream.get("data") if isinstance(stream, dict) else None
        if isinstance(data, list):
            columns[key] = data
    recorded = numbers_of(columns.pop("time", []))
    time = [value for value in recorded if value is not None]
    if not time or len(time) < len(recorded) or any(b < a for a, b in pairwise(time)):
        raise Unmeasurable("there is no recording")
    clean: dict[str, list[Any]] = {"time": time}
    for key, data in columns.items():
        if len(data) != len(time) or key == "latlng":
            continue
        clean[key] = [value is not False for value in data] if key == "moving" else numbers_of(data)
    if "distance" in clean:
        metres = list(accumulate(interpolated(clean["distance"], time), max))
        if metres[-1] > metres[0]:
            clean["distance"] = metres
        else:
            del clean["distance"]
    seconds = on_seconds(clean, sport, has_measured_power=has_measured_power)
    return SessionRecording(sport, clean, seconds)


def mean_between(values: Sequence[Number], begin_s: int, end_s: int) -> float | None:
    """The mean of the values of a stretch that are known; None if less than half of them are."""
    stretch = values[begin_s:end_s]
    present = [value for value in stretch if value is not None]
    if not present or 2 * len(present) < len(stretch):
        return None
    return sum(present) / len(present)


def numbers_of(data: list[Any]) -> list[Number]:
    """The numbers of a stream that can be measurements; anything else is a gap."""
    if data and set(map(type, data)) <= {int, float}:
        is_bounded = -MAX_NUMBER < min(data) and max(data) < MAX_NUMBER
        if is_bounded and not isnan(sum(data)):
            return data
    return [_number(value) for value in data]


def _number(value: object) -> Number:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None  # not NaN either
