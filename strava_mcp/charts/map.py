"""The view of where a period was trained: all its tracks as thin lines, without a base map."""

from dataclasses import replace
from math import hypot

from strava_mcp.analysis.period import Activity
from strava_mcp.analysis.track_thinning import Metres
from strava_mcp.analysis.tracks import Tracks
from strava_mcp.charts.activity_words import sport_name
from strava_mcp.charts.chart import Chart, Fact, Map, Track
from strava_mcp.charts.quantities import length
from strava_mcp.charts.quantity_words import plain, write, write_date
from strava_mcp.charts.track_map import scale_bar

HIDDEN = "Nothing is drawn within 300 m of where most activities begin."


def draw(tracks: Tracks, dates: str, units: str) -> Chart:
    """The chart of tracks. ``dates``: of the period, in words; ``units``: metric or imperial."""
    title = "Where you trained"
    if not tracks.tracks:
        state = f"There is no map of {dates}: {_nothing(tracks)}."
        return Chart("map", title, "Map", state, subtitle=dates, state=state)
    west, south = _corner(tracks)
    lines = [
        Track(
            [
                (round(point[0] - west), round(point[1] - south)) if point else None
                for point in track.points
            ],
            label=_label(track.activity, units),
            opens={"view": "activity", "ids": track.activity.id},
        )
        for track in tracks.tracks
    ]
    scale = scale_bar([point for line in lines for point in line.points], units)
    return Chart(
        view="map",
        title=title,
        heading=title,
        subtitle=dates,
        reading=plain(_reading(tracks, dates, units)),
        facts=_facts(tracks, units),
        map=Map(lines, scale, has_ends=False),
        notes=_notes(tracks),
    )


def _corner(tracks: Tracks) -> Metres:
    """The south-west corner, which a map is measured from: from home it would say where home is."""
    points = [point for track in tracks.tracks for point in track.points if point]
    return min(point[0] for point in points), min(point[1] for point in points)


def _nothing(tracks: Tracks) -> str:
    """Why there is nothing to draw."""
    if tracks.hidden:
        return "no track leaves the 300 m around where most activities begin, which are not drawn"
    if tracks.left_out:
        return f"none of the last {tracks.without} activities has positions"
    return "no activity has positions" if tracks.without else "there is no activity"


def _facts(tracks: Tracks, units: str) -> list[Fact]:
    km = length(units)
    metres = sum(track.activity.facts.distance or 0.0 for track in tracks.tracks)
    return [
        Fact("Tracks", str(len(tracks.tracks))),
        Fact("Distance", write(km, metres, False), km.unit),
    ]


def _reading(tracks: Tracks, dates: str, units: str) -> str:
    count, km = len(tracks.tracks), length(units)
    longest = max(tracks.tracks, key=lambda track: track.activity.facts.distance or 0.0).activity
    sentences = [
        f"{count} track{' is' if count == 1 else 's are'} drawn ({dates}); the longest is the "
        f"{_label(longest, units)}."
    ]
    reach = max(hypot(*point) for track in tracks.tracks for point in track.points if point)
    # Outlines are no closer; 9.95 is written as 10.
    rounded = replace(km, digits=1 if reach * km.factor < 9.95 else 0)
    reaches = "It reaches" if count == 1 else "They reach"
    sentences.append(f"{reaches} about {write(rounded, reach)} from the usual start.")
    if tracks.elsewhere:
        is_drawn = "is" if tracks.elsewhere == 1 else "are"
        sentences.append(f"{tracks.elsewhere} in other regions {is_drawn} not drawn.")
    return " ".join(sentences)


def _notes(tracks: Tracks) -> list[str]:
    notes = [HIDDEN]
    if tracks.hidden:
        notes.append(f"Within these 300 m, not drawn: {tracks.hidden}.")
    if tracks.elsewhere:
        notes.append(f"In other regions, not drawn: {tracks.elsewhere}.")
    if tracks.without:
        notes.append(f"Without positions: {tracks.without}.")
    if tracks.left_out:
        notes.append(f"Older activities, not drawn: {tracks.left_out}.")
    if tracks.not_reached:
        notes.append(f"Older activities were not reached. {tracks.not_reached}")
    return notes


def _label(activity: Activity, units: str) -> str:
    metres, day = activity.facts.distance, write_date(activity.day)
    words = f"{sport_name(activity)} on {day}"
    return f"{words}, {write(length(units), metres)}" if metres else words
