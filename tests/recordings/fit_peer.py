"""What an independent decoder, fitdecode, reads from a FIT file; for comparison."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import fitdecode

#: Fields of records → stream type. Of two fields with one meaning, the latter wins.
STREAMS = {
    **{"heart_rate": "heartrate", "cadence": "cadence", "power": "watts", "temperature": "temp"},
    **{"distance": "distance", "altitude": "altitude", "enhanced_altitude": "altitude"},
    "position_lat": "latlng",
}
#: Fields of a session → key of a DetailedActivity.
TOTALS = {
    **{"total_elapsed_time": "elapsed_time", "total_timer_time": "moving_time"},
    **{"total_distance": "distance", "total_ascent": "total_elevation_gain"},
    **{"total_calories": "calories", "avg_heart_rate": "average_heartrate"},
    **{"max_heart_rate": "max_heartrate", "avg_power": "average_watts", "max_power": "max_watts"},
    **{"avg_speed": "average_speed", "enhanced_avg_speed": "average_speed"},
    **{"max_speed": "max_speed", "enhanced_max_speed": "max_speed"},
}


@dataclass
class Peer:
    """The content of a file. ``counts``: seconds with a value of each stream type."""

    seconds: set[int] = field(default_factory=set)
    seconds_with: dict[str, set[int]] = field(default_factory=dict)
    starts: list[int] = field(default_factory=list)
    sports: list[tuple[Any, Any]] = field(default_factory=list)
    totals: list[dict[str, float]] = field(default_factory=list)
    laps: int = 0
    lap_distance: float = 0.0


def read(data: bytes) -> Peer:
    """Read a file as far as it can be decoded."""
    peer = Peer()
    try:
        with fitdecode.FitReader(
            io.BytesIO(data),
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as frames:
            for frame in frames:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    _take(peer, frame)
    except fitdecode.FitError:
        pass
    return peer


def _take(peer: Peer, frame: Any) -> None:
    values = {one.name: one.value for one in frame.fields if one.value is not None}
    if frame.name == "record" and (second := _second(values.get("timestamp"))):
        peer.seconds.add(second)
        for name, key in STREAMS.items():
            if name in values:
                peer.seconds_with.setdefault(key, set()).add(second)
    elif frame.name == "lap":
        peer.laps += 1
        peer.lap_distance += values.get("total_distance", 0.0)
    elif frame.name == "session":
        peer.starts.append(_second(values.get("start_time")) or 0)
        peer.sports.append((values.get("sport", ""), values.get("sub_sport", "generic")))
        peer.totals.append({TOTALS[name]: values[name] for name in TOTALS if name in values})


def _second(when: object) -> int | None:
    return int(when.astimezone(UTC).timestamp()) if isinstance(when, datetime) else None
