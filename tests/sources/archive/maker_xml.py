"""Writes recordings as GPX and TCX files: the inverse of their parsers.

Like in Strava's exports: GPX as written by Strava's app, TCX with white space before the XML
declaration.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from strava_mcp.json_types import JSON
from strava_mcp.recordings.recording import Lap, Recording

GPX_TYPES = {
    "Run": "running",
    "TrailRun": "trail_running",
    "Ride": "cycling",
    "GravelRide": "gravel_cycling",
    "VirtualRide": "virtual_ride",
    "Hike": "hiking",
    "Walk": "walking",
}
TCX_SPORTS = dict.fromkeys(("Run", "TrailRun"), "Running") | dict.fromkeys(
    ("Ride", "VirtualRide", "GravelRide"), "Biking"
)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
GARMIN = "http://www.garmin.com/xmlschemas"


def gpx(recording: Recording) -> bytes:
    """Encode a recording as GPX 1.1 with Garmin's extension. It must have a track."""
    points = "\n".join(_points(recording))
    kind = GPX_TYPES.get(recording.sport or "", "other")
    return (
        f"{XML}<gpx creator={quoteattr(recording.device or 'Strava')} version=\"1.1\" "
        'xmlns="http://www.topografix.com/GPX/1/1" '
        f'xmlns:gpxtpx="{GARMIN}/TrackPointExtension/v1">\n'
        f"<metadata><time>{_at(recording, 0)}</time></metadata>\n"
        f"<trk><name>{escape(recording.name or '')}</name><type>{kind}</type><trkseg>\n"
        f"{points}\n</trkseg></trk></gpx>\n"
    ).encode()


def _points(recording: Recording) -> Iterator[str]:
    streams = recording.streams
    inner = [
        (name, streams[key])
        for name, key in (("atemp", "temp"), ("hr", "heartrate"), ("cad", "cadence"))
        if key in streams
    ]
    heights, watts = streams.get("altitude"), streams.get("watts")
    for i, seconds in enumerate(streams["time"]):
        lat, lng = streams["latlng"][i]
        more = "".join(f"<gpxtpx:{name}>{v[i]}</gpxtpx:{name}>" for name, v in inner)
        if more:
            more = f"<gpxtpx:TrackPointExtension>{more}</gpxtpx:TrackPointExtension>"
        if watts:
            more = f"<power>{watts[i]}</power>{more}"
        yield (
            f'<trkpt lat="{lat:.6f}" lon="{lng:.6f}">'
            + (f"<ele>{heights[i]}</ele>" if heights else "")
            + f"<time>{_at(recording, seconds)}</time>"
            + (f"<extensions>{more}</extensions>" if more else "")
            + "</trkpt>"
        )


def tcx(recording: Recording) -> bytes:
    """Encode a recording as a TCX activity, one track per lap. Times of laps are timer times."""
    laps = "\n".join(_laps(recording))
    sport = TCX_SPORTS.get(recording.sport or "", "Other")
    return (
        f'          {XML}<TrainingCenterDatabase xmlns="{GARMIN}/TrainingCenterDatabase/v2" '
        f'xmlns:ns3="{GARMIN}/ActivityExtension/v2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f'<Activities><Activity Sport="{sport}"><Id>{_at(recording, 0)}</Id>\n{laps}\n'
        f"<Notes>{escape(recording.name or '')}</Notes>"
        f'<Creator xsi:type="Device_t"><Name>{escape(recording.device or "Watch")}</Name></Creator>'
        "</Activity></Activities></TrainingCenterDatabase>\n"
    ).encode()


def _laps(recording: Recording) -> Iterator[str]:
    """A sample at the end of a lap belongs to it, because it stands for the time before."""
    laps = recording.laps or (Lap(0.0, recording.totals),)
    points, times = list(_trackpoints(recording)), recording.streams["time"]
    begin = 0
    for number, lap in enumerate(laps):
        ends = laps[number + 1].start_s if number + 1 < len(laps) else times[-1]
        end = begin
        while end < len(times) and times[end] <= ends:
            end += 1
        yield (
            f'<Lap StartTime="{_at(recording, lap.start_s)}">{_lap_totals(recording, lap.totals)}'
            f"<Intensity>Active</Intensity><TriggerMethod>Distance</TriggerMethod><Track>\n"
            + "\n".join(points[begin:end])
            + "\n</Track></Lap>"
        )
        begin = end


def _lap_totals(recording: Recording, facts: JSON) -> str:
    moving_s = facts["moving_time"]
    share = moving_s / (recording.totals["moving_time"] or 1)
    beats = "".join(
        f"<{name}><Value>{round(facts[key])}</Value></{name}>"
        for name, key in (
            ("AverageHeartRateBpm", "average_heartrate"),
            ("MaximumHeartRateBpm", "max_heartrate"),
        )
        if key in facts
    )
    return (
        f"<TotalTimeSeconds>{float(moving_s)}</TotalTimeSeconds>"
        f"<DistanceMeters>{facts.get('distance', 0.0)}</DistanceMeters>"
        f"<Calories>{round(recording.totals.get('calories', 0) * share)}</Calories>{beats}"
    )


def _trackpoints(recording: Recording) -> Iterator[str]:
    streams = recording.streams
    on_foot = recording.sport in ("Run", "TrailRun", "Walk", "Hike")
    track, beats = streams.get("latlng"), streams.get("heartrate")
    plain = _present(streams, altitude="AltitudeMeters", distance="DistanceMeters")
    cadence = [] if on_foot else _present(streams, cadence="Cadence")
    more = _present(streams, velocity_smooth="Speed", watts="Watts")
    more += _present(streams, cadence="RunCadence") if on_foot else []
    for i, seconds in enumerate(streams["time"]):
        yield (
            f"<Trackpoint><Time>{_at(recording, seconds)}</Time>"
            + (_position(track[i]) if track else "")
            + "".join(f"<{name}>{values[i]}</{name}>" for name, values in plain)
            + (f"<HeartRateBpm><Value>{beats[i]}</Value></HeartRateBpm>" if beats else "")
            + "".join(f"<{n}>{values[i]}</{n}>" for n, values in cadence)
            + "<Extensions><ns3:TPX>"
            + "".join(f"<ns3:{name}>{values[i]}</ns3:{name}>" for name, values in more)
            + "</ns3:TPX></Extensions></Trackpoint>"
        )


def _position(point: list[float]) -> str:
    return (
        f"<Position><LatitudeDegrees>{point[0]:.6f}</LatitudeDegrees>"
        f"<LongitudeDegrees>{point[1]:.6f}</LongitudeDegrees></Position>"
    )


def _present(streams: dict[str, list[Any]], **names: str) -> list[tuple[str, list[Any]]]:
    """Return element names with their streams, for streams that were recorded."""
    return [(name, streams[key]) for key, name in names.items() if key in streams]


def _at(recording: Recording, seconds: float) -> str:
    start = recording.start
    assert isinstance(start, datetime)
    return (start + timedelta(seconds=round(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
