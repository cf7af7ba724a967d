"""Power of a ride: normalized power, intensity factor, stress score, variability and work.

Source: Allen and Coggan, Training and Racing with a Power Meter.
"""

from itertools import accumulate
from statistics import fmean

from strava_mcp.training.per_second import PerSecond
from strava_mcp.training.unmeasurable import Unmeasurable

#: Seconds of the rolling mean. Only full windows count (Coggan begins at second 30).
WINDOW_S = 30
#: More is a spike of the power meter.
MAX_POWER_W = 2500.0
#: Share of the recorded time that must have power.
MIN_COVERAGE = 0.7


def without_spikes(watts: PerSecond) -> PerSecond:
    """The series with None where a value exceeds ``MAX_POWER_W``."""
    values = [None if w is not None and w > MAX_POWER_W else w for w in watts.values]
    return PerSecond(values, watts.recorded)


def normalized_power_w(watts: PerSecond) -> float:
    """Normalized power: the fourth root of the mean fourth power of the 30 s rolling mean.

    Windows run on real time. Seconds without a value count as 0, and only windows that end in a
    recorded second count, so a pause is rest and not joined. Raises Unmeasurable below 30 s, and if
    less than ``MIN_COVERAGE`` of the recording has power.
    """
    if watts.coverage < MIN_COVERAGE:
        raise Unmeasurable(f"only {watts.coverage:.0%} of the recording has power")
    if len(watts.values) < WINDOW_S:
        raise Unmeasurable("shorter than 30 s")
    work = list(accumulate(watts.or_zero(), initial=0.0))
    ends = watts.recorded[WINDOW_S - 1 :]
    fourth = [
        ((after - before) / WINDOW_S) ** 4
        for before, after, is_recorded in zip(work, work[WINDOW_S:], ends, strict=False)
        if is_recorded
    ]
    return fmean(fourth) ** 0.25 if fourth else 0.0


def intensity(normalized_w: float, ftp_w: float) -> float:
    """Intensity factor: normalized power as a share of FTP (1 = FTP)."""
    return normalized_w / ftp_w


def stress_score(duration_s: float, normalized_w: float, ftp_w: float) -> float:
    """Training stress score; one hour at FTP is 100. ``duration_s``: recorded seconds."""
    return duration_s / 3600 * intensity(normalized_w, ftp_w) ** 2 * 100


def mean_power_w(watts: PerSecond) -> float | None:
    """The mean of the known values, zeros included; None if there are none."""
    values = [value for value in watts.values if value is not None]
    return fmean(values) if values else None


def work_kj(watts: PerSecond) -> float:
    """Mechanical work, in kJ."""
    return sum(watts.or_zero()) / 1000
