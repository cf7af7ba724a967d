"""Encoded polylines (Google, Encoded Polyline Algorithm Format)."""

from collections.abc import Sequence

Point = Sequence[float]


def encode(points: Sequence[Point]) -> str:
    """Encode positions (latitude and longitude in degrees) with a precision of five decimals."""
    text: list[str] = []
    previous = (0, 0)
    for point in points:
        now = (round(point[0] * 1e5), round(point[1] * 1e5))
        for new, old in zip(now, previous, strict=True):
            value = (new - old) << 1
            value = ~value if new < old else value
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        previous = now
    return "".join(text)
