"""Recognizing programs that move the athlete through a virtual world.

Their positions are those of an invented island or of a filmed road, never those of the athlete.
"""

import re

from strava_mcp.sports import RIDES, RUNS

#: Names of programs, as devices and creators write them; makers are identifiers of the FIT profile.
PROGRAMS = re.compile(
    r"\b(?:zwift|rouvy|my ?whoosh|indie ?velo|bkool|rgt|road grand tours|ful ?gaz|kinomap|tacx"
    r"|ifit|vingo|cycle ?go|holofit|bike ?terra|real ?velo|virtugo|virtual ?training"
    r"|sufferfest|systm"
    r"|(?:training ?peaks |tp ?)virtual)\b"
)
SEPARATORS = re.compile(r"[\W_]+")
#: Sport type → that of the same sport in a virtual world.
VIRTUAL_SPORTS = {
    **dict.fromkeys(RIDES, "VirtualRide"),
    **dict.fromkeys(RUNS, "VirtualRun"),
    "Rowing": "VirtualRow",
}


def is_virtual_world(*names: str | None) -> bool:
    """Whether one of the names, of a device or a maker, is that of such a program."""
    return any(PROGRAMS.search(SEPARATORS.sub(" ", name.casefold())) for name in names if name)
