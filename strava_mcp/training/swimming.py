"""Swimming: SWOLF of a length, and critical swim speed from two trials."""

#: Zones as shares of critical speed (Skiba, as in GoldenCheetah): lower ends of zones 2 and up.
ZONES = (0.93, 0.97, 0.99, 1.02, 1.09)


def swolf(length_s: float, strokes: float) -> float:
    """Seconds plus strokes of one length. Lengths of different pools do not compare."""
    return length_s + strokes


def critical_speed_ms(short_m: float, short_s: float, long_m: float, long_s: float) -> float:
    """Critical swim speed in m/s from two all-out trials: the slope of distance on time."""
    return (long_m - short_m) / (long_s - short_s)
