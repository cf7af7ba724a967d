"""An activity of any source as a GPX or TCX file."""

from typing import NamedTuple

from strava_mcp.errors import NotFound, NotSupported
from strava_mcp.recordings.write import MEDIA_TYPES, Format, NothingToWrite, Track, write
from strava_mcp.sources.activity_facts import start_epoch_s
from strava_mcp.sources.source import Source
from strava_mcp.sources.stream_samples import samples_of

STREAMS = ("time", "distance", "latlng", "altitude", "heartrate", "cadence", "watts", "temp")


class ActivityFile(NamedTuple):
    """A file: its name, media type and content."""

    name: str
    media_type: str
    content: bytes


def activity_file(source: Source, number: int, kind: Format) -> ActivityFile:
    """Read an activity and write it as a file, without the positions that the source hides.

    Power that Strava estimated is left out. Raises NotFound, and NotSupported if there is nothing
    to write; the message says what to do.
    """
    activity = source.activity(number)
    start_s = start_epoch_s(activity)
    try:
        samples = samples_of(source.streams(number, STREAMS))
    except NotFound:
        samples = {}
    if not samples or start_s is None:
        raise NotSupported("Nothing was recorded of this activity, so there is no file of it.")
    if activity.get("device_watts") is not True:
        samples.pop("watts", None)
    sport = str(activity.get("sport_type") or activity.get("type") or "Workout")
    name = str(activity.get("name") or sport)
    try:
        text = write(Track(name, sport, start_s, samples), kind)
    except NothingToWrite as exc:
        raise NotSupported(str(exc)) from exc
    return ActivityFile(f"activity-{number}.{kind}", MEDIA_TYPES[kind], text.encode())
