"""Write a recording as GPX 1.1 or TCX 2, which ``recordings.read`` and other programs read.

Heart rate, cadence and temperature of GPX are Garmin's TrackPointExtension 1, power is its
PowerExtension 1; of TCX, power is in ActivityExtension 2. A sample without a position is left out
of GPX, which has none, and keeps its other values in TCX.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import escape

from strava_mcp.sports import RIDES, RUNS

Format = Literal["gpx", "tcx"]
MEDIA_TYPES: Mapping[Format, str] = {
    "gpx": "application/gpx+xml",
    "tcx": "application/vnd.garmin.tcx+xml",
}
#: A longer time without a position ends a segment of GPX, in seconds. Devices may record positions
#: less often than other values.
MAX_UNKNOWN_S = 30
#: Characters that XML 1.0 cannot have (§2.2).
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
GPX = """\
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="strava_mcp" xmlns="http://www.topografix.com/GPX/1/1" \
xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" \
xmlns:pwr="http://www.garmin.com/xmlschemas/PowerExtension/v1">
<metadata><time>{start}</time></metadata>
<trk><name>{name}</name><type>{sport}</type>
{segments}
</trk></gpx>
"""
TCX = """\
<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" \
xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2">
<Activities><Activity Sport="{sport}"><Id>{start}</Id>
<Lap StartTime="{start}"><TotalTimeSeconds>{seconds}</TotalTimeSeconds>\
{metres}<Intensity>Active</Intensity>\
<TriggerMethod>Manual</TriggerMethod><Track>
{points}
</Track></Lap><Notes>{name}</Notes></Activity></Activities></TrainingCenterDatabase>
"""


class Track(NamedTuple):
    """What is written: the start in seconds since the epoch, and samples by stream type.

    ``sport``: Strava's sport type. ``samples``: of one length, ``time`` in seconds from the start;
    None where a value is unknown (see ``sources.stream_samples``).
    """

    name: str
    sport: str
    start_s: float
    samples: Mapping[str, Sequence[Any]]


class NothingToWrite(ValueError):
    """The recording has nothing that the format can hold; the message says what to do."""


def write(track: Track, kind: Format) -> str:
    """The recording as the text of a file. Raises NothingToWrite."""
    return WRITERS[kind](track)


def _gpx(track: Track) -> str:
    segments = list(_gpx_segments(track))
    if not segments:
        raise NothingToWrite("GPX needs positions, and there are none. Ask for tcx.")
    return GPX.format(
        start=_clock(track.start_s),
        name=_text(track.name),
        sport=_text(track.sport),
        segments="\n".join("\n".join(["<trkseg>", *points, "</trkseg>"]) for points in segments),
    )


def _gpx_segments(track: Track) -> Iterator[list[str]]:
    """Yield the points of each segment.

    A track without positions for a while, hidden or lost, goes on in another segment (GPX 1.1,
    ``trksegType``): the straight line between would be a way that nobody took.
    """
    points: list[str] = []
    last_s, is_lost = 0.0, False
    for sample in _samples(track):
        if not sample.get("latlng"):
            is_lost = True
            continue
        if points and is_lost and sample["time"] - last_s > MAX_UNKNOWN_S:
            yield points
            points = []
        points.append(_gpx_point(track, sample))
        last_s, is_lost = sample["time"], False
    if points:
        yield points


def _tcx(track: Track) -> str:
    samples = list(_samples(track))
    if not samples:
        raise NothingToWrite("Nothing was recorded, so there is no file of it.")
    metres = [sample["distance"] for sample in samples if "distance" in sample]
    return TCX.format(
        sport="Running" if track.sport in RUNS else "Biking" if track.sport in RIDES else "Other",
        start=_clock(track.start_s),
        seconds=_decimal(samples[-1]["time"]),
        metres=_element("DistanceMeters", _decimal(metres[-1])) if metres else "",
        name=_text(track.name),
        points="\n".join(_tcx_point(track, sample) for sample in samples),
    )


def _samples(track: Track) -> Iterator[dict[str, Any]]:
    """Yield the known values of each sample."""
    keys = list(track.samples)
    for row in zip(*track.samples.values(), strict=True):
        yield {key: value for key, value in zip(keys, row, strict=True) if value is not None}


def _gpx_point(track: Track, sample: Mapping[str, Any]) -> str:
    lat, lon = sample["latlng"]
    inner = "".join(
        f"<gpxtpx:{name}>{round(sample[key])}</gpxtpx:{name}>"
        for key, name in (("temp", "atemp"), ("heartrate", "hr"), ("cadence", "cad"))
        if key in sample
    )
    extensions = f"<gpxtpx:TrackPointExtension>{inner}</gpxtpx:TrackPointExtension>" * bool(inner)
    if "watts" in sample:
        extensions += f"<pwr:PowerInWatts>{round(sample['watts'])}</pwr:PowerInWatts>"
    return (
        f'<trkpt lat="{_decimal(lat)}" lon="{_decimal(lon)}">'
        f"{_element('ele', _decimal(sample.get('altitude')))}"
        f"<time>{_clock(track.start_s + sample['time'])}</time>"
        f"{_element('extensions', extensions or None)}</trkpt>"
    )


def _tcx_point(track: Track, sample: Mapping[str, Any]) -> str:
    position = ""
    if "latlng" in sample:
        lat, lon = sample["latlng"]
        position = _element(
            "Position",
            _element("LatitudeDegrees", _decimal(lat))
            + _element("LongitudeDegrees", _decimal(lon)),
        )
    rate = sample.get("heartrate")
    watts = sample.get("watts")
    power = None if watts is None else f"<ns3:TPX><ns3:Watts>{round(watts)}</ns3:Watts></ns3:TPX>"
    cadence = sample.get("cadence")
    return (
        f"<Trackpoint><Time>{_clock(track.start_s + sample['time'])}</Time>{position}"
        f"{_element('AltitudeMeters', _decimal(sample.get('altitude')))}"
        f"{_element('DistanceMeters', _decimal(sample.get('distance')))}"
        f"{_element('HeartRateBpm', None if rate is None else f'<Value>{round(rate)}</Value>')}"
        f"{_element('Cadence', None if cadence is None else round(cadence))}"
        f"{_element('Extensions', power)}</Trackpoint>"
    )


def _element(name: str, content: object) -> str:
    return "" if content is None else f"<{name}>{content}</{name}>"


def _decimal(value: float | None) -> str | None:
    """A number without an exponent, which XML Schema's decimals do not have."""
    return None if value is None else f"{value:.7f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return escape(NO_XML.sub("", text))


def _clock(moment_s: float) -> str:
    """A time in UTC, with milliseconds where there are any."""
    moment = datetime.fromtimestamp(moment_s, UTC).replace(tzinfo=None)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return f"{moment.isoformat(timespec=precision)}Z"


WRITERS: Mapping[Format, Callable[[Track], str]] = {"gpx": _gpx, "tcx": _tcx}
