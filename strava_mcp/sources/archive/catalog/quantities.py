"""Numbers of a row and the bounds of what is plausible."""

from dataclasses import dataclass

from strava_mcp.sources.archive.catalog.numbers import parse_number

MAX_DISTANCE_M = 5_000_000.0
MAX_DURATION_S = 366 * 86400
MAX_AVERAGE_SPEED_MS = 100.0
MAX_QUOTED_CHARACTERS = 40


@dataclass(frozen=True)
class Quantity:
    """A number of a row; values outside ``low`` to ``high`` (both included) are implausible.

    ``is_unknown_at_zero``: Strava writes 0 if nothing was measured.
    """

    name: str
    low: float
    high: float
    is_whole: bool = False
    is_unknown_at_zero: bool = False


#: Under the names and in the units of Strava's DetailedActivity; total_work in joules.
QUANTITIES = (
    Quantity("elapsed_time", 0, MAX_DURATION_S, is_whole=True),
    Quantity("moving_time", 0, MAX_DURATION_S, is_whole=True),
    Quantity("average_speed", 0, MAX_AVERAGE_SPEED_MS),
    Quantity("max_speed", 0, 100),
    Quantity("total_elevation_gain", 0, 100_000),
    Quantity("elev_low", -500, 20_000),
    Quantity("elev_high", -500, 20_000),
    Quantity("average_cadence", 0, 300),
    Quantity("average_heartrate", 20, 260, is_unknown_at_zero=True),
    Quantity("max_heartrate", 20, 260, is_unknown_at_zero=True),
    Quantity("average_watts", 0, 3000),
    Quantity("weighted_average_watts", 0, 3000, is_whole=True),
    Quantity("max_watts", 0, 10_000, is_whole=True),
    Quantity("total_work", 0, 200_000_000),
    Quantity("calories", 0, 100_000),
    Quantity("average_temp", -60, 70),
    Quantity("suffer_score", 0, 10_000),
    Quantity("perceived_exertion", 0, 10),
    Quantity("training_load", 0, 10_000),
    Quantity("intensity", 0, 1000),
    Quantity("grade_adjusted_distance", 0, MAX_DISTANCE_M),
    Quantity("athlete_weight", 20, 400, is_unknown_at_zero=True),
)
DISTANCE = Quantity("distance", 0, MAX_DISTANCE_M)


def parse_quantity(
    text: str, decimal_mark: str, quantity: Quantity, problems: list[str]
) -> float | None:
    """Parse a cell; None if it is empty or implausible. The latter is added to ``problems``."""
    if not text:
        return None
    try:
        value = parse_number(text, decimal_mark)
    except ValueError as exc:
        problems.append(f"{quantity.name}: {quoted(text)} {exc}.")
        return None
    if value == 0 and quantity.is_unknown_at_zero:
        return None
    if not quantity.low <= value <= quantity.high:
        bounds = f"{quantity.low} to {quantity.high}"
        problems.append(f"{quantity.name}: {quoted(text)} is not within {bounds}.")
        return None
    return value


def quoted(text: str) -> str:
    """Quote a cell for a message, shortened."""
    is_long = len(text) > MAX_QUOTED_CHARACTERS
    return repr(text[:MAX_QUOTED_CHARACTERS] + "…" if is_long else text)
