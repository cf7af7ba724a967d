"""An athlete's zones and thresholds on a day, each with where it is from.

A threshold that the athlete gave counts before the zones set on Strava, and those before an
estimated one. Zones: Coggan's of power; Friel's of heart rate and pace (``training.zones``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from strava_mcp.analysis.athlete_settings import Name, Value
from strava_mcp.analysis.candidates import WINDOW
from strava_mcp.analysis.evidence import Coverage, gather
from strava_mcp.analysis.subject import Subject
from strava_mcp.analysis.thresholds import Basis, Threshold, Thresholds
from strava_mcp.errors import MissingScope, NotSupported, Unavailable
from strava_mcp.sources.stream_samples import MAX_NUMBER
from strava_mcp.training.zones import (
    COGGAN_POWER,
    FRIEL_PACE,
    FRIEL_RIDE_HEART_RATE,
    FRIEL_RUN_HEART_RATE,
    zones,
)

COGGAN_NAMES = (
    *("Active recovery", "Endurance", "Tempo", "Threshold"),
    *("VO2max", "Anaerobic capacity", "Neuromuscular"),
)
FRIEL_NAMES = (
    *("1 Recovery", "2 Aerobic", "3 Tempo", "4 Subthreshold"),
    *("5a Superthreshold", "5b Aerobic capacity", "5c Anaerobic capacity"),
)


class System(NamedTuple):
    """A system of zones: shares of a threshold, and the names from the lowest zone."""

    kind: str
    author: str
    threshold: Name
    shares: tuple[float, ...]
    names: tuple[str, ...]


SYSTEMS = (
    System("heart_rate", "Friel, running", "lthr", FRIEL_RUN_HEART_RATE, FRIEL_NAMES),
    System("heart_rate_ride", "Friel, cycling", "lthr", FRIEL_RIDE_HEART_RATE, FRIEL_NAMES),
    System("power", "Coggan", "ftp", COGGAN_POWER, COGGAN_NAMES),
    System("pace", "Friel, running", "threshold_pace", FRIEL_PACE, FRIEL_NAMES),
)


class Zone(NamedTuple):
    """From ``low`` to below ``high``, in bpm, W or s/km; None: without an end.

    Of pace, ``low`` is the slower end.
    """

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ZoneSet:
    """The zones of one kind, the easiest first.

    ``author``: whose system it is; ``threshold``: what it is computed from, and ``basis``, its. For
    zones set on Strava ``threshold`` is None, and ``high`` is a whole number that belongs to both.
    """

    author: str
    threshold: Name | None
    basis: Basis
    zones: Sequence[Zone]


@dataclass(frozen=True)
class AthleteZones:
    """``zones``: by kind; ``person``: sex and year of birth with their basis; ``unknown``: what is
    not known → why. ``problem``: why the zones set on Strava could not be read, else None.
    """

    zones: Mapping[str, ZoneSet]
    thresholds: Mapping[Name, Threshold]
    person: Mapping[Name, tuple[Value, Basis]]
    unknown: Mapping[Name, str]
    problem: str | None
    coverage: Coverage


#: Thresholds in the order in which they are shown, with the reason why one can be unknown.
REASONS: Mapping[Name, str] = {
    "ftp": "no ride with 20 minutes of measured power",
    "lthr": "no heart rate was recorded",
    "max_hr": "no heart rate was recorded",
    "rest_hr": "",
    "threshold_pace": "no run of 1.5 km or more",
    "css": "no swim of 400 m or more",
    "weight": "not in the profile",
}
PERSON_REASONS: Mapping[Name, str] = {
    "sex": "not in the profile, so heart-rate loads have men's coefficients",
    "birth_year": "Strava does not say it",
}


def athlete_zones(subject: Subject) -> AthleteZones:
    """The zones and thresholds today. Raises Unavailable if Strava's zones are malformed."""
    of_strava, problem = _zones_of_strava(subject)
    today = subject.today
    evidence = gather(subject, today - WINDOW, today)
    thresholds = {name: evidence.thresholds.at(name, today) for name in REASONS}
    available = {name: threshold for name, threshold in thresholds.items() if threshold}
    person = _person(subject, evidence.thresholds)
    computed = {
        system.kind: _computed(system, available.get(system.threshold)) for system in SYSTEMS
    }
    zone_sets = {kind: zone_set for kind, zone_set in computed.items() if zone_set}
    for kind, zone_set in of_strava.items():
        if kind not in zone_sets or zone_sets[kind].basis != "given":
            zone_sets[kind] = zone_set
            if kind == "heart_rate":  # Strava has one set for all sports
                zone_sets.pop("heart_rate_ride", None)
    return AthleteZones(
        {system.kind: zone_sets[system.kind] for system in SYSTEMS if system.kind in zone_sets},
        available,
        person,
        {
            name: _reason(name, reason, evidence.thresholds)
            for name, reason in {**REASONS, **PERSON_REASONS}.items()
            if name not in available and name not in person
        },
        problem,
        replace(evidence.coverage(), estimated=0, without_load={}),
    )


def _reason(name: Name, reason: str, thresholds: Thresholds) -> str:
    """Why a threshold is not known; Strava's profile says nothing while it cannot be read."""
    is_of_profile = name in ("weight", "sex")
    return "the profile was not read" if is_of_profile and thresholds.profile_problem else reason


def _person(subject: Subject, thresholds: Thresholds) -> dict[Name, tuple[Value, Basis]]:
    given = subject.settings.all() if subject.settings else {}
    values: dict[Name, Value | None] = {"sex": thresholds.sex, "birth_year": thresholds.birth_year}
    return {
        name: (value, "given" if name in given else "strava")
        for name, value in values.items()
        if value is not None
    }


def _computed(system: System, threshold: Threshold | None) -> ZoneSet | None:
    if threshold is None:
        return None
    if system.threshold == "threshold_pace":
        edges = [None, *(share * threshold.value for share in system.shares), None]
        bounds = list(pairwise(edges))
    else:
        bounds = list(zones(threshold.value, system.shares))
    named = [Zone(name, *ends) for name, ends in zip(system.names, bounds, strict=True)]
    return ZoneSet(system.author, system.threshold, threshold.basis, named)


def _zones_of_strava(subject: Subject) -> tuple[dict[str, ZoneSet], str | None]:
    """The zones set on Strava by kind, or why they are not known."""
    try:
        reply = subject.source.athlete_zones()
    except (MissingScope, NotSupported) as exc:
        return {}, str(exc)
    zone_sets = {}
    for kind in ("heart_rate", "power"):
        ranges = reply.get(kind)
        rows = ranges.get("zones") if isinstance(ranges, dict) else None
        if isinstance(rows, list) and rows:
            set_there = [_zone_of_strava(number, row) for number, row in enumerate(rows, 1)]
            zone_sets[kind] = ZoneSet("set on Strava", None, "strava", set_there)
    return zone_sets, None


def _zone_of_strava(number: int, row: object) -> Zone:
    """A ZoneRange; its ``max`` is -1 without an end."""
    ends = row if isinstance(row, dict) else {}
    low, high = _number(ends.get("min")), _number(ends.get("max"))
    if low is None:
        raise Unavailable("Strava's response contains an invalid zone. Try again later.")
    return Zone(str(number), low, high)


def _number(value: object) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and 0 <= value < MAX_NUMBER else None  # type: ignore
