"""An activity as a reply shows it: few short keys, known values only, the athlete's own clock.

Strava's answers are not trusted to have the types of its description: a field of another type
counts as missing, and what is missing is left out. Units are those of ``tools.display_units``.
"""

from collections.abc import Mapping
from typing import Any

from strava_mcp.errors import Unavailable
from strava_mcp.json_types import JSON
from strava_mcp.sources.source import FIRST_OWN_ID
from strava_mcp.sports import ON_FOOT
from strava_mcp.tools import display_units as measure

Strava = Mapping[str, Any]

WORKOUTS = {1: "race", 2: "long run", 3: "workout", 11: "race", 12: "workout"}
MAX_EFFORTS = 10
#: Beyond every id and every quantity; what is larger is damage, and would overflow.
MAX_NUMBER = 2**63


def link(activity_id: int | str) -> str:
    """Where the activity is on Strava; its brand rules want the link beside the data.

    One that only an archive knows has no page there, so the link is that of the athlete's list.
    """
    if isinstance(activity_id, int) and activity_id >= FIRST_OWN_ID:
        return "https://www.strava.com/athlete/training"
    return f"https://www.strava.com/activities/{activity_id}"


def number(source: Strava, key: str) -> float | None:
    """A number that can be one of training, or None where there is none."""
    return real(source.get(key))


def real(value: Any) -> float | None:
    """``value`` if it is a number below MAX_NUMBER, which also leaves out NaN; else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < MAX_NUMBER else None


def text(source: Strava, key: str) -> str | None:
    """A text that is not empty, or None."""
    value = source.get(key)
    return value if isinstance(value, str) and value.strip() else None


def items(source: Strava, key: str) -> list[JSON]:
    """The objects of a list; nothing where there is no list."""
    value = source.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def sport_of(activity: Strava) -> str:
    """The sport type; ``type`` is what older recordings have. Empty where neither is known."""
    return text(activity, "sport_type") or text(activity, "type") or ""


def local_time(source: Strava) -> str | None:
    """``start_date_local`` without its Z: it is a local time, never to be shifted."""
    value = text(source, "start_date_local")
    return value.removesuffix("Z") if value else None


def _start(activity: Strava) -> JSON:
    """When it began: on the athlete's own clock, or in UTC where that clock is unknown."""
    local = local_time(activity)
    utc = text(activity, "start_date")
    return {"start_local": local} if local or not utc else {"start_utc": utc.removesuffix("Z")}


def known(found: Mapping[str, Any]) -> JSON:
    """``found`` without what is missing, false, zero or empty."""
    return {name: value for name, value in found.items() if value}


def identified(found: JSON, kind: str) -> JSON:
    """``found``, which has an id. Raises Unavailable: Strava's answer is no ``kind``."""
    if "id" not in found:
        raise Unavailable(f"Strava answered something that is no {kind}. Try again later.")
    return found


def whole(source: Strava, key: str) -> int | None:
    """A number rounded to a whole one, or None."""
    value = number(source, key)
    return None if value is None else round(value)


def time(source: Strava, key: str) -> str | None:
    """A duration as ``h:mm:ss``, or None where there is none."""
    seconds = number(source, key)
    return measure.duration(seconds) if seconds and seconds > 0 else None


def length(source: Strava, key: str, units: str) -> float | None:
    """Metres of way in kilometres or miles, or None where there are none."""
    metres = number(source, key)
    return measure.distance(metres, units) if metres else None


def height(source: Strava, key: str, units: str) -> int | None:
    """Metres of climbing or above the sea in metres or feet, or None."""
    metres = number(source, key)
    return None if metres is None else measure.elevation(metres, units)


def intensity(source: Strava) -> JSON:
    """Heart rate and power. Power that Strava estimated from speed says so."""
    watts = "average_watts" if source.get("device_watts") is True else "estimated_watts"
    return known(
        {
            "average_heartrate": whole(source, "average_heartrate"),
            watts: whole(source, "average_watts"),
            "weighted_watts": whole(source, "weighted_average_watts"),
        }
    )


def summary(activity: Strava, units: str) -> JSON:
    """A row of a list (SummaryActivity): what it was, when, how far, how hard."""
    sport = sport_of(activity)
    found = {
        "id": whole(activity, "id"),
        "name": text(activity, "name"),
        "sport_type": sport,
        **_start(activity),
        **_extent(activity, units, sport),
        **intensity(activity),
        "relative_effort": whole(activity, "suffer_score"),
        "workout": WORKOUTS.get(int(number(activity, "workout_type") or 0)),
    }
    for flag in ("commute", "trainer", "manual"):
        found[flag] = activity.get(flag) is True
    hidden = text(activity, "visibility") or ("only_me" if activity.get("private") is True else "")
    found["visibility"] = hidden if hidden != "everyone" else None
    return known(found)


