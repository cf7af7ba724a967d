"""Google's encoding of a line on the globe."""

from collections.abc import Sequence

Point = Sequence[float]


def encode(points: Sequence[Point]) -> str:
    """Google's encoded polyline, precision 5 (Encoded Polyline Algorithm Format).

    ``points``: latitude and longitude in degrees.
    """
    text: list[str] = []
    before = (0, 0)
    for point in points:
        now = (round(point[0] * 1e5), round(point[1] * 1e5))
        for new, old in zip(now, before, strict=True):
            value = (new - old) << 1
            value = ~value if new < old else value
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        before = now
    return "".join(text)
