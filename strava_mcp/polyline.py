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


def decode(text: str) -> list[tuple[float, float]]:
    """The positions of an encoded polyline; what cannot be one ends it."""
    points: list[tuple[float, float]] = []
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        chunk = ord(character) - 63
        if not 0 <= chunk < 64 or shift > 30:
            break
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    lat = lng = 0
    for north, east in zip(numbers[::2], numbers[1::2], strict=False):
        lat, lng = lat + north, lng + east
        if not (-90e5 <= lat <= 90e5 and -180e5 <= lng <= 180e5):
            break
        points.append((lat / 1e5, lng / 1e5))
    return points
