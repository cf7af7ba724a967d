"""Climbing from altitude: metres gained, and the lowest and highest points.

Altitude is noisy, and summing every small rise would count the noise as climbing. So it is smoothed
first, and a rise counts only if it exceeds a threshold. This is how Strava describes its own
elevation gain (support article "Elevation Gain"); its parameters are not public. Those below were
chosen by three public exports, whose rows have Strava's value beside each recording. Of the
activities with 30 m or more, the median difference from Strava, the median size of the difference,
and the quartiles are:

* map (383 GPX files of Strava's app, 166 with 30 m): 55 m and 2 m give 0.0 %, 0.6 %, -0.5 to
  1.2 %; without smoothing +5.5 %; with 1 m +2.7 %, with 3 m -0.5 % but 3.1 % in size, with 10 m
  -25 %. On the flat ones the median difference is 0 m.
* barometer (44 FIT files of Strava's app, 36 with 30 m): 2 m without smoothing along the track
  give -0.7 %, 0.8 %, -2.0 to -0.2 %; smoothed over 50 m they would lose 12 %. These are of one app
  and one athlete: other barometers were not measured.
* satellite (375 TCX files of a TomTom, 287 with 30 m), whose altitude Strava replaces by that of
  its map: 55 m and 10 m give -15 %, 16 %, -30 to -2 %; with 2 m and no smoothing +30 %, 32 %.
  Watches differ: for a Forerunner 235 +4 % and 39 % (226), for a Forerunner 55 +80 % and 82 % (92).
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from strava_mcp.training.series import Series

#: Where altitude comes from: a barometer (or an exact model, as in a virtual world), a map, or
#: satellites.
AltitudeSource = Literal["barometer", "map", "satellite"]

#: Samples of the median filter. It removes spikes of up to three samples, such as those of a
#: barometer that has not settled yet, and leaves slopes in place.
WINDOW = 7
#: Altitude from a map or satellites is smoothed over this many metres along the track, half of them
#: before and half after a sample. The points of a planned route are further apart and stay.
SMOOTHING_M = 55.0
#: Metres that a rise or a fall must exceed to count. Barometric altitude is quantized to 0.2 m and
#: drifts by less than 1 m over minutes; 2 m is twice that.
BAROMETER_M = 2.0
#: The same for altitude from satellites, which drifts by 3 to 5 m within a minute or two.
SATELLITE_M = 10.0
#: The same for a planned route: its altitude is that of a map at points that nobody measured.
ROUTE_M = 1.0


class Climbing(NamedTuple):
    """Metres gained, and the lowest and highest points in metres above sea level."""

    gain_m: float
    low_m: float
    high_m: float


def climbing(
    altitude_m: Series,
    threshold_m: float = BAROMETER_M,
    distance_m: Sequence[float] | None = None,
) -> Climbing | None:
    """The climbing of a recording or a planned route; None if it has no altitude.

    ``altitude_m``: one value per sample, None in gaps; gaps are bridged. ``threshold_m``: rises and
    falls up to this are treated as noise. ``distance_m``: metres from the start, never decreasing;
    if given, altitude is smoothed over SMOOTHING_M.
    """
    heights = _smoothed(altitude_m, distance_m)
    if not heights:
        return None
    return Climbing(gain_m(heights, threshold_m), min(heights), max(heights))


def climbed_m(
    altitude_m: Series, distance_m: Sequence[float] | None, source: AltitudeSource
) -> list[float]:
    """Metres climbed from the start up to each sample, never decreasing; empty without altitude.

    Its last value is the gain of the whole; the differences of any parts add up to it.
    """
    is_barometric = source == "barometer"
    heights = _smoothed(altitude_m, None if is_barometric else distance_m)
    if not heights:
        return []
    rising = [0.0] * len(heights)
    for begin, end in climbs(heights, SATELLITE_M if source == "satellite" else BAROMETER_M):
        high = heights[begin]
        for i in range(begin + 1, end + 1):
            rising[i] = max(0.0, heights[i] - high)
            high = max(high, heights[i])
    steps = iter(rising)
    return list(accumulate(0.0 if height is None else next(steps) for height in altitude_m))


def _smoothed(altitude_m: Series, distance_m: Sequence[float] | None) -> list[float]:
    """The recorded heights without spikes, and with ``distance_m`` smoothed along the track."""
    heights = [height for height in altitude_m if height is not None]
    if distance_m is None:
        return median_filtered(heights)
    at = [distance_m[i] for i, height in enumerate(altitude_m) if height is not None]
    return distance_averaged(median_filtered(heights, at), at)


def median_filtered(
    heights_m: Sequence[float], distance_m: Sequence[float] | None = None
) -> list[float]:
    """The median of the WINDOW samples around each; near the ends, of the first or last WINDOW.

    With ``distance_m``, of those among them within SMOOTHING_M.
    """
    last = max(0, len(heights_m) - WINDOW)
    filtered = []
    for i in range(len(heights_m)):
        begin = min(max(0, i - WINDOW // 2), last)
        end = min(begin + WINDOW, len(heights_m))
        window = heights_m[begin:end]
        if distance_m and distance_m[end - 1] - distance_m[begin] > SMOOTHING_M:
            pairs = zip(window, distance_m[begin:end], strict=True)
            here = distance_m[i]
            window = [height for height, there in pairs if abs(there - here) <= SMOOTHING_M / 2]
        ordered = sorted(window)
        filtered.append(ordered[len(ordered) // 2])
    return filtered


def distance_averaged(heights_m: Sequence[float], distance_m: Sequence[float]) -> list[float]:
    """The mean of the samples within SMOOTHING_M along the track, centred on each.

    The noise of a stop is averaged away: all of its samples are at one place.
    """
    sums = [0.0, *accumulate(heights_m)]
    averaged, first, after = [], 0, 0
    for here in distance_m:
        while here - distance_m[first] > SMOOTHING_M / 2:
            first += 1
        while after < len(distance_m) and distance_m[after] - here <= SMOOTHING_M / 2:
            after += 1
        averaged.append((sums[after] - sums[first]) / (after - first))
    return averaged


def climbs(heights_m: Sequence[float], threshold_m: float) -> list[tuple[int, int]]:
    """The first and the last sample of each climb, by hysteresis, from at least one height.

    A climb begins at the lowest point before a rise of more than ``threshold_m`` and ends at the
    highest point before a fall of more than that.
    """
    result: list[tuple[int, int]] = []
    low = high = 0
    is_climbing = False
    for i, height in enumerate(heights_m):
        if is_climbing:
            if height > heights_m[high]:
                high = i
            elif heights_m[high] - height > threshold_m:
                result.append((low, high))
                low, is_climbing = i, False
        elif height < heights_m[low]:
            low = i
        elif height - heights_m[low] > threshold_m:
            high, is_climbing = i, True
    return [*result, (low, high)] if is_climbing else result


def gain_m(heights_m: Sequence[float], threshold_m: float) -> float:
    """Metres climbed, from at least one height: each of the ``climbs`` counts in full."""
    return sum(heights_m[end] - heights_m[begin] for begin, end in climbs(heights_m, threshold_m))
