"""A row of activities.csv, in Strava's own names and base units, whatever language it was in."""

from dataclasses import dataclass, field

from strava_mcp.json_types import JSON


@dataclass(frozen=True)
class Entry:
    """One activity of the catalog.

    ``fields``: what the row says, under the names and in the units of Strava's DetailedActivity
    (name, sport_type, start_date in UTC as ``2024-05-06T04:02:34Z``, elapsed_time s, distance m,
    average_speed m/s, commute …); a value that is missing or absurd has no key. Beside them
    what only the export has: private_note, gear_name, athlete_weight (kg), weather (an object).

    ``file``: the recording's name within the export, as the row has it; None for a manual entry.
    ``problems``: values of the row that were left out, each with its reason.
    """

    id: int
    fields: JSON
    file: str | None = None
    problems: tuple[str, ...] = field(default=())
