"""Climbing from altitude: metres gained, the lowest and the highest point.

Heights are noisy, and summing every small rise would count the noise as climbing. So they are
smoothed first, and a rise counts only once it is larger than what the sensor makes up by itself:
the way Strava describes its own figure (support article "Elevation Gain"), whose numbers are not
public.
"""

from collections.abc import Sequence
from typing import NamedTuple

from strava_mcp.training.series import Series

#: Samples of the median filter. It removes spikes of up to three, such as a barometer writes before
#: it has settled, and leaves slopes where they are.
WINDOW = 7
#: What a rise or a fall must exceed to count, in metres. A barometer is written in steps of 0.2 m
#: and strays by less than a metre in minutes: 2 m are twice that, and still less than a bridge.
BAROMETER_M = 2.0
#: The same for heights by satellite, which wander by 3 to 5 m within a minute or two.
SATELLITE_M = 10.0


class Climbing(NamedTuple):
    """Metres gained, and the lowest and the highest point in metres above the sea."""

    gain_m: float
    low_m: float
    high_m: float


def climbing(altitude_m: Series, threshold_m: float = BAROMETER_M) -> Climbing | None:
    """The climbing of a recording; None where no altitude was recorded.

    ``altitude_m``: one value a sample, None in gaps: the height after a gap is compared with that
    before it. ``threshold_m``: rises and falls up to this are taken for noise.
    """
    heights = smoothed([height for height in altitude_m if height is not None])
    if not heights:
        return None
    return Climbing(gain(heights, threshold_m), min(heights), max(heights))


def smoothed(heights_m: Sequence[float]) -> list[float]:
    """The median of the WINDOW samples around each; at the ends, of the first and last WINDOW."""
    last = max(0, len(heights_m) - WINDOW)
    begins = (min(max(0, i - WINDOW // 2), last) for i in range(len(heights_m)))
    windows = (sorted(heights_m[begin : begin + WINDOW]) for begin in begins)
    return [window[len(window) // 2] for window in windows]


def gain(heights_m: Sequence[float], threshold_m: float) -> float:
    """Metres climbed by hysteresis, from at least one height.

    A climb begins at the lowest point before a rise of more than ``threshold_m`` and ends at the
    highest before a fall of more than that; it counts in full.
    """
    total, low, high, climbs = 0.0, heights_m[0], heights_m[0], False
    for height in heights_m:
        if climbs:
            if height > high:
                high = height
            elif high - height > threshold_m:
                total, low, climbs = total + high - low, height, False
        elif height < low:
            low = height
        elif height - low > threshold_m:
            high, climbs = height, True
    return total + high - low if climbs else total
