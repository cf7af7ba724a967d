"""Climbing from altitude: metres gained, and the lowest and highest points.

Altitude is noisy, and summing every small rise would count the noise as climbing. So it is smoothed
first, and a rise counts only if it exceeds the noise of the sensor. This is how Strava describes
its own elevation gain (support article "Elevation Gain"); its parameters are not public.
"""

from collections.abc import Sequence
from typing import NamedTuple

from strava_mcp.training.series import Series

#: Samples of the median filter. It removes spikes of up to three samples, such as those of a
#: barometer that has not settled yet, and leaves slopes in place.
WINDOW = 7
#: Metres that a rise or a fall must exceed to count. Barometric altitude is quantized to 0.2 m and
#: drifts by less than 1 m over minutes; 2 m is twice that.
BAROMETER_M = 2.0
#: The same for altitude from satellites, which drifts by 3 to 5 m within a minute or two.
SATELLITE_M = 10.0


class Climbing(NamedTuple):
    """Metres gained, and the lowest and highest points in metres above sea level."""

    gain_m: float
    low_m: float
    high_m: float


def climbing(altitude_m: Series, threshold_m: float = BAROMETER_M) -> Climbing | None:
    """The climbing of a recording; None if no altitude was recorded.

    ``altitude_m``: one value per sample, None in gaps; gaps are bridged. ``threshold_m``: rises and
    falls up to this are treated as noise.
    """
    heights = median_filtered([height for height in altitude_m if height is not None])
    if not heights:
        return None
    return Climbing(gain_m(heights, threshold_m), min(heights), max(heights))


def median_filtered(heights_m: Sequence[float]) -> list[float]:
    """The median of the WINDOW samples around each; near the ends, of the first or last WINDOW."""
    last = max(0, len(heights_m) - WINDOW)
    begins = (min(max(0, i - WINDOW // 2), last) for i in range(len(heights_m)))
    windows = (sorted(heights_m[begin : begin + WINDOW]) for begin in begins)
    return [window[len(window) // 2] for window in windows]


def gain_m(heights_m: Sequence[float], threshold_m: float) -> float:
    """Metres climbed, by hysteresis, from at least one height.

    A climb begins at the lowest point before a rise of more than ``threshold_m`` and ends at the
    highest point before a fall of more than that; it counts in full.
    """
    total, low, high, is_climbing = 0.0, heights_m[0], heights_m[0], False
    for height in heights_m:
        if is_climbing:
            if height > high:
                high = height
            elif high - height > threshold_m:
                total, low, is_climbing = total + high - low, height, False
        elif height < low:
            low = height
        elif height - low > threshold_m:
            high, is_climbing = height, True
    return total + high - low if is_climbing else total
