"""Load from pace: of runs, and of swims; and from how hard a session felt.

Sources: for runs and swims the formulas of elevate (thomaschampagne/elevate, rTSS and sTSS); for
perceived exertion Foster 1998 (Med Sci Sports Exerc 30:1164).
"""

#: An hour at the threshold feels like this on the scale from 1 to 10 (ours; Foster calls 7 "very
#: hard"). It puts the load of perceived exertion on the scale of the others: that hour is 100.
THRESHOLD_EXERTION = 8.0


def run_load(duration_s: float, graded_speed_ms: float, threshold_speed_ms: float) -> float:
    """Stress score of a run; one hour at threshold speed is 100.

    ``duration_s``: moving seconds; ``graded_speed_ms``: mean grade-adjusted speed.
    """
    return duration_s / 3600 * (graded_speed_ms / threshold_speed_ms) ** 2 * 100


def swim_load(elapsed_s: float, speed_ms: float, critical_speed_ms: float) -> float:
    """Stress score of a swim: hours · intensity³ · 100.

    ``elapsed_s``: with the rests, which are part of the set; ``speed_ms``: while moving.
    """
    return elapsed_s / 3600 * (speed_ms / critical_speed_ms) ** 3 * 100


def exertion_load(duration_s: float, exertion: float) -> float:
    """Load from perceived exertion (1 to 10), minutes · exertion as Foster counts it, scaled so
    that an hour at ``THRESHOLD_EXERTION`` is 100.
    """
    return duration_s / 3600 * exertion / THRESHOLD_EXERTION * 100
