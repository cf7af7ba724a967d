"""Race times from another race: Riegel, Daniels and Gilbert, Cameron, and critical speed.

Sources: Riegel 1981 (American Scientist 69:285); Daniels and Gilbert 1979 (Oxygen Power); Cameron's
formula as published by him in 1998. All are for the flat; metres and seconds.
"""

from math import exp, sqrt

#: Riegel's exponent, fitted for efforts of 3.5 to 230 minutes.
FATIGUE_EXPONENT = 1.06
#: Threshold pace, as a share of the speed at VDOT (Daniels).
THRESHOLD_SHARE = 0.90
#: A source is at least this long; a target more than this many times as long is a guess.
MIN_SOURCE_M, MAX_EXTRAPOLATION = 1500.0, 4.0
#: The critical-speed model holds for efforts of these durations.
CRITICAL_MIN_S, CRITICAL_MAX_S = 120.0, 1200.0


def riegel_s(distance_m: float, time_s: float, target_m: float) -> float:
    """T₂ = T₁ · (D₂/D₁)^1.06."""
    ratio: float = (target_m / distance_m) ** FATIGUE_EXPONENT
    return time_s * ratio


def oxygen_power(distance_m: float, time_s: float) -> float:
    """VDOT: oxygen cost of the speed, divided by the share that can be sustained for that time."""
    minutes = time_s / 60
    speed = distance_m / minutes
    cost = -4.60 + 0.182258 * speed + 0.000104 * speed**2
    share = 0.8 + 0.1894393 * exp(-0.012778 * minutes) + 0.2989558 * exp(-0.1932605 * minutes)
    return cost / share


def daniels_s(distance_m: float, time_s: float, target_m: float) -> float:
    """The time over ``target_m`` with the same VDOT, to a hundredth of a second."""
    return time_of(oxygen_power(distance_m, time_s), target_m)


def time_of(vdot: float, target_m: float) -> float:
    """The time in seconds over ``target_m`` for a VDOT, by bisection."""
    fast, slow = target_m / 12.0, target_m / 0.5  # 12 and 0.5 m/s
    while slow - fast > 0.005:
        middle = (fast + slow) / 2
        if oxygen_power(target_m, middle) > vdot:
            fast = middle
        else:
            slow = middle
    return (fast + slow) / 2


def threshold_speed_ms(vdot: float) -> float:
    """Speed at threshold pace, in m/s: 90 % of the speed whose oxygen cost is VDOT."""
    # cost = -4.60 + b·v + a·v², with v in metres per minute
    a, b = 0.000104, 0.182258
    speed = (-b + sqrt(b * b + 4 * a * (vdot + 4.60))) / (2 * a)
    return THRESHOLD_SHARE * speed / 60


def cameron_s(distance_m: float, time_s: float, target_m: float) -> float:
    """T₂ = T₁ · (D₂/D₁) · a(D₁)/a(D₂)."""
    return time_s * target_m / distance_m * _cameron(distance_m) / _cameron(target_m)


def critical_speed_s(speed_ms: float, store_m: float, target_m: float) -> float | None:
    """t = (D − D′)/CS; None where the model does not hold."""
    seconds = (target_m - store_m) / speed_ms
    return seconds if CRITICAL_MIN_S <= seconds <= CRITICAL_MAX_S else None


def _cameron(distance_m: float) -> float:
    power: float = distance_m**0.7905
    return 13.49681 - 0.000030363 * distance_m + 835.7114 / power
