"""Grade-adjusted pace: the speed on the flat that a hill's effort corresponds to.

Strava's own formula, fitted to heart rates (Robb 2017), is not published. ``pace_factor`` follows
nine points of its curve as digitised by the elevate project and is therefore approximate.
``energy_ratio`` is the metabolic cost of Minetti 2002 (J Appl Physiol 93:1039), which rewards
descents more than runners can use; it is meant for trails. Neither holds for walking.
"""

from bisect import bisect_right
from collections.abc import Sequence

#: Grade in % → effort per metre against the flat.
POINTS = (
    *((-20.0, 1.09), (-10.0, 0.88), (-8.0, 0.88), (-4.0, 0.91), (0.0, 1.0)),
    *((4.0, 1.14), (10.0, 1.47), (20.0, 2.30), (30.0, 3.16)),
)
GRADES = [grade for grade, _ in POINTS]
#: Metres over which a grade is taken, and the steepest that counts, in %.
MIN_RISE_DISTANCE_M, MAX_GRADE = 30.0, 45.0


def pace_factor(grade: float) -> float:
    """Effort per metre at ``grade`` (%), 1 on the flat; constant beyond -20 and 30 %."""
    if grade <= GRADES[0]:
        return POINTS[0][1]
    if grade >= GRADES[-1]:
        return POINTS[-1][1]
    after = bisect_right(GRADES, grade)
    (low, low_factor), (high, high_factor) = POINTS[after - 1], POINTS[after]
    return low_factor + (high_factor - low_factor) * (grade - low) / (high - low)


def energy_ratio(grade: float) -> float:
    """Metabolic cost per metre at ``grade`` (%) against the flat; for at most 45 % up or down."""
    i = min(MAX_GRADE, max(-MAX_GRADE, grade)) / 100
    cost = 155.4 * i**5 - 30.4 * i**4 - 43.3 * i**3 + 46.3 * i**2 + 19.5 * i + 3.6
    return cost / 3.6


def adjusted_m(distance_m: Sequence[float], altitude_m: Sequence[float]) -> list[float]:
    """Cumulative grade-adjusted metres of a run; on the flat they equal ``distance_m``.

    ``altitude_m``: smoothed (see ``climbing``). The grade of a step is the rise over at least the
    last ``MIN_RISE_DISTANCE_M`` metres.
    """
    adjusted = [0.0] if distance_m else []
    back = 0
    for i in range(1, len(distance_m)):
        while distance_m[i] - distance_m[back + 1] >= MIN_RISE_DISTANCE_M:
            back += 1
        covered = distance_m[i] - distance_m[back]
        grade = 0.0
        if covered >= MIN_RISE_DISTANCE_M:
            grade = 100 * (altitude_m[i] - altitude_m[back]) / covered
            grade = min(MAX_GRADE, max(-MAX_GRADE, grade))
        adjusted.append(adjusted[-1] + (distance_m[i] - distance_m[i - 1]) * pace_factor(grade))
    return adjusted
