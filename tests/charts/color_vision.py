"""Colors as people see them: simulated colour blindness, and how far two of them are apart."""

from math import dist

Color = tuple[float, float, float]
Matrix = tuple[Color, Color, Color]

#: Linear RGB as seen without one kind of cones (Machado, Oliveira and Fernandes 2009, severity 1).
VISIONS: dict[str, Matrix] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
#: Linear RGB to cones, and their cube roots to OKLab (Ottosson 2020).
CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
OKLAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def distance(one: str, other: str, vision: str) -> float:
    """How far apart two colors ``#rrggbb`` look: 100 times their distance in OKLab."""
    return 100 * dist(_oklab(one, VISIONS[vision]), _oklab(other, VISIONS[vision]))


def _oklab(color: str, vision: Matrix) -> Color:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    visible = [min(1.0, max(0.0, part)) for part in _times(vision, (red, green, blue))]
    long, medium, short = (
        part ** (1 / 3) for part in _times(CONES, (visible[0], visible[1], visible[2]))
    )
    return _times(OKLAB, (long, medium, short))


def _times(matrix: Matrix, color: Color) -> Color:
    first, second, third = (sum(a * b for a, b in zip(row, color)) for row in matrix)
    return first, second, third
