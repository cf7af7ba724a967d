"""What the sandbox reads from an uploaded recording: when it began, how long and how far it was."""

import struct
import zlib
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from strava_mcp.strava.sandbox.geo import length_m

JSON = dict[str, Any]

FIT_EPOCH_S = 631_065_600  # 1989-12-31T00:00:00Z
MOST_BYTES = 100 << 20


class Damaged(ValueError):
    """The file is not what its data_type says."""


def read(file: bytes, data_type: str) -> JSON:
    """``start_date_local``, ``elapsed_time`` (s), ``distance`` (m), ``sport_type`` of a file.

    GPX and TCX are read point by point. Of FIT the header and checksum are checked and the start
    is taken from its first time stamp; its length stays a nominal half hour and its distance 0.
    """
    if data_type.endswith(".gz"):
        try:
            file = zlib.decompressobj(wbits=31).decompress(file, MOST_BYTES)
        except zlib.error as exc:
            raise Damaged("the file is not gzipped") from exc
    kind = data_type.removesuffix(".gz")
    return _fit(file) if kind == "fit" else _xml(file, kind)


def _xml(file: bytes, kind: str) -> JSON:
    if b"<!DOCTYPE" in file or b"<!ENTITY" in file:
        raise Damaged("the file declares entities")
    try:
        root = ElementTree.fromstring(file.strip())
    except ElementTree.ParseError as exc:
        raise Damaged("the file is not XML") from exc
    times, points, metres = [], [], []
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == ("trkpt" if kind == "gpx" else "Position"):
            points.append(_point(element, kind))
        elif tag in ("time", "Time") and element.text:
            times.append(datetime.fromisoformat(element.text.strip()))
        elif tag == "DistanceMeters" and element.text:
            metres.append(float(element.text))
    if not times:
        raise Damaged("the file has no time stamps")
    sport = root.find(".//{*}Activity")
    return {
        "start_date_local": min(times).strftime("%Y-%m-%dT%H:%M:%S"),
        "elapsed_time": max(1, int((max(times) - min(times)).total_seconds())),
        "distance": max(metres) if metres else round(length_m(points), 1),
        "sport_type": "Ride" if sport is not None and sport.get("Sport") == "Biking" else "Run",
    }


def _point(element: ElementTree.Element, kind: str) -> tuple[float, float]:
    if kind == "gpx":
        return float(element.get("lat", 0)), float(element.get("lon", 0))
    latitude = element.findtext("{*}LatitudeDegrees", "0")
    return float(latitude), float(element.findtext("{*}LongitudeDegrees", "0"))


def _fit(file: bytes) -> JSON:
    if len(file) < 14 or file[8:12] != b".FIT":
        raise Damaged("the file is not FIT")
    size = file[0] + struct.unpack("<I", file[4:8])[0] + 2
    if len(file) < size or _crc(file[: size - 2]) != struct.unpack("<H", file[size - 2 : size])[0]:
        raise Damaged("the file is incomplete or its checksum is wrong")
    return {
        "start_date_local": _first_time(file).strftime("%Y-%m-%dT%H:%M:%S"),
        "elapsed_time": 1800,
        "distance": 0.0,
        "sport_type": "Workout",
    }


def _first_time(file: bytes) -> datetime:
    """The first plausible time stamp: a 32-bit count of seconds since the FIT epoch."""
    low, high = 0x23000000, 0x60000000  # 2008 to 2040
    for offset in range(file[0], min(len(file), 4096) - 4):
        value = struct.unpack_from("<I", file, offset)[0]
        if low < value < high and value + FIT_EPOCH_S < datetime.now(UTC).timestamp():
            return datetime.fromtimestamp(value + FIT_EPOCH_S, UTC)
    raise Damaged("the file has no time stamps")


def _crc(data: bytes) -> int:
    """The checksum of the FIT protocol (CRC-16/ARC), a nibble at a time."""
    table = (
        *(0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401),
        *(0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400),
    )
    crc = 0
    for byte in data:
        crc = (crc >> 4) ^ table[crc & 0xF] ^ table[byte & 0xF]
        crc = (crc >> 4) ^ table[crc & 0xF] ^ table[byte >> 4]
    return crc
