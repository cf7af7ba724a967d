"""A row of activities.csv under Strava's names and in its units, whatever its language."""

from dataclasses import dataclass, field

from strava_mcp.json_types import JSON


@dataclass(frozen=True)
class Entry:
    """One activity of the catalog.

    ``fields``: the values of the row under the names and in the units of Strava's DetailedActivity
    (name, sport_type, start_date in UTC as ``2024-05-06T04:02:34Z``, elapsed_time s, distance m,
    average_speed m/s, commute …), and those that only the export has: private_note, gear_name,
    athlete_weight (kg), weather (an object, see ``weather``). Missing and implausible values are
    omitted, and ``sport_type`` if its word is unknown.

    ``file``: the recording's name within the export, as in the row; None for a manual entry.
    ``problems``: values of the row that were left out, each with its reason.
    """

    id: int
    fields: JSON
    file: str | None = None
    problems: tuple[str, ...] = field(default=())
