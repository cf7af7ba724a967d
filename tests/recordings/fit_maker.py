"""FIT files from messages, with the encoder of Garmin's SDK."""

import struct
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from strava_mcp.json_types import JSON
from strava_mcp.recordings import fit_chain

#: FIT's epoch in seconds since 1970, and a morning in seconds since that epoch.
EPOCH_S = 631_065_600
MORNING = 1_083_225_600
BEGAN = datetime.fromtimestamp(MORNING + EPOCH_S, UTC)
EDGE_820 = 2530
SEMICIRCLES = 2**31 / 180

Message = tuple[str, JSON]


def fit(
    messages: Iterable[Message], developer: Mapping[int, tuple[JSON, JSON]] | None = None
) -> bytes:
    """Encode messages as a file; ``developer``: key → developer_data_id and field_description."""
    from garmin_fit_sdk import Encoder, Profile

    encoder = Encoder()
    for key, (owner, description) in (developer or {}).items():
        encoder.add_developer_field(key, owner, description)
    for kind, fields in messages:
        encoder.on_mesg(Profile["mesg_num"][kind], fields)
    data: bytes = encoder.close()
    return data


def framed(messages: bytes) -> bytes:
    """Make a file of encoded messages, for those that the encoder of the SDK does not write."""
    header = struct.pack("<BBHI4s", 12, 0x10, 100, len(messages), b".FIT")
    body = header + messages
    return body + struct.pack("<H", fit_chain.checksum(body))


def activity(*messages: Message, **session: Any) -> list[Message]:
    """Add a file_id and a session that starts in the morning and lasts an hour by default."""
    seconds = session.pop("total_elapsed_time", 3600.0)
    head = {
        **{"timestamp": MORNING + int(seconds), "start_time": MORNING, "sport": "cycling"},
        **{"total_elapsed_time": seconds, "total_timer_time": seconds},
        **session,
    }
    return [file_id(), *messages, ("SESSION", head)]


def session(begin: int, seconds: int, sport: str, **fields: Any) -> Message:
    """Make a session that begins ``begin`` seconds after MORNING."""
    return "SESSION", {
        **{"timestamp": MORNING + begin + seconds, "start_time": MORNING + begin, "sport": sport},
        **{"total_elapsed_time": float(seconds), "total_timer_time": float(seconds), **fields},
    }


def file_id(kind: str = "activity", **fields: Any) -> Message:
    """Make the first message of every file."""
    head = {"type": kind, "manufacturer": "garmin", "product": EDGE_820}
    return "FILE_ID", head | {"time_created": MORNING} | fields


def record(seconds: int, **fields: Any) -> Message:
    """Make a record, ``seconds`` after MORNING; ``latlng`` in degrees."""
    latlng = fields.pop("latlng", None)
    if latlng:
        fields["position_lat"] = round(latlng[0] * SEMICIRCLES)
        fields["position_long"] = round(latlng[1] * SEMICIRCLES)
    return "RECORD", {"timestamp": MORNING + seconds, **fields}


def timer(seconds: int, kind: str) -> Message:
    """Make a start or stop of the timer."""
    return "EVENT", {"timestamp": MORNING + seconds, "event": "timer", "event_type": kind}


def ride(seconds: int, step: int = 1, speed: float = 8.0) -> list[Message]:
    """Make records of a steady ride north with all sensors of a bicycle computer."""
    return [
        record(
            second,
            latlng=(47.0 + second * speed / 111_195, 8.5),
            distance=second * speed,
            enhanced_speed=speed,
            enhanced_altitude=400 + second % 600 / 10,
            heart_rate=120 + second % 40,
            cadence=85,
            power=200,
            temperature=18,
        )
        for second in range(0, seconds + 1, step)
    ]