def detail(activity: Strava, units: str, full: bool, all_efforts: bool = False) -> JSON:
    """One activity (DetailedActivity); ``full`` adds laps, splits, efforts and the track.

    Of segment efforts it has the ten best, or all of them with ``all_efforts``.
    """
    sport = sport_of(activity)
    imperial = units == "imperial"
    gear = activity.get("gear")
    found = summary(activity, units) | {
        "description": text(activity, "description"),
        "elapsed_time": time(activity, "elapsed_time"),
        "max_speed": _fastest(activity, units),
        "max_heartrate": whole(activity, "max_heartrate"),
        "average_cadence": _steps(activity, sport),
        "max_watts": whole(activity, "max_watts"),
        "kilojoules": whole(activity, "kilojoules"),
        "calories": whole(activity, "calories"),
        "elevation_low": height(activity, "elev_low", units),
        "elevation_high": height(activity, "elev_high", units),
        "average_temp": _temperature(activity, imperial),
        "gear": text(gear, "name") if isinstance(gear, dict) else None,
        "gear_id": text(activity, "gear_id"),
        "device": text(activity, "device_name"),
        "timezone": (text(activity, "timezone") or "").rpartition(" ")[2],
        "kudos": whole(activity, "kudos_count"),
        "comments": whole(activity, "comment_count"),
        "achievements": whole(activity, "achievement_count"),
        "personal_records": whole(activity, "pr_count"),
        "hide_from_home": activity.get("hide_from_home") is True,
        **_of_the_export(activity, imperial),
    }
    if full:
        found |= _parts(activity, units, sport, all_efforts)
    if "id" in found:
        found["link"] = link(found["id"])
    return {"units": measure.UNITS[units]} | known(found)


def _of_the_export(activity: Strava, imperial: bool) -> JSON:
    """What only the athlete's own export holds, and what was computed for want of it there."""
    weather = activity.get("weather")
    computed = activity.get("computed")
    return {
        "private_note": text(activity, "private_note"),
        "perceived_exertion": number(activity, "perceived_exertion"),
        "weather": _weather(weather, imperial) if isinstance(weather, dict) else None,
        "computed": (
            [str(name) for name in computed] if isinstance(computed, list) and computed else None
        ),
    }


def _weather(weather: Strava, imperial: bool) -> JSON:
    """Strava's weather of an activity; temperatures are in °C there."""
    found = {name: value for name, value in weather.items() if isinstance(value, (int, float, str))}
    for name in ("temperature", "apparent_temperature"):
        celsius = number(found, name)
        if celsius is not None:
            found[name] = (
                f"{round(celsius * 9 / 5 + 32)} °F" if imperial else f"{round(celsius)} °C"
            )
    return found


def _extent(activity: Strava, units: str, sport: str) -> JSON:
    """Distance, time, climbing and average speed of an activity, lap or split."""
    metres, seconds = number(activity, "distance"), number(activity, "moving_time")
    found: JSON = {
        "distance": length(activity, "distance", units),
        "moving_time": time(activity, "moving_time"),
        "elevation_gain": height(activity, "total_elevation_gain", units),
    }
    if metres and seconds and metres > 0 and seconds > 0:
        word, value = measure.movement(metres / seconds, units, sport)
        found[word] = value
    return known(found)


def _parts(activity: Strava, units: str, sport: str, all_efforts: bool) -> JSON:
    """Laps, splits in the units asked for, the best efforts, and the track in outline."""
    splits = items(activity, "splits_standard" if units == "imperial" else "splits_metric")
    efforts = sorted(items(activity, "segment_efforts"), key=_rank)
    outline = activity.get("map")
    laps = items(activity, "laps")
    shown = len(efforts) if all_efforts else MAX_EFFORTS
    left = len(efforts) - shown
    return {
        "laps": [_lap(lap, units, sport) for lap in laps] if len(laps) > 1 else [],
        "splits": [_lap(split, units, sport) for split in splits],
        "best_efforts": [_segment(e, units) for e in items(activity, "best_efforts")],
        "segment_efforts": [_segment(effort, units) for effort in efforts[:shown]],
        "note": f"{left} more segment efforts with include_all_efforts." if left > 0 else None,
        "polyline": text(outline, "summary_polyline") if isinstance(outline, dict) else None,
    }


def _lap(lap: Strava, units: str, sport: str) -> JSON:
    return known(
        {
            "name": text(lap, "name"),
            **_extent(lap, units, sport),
            "elevation_change": height(lap, "elevation_difference", units),
            **intensity(lap),
        }
    )


def _segment(effort: Strava, units: str) -> JSON:
    segment = effort.get("segment")
    return known(
        {
            "name": text(effort, "name"),
            "segment_id": whole(segment, "id") if isinstance(segment, dict) else None,
            "distance": length(effort, "distance", units),
            "time": time(effort, "elapsed_time"),
            **intensity(effort),
            "pr_rank": whole(effort, "pr_rank"),
            "kom_rank": whole(effort, "kom_rank"),
        }
    )


def _rank(effort: Strava) -> tuple[float, float]:
    """Places on the segment's own list first, then personal records, then as ridden."""
    return (number(effort, "kom_rank") or 99, number(effort, "pr_rank") or 99)


def _fastest(activity: Strava, units: str) -> float | None:
    value = number(activity, "max_speed")
    return measure.speed(value, units) if value else None


def _steps(activity: Strava, sport: str) -> int | None:
    """Strava counts the steps of one leg; runners count both."""
    value = number(activity, "average_cadence")
    if value is None:
        return None
    return round(value * 2 if sport in ON_FOOT else value)


def _temperature(activity: Strava, imperial: bool) -> str | None:
    celsius = number(activity, "average_temp")
    if celsius is None:
        return None
    return f"{round(celsius * 9 / 5 + 32)} °F" if imperial else f"{round(celsius)} °C"
